"""Whether submitted figures can be right: alone, against each other, against the last ones, against their parts.

A doubt asks for a second look; it changes and refuses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.domain.matches import State, Verdict
from matcher.domain.periods import Period
from matcher.policy.criteria import judge
from matcher.policy.facts import Fact, Facts
from matcher.policy.rules import Rule, Rulebook
from matcher.policy.vocabulary import COURSES, Course, Measure
from matcher.policy.year_figures import Told, figures
from matcher.wording import Said


class Check(Rule):
    """A rule on each figure of certain courses and measures, or, where it names none, on the submission as a whole."""

    of: tuple[Course, ...] = ()
    measures: tuple[Measure, ...] = ()

    @property
    def each(self) -> bool:
        """Whether it looks at figures one by one."""
        return bool(self.of or self.measures)

    def means(self, _: Rulebook) -> Said | None:
        """Which figures it looks at."""
        if not self.of:
            return None
        told = [COURSES[one] for one in self.of]
        zh, en = "、".join(one.zh for one in told), ", ".join(one.en for one in told)
        return Said(f"限{zh}", f"only figures {en}")


@dataclass(frozen=True, slots=True)
class Doubt:
    """What cannot well be right: the verdict, and the figure it is about where it is one."""

    verdict: Verdict
    metric: str = ""
    value: float | None = None
    before: float | None = None
    since: Period | None = None
    """The period of the value before."""


def doubts(period: Period, told: Told, raw: Mapping[str, float], book: Rulebook) -> tuple[Doubt, ...]:
    """Every check that the submission for a period fails.

    Args:
        period: the period.
        told: all submissions of the carrier as figures, this one among them.
        raw: the numbers as they were submitted, by metric, also those that cannot be what they should be.
        book: the rulebook.
    """
    earlier = (one for one in told if one.length is period.length and one.end < period.end)
    last = max(earlier, key=lambda one: one.end, default=None)
    found = [
        doubt for check in book.of(Check, period.end) if not check.each for doubt in _whole(check, told[period], book)
    ]
    for name, value in raw.items():
        facts, before = _computed(name, value, period, last, told, book)
        for check in book.of(Check, period.end):
            if check.each and _concerns(check, name, book):
                verdict = judge(book, check, facts, day=period.end)
                if verdict and verdict.state is State.FAIL:
                    found.append(Doubt(verdict, name, value, before, last if before is not None else None))
    return tuple(found)


def _whole(check: Check, facts: Facts, book: Rulebook) -> list[Doubt]:
    verdict = judge(book, check, facts)
    return [Doubt(verdict)] if verdict and verdict.state is State.FAIL else []


def _concerns(check: Check, name: str, book: Rulebook) -> bool:
    metric = book.metrics[name]
    return (not check.of or metric.course in check.of) and (not check.measures or metric.measure in check.measures)


def _computed(
    name: str, value: float, period: Period, last: Period | None, told: Told, book: Rulebook
) -> tuple[Facts, float | None]:
    """The facts of one figure for the checks, and its value in the last period."""
    here = Said(f"{period} 填报", f"submitted for {period}")
    known = {"figure_value": Fact(value, here)}
    before = told[last].number(name) if last else None
    if before is not None:
        said = Said(f"{period} 与 {last}", f"{period} against {last}")
        small, large = sorted((abs(value), abs(before)))
        known |= {
            "figure_change": Fact(value - before, said),
            "figure_step": Fact(abs(value - before), said),
            "figure_times": Fact(large / max(small, 1.0), said),
        }
    parts = figures(period, {one: facts for one, facts in told.items() if one != period}, book).find(name)
    if parts and isinstance(parts.value, float):
        known["figure_beyond_parts"] = Fact(value - parts.value, parts.origin)
    return Facts(book.metrics, known), before
