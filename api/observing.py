"""One look at every request: its id, its route's template, who asked by role, how it ended and how long it took.

Nothing here keeps the raw path, the query, a name or an address: a path may hold an id, a query what somebody seeks.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from http import HTTPMethod
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID = "X-Request-ID"
UNMATCHED = "unmatched"
"""The template of a request that no route takes."""

_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")
_current: ContextVar[str] = ContextVar("request id", default="")


@dataclass(frozen=True, slots=True)
class Handled:
    """A request that came to its end."""

    id: str
    method: str
    route: str
    status: int
    seconds: float
    role: str
    error: BaseException | None = None


Begun = Callable[[], object]
Ended = Callable[[Handled], object]


def request_id() -> str:
    """The id of the request that this thread or task serves; empty outside of one."""
    return _current.get()


class Observed:
    """ASGI around the whole application, outside of what turns errors into answers.

    `request.state.actor`, once the application has set it, tells the role.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        begun: Iterable[Begun] = (),
        ended: Iterable[Ended] = (),
        clock: Callable[[], float] = time.perf_counter,
        new_id: Callable[[], str] = lambda: secrets.token_hex(8),
    ) -> None:
        self._app = app
        self._begun = tuple(begun)
        self._ended = tuple(ended)
        self._clock = clock
        self._new_id = new_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and tell the observers how it ended."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        for tell in self._begun:
            tell()
        name, start, answer = _given_id(scope) or self._new_id(), self._clock(), _Answer(send)
        answer.id = name
        token, error = _current.set(name), None
        try:
            await self._app(scope, receive, answer)
        except BaseException as raised:
            error = raised
            # The observers have told of it. Where the answer is not out yet, the server must learn of it too.
            if not answer.finished or not isinstance(raised, Exception):
                raise
        finally:
            handled = Handled(
                name, _method(scope), _template(scope), answer.status, self._clock() - start, _role(scope), error
            )
            for report in self._ended:
                report(handled)
            _current.reset(token)


class _Answer:
    """The way back, watched."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.id = ""
        self.status = 500
        self.finished = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            MutableHeaders(scope=message)[REQUEST_ID] = self.id
        elif message["type"] == "http.response.body":
            self.finished = not message.get("more_body", False)
        await self._send(message)


def _given_id(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name.lower() == REQUEST_ID.lower().encode():
            text: str = value.decode("latin-1")
            return text if _WELL_FORMED.fullmatch(text) else None
    return None


def _method(scope: Scope) -> str:
    """The method; whatever a client made up is one label."""
    return scope["method"] if scope["method"] in set(HTTPMethod) else "OTHER"


def _template(scope: Scope) -> str:
    """The path of the route as it was declared, with the names of its parameters."""
    route: Any = scope.get("route")
    # A route of an included router knows its own part; FastAPI keeps what it is with the prefix beside it.
    whole: Any = scope.get("fastapi", {}).get("effective_route_context")
    for each in (whole, route):
        if path := getattr(each, "path_format", None):
            return str(path)
    return UNMATCHED


def _role(scope: Scope) -> str:
    actor: Any = scope.get("state", {}).get("actor")
    return str(getattr(actor, "role", ""))
