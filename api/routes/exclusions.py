"""Standing wishes: never show it, always consider it, not this pair again."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from api.guard import GuardedRoute
from api.parts import (
    About,
    Acting,
    Cursor,
    Limit,
    Now,
    Page,
    Parts,
    from_number,
    page,
)
from api.problems import Refused
from api.texts import KEEPABLE, Day, Reason, RecordId
from matcher.domain.controls import Aim, Wish
from matcher.services.wishes import Note, Stated
from matcher.wording import Said

router = APIRouter(prefix="/exclusions", tags=["exclusions"], route_class=GuardedRoute)

Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


class NewExclusion(BaseModel):
    """A wish of a record. A dismissed pair names its two records; the other wishes name what they are aimed at."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"wish": "exclude", "record_id": "ex-f01", "aim": "term", "target": "区块链", "reason": "不投此方向"}
            ]
        },
    )

    wish: Wish
    record_id: RecordId = Field(description="谁的要求；dismiss 时为成果或项目。Whose wish it is.")
    aim: Aim = Aim.RECORD
    target: RecordId = Field(description="对方编号、单位名称或词。An id of the other side, a name, or a term.")
    reason: Reason = ""
    until: Day | None = Field(None, description="有效至（含当日）。The last day it holds.")


class ExclusionShown(BaseModel):
    """A standing wish."""

    id: int
    wish: Wish
    record_id: str
    record_name: str
    aim: Aim
    target: str
    target_name: str
    reason: str
    made_on: date
    until: date | None
    mine: bool = Field(description="由本人提出。Whether one stated it oneself.")
    names: int | None = Field(None, description="刚提出时涉及的可见记录数。How many records it names then.")

    @classmethod
    def of(cls, stated: Stated, account_id: str) -> ExclusionShown:
        """What is shown of a wish."""
        control = stated.control
        return cls(
            id=control.id,
            wish=control.wish,
            record_id=control.asker,
            record_name=stated.asker,
            aim=control.aim,
            target=control.target,
            target_name=stated.target,
            reason=control.reason,
            made_on=control.made_on,
            until=control.until,
            mine=control.owner == account_id,
            names=stated.names,
        )


@router.get("")
def list_exclusions(
    request: Request, parts: Parts, actor: Acting, cursor: Cursor = "", limit: Limit = 50,
    record_id: Annotated[str | None, Query(min_length=1, max_length=300, pattern=KEEPABLE)] = None,
) -> Page[ExclusionShown]:  # fmt: skip
    """Wishes by number: those of one's own records and those one stated; of all records or of one."""
    found = parts.exclusions.page(actor, record_id, from_number(cursor) or 0, limit + 1)
    _note(request, parts, found[:limit])
    return page([ExclusionShown.of(one, actor.id) for one in found], limit, lambda one: str(one.id))


@router.post("", status_code=201)
def create_exclusion(
    new: NewExclusion, request: Request, parts: Parts, actor: Acting, now: Now, about: About
) -> ExclusionShown:
    """State a wish of a record that is one's own; the same wish again takes the new reason and dates."""
    note = Note(now.date(), new.reason, new.until)
    if new.until is not None and new.until < note.made_on:
        raise _refused(Said("until 已过。", "until is past."))
    if new.wish is Wish.DISMISS:
        if new.aim is not Aim.RECORD:
            raise _refused(Said("dismiss 只能针对记录。", "Only a record can be dismissed."))
        stated = parts.exclusions.dismiss(new.record_id, new.target, note, actor)
    else:
        stated = parts.exclusions.state(new.wish, new.record_id, new.aim, new.target, note, actor)
    _note(request, parts, [stated])
    about("exclusions", str(stated.control.id))
    return ExclusionShown.of(stated, actor.id)


@router.delete("/{number}", status_code=204)
def undo_exclusion(number: Number, parts: Parts, actor: Acting) -> None:
    """Take a wish back."""
    parts.exclusions.undo(number, actor)


def _note(request: Request, parts: Parts, stated: list[Stated]) -> None:
    named = [name for one in stated for name in (one.control.asker, one.control.target)]
    request.state.shown.update(parts.records.not_public(named))


def _refused(said: Said) -> Refused:
    return Refused(HTTPStatus.UNPROCESSABLE_ENTITY, said)
