"""What every route asks for: the parts behind it, who asks, pages and tags."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Generic, TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fastapi import Depends, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.problems import Refused
from matcher.bootstrap import Installation
from matcher.domain.accounts import Actor
from matcher.domain.matches import Match
from matcher.domain.records import Record, Visibility
from matcher.domain.registers import Contract
from matcher.domain.weeks import Week
from matcher.services.journal import address
from matcher.wording import Said

T = TypeVar("T")


def _parts(request: Request) -> Installation:
    found: Installation = request.app.state.installation
    return found


def _actor(request: Request) -> Actor:
    found: Actor = request.state.actor
    return found


HERE = ZoneInfo("Asia/Shanghai")
"""The days and hours of those who work with it; China has one time zone."""


def _now() -> datetime:
    """The moment, told so that its date is the day on the calendar of those who ask."""
    return datetime.now(HERE)


def _about(request: Request) -> Callable[..., None]:
    def note(*path: str) -> None:
        request.state.about = address(*path)

    return note


Parts = Annotated[Installation, Depends(_parts)]
Acting = Annotated[Actor, Depends(_actor)]
Now = Annotated[datetime, Depends(_now)]
About = Annotated[Callable[..., None], Depends(_about)]
"""Takes the path under /v1 of what a request made or changed, for the audit, where its own address does not name it."""
Limit = Annotated[int, Query(ge=1, le=200, description="每页条数。How many.")]
Cursor = Annotated[str, Query(max_length=800, description="上一页的 next。What `next` said.")]
IfMatch = Annotated[str, Header(max_length=100, description="读取时的 ETag；* 为无条件。The ETag that was read.")]


class Sent(BaseModel):
    """A body; what it does not know is refused."""

    model_config = ConfigDict(extra="forbid")


class Page(BaseModel, Generic[T]):
    """A part of a list, and how to ask for the next one."""

    items: list[T]
    next: str | None = Field(None, description="下一页的 cursor，没有则为空。The next cursor; null at the end.")


def page(items: Sequence[T], limit: int, key: Callable[[T], str]) -> Page[T]:
    """The first `limit` of items that were asked for with one more, to know whether there is one."""
    shown = list(items[:limit])
    more = len(items) > limit
    return Page[T](items=shown, next=to_cursor(key(shown[-1])) if more else None)


def to_cursor(key: str) -> str:
    """A key as an opaque text."""
    return base64.urlsafe_b64encode(key.encode()).decode()


def from_cursor(cursor: str) -> str:
    """The key of a cursor. Raises HTTPException for one that this service never gave."""
    try:
        key = base64.b64decode(cursor, b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise strange_cursor() from None
    if "\0" in key:  # no database takes it
        raise strange_cursor()
    return key


def from_number(cursor: str) -> int | None:
    """The number that a cursor holds; None for no cursor. Raises HTTPException like `from_cursor`."""
    key = from_cursor(cursor)
    if key and not (key.isascii() and key.isdigit() and len(key) < 19):
        raise strange_cursor()
    return int(key) if key else None


def named_week(text: str) -> Week:
    """The week of an address. Raises Refused for one that its year does not have."""
    try:
        return Week(text)
    except ValueError:
        said = Said(f"没有 {text} 这一周。", f"There is no week {text}.")
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, said) from None


def strange_cursor() -> Refused:
    """The error for a cursor that this service never gave."""
    return Refused(HTTPStatus.UNPROCESSABLE_ENTITY, Said("cursor 无效。", "The cursor is not one of ours."))


def tagged(response: Response, tag: object) -> None:
    """Give the answer its ETag."""
    response.headers["ETag"] = f'"{tag}"'


def created(response: Response, *path: str) -> None:
    """Say where the new resource is read."""
    response.headers["Location"] = address(*path)


def untagged(if_match: str) -> str:
    """The tag of an If-Match header."""
    return if_match.removeprefix("W/").strip('"')


def shown(request: Request, records: Sequence[Record | Contract]) -> None:
    """Note which records that are not public the answer shows; the guard writes them into the audit."""
    hidden = (each for each in records if getattr(each, "visibility", Visibility.PUBLIC) is not Visibility.PUBLIC)
    request.state.shown.update(f"{each.table}/{each.id}" for each in hidden)


def cases_shown(request: Request, parts: Installation, matches: Iterable[Match]) -> None:
    """The same for the past cases that the reasons of matches name."""
    named = list(dict.fromkeys(cited for one in matches for cited in one.cites))
    request.state.shown.update(parts.records.not_public(named) if named else ())


class Workbook(Response):
    """An Excel workbook."""

    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def saved_as(name: str) -> dict[str, str]:
    """The headers with which a browser saves an answer as a file of this name, and never runs it."""
    return {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox",
    }
