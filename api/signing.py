"""The ways in, the same from the pages and from the interface: a session with its cookie, and passwords by letter."""

from __future__ import annotations

from datetime import datetime

from fastapi import BackgroundTasks, Request, Response

from api.guard import COOKIE
from api.observing import request_id
from matcher.bootstrap import Installation
from matcher.services.access import SignedIn


def signed_in(request: Request, parts: Installation, email: str, password: str, now: datetime) -> SignedIn:
    """Open a session. Raises SignInError when something is wrong, or was too often."""
    return parts.access.sign_in(email, password, address_of(request), now, request_id())


def hand_over(response: Response, request: Request, parts: Installation, opened: SignedIn) -> None:
    """Give the browser its cookie, for this site only, and over TLS only where the service is reached so."""
    secure = "https" in (request.url.scheme, parts.settings.base_url.partition(":")[0].lower())
    response.set_cookie(COOKIE, opened.token, httponly=True, samesite="lax", secure=secure, path="/")


def sign_out(response: Response, request: Request, parts: Installation, now: datetime) -> None:
    """End the session and take the cookie back."""
    parts.access.sign_out(request.cookies.get(COOKIE, ""), now, request_id())
    response.delete_cookie(COOKIE, path="/")


def ask_for_letter(
    request: Request, parts: Installation, background: BackgroundTasks, email: str, now: datetime
) -> None:
    """Send a letter by which a password can be set, once the answer is out, which does not tell whether there is one.

    Raises SignInError when too many were asked for.
    """
    if letter := parts.letters.reset(email, now, address_of(request), request_id()):
        background.add_task(parts.letters.send, letter, now)


def set_password(parts: Installation, secret: str, password: str, now: datetime) -> None:
    """Set a password with what came by letter. Raises SignInError or AccountError like `Access.reset`."""
    parts.access.reset(secret, password, now, request_id())


def address_of(request: Request) -> str:
    """The network address that asks."""
    return request.client.host if request.client else ""
