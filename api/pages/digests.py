"""One's own digests: those of past weeks, each to judge once more, and how one wants them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.pages.rendering import rendered
from api.pages.routing import Again, PageRoute, led
from api.parts import Acting, Parts, named_week
from api.permissions import STAFF
from api.problems import Refused
from matcher.domain.digests import Digest, Frequency, Item, Line, Silence, Topic
from matcher.errors import ConflictError
from matcher.wording import Said

router = APIRouter(prefix="/digests", include_in_schema=False, route_class=PageRoute)

PART = 12
FORM = "digests/settings.html"
CHOICES: Mapping[str, Any] = {"often": Frequency, "topics": Topic}
WrittenWeek = Annotated[str, Path(pattern=r"^[0-9]{4}-W[0-9]{2}$")]


@router.get("", name="page_digests")
def archive_page(
    request: Request, parts: Parts, actor: Acting, before: Annotated[str, Query(max_length=8)] = ""
) -> HTMLResponse:
    """What one was told, week by week; for the bureau also how many were."""
    found = parts.digests.archive(actor, before, PART + 1)
    counts = parts.digests.counts("", 4) if actor.role in STAFF else {}
    return rendered(
        request, "digests/archive.html", found=found[:PART], more=len(found) > PART, counts=counts,
        silences={one.value: one.said for one in Silence},
    )  # fmt: skip


@router.get("/settings", name="page_digest_settings")
def settings_page(request: Request, parts: Parts, actor: Acting) -> HTMLResponse:
    """How often, how much, about what, and when not."""
    return rendered(request, FORM, settings=parts.digests.settings(actor), **CHOICES)


@router.post("/settings", name="page_set_digests")
def settings_sent(
    parts: Parts, actor: Acting,
    version: Annotated[str, Form(max_length=20)],
    frequency: Annotated[Frequency, Form()],
    size: Annotated[int, Form(ge=1, le=20)],
    topic: Annotated[list[Topic] | None, Form()] = None,
    quiet_until: Annotated[str, Form(max_length=10)] = "",
) -> Response:  # fmt: skip
    """Keep them."""
    wanted = replace(
        parts.digests.settings(actor), frequency=frequency, size=size, left_out=frozenset(Topic) - set(topic or ())
    )
    try:
        until = _day(quiet_until)
        parts.digests.change(
            actor.id, version, frequency=frequency, size=size, left_out=wanted.left_out, quiet_until=until
        )
    except (ConflictError, Refused) as error:
        raise Again(FORM, error, settings=wanted, **CHOICES) from error
    return led("/digests/settings?done=saved")


@router.get("/{week}", name="page_digest")
def digest_page(request: Request, week: WrittenWeek, parts: Parts, actor: Acting) -> HTMLResponse:
    """What one was told of a week, without what is gone or hidden by now."""
    digest = parts.digests.read(named_week(week), actor)
    request.state.shown.update(parts.digests.not_public([digest]))
    return rendered(request, "digests/digest.html", digest=digest, topics=_by_topic(digest))


def _day(text: str) -> date | None:
    """What a browser's field for days sends. Raises Refused for what somebody typed where there is none."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        said = Said(f"“{text}”不是日期。", f"“{text}” is no day.")
        step = Said("请按 2026-12-31 这样填写，或留空。", "Write it like 2026-12-31, or leave it empty.")
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, said, step) from None


def _by_topic(digest: Digest) -> Mapping[Topic, tuple[list[Item], list[Line]]]:
    told = {
        topic: (
            [one for one in digest.items if one.topic is topic],
            [one for one in digest.lines if one.topic is topic],
        )
        for topic in Topic
    }
    return {topic: both for topic, both in told.items() if any(both)}
