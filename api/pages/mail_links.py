"""What links in letters lead to, without signing in. Looking changes nothing, for scanners of mail look at every link;
a button does, and a mail program's own button to unsubscribe (RFC 8058)."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse

from api.guard import OpenRoute
from api.pages.rendering import rendered
from api.parts import Now, Parts
from matcher.domain.digests import Frequency, Topic
from matcher.domain.feedback import Judgement
from matcher.domain.terms import Refusal
from matcher.errors import ConflictError, LinkError
from matcher.services.delivery.answers import LONGEST_REASON, Asked, Subscription

router = APIRouter(include_in_schema=False, route_class=OpenRoute)

Token = Annotated[str, Path(max_length=400)]
OFTEN = (Frequency.WEEKLY, Frequency.FORTNIGHTLY, Frequency.MONTHLY)


@router.get("/d/{token}")
def answer_page(request: Request, parts: Parts, now: Now, token: Token) -> HTMLResponse:
    """The item, and a button that keeps the answer."""
    return _guarded(request, lambda: _answer(request, token, parts.answers.asked(token, now), done=False))


@router.post("/d/{token}")
def answer_sent(
    request: Request,
    parts: Parts,
    now: Now,
    token: Token,
    verdict: Annotated[Judgement, Form()],
    reason: Annotated[str, Form(max_length=LONGEST_REASON)] = "",
) -> HTMLResponse:
    """Keep the answer."""

    def kept() -> HTMLResponse:
        return _answer(request, token, parts.answers.answer(token, verdict, reason, now), done=True)

    return _guarded(request, kept)


@router.get("/unsubscribe/{token}")
def unsubscribe_page(request: Request, parts: Parts, now: Now, token: Token) -> HTMLResponse:
    """How often, about what, or not at all."""
    return _guarded(request, lambda: _settings(request, token, parts.answers.subscription(token, now), done=False))


@router.post("/unsubscribe/{token}")
def unsubscribe_sent(
    request: Request,
    parts: Parts,
    now: Now,
    token: Token,
    frequency: Annotated[Frequency | None, Form()] = None,
    topic: Annotated[list[Topic] | None, Form()] = None,
) -> HTMLResponse:
    """Keep what the form says. A mail program's own button sends no form of ours: it stops everything."""

    def kept() -> HTMLResponse:
        if frequency is None:
            found = parts.answers.stop(token, now)
        else:
            found = parts.answers.set(token, frequency, frozenset(Topic).difference(topic or ()), now)
        return _settings(request, token, found, done=True)

    return _guarded(request, kept)


def _answer(request: Request, token: str, asked: Asked, *, done: bool) -> HTMLResponse:
    return rendered(
        request,
        "answer.html",
        language=asked.account.language,
        token=token,
        item=asked.item,
        verdicts=tuple(Judgement),
        chosen=asked.verdict,
        reason=asked.reason,
        reasons=tuple(Refusal),
        longest=LONGEST_REASON,
        done=done,
    )


def _settings(request: Request, token: str, found: Subscription, *, done: bool) -> HTMLResponse:
    return rendered(
        request,
        "unsubscribe.html",
        language=found.account.language,
        token=token,
        address=found.account.email,
        settings=found.settings,
        often=OFTEN,
        topics=tuple(Topic),
        stopped=found.settings.frequency is Frequency.NEVER,
        done=done,
    )


def _guarded(request: Request, page: Callable[[], HTMLResponse]) -> HTMLResponse:
    """The page, or one that says what is wrong with the link."""
    try:
        return page()
    except LinkError as error:
        return rendered(request, "link.html", HTTPStatus.NOT_FOUND, problem=error.said)
    except ConflictError as error:
        return rendered(request, "link.html", HTTPStatus.CONFLICT, problem=error.said)
