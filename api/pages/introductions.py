"""Introductions: proposed on a case, received and answered by the sides."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.pages.case_view import CONSTANTS, At, Version, Words, typed
from api.pages.cases import named
from api.pages.rendering import rendered
from api.pages.routing import Again, PageRoute, done, led, own_path
from api.parts import About, Acting, Now, Parts
from matcher.bootstrap import Installation
from matcher.domain.accounts import Actor
from matcher.domain.introductions import DAYS, Side, Standing
from matcher.domain.phases import OPEN
from matcher.domain.records import Refusal
from matcher.errors import MatcherError
from matcher.services.cases.access import OPENING, Part
from matcher.services.cases.introducing import Answering
from matcher.store import Wanted

router = APIRouter(include_in_schema=False, route_class=PageRoute)

PART = 50
"""Cases whose introductions the list shows at first."""

Days = Annotated[int, Form(ge=1, le=365)]
IntroductionId = Annotated[str, Path(max_length=100)]
Back = Annotated[str, Form(max_length=4000)]


@router.get("/introductions", name="page_introductions")
def introductions_page(
    request: Request, parts: Parts, actor: Acting, now: Now, n: Annotated[int, Query(ge=PART, le=500)] = PART
) -> HTMLResponse:
    """What the account's organisation was asked, and what became of it."""
    return rendered(request, "cases/introductions.html", n=n, **_list(request, parts, actor, now, n))


@router.post("/cases/{case_id}/introductions", name="page_propose")
def introduction_proposed(here: At, version: Version, message: Words = "", days: Days = DAYS) -> Response:
    """Propose to bring both sides together."""
    with here.mending("propose", message=message, days=days):
        here.parts.introducing.propose(here.id, version, here.actor, here.now, message, days)
    return here.back("sent", "introductions")


@router.post("/cases/{case_id}/introductions/next", name="page_propose_next")
def next_proposed(here: At, version: Version, about: About, message: Words = "", days: Days = DAYS) -> Response:
    """Open a case with the next-best taker, and propose an introduction there."""
    with here.mending("next", message=message, days=days):
        told = here.parts.introducing.next(here.id, version, here.actor, here.now, message, days)
    about("cases", told.case_id)
    return led(done(f"/cases/{told.case_id}", "sent"))


@router.post("/introductions/{introduction_id}/answer", name="page_answer")
def introduction_answered(
    request: Request, introduction_id: IntroductionId, parts: Parts, actor: Acting, now: Now,
    answer: Annotated[Literal["accept", "decline"], Form()],
    refusal: Annotated[Refusal | Literal[""], Form()] = "", reason: Words = "",
    contact: Annotated[str, Form(max_length=500)] = "", side: Annotated[Side | Literal[""], Form()] = "",
    back: Back = "/introductions",
) -> Response:  # fmt: skip
    """Accept, or decline with the class of the reason."""
    answering = Answering(answer == "accept", refusal or None, reason, contact, side or None)
    try:
        parts.introducing.answer(introduction_id, answering, actor, now)
    except MatcherError as error:
        told = parts.introducing.get(introduction_id, actor, now)
        fields = typed(answer=answer, refusal=refusal, reason=reason, contact=contact)
        named(request, parts, (), [told])
        raise Again(
            "cases/answer.html",
            error,
            **CONSTANTS,
            invited=told,
            back=own_path(back),
            day=now.date(),
            now=now,
            typed=fields,
        ) from None
    return led(done(back, "answered"))


@router.post("/introductions/{introduction_id}/undo", name="page_undo_answer")
def answer_undone(
    introduction_id: IntroductionId, parts: Parts, actor: Acting, now: Now, back: Back = "/introductions"
) -> Response:
    """Take the account's answer back, within five minutes."""
    parts.case_undoing.undo_answer(introduction_id, actor, now)
    return led(done(back, "undone"))


def _list(request: Request, parts: Installation, actor: Actor, now: datetime, n: int) -> dict[str, Any]:
    told, day = parts.introducing.received(actor, now, n), now.date()
    asked = Wanted(frozenset(OPEN), limit=n, answerable=day)
    cards = parts.case_board.listing(actor, asked, day).cards if actor.role in OPENING else []
    open_ones = (card for card in cards if card.standing is Standing.PROPOSED)
    proposed = [card.line for card in open_ones if card.line.part is Part.WORKS]
    named(request, parts, proposed, told)
    waiting = [one for one in told if one.answerable]
    return {
        **CONSTANTS, "waiting": waiting, "rest": [one for one in told if one not in waiting], "proposed": proposed,
        "day": day, "now": now, "part": PART, "typed": typed(),
        "more": len({one.introduction.case_id for one in told}) >= n,
    }  # fmt: skip
