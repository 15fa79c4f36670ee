"""The board on which a fund or a carrier judges what waits for it, one by one or several at once; and its export."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.pages.board_sheet import board_sheet
from api.pages.rendering import language_of, rendered
from api.pages.routing import PageRoute, done, led
from api.pages.shortlist import JUDGED
from api.parts import (
    About,
    Acting,
    Now,
    Parts,
    Workbook,
    cases_shown,
    saved_as,
    shown,
)
from api.problems import Refused
from api.texts import terms_of
from matcher.bootstrap import Installation
from matcher.domain.accounts import CARETAKERS, Actor
from matcher.domain.controls import Question
from matcher.domain.feedback import Feedback, Judgement, reasoned
from matcher.domain.filenames import safe_name
from matcher.domain.mandates import Mandate
from matcher.domain.records import Kind, Record, Refusal
from matcher.reporting.spreadsheets import xlsx_content
from matcher.wording import Said

router = APIRouter(prefix="/screen", include_in_schema=False, route_class=PageRoute)

PART, DEEPEST, EXPORTED = 12, 400, 200
"""Cards of a page, the deepest place that is shown, and how many an export holds."""
AT_ONCE = 50
YEARS = 2
"""How far back decisions are held against what is stated."""
CHOICES = 30
TABLES = (Kind.FUNDS, Kind.INCUBATORS)

Id = Annotated[str, Query(max_length=300)]
Terms = Annotated[str, Query(max_length=500)]
Sent = Annotated[str, Form(max_length=300)]
Back = Annotated[str, Form(max_length=4000)]
Number = Annotated[int, Query(ge=1, lt=2**31)]


@dataclass(frozen=True, slots=True)
class Asking:
    """For whom the board is, and what is asked besides, as the page's address holds it."""

    right_id: str
    mandate: Mandate | None
    must: tuple[str, ...]
    ban: tuple[str, ...]

    @property
    def question(self) -> Question:
        """The mandate's question with the terms of the address."""
        asked = self.mandate.asked.question if self.mandate else Question()
        return replace(asked, must=(*asked.must, *self.must), ban=(*asked.ban, *self.ban))


@router.get("", name="page_screen")
def board_page(
    request: Request, parts: Parts, actor: Acting, now: Now,
    id: Id = "", mandate: Id = "", must: Terms = "", ban: Terms = "",
    at: Annotated[int, Query(ge=0, le=DEEPEST)] = 0, drift: Id = "", q: Id = "", table: Kind = Kind.FUNDS,
    n: Annotated[int, Query(ge=0, le=100_000)] = 0,
    given: Annotated[list[Number] | None, Query(max_length=AT_ONCE)] = None,
) -> Response:  # fmt: skip
    """What waits for a fund or carrier; without one a choice among those the reader may screen for."""
    kept = parts.mandates.read(mandate, actor) if mandate else None
    if kept and not kept.asked.record_id:
        return led(_of_text(kept))
    right_id = kept.asked.record_id if kept else id.strip() or _only(parts, actor)
    if not right_id:
        return _choice(request, parts, actor, now.date(), q.strip(), table, n)
    asking = Asking(right_id, kept, terms_of(must), terms_of(ban))
    board = parts.boards.board(right_id, asking.question, actor, now.date(), start=at, limit=PART)
    edits = () if drift else parts.drifting.edits(right_id, YEARS, actor.viewer, now.date())
    lefts = [*(card.left for card in board.cards), *(one.left for edit in edits for one in edit.support)]
    shown(request, [*lefts, *(one.record for one in board.kept_out)])
    cases_shown(request, parts, [card.match for card in board.cards])
    return rendered(
        request, "screen/board.html", board=board, asking=asking, at=at, part=PART, deepest=DEEPEST, edits=edits,
        given=given or [], just=parts.opinions.just(given or [], actor), refusals=tuple(Refusal),
        mandates=parts.mandates.about(right_id, actor),
        rules=parts.rulebook.rules, exported=EXPORTED, years=YEARS, judgements=JUDGED,
    )  # fmt: skip


