"""The way in for people: signing in and out, and setting a password with what came by letter."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, BackgroundTasks, Form, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from api import signing
from api.guard import OpenRoute
from api.pages.rendering import LANGUAGE, rendered
from api.pages.routing import led, own_path
from api.parts import Now, Parts
from matcher.bootstrap import Installation
from matcher.errors import MatcherError
from matcher.wording import Language, Said

router = APIRouter(include_in_schema=False, route_class=OpenRoute)

Secret = Annotated[str, Path(max_length=200)]
Email = Annotated[str, Form(max_length=300)]
Password = Annotated[str, Form(max_length=400)]
Back = Annotated[str, Query(max_length=4000)]
YEAR = 365 * 24 * 60 * 60
FOREIGN = Said("请从本服务的页面提交。", "Send the form from a page of this service.")


@router.get("/language/{to}")
def language_chosen(to: Language, back: Back = "/") -> Response:
    """Speak another language from now on, on this browser."""
    answer = led(own_path(back))
    answer.set_cookie(LANGUAGE, to, max_age=YEAR, httponly=True, samesite="lax", path="/")
    return answer


@router.get("/sign-in")
def sign_in_page(request: Request) -> HTMLResponse:
    """The form to sign in with."""
    return rendered(request, "sign_in.html", email="")


@router.post("/sign-in")
def sign_in_sent(
    request: Request, parts: Parts, now: Now, email: Email = "", password: Password = "",
    next: Annotated[str, Query(max_length=2000)] = "/",
) -> Response:  # fmt: skip
    """Open a session, or say what is wrong."""
    try:
        _require_own_page(request, parts)
        opened = signing.signed_in(request, parts, email, password, now)
    except _ForeignForm:
        return rendered(request, "sign_in.html", HTTPStatus.FORBIDDEN, email=email, problem=FOREIGN)
    except MatcherError as error:
        return rendered(request, "sign_in.html", HTTPStatus.UNAUTHORIZED, email=email, problem=error.said)
    answer = led(own_path(next))
    signing.hand_over(answer, request, parts, opened)
    return answer


@router.post("/sign-out")
def sign_out_sent(request: Request, parts: Parts, now: Now) -> Response:
    """End the session. A form of another site can do no more harm with it than that."""
    answer = led("/sign-in")
    signing.sign_out(answer, request, parts, now)
    return answer


@router.get("/forgotten")
def forgotten_page(request: Request) -> HTMLResponse:
    """The form to ask for a letter with."""
    return rendered(request, "forgotten.html", sent=False)


@router.post("/forgotten")
def forgotten_sent(
    request: Request, parts: Parts, background: BackgroundTasks, now: Now, email: Email = ""
) -> HTMLResponse:
    """Send a letter; the page does not tell whether the address has an account."""
    try:
        signing.ask_for_letter(request, parts, background, email, now)
    except MatcherError as error:
        return rendered(request, "sign_in.html", HTTPStatus.TOO_MANY_REQUESTS, email=email, problem=error.said)
    return rendered(request, "forgotten.html", sent=True)


@router.get("/password/{secret}")
def password_page(request: Request, secret: Secret) -> HTMLResponse:
    """The form to set a password with. Looking at it uses nothing up: mail scanners look at every link."""
    return rendered(request, "password.html", secret=secret, done=False)


@router.post("/password/{secret}")
def password_sent(request: Request, parts: Parts, now: Now, secret: Secret, password: Password = "") -> HTMLResponse:
    """Set the password."""
    try:
        signing.set_password(parts, secret, password, now)
    except MatcherError as error:
        return rendered(
            request, "password.html", HTTPStatus.UNPROCESSABLE_ENTITY, secret=secret, problem=error.said, done=False
        )
    return rendered(request, "password.html", secret=secret, done=True)


class _ForeignForm(Exception):  # noqa: N818  # it only leaves the block
    """A form that another site made this browser send."""


def _require_own_page(request: Request, parts: Installation) -> None:
    """A foreign page must not sign somebody into an account that is not theirs."""
    origin = request.headers.get("origin", "")
    # A proxy may name another host than the browser does, which knows the public address.
    own = {request.headers.get("host", ""), urlsplit(parts.settings.base_url).netloc} - {""}
    if origin and urlsplit(origin).netloc not in own:  # one that hides where it comes from says "null"
        raise _ForeignForm
