"""A pair and what may be looked at, and what a check tells of it before a rule decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from matcher.domain.called import Called
from matcher.domain.names import BY_SPELLING, Organisations
from matcher.domain.places import Gazetteer
from matcher.domain.records import Left, Outcome, Project, Record, Right
from matcher.domain.taxonomy import Taxonomy
from matcher.policy.facts import Fact, Figure
from matcher.policy.rules import Rule
from matcher.policy.wishes import Wishes
from matcher.wording import Said

NO_INDUSTRIES = Taxonomy(())
NO_WISHES = Wishes()


@dataclass(frozen=True, slots=True)
class Holding:
    """A company the fund took on, and how near its text is to the new project's (cosine around the mean)."""

    project: Project
    taken_on: date
    similarity: float


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair and what a rule may look at besides the two records."""

    left: Left
    right: Right
    outcomes: Sequence[Outcome]
    """What was decided about just this pair so far."""
    gazetteer: Gazetteer
    industries: Taxonomy = NO_INDUSTRIES
    accepted: Sequence[date] = ()
    """When the right record took others, as far as the viewer may know."""
    day: date | None = None
    """The day of the question."""
    figures: dict[str, Fact] = field(default_factory=dict)
    """Figures the right record states beside its fields, by metric."""
    organisations: Organisations = BY_SPELLING
    """What was decided about names."""
    wishes: Wishes = NO_WISHES
    """What is wished behind the question."""
    shown: Record | None = None
    """Which of the two the question would show; None where nobody asks."""
    holdings: Sequence[Holding] = ()
    """What a fund holds already, as far as the viewer may know."""
    names: Called = field(default_factory=dict)
    """What the carriers that the two records name are called."""


class PairRule(Rule):
    """A rule whose facts the check of the same name computes from a pair."""

    period: Literal["year", "quarter", "month"] | None = None
    """The period over which new commitments are counted."""


@dataclass(frozen=True, slots=True)
class Told:
    """The fact a rule decides on, and how a person is told of it."""

    metric: str
    fact: Figure | None
    said: Said
    change: Said | None = None
    """What would change a failure; it is told with a failure only."""
    value: float | str | None = None
    threshold: float | str | None = None
    quiet: bool = False
    """Whether passing is not worth telling."""


Check = Iterator[Told]


def start_of(period: str | None, day: date) -> date:
    """The first day of the period that holds a day; a year unless told otherwise."""
    month = {"quarter": day.month - (day.month - 1) % 3, "month": day.month}.get(period or "", 1)
    return day.replace(month=month, day=1)
