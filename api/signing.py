"""Signing in and out by a browser: the same cookie from the page and from the interface."""

from __future__ import annotations

from datetime import datetime

from fastapi import Request, Response

from api.guard import COOKIE
from matcher.bootstrap import Installation
from matcher.services.access import SignedIn


def signed_in(request: Request, parts: Installation, email: str, password: str, now: datetime) -> SignedIn:
    """Open a session. Raises SignInError when something is wrong, or was too often."""
    return parts.access.sign_in(email, password, address_of(request), now)


def hand_over(response: Response, request: Request, parts: Installation, opened: SignedIn) -> None:
    """Give the browser its cookie, for this site only, and over TLS only where the service is reached so."""
    secure = "https" in (request.url.scheme, parts.settings.base_url.partition(":")[0].lower())
    response.set_cookie(COOKIE, opened.token, httponly=True, samesite="lax", secure=secure, path="/")


def sign_out(response: Response, request: Request, parts: Installation) -> None:
    """End the session and take the cookie back."""
    parts.access.sign_out(request.cookies.get(COOKIE, ""))
    response.delete_cookie(COOKIE, path="/")


def address_of(request: Request) -> str:
    """The network address that asks."""
    return request.client.host if request.client else ""
