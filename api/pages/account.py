"""One's own account: language, password, sessions, and tokens for machines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Form, Path, Request, Response
from fastapi.responses import HTMLResponse

from api import signing
from api.guard import COOKIE
from api.pages.entry import YEAR
from api.pages.rendering import LANGUAGE, rendered
from api.pages.routing import PageRoute, done, led
from api.parts import About, Acting, Now, Parts
from api.problems import Refused
from matcher.domain.accounts import Scope
from matcher.wording import Language, Said

router = APIRouter(prefix="/account", include_in_schema=False, route_class=PageRoute)


@router.get("", name="page_account")
def account_page(request: Request, parts: Parts, actor: Acting) -> HTMLResponse:
    """What can be set of one's own account."""
    return rendered(request, "account.html", tokens=parts.access.tokens(actor.id), scopes=tuple(Scope), made=None)


@router.post("/language", name="page_set_language")
def language_sent(parts: Parts, actor: Acting, language: Annotated[Language, Form()]) -> Response:
    """The language of pages and letters from now on."""
    parts.people.change(replace(actor.account, language=language))
    answer = led(done("/account", "saved"))
    answer.set_cookie(LANGUAGE, language, max_age=YEAR, httponly=True, samesite="lax", path="/")
    return answer


@router.post("/password-letter", name="page_own_letter")
def letter_sent(request: Request, parts: Parts, actor: Acting, now: Now, background: BackgroundTasks) -> Response:
    """A letter to oneself by which a new password is set."""
    if letter := parts.letters.reset(actor.account.email, now, signing.address_of(request)):
        background.add_task(parts.letters.send, letter, now)
    return led(done("/account", "sent"))


@router.post("/sessions/end", name="page_end_sessions")
def sessions_ended(request: Request, parts: Parts, actor: Acting) -> Response:
    """Sign out everywhere but here."""
    parts.access.sign_out_elsewhere(actor.id, request.cookies.get(COOKIE, ""))
    return led(done("/account", "signed_out"))


@router.post("/tokens", name="page_create_token")
def token_sent(
    request: Request, parts: Parts, actor: Acting, now: Now, about: About,
    name: Annotated[str, Form(min_length=1, max_length=100)],
    scopes: Annotated[list[Scope] | None, Form()] = None, days: Annotated[int, Form(ge=1, le=400)] = 90,
) -> HTMLResponse:  # fmt: skip
    """Make a token; its secret stands on this page and nowhere else."""
    token, secret = parts.access.add_token(
        actor.account, name, scopes or [Scope.READ], timedelta(days=days), now, actor.until
    )
    about("tokens", token.id)
    tokens = parts.access.tokens(actor.id)
    return rendered(request, "account.html", HTTPStatus.CREATED, tokens=tokens, scopes=tuple(Scope), made=secret)


@router.post("/tokens/{token_id}/revoke", name="page_revoke_token")
def token_revoked(token_id: Annotated[str, Path(max_length=100)], parts: Parts, actor: Acting) -> Response:
    """Take a token back."""
    if not parts.access.revoke(actor.id, token_id):
        raise Refused(HTTPStatus.NOT_FOUND, Said("没有这个令牌。", "There is no such token."))
    return led(done("/account", "deleted"))
