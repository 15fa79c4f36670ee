"""What the sections of a report look at, loaded once, as one viewer may know it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from matcher.domain.periods import Length, Period
from matcher.domain.phases import Phase
from matcher.domain.records import Incubator, Kind, Outcome, PairKind, Record, Register
from matcher.domain.registers import Contract, Event
from matcher.domain.visibility import Viewer, visible
from matcher.policy.chain_nodes import Chains
from matcher.policy.filings import Filed
from matcher.policy.locality import CITY
from matcher.policy.rules import Rulebook
from matcher.reporting.sections import Column, Shape
from matcher.services.chain_gaps import ChainGaps, Gaps
from matcher.services.evaluation import Evaluation, evaluate_all
from matcher.services.filings import Filings
from matcher.services.grants import Grants, Ledger
from matcher.services.pooling import pooled, register
from matcher.services.report.citations import Citations
from matcher.services.submissions import Received, received
from matcher.services.yearbook import Yearbook
from matcher.store import Cases, Database, Records
from matcher.wording import Said


@dataclass(frozen=True, slots=True)
class UseCases:
    """The other use cases that a report draws on."""

    chain_gaps: ChainGaps
    grants: Grants
    filings: Filings


@dataclass(frozen=True)
class Context:
    """A period, and everything that is known of it until a day."""

    known: Yearbook
    period: Period
    day: date
    cite: Citations
    received: tuple[Received, ...]
    outcomes: Mapping[PairKind, tuple[Outcome, ...]]
    """Decided in the period, on records that the viewer may see."""
    phases: Mapping[PairKind, Mapping[Phase, int]]
    """How many cases stand where, now, of records that the viewer may see."""
    records: Mapping[str, Record]
    """By id, the records that outcomes name."""
    contracts: tuple[Contract, ...]
    """All of the register; a section picks those of the period."""
    events: tuple[Event, ...]
    """Decided in the period."""
    evaluated: int
    """The last year that was over at the end of the period."""
    evaluations: tuple[Evaluation, ...]
    chains: Chains
    gaps: Gaps
    """The industry chains, with the carriers and projects of the city."""
    ledger: Ledger
    filed: tuple[Filed, ...]

    @property
    def book(self) -> Rulebook:
        """The rules."""
        return self.known.book

    def within(self, day: date | None) -> bool:
        """Whether a day lies in the period and not after today."""
        return day is not None and self.period.start <= day <= min(self.period.end, self.day)

    def name(self, carrier_id: str) -> str:
        """What a carrier is called; its id where it is not among the records."""
        carrier = self.known.carriers.get(carrier_id)
        return carrier.name if carrier else carrier_id

    def place(self, carrier: Incubator) -> Said:
        """Whether a carrier lies in the city, in a word."""
        fact = self.known.records[carrier.id].find("carrier_in_city")
        words = {True: Said("市内", "city"), False: Said("市外", "elsewhere")}
        told = fact.value if fact else None
        return words[told] if isinstance(told, bool) else Said("未知", "not known")


CARRIER = (Column(Said("载体", "carrier"), Shape.LONG), Column(Said("编号", "id"), Shape.CODE))


def context(
    database: Database, others: UseCases, known: Yearbook, period: Period, viewer: Viewer, day: date
) -> Context:
    """Load it."""
    until = min(period.end, day)
    outcomes: dict[PairKind, tuple[Outcome, ...]] = {}
    records: dict[str, Record] = {}
    for pairing in PairKind:
        pairs = pooled(database, pairing, viewer)
        seen: dict[str, Record] = {one.id: one for one in (*pairs.lefts, *pairs.rights)}
        records |= seen
        outcomes[pairing] = tuple(
            one
            for one in sorted(pairs.outcomes, key=lambda one: (one.decided_on, one.left_id, one.right_id))
            if one.left_id in seen and one.right_id in seen and period.start <= one.decided_on <= until
        )
    evaluated = period.year if period.length is Length.YEAR or period.end.month == 12 else period.year - 1
    return Context(
        known,
        period,
        day,
        Citations(known.book),
        received(database, known, period, day),
        outcomes,
        {pairing: _phases(database, pairing, viewer) for pairing in PairKind},
        records,
        _contracts(register(database, Kind.CONTRACTS, viewer)),
        _events(known, period, until),
        evaluated,
        evaluate_all(known, evaluated, day),
        others.chain_gaps.chains,
        others.chain_gaps.report(None, viewer, until, CITY),
        others.grants.ledger(viewer, until),
        tuple(others.filings.listed(viewer, until)),
    )


def _phases(database: Database, pairing: PairKind, viewer: Viewer) -> Mapping[Phase, int]:
    with database.read() as connection:
        found = Cases(connection).phases(pairing)
        lefts = Records(connection).many(pairing.left, [left_id for left_id, _ in found])
    return Counter(phase for left_id, phase in found if left_id in lefts and visible(lefts[left_id], viewer))


def _contracts(rows: list[Register]) -> tuple[Contract, ...]:
    return tuple(row for row in rows if isinstance(row, Contract))


def _events(known: Yearbook, period: Period, until: date) -> tuple[Event, ...]:
    rows = (row for told in known.events.values() for row in told)
    inside = (row for row in rows if row.decided_on and period.start <= row.decided_on <= until)
    return tuple(sorted(inside, key=lambda row: (row.decided_on or date.min, row.id)))
