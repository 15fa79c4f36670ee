"""A carrier's figures of a period: a form to fill in, the same as a workbook, and what is doubted in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import HTMLResponse

from api.pages.carriers import CarrierId
from api.pages.rendering import language_of, rendered
from api.pages.routing import Again, PageRoute, done, led
from api.pages.showing import path_part
from api.parts import Acting, Now, Parts, Workbook, saved_as
from api.texts import KEEPABLE
from matcher.bootstrap import Installation
from matcher.domain.accounts import Actor
from matcher.domain.periods import Period
from matcher.errors import ConflictError, IntakeError
from matcher.reporting.forms import packed_forms
from matcher.services.filling import Answers, Filled
from matcher.services.records import InvalidRecordError
from matcher.services.submissions import ARRIVALS, Arrival, Received
from matcher.services.uploads import Upload
from matcher.wording import Language

router = APIRouter(prefix="/carriers", include_in_schema=False, route_class=PageRoute)

PERIOD = r"^(19|20)[0-9]{2}(H[12]|Q[1-4])?$"
TEMPLATE = "carriers/figures.html"
SentPeriod = Annotated[str, Form(pattern=PERIOD)]
Tag = Annotated[str, Form(max_length=64)]
SheetPeriod = Annotated[str, Query(pattern=PERIOD)]
Short = Annotated[str, Form(max_length=200, pattern=KEEPABLE)]
Note = Annotated[str, Form(max_length=2000, pattern=KEEPABLE)]


async def _typed(request: Request) -> Mapping[str, str]:
    """What was typed for each metric; which there are decides the form, not this page."""
    sent = await request.form()
    return {name[2:]: value for name, value in sent.items() if name.startswith("m.") and isinstance(value, str)}


@router.get("/{carrier_id:path}/figures", name="page_figures")
def figures_page(
    request: Request, carrier_id: CarrierId, parts: Parts, actor: Acting, now: Now,
    period: Annotated[str, Query(pattern=f"^$|{PERIOD}")] = "",
) -> HTMLResponse:  # fmt: skip
    """The periods for which figures are owed, and the form of one of them."""
    carrier = parts.carrier_figures.require(carrier_id, actor)
    periods = parts.filling.periods(carrier.id, actor, now.date())
    chosen = Period(period) if period else _first(periods, now.date())
    filled = parts.filling.opened(carrier.id, chosen, actor, now.date(), language_of(request)) if chosen else None
    return rendered(request, TEMPLATE, carrier=carrier, periods=periods, filled=filled, **_shown(parts, actor))


@router.post("/{carrier_id:path}/figures", name="page_save_figures")
def figures_sent(
    request: Request, carrier_id: CarrierId, parts: Parts, actor: Acting, now: Now, period: SentPeriod,
    typed: Annotated[Mapping[str, str], Depends(_typed)], tag: Tag = "", by: Short = "", note: Note = "",
) -> Response:  # fmt: skip
    """Keep the figures that were typed; what is no figure is named, and nothing is kept."""
    filled = parts.filling.opened(carrier_id, Period(period), actor, now.date(), language_of(request))
    answers = Answers(typed, by.strip() or actor.account.name, note.strip())
    try:
        parts.filling.save(filled, answers, tag, now)
    except (InvalidRecordError, ConflictError) as error:
        periods = parts.filling.periods(filled.carrier.id, actor, now.date())
        told = _shown(parts, actor, answers)
        raise Again(TEMPLATE, error, carrier=filled.carrier, periods=periods, filled=filled, **told) from error
    return led(done(_path(filled), "saved"))


@router.post("/{carrier_id:path}/figures/upload", name="page_upload_figures")
def figures_uploaded(
    request: Request, carrier_id: CarrierId, parts: Parts, actor: Acting, now: Now, period: SentPeriod,
    file: Annotated[UploadFile, File()], tag: Tag = "",
) -> Response:  # fmt: skip
    """Take in a filled form, all of it or nothing."""
    filled = parts.filling.opened(carrier_id, Period(period), actor, now.date(), language_of(request))
    try:
        parts.filling.take(filled, Upload(file.filename or "", file.file), tag, actor, now)
    except (IntakeError, InvalidRecordError, ConflictError) as error:
        periods = parts.filling.periods(filled.carrier.id, actor, now.date())
        told = _shown(parts, actor)
        raise Again(TEMPLATE, error, carrier=filled.carrier, periods=periods, filled=filled, **told) from error
    return led(done(_path(filled), "saved"))


@router.get("/{carrier_id:path}/figures/form.xlsx", name="page_figures_form")
def form_downloaded(
    request: Request, carrier_id: CarrierId, parts: Parts, actor: Acting, now: Now, period: SheetPeriod
) -> Workbook:
    """The form as a workbook, with what was told so far."""
    filled = parts.filling.opened(carrier_id, Period(period), actor, now.date(), Language.ZH)
    return Workbook(packed_forms([filled.form], now), headers=saved_as(f"{filled.carrier.name} {period} 填报表.xlsx"))


def _shown(parts: Installation, actor: Actor, typed: Answers | None = None) -> dict[str, Any]:
    """What every rendering of the form needs: the words, and what was typed where it is shown once more."""
    return {"typed": typed, "by": actor.account.name, "arrivals": ARRIVALS, "book": parts.rulebook}


def _first(periods: Sequence[Received], day: date) -> Period | None:
    """The period to begin with: the latest that is missing, else the latest that is over, else the latest."""
    missing = (one for one in periods if one.arrival is Arrival.MISSING)
    over = (one for one in periods if one.due.period.end < day)
    found = next(missing, None) or next(over, None) or next(iter(periods), None)
    return found.due.period if found else None


def _path(filled: Filled) -> str:
    return f"/carriers/{path_part(filled.carrier.id)}/figures?period={filled.form.period}"
