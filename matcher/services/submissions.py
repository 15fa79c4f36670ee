"""The state of a period's submissions: received, late or missing; incomplete, doubtful, corrected; and what is due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from matcher.domain.matches import Verdict
from matcher.domain.periods import Period
from matcher.domain.records import Incubator, Kind
from matcher.domain.registers import Submission
from matcher.policy.duties import Due, Owed, due, incomplete
from matcher.policy.plausibility import Doubt, doubts
from matcher.policy.rules import Rulebook
from matcher.policy.vocabulary import folded
from matcher.policy.year_figures import figures
from matcher.services.submitted import Submitted
from matcher.services.yearbook import Yearbook
from matcher.store import Database, Registers, Replaced
from matcher.wording import Said


class Arrival(StrEnum):
    """Whether and when a submission came, those to be reminded first."""

    MISSING = "missing"
    """Not there, and due."""
    PENDING = "pending"
    """Not there, and not due yet."""
    LATE = "late"
    RECEIVED = "received"


ARRIVALS: Mapping[Arrival, Said] = {
    Arrival.RECEIVED: Said("已报", "received"),
    Arrival.LATE: Said("逾期报送", "late"),
    Arrival.PENDING: Said("未到期", "not due yet"),
    Arrival.MISSING: Said("未报", "missing"),
}


@dataclass(frozen=True, slots=True)
class Correction:
    """A figure that was told differently before; None: it was not told."""

    name: str
    before: float | None
    after: float | None
    replaced_at: datetime


@dataclass(frozen=True, slots=True)
class Received:
    """A carrier's duty for a period, and what came of it."""

    carrier: Incubator
    due: Due
    arrival: Arrival
    days_late: int
    """Days after the last day: of the submission, or of today while it is missing."""
    submitted: Submitted | None
    missing: tuple[tuple[Owed, Verdict], ...]
    """What neither the submission tells nor, for a year, those of its parts."""
    doubts: tuple[Doubt, ...]
    corrections: tuple[Correction, ...]
    unknown: tuple[str, ...]
    """Figures under names that no metric has."""

    @property
    def told(self) -> int:
        """How many of the figures owed were told."""
        return len(self.due.owed) - len(self.missing) if self.submitted else 0


def received(database: Database, known: Yearbook, period: Period, day: date) -> tuple[Received, ...]:
    """Every carrier that owes something for the period, those to be reminded first."""
    carriers = owing(known, period)
    rows = [known.submissions.get(carrier.id, {}).get(period) for carrier, _ in carriers]
    past = _history(database, [row for row in rows if row])
    pairs = zip(carriers, rows, strict=True)
    found = [_received(carrier, what, row, known, day, past) for (carrier, what), row in pairs]
    return tuple(sorted(found, key=lambda one: (list(Arrival).index(one.arrival), one.carrier.id)))


def received_of(database: Database, known: Yearbook, carrier: Incubator, period: Period, day: date) -> Received | None:
    """One carrier's duty for a period and what came of it; None where it owes nothing."""
    what = _due(carrier, known, period)
    if what is None:
        return None
    row = known.submissions.get(carrier.id, {}).get(period)
    return _received(carrier, what, row, known, day, _history(database, [row] if row else []))


def owing(known: Yearbook, period: Period) -> list[tuple[Incubator, Due]]:
    """The carriers that owe something for the period, and what."""
    return [(carrier, what) for carrier in known.carriers.values() if (what := _due(carrier, known, period))]


def _due(carrier: Incubator, known: Yearbook, period: Period) -> Due | None:
    """What it owes; carriers known to lie outside the city owe nothing to it."""
    traits = known.records[carrier.id]
    place = traits.find("carrier_in_city")
    if place is not None and place.value is False:
        return None
    return due(carrier.kind, traits, period, known.book)


def _received(
    carrier: Incubator,
    what: Due,
    row: Submitted | None,
    known: Yearbook,
    day: date,
    past: Mapping[tuple[str, str], Sequence[Replaced[Submission]]],
) -> Received:
    if row is None:
        arrival = Arrival.MISSING if day > what.day else Arrival.PENDING
        return Received(carrier, what, arrival, max((day - what.day).days, 0), None, (), (), (), ())
    late = max((row.row.submitted_on - what.day).days, 0) if row.row.submitted_on else 0
    told = known.told[carrier.id]
    lacking = incomplete(what.owed, figures(what.period, told, known.book), known.records[carrier.id], known.book)
    by_rule = {rule.id: rule for rule in what.owed}
    return Received(
        carrier,
        what,
        Arrival.LATE if late else Arrival.RECEIVED,
        late,
        row,
        tuple((by_rule[verdict.rule], verdict) for verdict in lacking),
        doubts(what.period, told, _raw(row.row, known.book), known.book),
        corrections(row.row, past.get(row.key, ())),
        tuple(name for name in row.row.metrics if folded(name) not in known.book.names),
    )


def _raw(row: Submission, book: Rulebook) -> dict[str, float]:
    """The numbers as submitted, by metric."""
    named = ((book.names.get(folded(name)), value) for name, value in row.metrics.items())
    return {name: float(value) for name, value in named if name}


def corrections(row: Submission, past: Sequence[Replaced[Submission]]) -> tuple[Correction, ...]:
    """What each version said otherwise than the one after it, the oldest first."""
    versions = [*(one.row for one in past), row]
    return tuple(
        Correction(name, before.row.metrics.get(name), then.metrics.get(name), before.replaced_at)
        for before, then in zip(past, versions[1:], strict=True)
        for name in dict.fromkeys((*before.row.metrics, *then.metrics))
        if before.row.metrics.get(name) != then.metrics.get(name)
    )


def _history(database: Database, rows: Sequence[Submitted]) -> dict[tuple[str, str], list[Replaced[Submission]]]:
    with database.read() as connection:
        stored = Registers(connection)
        past = {row.key: stored.history(Kind.PERIODS, row.key) for row in rows}
    return {
        key: [Replaced(one.row, one.replaced_at) for one in told if isinstance(one.row, Submission)]
        for key, told in past.items()
    }
