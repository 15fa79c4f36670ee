"""Dynamic management: what follows from a carrier's official evaluations. Proposals only; an authority decides.

The day of the evaluation picks the version of a rule, or today for a rule that asks whether an evaluation is due.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile
from typing import Literal

from matcher.domain.matches import State, Verdict
from matcher.domain.records import CarrierKind, Level
from matcher.domain.registers import Event, EventKind, Grade
from matcher.policy.criteria import judge
from matcher.policy.facts import Fact, Facts
from matcher.policy.rules import Rule, Rulebook
from matcher.wording import Said

WORKED_OUT = frozenset(
    {
        "evaluated_kind",
        "evaluated_level",
        "latest_grade",
        "unqualified_in_a_row",
        "years_since_evaluation",
        "standing_revoked",
    }
)


class ManagementRule(Rule):
    """What is proposed where the criterion holds."""

    proposal: Said
    dated: Literal["event", "day"] = "event"
    """Which day picks the version: that of the latest evaluation, or today."""

    @property
    def looks_at(self) -> frozenset[str]:
        """What is worked out of the events of a carrier."""
        return WORKED_OUT

    def means(self, _: Rulebook) -> Said | None:
        """What is proposed."""
        return Said(f"建议：{self.proposal.zh}", f"proposal: {self.proposal.en}")


@dataclass(frozen=True, slots=True)
class Evaluated:
    """One official evaluation, told by one or several rows of the register."""

    kind: CarrierKind | None
    level: Level | None
    year: int | None
    grade: Grade | None
    """None where no row tells it, or two rows contradict each other."""
    decided_on: date | None
    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a rule proposes, or cannot tell for want of facts."""

    rule: ManagementRule
    verdict: Verdict

    @property
    def made(self) -> bool:
        """Whether it is proposed; if not, its facts are unknown."""
        return self.verdict.state is State.PASS


def evaluations(events: Sequence[Event], until: int) -> tuple[Evaluated, ...]:
    """The official evaluations for years until one, the earliest first; rows on the same one are one."""
    groups: dict[tuple[object, ...], list[Event]] = defaultdict(list)
    for event in events:
        year = event.year or (event.decided_on.year if event.decided_on else None)
        if event.event is EventKind.EVALUATED and year is not None and year <= until:
            groups[event.carrier_kind, event.level, event.year or event.decided_on].append(event)
    return tuple(sorted((_one(group) for group in groups.values()), key=_order))


def _one(group: Sequence[Event]) -> Evaluated:
    first = group[0]
    grades = {event.grade for event in group if event.grade}
    days = [event.decided_on for event in group if event.decided_on]
    grade = grades.pop() if len(grades) == 1 else None
    ids = tuple(sorted(event.id for event in group))
    return Evaluated(first.carrier_kind, first.level, first.year, grade, max(days, default=None), ids)


def _order(one: Evaluated) -> tuple[int, date]:
    year = one.year or (one.decided_on.year if one.decided_on else 0)
    return year, one.decided_on or date.min


def proposals(
    evaluated: Sequence[Evaluated], events: Sequence[Event], book: Rulebook, day: date
) -> tuple[Proposal, ...]:
    """What follows from the latest evaluation and those before it; nothing where there is none."""
    if not evaluated:
        return ()
    facts, latest = Facts(book.metrics, _facts(evaluated, events, day)), evaluated[-1]
    found = []
    for rule in book.of(ManagementRule):
        picks = day if rule.dated == "day" else latest.decided_on
        if picks is not None and not rule.in_force(picks):
            continue
        verdict = judge(book, rule, facts, day=picks)
        if verdict and (verdict.state is State.PASS or (verdict.state is State.UNKNOWN and picks)):
            found.append(Proposal(rule, verdict))
    return tuple(found)


def _facts(evaluated: Sequence[Evaluated], events: Sequence[Event], day: date) -> Mapping[str, Fact]:
    latest = evaluated[-1]
    told = Said(f"载体事件 {'、'.join(latest.events)}", f"events {', '.join(latest.events)}")
    known = {
        name: Fact(value.value, told)
        for name, value in (
            ("evaluated_kind", latest.kind),
            ("evaluated_level", latest.level),
            ("latest_grade", latest.grade),
        )
        if value is not None
    }
    if latest.year is not None:
        known["years_since_evaluation"] = Fact(float(day.year - latest.year), told)
    if row := _in_a_row(evaluated):
        known["unqualified_in_a_row"] = row
    revoked = [event.id for event in events if _revokes(event, latest)]
    said = Said(f"载体事件 {'、'.join(revoked)}", f"events {', '.join(revoked)}") if revoked else NOT_REVOKED
    known["standing_revoked"] = Fact(bool(revoked), said)
    return known


NOT_REVOKED = Said("台账中没有撤销记录", "the register holds no revocation")


def _in_a_row(evaluated: Sequence[Evaluated]) -> Fact | None:
    """Failures up to the latest evaluation, of its kind and level; a lower bound where a grade before is not told."""
    latest = evaluated[-1]
    alike = [one for one in reversed(evaluated) if (one.kind, one.level) == (latest.kind, latest.level)]
    failed = list(takewhile(lambda one: one.grade is Grade.UNQUALIFIED, alike))
    then = alike[len(failed)] if len(failed) < len(alike) else None
    open_ = then is not None and then.grade is None
    if open_ and not failed:
        return None
    ids = [name for one in (failed or [latest]) for name in one.events]
    return Fact(float(len(failed)), Said(f"载体事件 {'、'.join(ids)}", f"events {', '.join(ids)}"), least=open_)


def _revokes(event: Event, latest: Evaluated) -> bool:
    """Whether the event took away the standing that was evaluated; one without a day counts."""
    since = latest.decided_on
    return (
        event.event is EventKind.REVOKED
        and event.carrier_kind in (latest.kind, None)
        and event.level in (latest.level, None)
        and (event.decided_on is None or since is None or event.decided_on >= since)
    )
