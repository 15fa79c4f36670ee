"""A carrier's evaluation: its class, its score as far as the figures tell, its grade, and its place among its class.

The score is a range where figures are unknown; a grade is told only where the whole range lies in it. An internal score
is this service's own and is kept apart from an official one, which exists only where an official table was entered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from statistics import median

from matcher.domain.matches import State, Verdict
from matcher.domain.places import Gazetteer
from matcher.domain.records import Incubator, Level
from matcher.policy.criteria import judge
from matcher.policy.facts import Fact, Facts
from matcher.policy.locality import in_city
from matcher.policy.rules import Rulebook
from matcher.policy.scales import DIGITS, Span, earned
from matcher.policy.scorecards import WHOLE, ClassRule, GradeRule, Indicator, Scorecard
from matcher.wording import Said


@dataclass(frozen=True, slots=True)
class Classed:
    """A carrier's class, or why none can be told."""

    rule: ClassRule | None
    verdict: Verdict | None
    """The verdict that settled it, or left it open."""

    @property
    def known(self) -> bool:
        """Whether the class is known."""
        return self.rule is not None and self.verdict is not None and self.verdict.state is State.PASS


@dataclass(frozen=True, slots=True)
class Mark:
    """One indicator: the points it may have earned, and the verdict that tells what is short of all of them."""

    indicator: Indicator
    span: Span
    fact: Fact | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Score:
    """A set of indicators on one carrier."""

    card: Scorecard
    span: Span
    coverage: float
    """Share of the weights, without bonus, whose figures are known exactly."""
    marks: tuple[Mark, ...]
    grades: tuple[GradeRule, ...]
    """The grades the range reaches, the best first; one where it is settled, none where the set has no grades."""

    @property
    def grade(self) -> GradeRule | None:
        """The grade, where only one is possible."""
        return self.grades[0] if len(self.grades) == 1 else None

    @property
    def told(self) -> bool:
        """Whether any figure of it is known at all."""
        return any(mark.fact is not None for mark in self.marks)

    @property
    def missing(self) -> tuple[Said, ...]:
        """The facts that nobody told."""
        return tuple(dict.fromkeys(name for mark in self.marks for name in mark.verdict.missing))


@dataclass(frozen=True, slots=True)
class Place:
    """A carrier among those of its class that submitted figures: the best and the worst rank its range allows."""

    best: int
    worst: int
    of: int
    median: Span
    """The median of the class, from that of the lowest to that of the highest possible scores."""


def located(carrier: Incubator, gazetteer: Gazetteer) -> dict[str, Fact]:
    """Whether the carrier lies in the city; a place on no map tells nothing."""
    return {"carrier_in_city": in_city(carrier.region, gazetteer, Said("载体所在地区", "the carrier's region"))}


def classify(facts: Facts, book: Rulebook, day: date) -> Classed:
    """The first class that holds; one that cannot be told before it leaves the class open."""
    for rule in book.of(ClassRule, day):
        verdict = judge(book, rule, facts, day=day)
        if verdict and verdict.state is not State.FAIL:
            return Classed(rule if verdict.state is State.PASS else None, verdict)
    return Classed(None, None)


def cards(
    rule: ClassRule, book: Rulebook, day: date, *, official: bool, level: Level | None = None
) -> tuple[Scorecard, ...]:
    """The sets for a class that are in force; official ones for a level of recognition."""
    return tuple(
        card
        for card in book.rulesets.values()
        if isinstance(card, Scorecard)
        and card.official is official
        and rule.id in card.of
        and card.in_force(day)
        and (not card.levels or level in card.levels)
    )


def score(card: Scorecard, facts: Facts, book: Rulebook, day: date) -> Score:
    """The points of a set. Nothing that is unknown earns a definite number."""
    marks = tuple(mark for rule in card.rules if (mark := _mark(rule, facts, book, day)))
    base = _sum(mark.span for mark in marks if not mark.indicator.bonus)
    bonus = _sum(mark.span for mark in marks if mark.indicator.bonus).capped(card.bonus_cap)
    known = sum(mark.indicator.weight for mark in marks if mark.span.exact and not mark.indicator.bonus)
    span = base + bonus
    return Score(card, span, round(known / WHOLE, DIGITS), marks, _grades(card, span, book))


def _mark(rule: Indicator, facts: Facts, book: Rulebook, day: date) -> Mark | None:
    verdict = judge(book, rule, facts, day=day)
    if verdict is None:
        return None
    fact = facts.find(rule.metric) if rule.score else None
    span = earned(rule.score, rule.weight, fact) if rule.score else Span(0.0, rule.weight)
    return Mark(rule, span, fact if fact and fact.value is not None else None, verdict)


def _sum(spans: Iterable[Span]) -> Span:
    total = Span(0.0, 0.0)
    for span in spans:
        total += span
    return total


def _grades(card: Scorecard, span: Span, book: Rulebook) -> tuple[GradeRule, ...]:
    """The grades from the best the range may reach down to the worst."""
    if not card.grades:
        return ()
    rules = [rule for rule in book.rulesets[card.grades].rules if isinstance(rule, GradeRule)]
    best, worst = (
        next((row for row, rule in enumerate(rules) if _holds(rule, end, book)), None) for end in (span.high, span.low)
    )
    return () if best is None or worst is None else tuple(rules[best : worst + 1])


def _holds(rule: GradeRule, points: float, book: Rulebook) -> bool:
    told = Facts(book.metrics, {"evaluation_points": Fact(points, Said("得分", "the score"))})
    verdict = judge(book, rule, told)
    return verdict is not None and verdict.state is State.PASS


def places(spans: Mapping[str, Span]) -> dict[str, Place]:
    """The rank of each among all of them: others that are surely ahead, and others that may be."""
    if not spans:
        return {}
    middle = Span(
        round(median(span.low for span in spans.values()), DIGITS),
        round(median(span.high for span in spans.values()), DIGITS),
    )
    return {
        name: Place(
            1 + sum(other.low > span.high for key, other in spans.items() if key != name),
            1 + sum(other.high > span.low for key, other in spans.items() if key != name),
            len(spans),
            middle,
        )
        for name, span in spans.items()
    }
