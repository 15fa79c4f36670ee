"""One case: what is known and what is missing, its stages, and taking the last step back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import HTMLResponse

from api.pages.case_view import TEMPLATE, At, Version, Words
from api.pages.rendering import rendered
from api.pages.routing import PageRoute, done, led
from matcher.domain.phases import Move
from matcher.domain.records import Refusal
from matcher.policy.rules import Rulebook
from matcher.policy.vocabulary import Measure
from matcher.services.cases.typed import deal_typed

router = APIRouter(prefix="/cases", include_in_schema=False, route_class=PageRoute)

FACT = "case_"
"""What the names of facts begin with, and no other field of the form."""

Short = Annotated[str, Form(max_length=40)]


async def _told(request: Request) -> dict[str, str]:
    """The facts of the form; which there are the rules say."""
    form = await request.form()
    return {name: value for name, value in form.items() if name.startswith(FACT) and isinstance(value, str)}


Told = Annotated[Mapping[str, str], Depends(_told)]


@router.get("/{case_id}", name="page_case")
def case_page(here: At) -> HTMLResponse:
    """One case with all that the reader may know of it."""
    return rendered(here.request, TEMPLATE, **here.view())


@router.post("/{case_id}/facts", name="page_tell_case")
def facts_told(here: At, told: Told, version: Version) -> Response:
    """Tell facts."""
    handling = here.parts.case_handling
    with here.mending("facts", **told):
        handling.tell(here.id, version, _read(here.parts.rulebook, told), here.actor, here.now)
    return here.back("saved", "facts")


@router.post("/{case_id}/move", name="page_move_case")
def case_moved(
    here: At, version: Version, move: Annotated[Literal["advance", "back", "reopen"], Form()],
    amount: Short = "", currency: Short = "", reason: Words = "",
) -> Response:  # fmt: skip
    """Advance, go back, take up again; closing tells what it came to."""
    with here.mending(move, amount=amount, currency=currency, reason=reason):
        deal = deal_typed(amount, currency)
        here.parts.case_handling.move(here.id, version, Move(move), here.actor, here.now, deal, reason)
    return here.back("moved")


@router.post("/{case_id}/stop", name="page_stop_case")
def case_stopped(
    here: At, version: Version, refusal: Annotated[Refusal | Literal[""], Form()] = "", reason: Words = ""
) -> Response:
    """Stop it; with the class of a refusal training learns from it."""
    with here.mending("stop", refusal=refusal, reason=reason):
        here.parts.case_handling.stop(here.id, version, refusal or None, reason, here.actor, here.now)
    return here.back("stopped")


@router.post("/{case_id}/undo", name="page_undo_case")
def case_undone(here: At, version: Version) -> Response:
    """Take the last step back."""
    with here.mending("undo"):
        here.parts.case_undoing.undo(here.id, version, here.actor, here.now)
    return here.back("undone")


@router.post("/{case_id}/hand-over", name="page_hand_over")
def case_handed_over(here: At, version: Version, to: Annotated[str, Form(max_length=300)] = "") -> Response:
    """Give it to another owner. Whoever gave it away may see it no more."""
    with here.mending("hand", to=to):
        here.parts.case_handover.hand_over(here.id, version, to, here.actor, here.now)
    return led(done("/cases", "handed"))


def _read(book: Rulebook, told: Mapping[str, str]) -> dict[str, str | list[str]]:
    """The facts as they were typed; of a list each line is one."""
    lists = {name for name in told if name in book.metrics and book.metrics[name].measure is Measure.LIST}
    lines = {name: [line.strip() for line in told[name].splitlines() if line.strip()] for name in lists}
    return {**told, **lines}
