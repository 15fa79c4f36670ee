"""What is known of carriers year by year: their submissions, official events, and what our own records count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from matcher.domain.periods import Period
from matcher.domain.places import Gazetteer
from matcher.domain.records import Incubator, Kind, Outcome, PairKind, Result
from matcher.domain.registers import Contract, Event
from matcher.domain.visibility import Viewer
from matcher.policy.evaluation import located
from matcher.policy.facts import Fact, Facts, stated
from matcher.policy.rules import Rulebook
from matcher.policy.year_figures import figures, traits
from matcher.services.pooling import pooled, register
from matcher.services.submitted import Submissions, submitted
from matcher.store import Database
from matcher.wording import Said

Yearly = Mapping[tuple[str, int], Collection[str]]
"""Ids that count for a carrier in a year."""


@dataclass(frozen=True)
class Yearbook:
    """What one viewer may know until a day. Carriers stand for themselves; what stands for others is led to them."""

    book: Rulebook
    carriers: Mapping[str, Incubator]
    standing: Mapping[str, str]
    records: Mapping[str, Facts]
    """What the records of carriers tell that is no figure of a period."""
    submissions: Submissions
    told: Mapping[str, Mapping[Period, Facts]]
    """The same as figures, by carrier and period."""
    events: Mapping[str, Sequence[Event]]
    accepted: Yearly
    """Results that a carrier accepted."""
    signed: Yearly
    """Technology contracts of a carrier."""

    def facts(self, carrier_id: str, period: Period) -> Facts:
        """Traits, the figures of the period, and for a year what our own records count as a lower bound."""
        found = figures(period, self.told.get(carrier_id, {}), self.book)
        counted = {}
        if str(period).isdecimal():
            counted = {
                "achievements_matched": _count(self.accepted.get((carrier_id, period.year)), OUTCOMES),
                "tech_contracts": _count(self.signed.get((carrier_id, period.year)), CONTRACTS),
            }
        better = {name: fact for name, fact in counted.items() if fact and _adds(fact, found.known.get(name))}
        return self.records[carrier_id].with_(found.known).with_(better)


OUTCOMES = Said("已承接的成果（对接结果）", "results accepted (outcomes)")
CONTRACTS = Said("已签技术合同（技术合同台账）", "contracts signed (register)")


def yearbook(database: Database, book: Rulebook, gazetteer: Gazetteer, viewer: Viewer, day: date) -> Yearbook:
    """Load it. What was decided or submitted after the day is not looked at."""
    pairs = pooled(database, PairKind.ACHIEVEMENT_INCUBATOR, viewer)
    seen = {one.id for one in pairs.lefts}
    carriers = {one.id: one for one in pairs.rights if isinstance(one, Incubator)}
    told = submitted(database, day)
    return Yearbook(
        book,
        carriers,
        pairs.standing,
        {name: traits(stated(one, book)).with_(located(one, gazetteer)) for name, one in carriers.items()},
        told,
        {name: {when: stated(one.row, book) for when, one in periods.items()} for name, periods in told.items()},
        _events(register(database, Kind.EVENTS, viewer), day),
        _accepted(one for one in pairs.outcomes if one.left_id in seen and one.decided_on <= day),
        _signed(register(database, Kind.CONTRACTS, viewer), day),
    )


def _events(rows: Iterable[object], day: date) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = defaultdict(list)
    for row in rows:
        if isinstance(row, Event) and (row.decided_on is None or row.decided_on <= day):
            found[row.carrier_id].append(row)
    return found


def _accepted(outcomes: Iterable[Outcome]) -> dict[tuple[str, int], set[str]]:
    found: dict[tuple[str, int], set[str]] = defaultdict(set)
    for one in outcomes:
        if one.result is Result.ACCEPTED:
            found[one.right_id, one.decided_on.year].add(one.left_id)
    return found


def _signed(rows: Iterable[object], day: date) -> dict[tuple[str, int], set[str]]:
    found: dict[tuple[str, int], set[str]] = defaultdict(set)
    for row in rows:
        if isinstance(row, Contract) and row.signed_on and row.signed_on <= day and row.carrier_id:
            found[row.carrier_id, row.signed_on.year].add(row.id)
    return found


def _count(ids: Collection[str] | None, what: Said) -> Fact | None:
    """A lower bound: only what we happen to have, and what the viewer may see."""
    if not ids:
        return None
    names = "、".join(sorted(ids))
    return Fact(float(len(ids)), Said(f"{what.zh} {names}", f"{what.en} {names}"), least=True)


def _adds(counted: Fact, submitted: Fact | None) -> bool:
    """Whether a count tells more than what was submitted, which counts where it is complete."""
    if submitted is None or not isinstance(submitted.value, float):
        return True
    return submitted.least and isinstance(counted.value, float) and counted.value > submitted.value
