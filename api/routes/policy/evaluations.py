"""The classified evaluation of carriers; what is internal is kept apart from what is official."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from api.guard import GuardedRoute
from api.parts import Acting, Now, Parts
from api.problems import Text
from api.texts import AsOf
from api.verdicts import VerdictShown
from matcher.domain.matches import Confidence
from matcher.domain.records import CarrierKind, Level
from matcher.domain.registers import Grade
from matcher.plain.evaluation import evaluation_json

router = APIRouter(prefix="/policy/evaluations", tags=["policy"], route_class=GuardedRoute)

Year = Annotated[int, Path(ge=1990, le=2099)]


class SpanShown(BaseModel):
    """The fewest and the most points, as far as figures are known."""

    low: float
    high: float


class MarkShown(VerdictShown):
    """One indicator: its points, and those of the year before."""

    metric: str
    group: str
    weight: float
    bonus: bool
    points: SpanShown
    at_least: bool
    value_before: float | str | None
    points_before: SpanShown | None


class Structure(BaseModel):
    """Where a set of indicators comes from, and how its weights are known."""

    source: str
    clause: str
    weights: Confidence


class ScoreShown(BaseModel):
    """A score with everything it is made of."""

    kind: Literal["internal", "official"]
    set: str
    name: Text
    structure: Structure
    note: Text | None
    score: SpanShown
    coverage: float
    grade: Grade | None
    grades_possible: list[Grade]
    before: SpanShown | None
    indicators: list[MarkShown]
    missing: list[Text]


class ClassShown(BaseModel):
    """The class a carrier is evaluated in, or why there is none."""

    rule: str | None
    name: Text | None
    without_set: Text | None
    verdict: VerdictShown | None


class Unobtained(BaseModel):
    """An official table that would count and was not obtained."""

    set: str
    name: Text
    source: str
    why: list[Text]


class OfficialShown(BaseModel):
    """Scores by official tables, where there are any."""

    available: bool
    scores: list[ScoreShown]
    not_obtained: list[Unobtained]


class PlaceShown(BaseModel):
    """The place among the carriers of the class that submitted figures."""

    best: int
    worst: int
    of: int
    median: SpanShown


class EvaluatedShown(BaseModel):
    """An official evaluation of the register."""

    year: int | None
    kind: CarrierKind | None
    level: Level | None
    grade: Grade | None
    decided_on: date | None
    events: list[str]


class ProposalShown(VerdictShown):
    """What a rule of dynamic management proposes, if its facts are known."""

    made: bool
    proposal: Text


class CarrierEvaluated(BaseModel):
    """A carrier in a year."""

    id: str
    name: str
    year: int
    periods: list[str]
    class_: ClassShown = Field(alias="class")
    internal: ScoreShown | None
    official: OfficialShown
    place: PlaceShown | None
    official_history: list[EvaluatedShown]
    proposals: list[ProposalShown]


class EvaluationShown(CarrierEvaluated):
    """A carrier in a year, as of a day."""

    as_of: date
    rules_version: str


class EvaluationsShown(BaseModel):
    """All carriers in a year by class, the best first; the scores are internal."""

    year: int
    as_of: date
    rules_version: str
    kind: Literal["internal"] = "internal"
    carriers: list[CarrierEvaluated]


@router.get("/{year}")
def evaluate_carriers(year: Year, parts: Parts, actor: Acting, now: Now, on: AsOf = None) -> EvaluationsShown:
    """All carriers in a year, by class, the best first."""
    day, book = on or now.date(), parts.rulebook
    found = [evaluation_json(one, book) for one in parts.evaluating.all(year, actor.viewer, day)]
    told = {"year": year, "as_of": day, "rules_version": book.version, "carriers": found}
    return EvaluationsShown.model_validate(told)


@router.get("/{year}/{carrier_id:path}")
def evaluate_carrier(
    year: Year, carrier_id: Annotated[str, Path(max_length=300)], parts: Parts, actor: Acting, now: Now,
    on: AsOf = None,
) -> EvaluationShown:  # fmt: skip
    """One carrier in a year; a carrier asks for its own, and is told no place among so few that it tells of others."""
    parts.carrier_figures.require(carrier_id, actor)
    day, book = on or now.date(), parts.rulebook
    one = parts.carrier_figures.discreet(parts.evaluating.evaluate(carrier_id, year, actor.viewer, day), actor)
    told = evaluation_json(one, book) | {"as_of": day, "rules_version": book.version}
    return EvaluationShown.model_validate(told)
