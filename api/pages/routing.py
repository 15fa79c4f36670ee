"""How a page is reached: by whoever is signed in and may, with every error as a page that says what to do."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from api import problems
from api.guard import Guard
from api.observing import request_id
from api.pages.rendering import rendered
from api.permissions import PAGES
from api.problems import Refused
from matcher.domain.accounts import Scope
from matcher.errors import MatcherError


class Again(Exception):  # noqa: N818  # no error of ours: it says that the form is to be shown once more
    """Shows a form again with what was typed and what is wrong with it. What the request has written is undone."""

    def __init__(self, template: str, error: MatcherError | RequestValidationError | Refused, **context: Any) -> None:
        super().__init__(template)
        self.template = template
        self.error = error
        self.context = context


class PageRoute(APIRoute):
    """A page whose name has a row in `PAGES`. Whoever is not signed in is led to the form, and back afterwards."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's own handler, within the guard."""
        answer, permission, name = super().get_route_handler(), PAGES[self.name], self.name

        async def guarded(request: Request) -> Response:
            guard: Guard = request.app.state.guard
            try:
                return await guard.answer(request, name, permission, answer, page=True)
            except Again as again:
                told = problems.told(again.error)
                return rendered(request, again.template, told.status, problem=told, **again.context)
            except Exception as error:  # a mistake of ours is logged, and shown as one
                return explained(request, error, writing=permission.scope is Scope.WRITE)
            finally:
                await request.close()  # whatever files a form brought

        return guarded


def explained(request: Request, error: Exception, *, writing: bool = False) -> Response:
    """An error as a page."""
    told = problems.told(error)
    if told.status is HTTPStatus.UNAUTHORIZED:
        here = origin(request) if writing else request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return led("/sign-in" if here == "/" else f"/sign-in?next={quote(here, safe='')}")
    number = request_id() if told.status >= HTTPStatus.INTERNAL_SERVER_ERROR else ""
    return rendered(request, "error.html", told.status, problem=told, back=origin(request), number=number)


def origin(request: Request) -> str:
    """The page of this service that somebody comes from; the first page where the browser does not say."""
    place = urlsplit(request.headers.get("referer", ""))
    if place.netloc != request.headers.get("host"):
        return "/"
    return own_path(urlunsplit(("", "", place.path, place.query, "")))


def led(path: str) -> RedirectResponse:
    """To another page after something was done, so that reloading does not do it again."""
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)


def own_path(path: str) -> str:
    """A path of this service: nobody is led elsewhere by an address that somebody else wrote."""
    own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if own else "/"


def done(path: str, what: str) -> str:
    """The page to go back to, with what it is to say was done (a name of `rendering.DONE`)."""
    place = urlsplit(own_path(path))
    told = [(name, value) for name, value in parse_qsl(place.query) if name != "done"]
    return urlunsplit(("", "", place.path, urlencode([*told, ("done", what)]), place.fragment))
