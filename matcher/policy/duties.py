"""What a carrier of a kind owes for a period, and by when (通创办发〔2023〕2号 四(三), filled in by configuration)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pydantic import Field, model_validator

from matcher.domain.matches import State, Verdict
from matcher.domain.periods import Length, Period
from matcher.domain.records import CarrierKind
from matcher.policy.criteria import judge
from matcher.policy.facts import Facts
from matcher.policy.rules import Rule, Rulebook, Ruleset
from matcher.policy.vocabulary import COURSES, Measure, folded
from matcher.wording import Said

OWED_MEASURES = frozenset({Measure.NUMBER, Measure.SHARE, Measure.YUAN, Measure.FLAG})


class Owed(Rule):
    """One figure that is owed. Its criterion is that the figure is told, and not negative unless it says otherwise."""

    metric: str
    periods: tuple[Length, ...] = tuple(Length)
    """For which periods it is owed; all that its duty knows, unless told."""

    @model_validator(mode="before")
    @classmethod
    def _told_and_not_negative(cls, raw: Any) -> Any:
        if not isinstance(raw, dict) or "criterion" in raw:
            return raw
        return raw | {"criterion": {"metric": str(raw.get("metric")), "op": ">=", "value": 0.0}}

    def means(self, book: Rulebook) -> Said | None:
        """How the figure runs over time, and for which periods alone it is owed."""
        course = book.metrics[self.metric].course
        told = COURSES[course] if course else Said("现状", "as it stands")
        if self.periods == tuple(Length):
            return told
        zh, en = "、".join(LENGTHS[one].zh for one in self.periods), ", ".join(LENGTHS[one].en for one in self.periods)
        return Said(f"{told.zh}，只在{zh}填报", f"{told.en}, for {en} only")

    def faults(self, book: Rulebook) -> Iterator[tuple[str, str]]:
        """A name that a filled form would not lead back to the figure; a figure that cannot be filled in."""
        metric = book.metrics.get(self.metric)
        if metric and metric.measure not in OWED_MEASURES:
            yield "metric", f"{self.metric}, a {metric.measure}, cannot be filled into a form"
        if book.names.get(folded(self.name.zh)) != self.metric:
            yield "name", f"{self.name.zh} is no name of {self.metric}, so a filled form would not be understood"
        if self.note is None:
            yield "note", "who fills it in is to be told how it is counted"


class Duty(Ruleset):
    """What kinds of carriers owe, for which periods, and how many days after their end."""

    due: Mapping[Length, int] = Field(min_length=1)
    rules: tuple[Owed, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whose(self) -> Duty:
        if not self.carriers:
            raise ValueError("a duty names the kinds of carriers that have it")
        if min(self.due.values()) < 0:
            raise ValueError("a period cannot be due before it ends")
        return self


LENGTHS: Mapping[Length, Said] = {
    Length.QUARTER: Said("季度", "quarters"),
    Length.HALF: Said("半年", "half-years"),
    Length.YEAR: Said("全年", "years"),
}


@dataclass(frozen=True, slots=True)
class Due:
    """What a carrier owes for a period, and the last day for it."""

    period: Period
    day: date
    owed: tuple[Owed, ...]


def due(kind: CarrierKind | None, traits: Facts, period: Period, book: Rulebook) -> Due | None:
    """What is owed for the period; None where its kind owes nothing for a period of this length.

    A figure that only some of the kind owe is owed where the carrier is known to be one of them.
    """
    duties = [one for one in book.rulesets.values() if isinstance(one, Duty) and kind in one.carriers]
    duties = [one for one in duties if period.length in one.due and one.in_force(period.end)]
    if not duties:
        return None
    owed = [rule for duty in duties for rule in duty.rules if period.length in rule.periods and _holds(rule, traits)]
    return Due(period, period.end + timedelta(days=min(one.due[period.length] for one in duties)), tuple(owed))


def _holds(rule: Owed, traits: Facts) -> bool:
    told = {name: traits.find(name) for name in rule.when}
    return all(fact is not None and fact.value in rule.when[name] for name, fact in told.items())


def incomplete(owed: Sequence[Owed], facts: Facts, traits: Facts, book: Rulebook) -> tuple[Verdict, ...]:
    """The figures that are owed and not told."""
    found = []
    for rule in owed:
        asked = {name: fact for name in rule.when if (fact := traits.find(name))}
        verdict = judge(book, rule, facts.with_(asked))
        if verdict and verdict.state is State.UNKNOWN:
            found.append(verdict)
    return tuple(found)
