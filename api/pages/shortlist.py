"""What was judged: the shortlist of pairs that fit, those for later, those that do not."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.pages.board_sheet import shortlist_sheet
from api.pages.rendering import language_of, rendered
from api.pages.routing import PageRoute
from api.parts import Acting, Now, Parts, Workbook, saved_as, shown
from matcher.bootstrap import Installation
from matcher.domain.accounts import Actor
from matcher.domain.feedback import Judgement
from matcher.domain.filenames import safe_name
from matcher.domain.records import PairKind, Record, Refusal, name_of
from matcher.reporting.spreadsheets import xlsx_content
from matcher.services.cases.access import OPENING
from matcher.wording import Said

router = APIRouter(include_in_schema=False, route_class=PageRoute)

PART, EXPORTED = 20, 1000
Right = Annotated[str, Query(max_length=300)]
JUDGED = (Judgement.FITS, Judgement.LATER, Judgement.DOES_NOT)
"""The verdicts in the order of their tabs."""


@router.get("/shortlist", name="page_shortlist")
def shortlist_page(
    request: Request, parts: Parts, actor: Acting, verdict: Judgement = Judgement.FITS,
    right: Right = "",
    before: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
    given: Annotated[list[Annotated[int, Query(ge=1, lt=2**31)]] | None, Query(max_length=50)] = None,
) -> HTMLResponse:  # fmt: skip
    """Pairs by the last word of the reader's organisation, the latest first; of all or of one fund or carrier."""
    of, about = _about(parts, actor, right)
    found = parts.opinions.listed(actor, verdict, about, before=before, limit=PART + 1)
    listed = found[:PART]
    shown(request, [one.left for one in listed])
    return rendered(
        request, "screen/shortlist.html", listed=listed, more=len(found) > PART, verdict=verdict, of=of,
        judgements=JUDGED, refusals=tuple(Refusal), opens=actor.role in OPENING, given=given or [],
        just=parts.opinions.just(given or [], actor),
    )  # fmt: skip


@router.get("/shortlist/export", name="page_shortlist_export")
def export_file(
    request: Request, parts: Parts, actor: Acting, now: Now, verdict: Judgement = Judgement.FITS, right: Right = ""
) -> Response:
    """The same as a workbook, the latest thousand."""
    of, about = _about(parts, actor, right)
    found = parts.opinions.listed(actor, verdict, about, limit=EXPORTED)
    shown(request, [one.left for one in found])
    language = language_of(request)
    stem = Said("入选", "shortlist") if verdict is Judgement.FITS else verdict.said
    named = [stem.to(language), *([name_of(of)] if of else []), str(now.date())]
    return Workbook(
        xlsx_content([shortlist_sheet(found, language)]), headers=saved_as(safe_name(f"{'-'.join(named)}.xlsx"))
    )


def _about(parts: Installation, actor: Actor, right: str) -> tuple[Record | None, tuple[PairKind, str] | None]:
    of = parts.records.named(right.strip(), actor.viewer) if right.strip() else None
    return of, (PairKind.of(of.table), of.id) if of else None