@router.get("/export", name="page_screen_export")
def export_file(
    request: Request, parts: Parts, actor: Acting, now: Now,
    id: Id = "", mandate: Id = "", must: Terms = "", ban: Terms = "",
) -> Response:  # fmt: skip
    """What waits, as a workbook of the columns that the board shows, in the reader's language."""
    kept = parts.mandates.read(mandate, actor) if mandate else None
    right_id = kept.asked.record_id if kept else id.strip() or _only(parts, actor)
    if not right_id:
        raise Refused(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            Said("没有说明为谁筛选。", "It is not said for whom to screen."),
            Said("请先选基金或载体，再导出。", "Choose a fund or a carrier first."),
        )
    asking = Asking(right_id, kept, terms_of(must), terms_of(ban))
    board = parts.boards.board(right_id, asking.question, actor, now.date(), start=0, limit=EXPORTED)
    shown(request, [card.left for card in board.cards])
    cases_shown(request, parts, [card.match for card in board.cards])
    language = language_of(request)
    stem = Said("筛选", "screening").to(language)
    name = safe_name(f"{stem}-{board.right.name}-{now.date()}.xlsx")
    return Workbook(xlsx_content([board_sheet(board, language)]), headers=saved_as(name))


@router.post("/judge", name="page_judge")
def judged(
    parts: Parts, actor: Acting, now: Now, about: About, right: Sent, word: Annotated[Judgement | Refusal, Form()],
    left: Annotated[list[Sent] | None, Form(max_length=AT_ONCE)] = None,
    note: Annotated[str, Form(max_length=1900)] = "", back: Back = "/screen",
) -> Response:  # fmt: skip
    """Say the same of one pair or of several; a class of refusal says that they do not fit."""
    if not left:
        raise Refused(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            Said("没有勾选。", "Nothing was ticked."),
            Said("请返回，勾选后再判断。", "Go back, tick some, and judge then."),
        )
    refusal = word if isinstance(word, Refusal) else None
    verdict = Judgement.DOES_NOT if isinstance(word, Refusal) else word
    pairs = [(one, right) for one in dict.fromkeys(left)]
    about("feedback", right, *dict.fromkeys(left))
    return _back(back, parts.judging.give_each(pairs, verdict, reasoned(refusal, note), actor, now))


@router.post("/undo", name="page_undo_judgement")
def undone(
    parts: Parts, actor: Acting, about: About,
    given: Annotated[list[Annotated[int, Form(ge=1, lt=2**31)]], Form(max_length=AT_ONCE)],
    back: Back = "/screen",
) -> Response:  # fmt: skip
    """Take back what one said last."""
    parts.judging.take_back(given, actor)
    about("feedback", *map(str, given))
    return led(done(back, "undone") + "#next")


def _back(back: str, given: Sequence[Feedback]) -> Response:
    """To where the next one stands at the top, with what can be undone there."""
    return led(f"{done(back, 'noted')}&{urlencode([('given', one.id) for one in given])}#next")


def _only(parts: Installation, actor: Actor) -> str:
    """The only fund or carrier that is the actor's; empty where there are several or none."""
    own = parts.boards.own(actor)
    return own[0].id if len(own) == 1 else ""


def _choice(
    request: Request, parts: Installation, actor: Actor, day: date, q: str, table: Kind, n: int
) -> HTMLResponse:
    own: Sequence[Record] = parts.boards.own(actor)
    kind = table if table in TABLES else Kind.FUNDS
    found = None
    if actor.role in CARETAKERS:
        found = parts.finding.search(kind, q, {}, actor.viewer, day, offset=n, limit=CHOICES)
    return rendered(
        request, "screen/choose.html", own=own, found=found, q=q, kind=kind, kinds=TABLES, n=n, part=CHOICES
    )


def _of_text(mandate: Mandate) -> str:
    """The page that answers a standing query about a text."""
    asked = mandate.asked
    told = {"q": asked.text, "to": asked.to or "", "must": " ".join(asked.must), "ban": " ".join(asked.ban)}
    told |= {"diverse": "true"} if asked.diverse else {}
    return f"/match?{urlencode({name: value for name, value in told.items() if value})}"
