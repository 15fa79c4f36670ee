"""What a carrier or fund states against what it took."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from pydantic import BaseModel, Field

from api.guard import GuardedRoute
from api.parts import Acting, Now, Parts
from api.problems import Text
from api.texts import KEEPABLE, AsOf
from matcher.plain.drift import drift_json
from matcher.ranking.drift import Change, State

router = APIRouter(prefix="/drift", tags=["matching"], route_class=GuardedRoute)


class DecisionShown(BaseModel):
    """A record that was taken or refused, and why."""

    id: str
    name: str
    decided_on: date
    reason: str


class ShareShown(BaseModel):
    """So many of so many; the truth lies between two shares with a probability of 95 %."""

    count: int
    total: int
    low: float
    high: float


class RevealedShown(ShareShown):
    """How much of what was taken falls into one category."""

    value: str
    stated: bool


class DimensionShown(BaseModel):
    """One statement, and how much of what was taken lies outside of it."""

    field: str
    stated: list[str]
    state: State
    outside: ShareShown
    revealed: list[RevealedShown]


class TermShown(BaseModel):
    """A word common in what was taken and absent from the record's own text."""

    term: str
    taken: ShareShown
    offered: ShareShown


class FocusShown(BaseModel):
    """The stated text against the texts of what was taken."""

    close: ShareShown | None = Field(description="最贴近自述的四分之一中所占。Among the quarter closest to its text.")
    terms: list[TermShown]


class EditShown(Text):
    """A proposed change, how probable the finding is by chance, and the decisions behind it."""

    field: str
    change: Change
    value: str | float
    p: float
    evidence: list[DecisionShown]


class DriftShown(BaseModel):
    """Statements, what was decided in the period, and the proposal; nothing is changed by itself."""

    id: str
    name: str
    since: date
    until: date
    accepted: list[DecisionShown]
    rejected: list[DecisionShown]
    dimensions: list[DimensionShown]
    focus: FocusShown
    edits: list[EditShown]


@router.get("/{record_id:path}")
def read_drift(
    record_id: Annotated[str, Path(min_length=1, max_length=300, pattern=KEEPABLE)],
    request: Request, parts: Parts, actor: Acting, now: Now, on: AsOf = None,
    years: Annotated[int, Query(ge=1, le=50, description="回看几年。How many years back.")] = 2,
) -> DriftShown:  # fmt: skip
    """What a carrier or fund states against what it took lately, with a proposed edit and its evidence."""
    found = parts.drifting.of(record_id, years, actor.viewer, on or now.date())
    request.state.shown.update(parts.records.not_public([one.left.id for one in (*found.accepted, *found.rejected)]))
    return DriftShown.model_validate(drift_json(found))
