"""What was judged: the shortlist of pairs that fit, those for later, those that do not."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.pages.rendering import rendered
from api.pages.routing import PageRoute
from api.parts import Acting, Parts, shown
from matcher.domain.feedback import Judgement
from matcher.domain.records import PairKind, Refusal
from matcher.services.cases.access import OPENING

router = APIRouter(include_in_schema=False, route_class=PageRoute)

PART = 20
JUDGED = (Judgement.FITS, Judgement.LATER, Judgement.DOES_NOT)
"""The verdicts in the order of their tabs."""


@router.get("/shortlist", name="page_shortlist")
def shortlist_page(
    request: Request, parts: Parts, actor: Acting, verdict: Judgement = Judgement.FITS,
    right: Annotated[str, Query(max_length=300)] = "",
    before: Annotated[int | None, Query(ge=1, lt=2**31)] = None,
    given: Annotated[list[Annotated[int, Query(ge=1, lt=2**31)]] | None, Query(max_length=50)] = None,
) -> HTMLResponse:  # fmt: skip
    """Pairs by the last word of the reader's organisation, the latest first; of all or of one fund or carrier."""
    of = parts.records.named(right.strip(), actor.viewer) if right.strip() else None
    about = (PairKind.of(of.table), of.id) if of else None
    found = parts.opinions.listed(actor, verdict, about, before=before, limit=PART + 1)
    listed = found[:PART]
    shown(request, [one.left for one in listed])
    return rendered(
        request, "screen/shortlist.html", listed=listed, more=len(found) > PART, verdict=verdict, of=of,
        judgements=JUDGED, refusals=tuple(Refusal), opens=actor.role in OPENING, given=given or [],
    )  # fmt: skip
