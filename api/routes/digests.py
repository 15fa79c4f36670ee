"""Weekly digests: one's own archive, and how one wants them; for the bureau how many there were."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api.guard import GuardedRoute
from api.parts import (
    Acting,
    Cursor,
    IfMatch,
    Limit,
    Page,
    Parts,
    Sent,
    from_cursor,
    named_week,
    page,
    strange_cursor,
    tagged,
    untagged,
)
from api.problems import Text
from api.texts import Moment
from matcher.domain.digests import Digest, DigestSettings, Frequency, Item, Line, News, Silence, Topic
from matcher.domain.records import Kind, PairKind
from matcher.domain.weeks import Week
from matcher.wording import Language

router = APIRouter(prefix="/digests", tags=["digests"], route_class=GuardedRoute)

WrittenWeek = Annotated[str, Path(pattern=r"^[0-9]{4}-W[0-9]{2}$", examples=["2026-W47"])]


class ItemShown(BaseModel):
    """One recommended pair."""

    id: str
    topic: Topic
    kind: PairKind
    left_id: str
    right_id: str
    about: Kind = Field(description="被推荐记录所在的表。The table of the recommended record.")
    name: str
    for_name: str
    probability: float
    tier: int
    reason: Text
    clause: Text | None
    news: News
    changed: tuple[str, ...] = Field(description="有更新的字段。The fields that changed since it was told.")
    institution: str = Field(description="成果的完成单位。Whose the recommended result is.")
    inventors: tuple[str, ...] = Field(description="成果的完成人。Who made the recommended result.")
    exploration: bool

    @classmethod
    def of(cls, item: Item) -> ItemShown:
        """What is shown of it: not who chose it, nor with what chance."""
        told = {name: getattr(item, name) for name in cls.model_fields}
        return cls(**told | {"reason": Text.of(item.reason), "clause": Text.of(item.clause) if item.clause else None})


class LineShown(BaseModel):
    """One fact that is no recommendation."""

    topic: Topic
    said: Text
    path: str

    @classmethod
    def of(cls, line: Line) -> LineShown:
        """What is shown of it."""
        return cls(topic=line.topic, said=Text.of(line.said), path=line.path)


class DigestShown(BaseModel):
    """What one was told of a week, without what is gone or hidden by now."""

    id: str
    week: str
    language: Language
    items: list[ItemShown]
    lines: list[LineShown]
    composed_at: Moment

    @classmethod
    def of(cls, digest: Digest) -> DigestShown:
        """What is shown of it."""
        return cls(
            id=digest.id,
            week=str(digest.week),
            language=digest.language,
            items=[ItemShown.of(item) for item in digest.items],
            lines=[LineShown.of(line) for line in digest.lines],
            composed_at=digest.composed_at,
        )


class WeekCounted(BaseModel):
    """How many digests a week has."""

    week: str
    digests: int
    silent: dict[Silence, int] = Field(description="未发的原因与份数。Those who were told nothing, by why.")


class SettingsWanted(Sent):
    """How one wants one's digests."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"frequency": "fortnightly", "size": 5, "left_out": ["capacity"]}]},
    )

    frequency: Frequency = Frequency.WEEKLY
    size: int = Field(8, ge=1, le=20, description="最多几条。Most items.")
    left_out: set[Topic] = Field(default_factory=set, description="不看的内容。Topics to leave out.")
    quiet_until: date | None = Field(None, description="静默至（含）。Nothing until this day.")


class SettingsShown(BaseModel):
    """How one's digests are set."""

    frequency: Frequency
    size: int
    left_out: list[Topic]
    quiet_until: date | None

    @classmethod
    def of(cls, settings: DigestSettings) -> SettingsShown:
        """What is shown of them."""
        told = {name: getattr(settings, name) for name in ("frequency", "size", "quiet_until")}
        return cls(**told, left_out=sorted(settings.left_out))


@router.get("")
def list_digests(
    request: Request, parts: Parts, actor: Acting, cursor: Cursor = "", limit: Limit = 20
) -> Page[DigestShown]:
    """One's own digests, the latest first."""
    found = parts.digests.archive(actor, _before(cursor), limit + 1)
    request.state.shown.update(parts.digests.not_public(found[:limit]))
    return page([DigestShown.of(one) for one in found], limit, lambda one: one.week)


@router.get("/counts")
def count_digests(parts: Parts, cursor: Cursor = "", limit: Limit = 20) -> Page[WeekCounted]:
    """How many digests each week has, the latest first."""
    found = [
        WeekCounted(
            week=str(week),
            digests=counts.get("", 0),
            silent={Silence(name): count for name, count in sorted(counts.items()) if name},
        )
        for week, counts in parts.digests.counts(_before(cursor), limit + 1).items()
    ]
    return page(found, limit, lambda one: one.week)


@router.get("/settings")
def read_digest_settings(parts: Parts, actor: Acting, response: Response) -> SettingsShown:
    """How one's digests are set, with their ETag."""
    return _settings(parts.digests.settings(actor), response)


@router.put("/settings")
def change_digest_settings(
    wanted: SettingsWanted, parts: Parts, actor: Acting, response: Response, if_match: IfMatch
) -> SettingsShown:
    """Set them over the version that If-Match names."""
    return _settings(parts.digests.change(actor.id, untagged(if_match), **dict(wanted)), response)


@router.get("/{week}")
def read_digest(week: WrittenWeek, request: Request, parts: Parts, actor: Acting) -> DigestShown:
    """What one was told of a week."""
    found = parts.digests.read(named_week(week), actor)
    request.state.shown.update(parts.digests.not_public([found]))
    return DigestShown.of(found)


def _settings(settings: DigestSettings, response: Response) -> SettingsShown:
    tagged(response, settings.version)
    return SettingsShown.of(settings)


def _before(cursor: str) -> str:
    week = from_cursor(cursor)
    if not week:
        return ""
    try:
        return str(Week(week))
    except ValueError:
        raise strange_cursor() from None
