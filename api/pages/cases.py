"""Many cases: the board by stage, the table, what is due, and opening one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.pages.meaning import meant
from api.pages.rendering import rendered
from api.pages.routing import Again, PageRoute, done, led
from api.parts import About, Acting, Now, Parts, shown
from matcher.bootstrap import Installation
from matcher.domain.accounts import Actor
from matcher.domain.phases import OPEN, PHASES, Phase
from matcher.domain.records import RECORD_KINDS, Kind, PairKind, Record, Visibility, name_of
from matcher.errors import MatcherError
from matcher.services.cases.agenda import SOON, STILL, Whose, narrowed
from matcher.services.cases.invitations import Invitation
from matcher.services.cases.reading import Folder, Line

router = APIRouter(include_in_schema=False, route_class=PageRoute)

LANE, PART = 15, 50
"""Cards of a stage on the board, and lines of the table."""
LEFTS = (Kind.ACHIEVEMENTS, Kind.PROJECTS)

Id = Annotated[str, Query(max_length=300)]


@router.get("/cases", name="page_cases")
def cases_page(
    request: Request, parts: Parts, actor: Acting, now: Now,
    view: Literal["board", "table"] = "board", whose: Whose = "",
    phase: Annotated[list[Phase] | None, Query(max_length=10)] = None,
    pairing: PairKind | Literal[""] = "", late: bool = False, still: Annotated[int, Query(ge=0, le=3650)] = 0,
    record: Id = "", after: Annotated[str, Query(max_length=100)] = "",
) -> HTMLResponse:  # fmt: skip
    """The cases there are for the account, narrowed as the address says."""
    wanted = narrowed(actor, now, phase or (), record, pairing or None, whose, late=late, still=still)
    told: dict[str, Any] = {
        "view": view, "whose": whose, "phase": phase or [], "pairing": pairing, "late": late, "still": still,
        "record": record, "pairings": PairKind, "phases": PHASES, "open": OPEN, "standstill": STILL,
        "narrowed": bool(whose or phase or pairing or late or still or record),
    }  # fmt: skip
    if view == "board":
        board = parts.case_board.board(actor, wanted, now.date(), LANE)
        named(request, parts, [card.line for cards in board.cards.values() for card in cards])
        return rendered(request, "cases/board.html", board=board, counts=board.counts, names=board.names, **told)
    found = parts.case_board.listing(actor, replace(wanted, after=after, limit=PART), now.date())
    named(request, parts, [card.line for card in found.cards])
    return rendered(
        request, "cases/table.html", found=found, counts=found.counts, names=found.names, after=after, **told
    )


@router.get("/tasks", name="page_tasks")
def tasks_page(
    request: Request, parts: Parts, actor: Acting, now: Now,
    whose: Literal["", "mine"] = "", when: Literal["", "all"] = "",
    n: Annotated[int, Query(ge=PART, le=1000)] = PART,
) -> HTMLResponse:  # fmt: skip
    """What is overdue and what is due in the next days."""
    day = now.date()
    before = date.max if when == "all" else day + SOON
    duties = parts.agenda.duties(actor, day, before, n, own=whose == "mine")
    named(request, parts, [one.line for one in duties.tasks])
    return rendered(
        request, "cases/tasks.html", duties=duties, day=day, soon=day + SOON, whose=whose, when=when, n=n, part=PART
    )


@router.get("/cases/new", name="page_new_case")
def new_case_page(
    request: Request, parts: Parts, actor: Acting, now: Now, left: Id = "", right: Id = ""
) -> HTMLResponse:  # fmt: skip
    """Say which pair a case is to be opened for."""
    if not (left.strip() and right.strip()):
        return rendered(request, "cases/new.html", pair=None, had=[], left=left, right=right)
    sides = [meant(parts, actor, now.date(), RECORD_KINDS, typed) for typed in (left, right)]
    if not all(side.one for side in sides):
        shown(request, [one for side in sides for one in side.records])
        status = HTTPStatus.OK if all(side.records for side in sides) else HTTPStatus.NOT_FOUND
        return rendered(request, "cases/new.html", status, pair=None, had=[], left=left, right=right, sides=sides)
    one, other = (side.records[0] for side in sides)
    pair = parts.records.pair(one.id, other.id, actor.viewer)
    told = _about(request, parts, actor, pair, now.date())
    return rendered(request, "cases/new.html", left=left, right=right, **told)


@router.post("/cases", name="page_open_case")
def case_opened(
    request: Request, parts: Parts, actor: Acting, now: Now, about: About,
    left: Annotated[str, Form(min_length=1, max_length=300)], right: Annotated[str, Form(min_length=1, max_length=300)],
    reason: Annotated[str, Form(max_length=10_000)] = "",
) -> Response:  # fmt: skip
    """Open a case of a pair, and lead to it."""
    try:
        case = parts.case_handling.open(left.strip(), right.strip(), actor, now, reason)
    except MatcherError as error:
        pair = parts.records.pair(left.strip(), right.strip(), actor.viewer)
        told = _about(request, parts, actor, pair, now.date())
        raise Again("cases/new.html", error, left=left, right=right, reason=reason, **told) from None
    about("cases", case.id)
    return led(done(f"/cases/{case.id}", "opened"))


def named(
    request: Request, parts: Installation, lines: Iterable[Line | Folder], invited: Iterable[Invitation] = ()
) -> None:
    """Note which records that are not public the page names; the guard writes them into the audit."""
    hidden = (line.case for line in lines if line.visibility is not Visibility.PUBLIC)
    request.state.shown.update(f"{case.pairing.left}/{case.left_id}" for case in hidden)
    if ids := [one.left_id for one in invited if one.left_id]:
        request.state.shown.update(parts.records.not_public(ids))


def _about(
    request: Request, parts: Installation, actor: Actor, pair: tuple[Record, Record], day: date
) -> dict[str, Any]:
    one, other = pair
    had = parts.case_board.of_pair(one.table, one.id, other.id, actor) if one.table in LEFTS else []
    named(request, parts, had)
    shown(request, pair)
    against = [one for one in parts.matching.why(one.id, other.id, actor.viewer, day).verdicts if one.rejects]
    names = tuple(map(name_of, pair))
    return {"pair": pair, "pair_names": names, "had": had, "phases": PHASES, "against": against}
