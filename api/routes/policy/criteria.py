"""A carrier before the conditions of a level, and the way of its projects."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel

from api.guard import GuardedRoute
from api.parts import Acting, Now, Parts
from api.problems import Text
from api.texts import AsOf
from api.verdicts import AssessmentNoted
from matcher.domain.accounts import Role
from matcher.domain.records import Level
from matcher.plain.rules import criteria_json
from matcher.policy.carriers import Target

router = APIRouter(prefix="/policy", tags=["policy"], route_class=GuardedRoute)


class StandardShown(AssessmentNoted):
    """A set of conditions; one that is not in force is history and only compares."""

    in_force: bool
    gaps: list[Text]


class StationShown(BaseModel):
    """A station of the chain ahead of a project."""

    to: Text
    standards: list[StandardShown]


class WayShown(BaseModel):
    """Where a project stands in the chain, and what is ahead."""

    id: str
    name: str
    at: Text
    ahead: list[StationShown]


class CriteriaShown(BaseModel):
    """A carrier before the conditions of a level."""

    id: str
    name: str
    level: Level | None
    to: Target
    as_of: date
    remote_area: bool
    rules_version: str
    standards: list[StandardShown]
    path: list[WayShown]


@router.get("/criteria/{carrier_id:path}")
def read_criteria(
    carrier_id: Annotated[str, Path(max_length=300)], request: Request, parts: Parts, actor: Acting, now: Now,
    to: Annotated[Target | None, Query(description="目标级别，默认下一级。Default: the next level.")] = None,
    on: AsOf = None,
    remote_area: Annotated[bool, Query(description="按艰苦边远地区减免。With the relief of remote areas.")] = False,
) -> CriteriaShown:  # fmt: skip
    """What a carrier meets, lacks and has not told; a carrier asks for its own, brokers and the bureau for any."""
    parts.carrier_figures.require(carrier_id, actor, also=(Role.BROKER,))
    day = on or now.date()
    found = parts.policy.criteria(carrier_id, to, actor.viewer, day, remote=remote_area)
    request.state.shown.update(parts.records.not_public([way.project.id for way in found.ways]))
    return CriteriaShown.model_validate(criteria_json(parts.rulebook, found, day, remote=remote_area))
