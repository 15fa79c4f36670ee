"""What carriers submitted, each row under the carrier that stands for whoever submitted it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from matcher.domain.identity import Identities
from matcher.domain.periods import Period
from matcher.domain.records import IdentityKind, Kind
from matcher.domain.registers import Submission
from matcher.store import Database, Decisions, Records, Registers


@dataclass(frozen=True, slots=True)
class Submitted:
    """What counts as a carrier's figures of a period."""

    row: Submission
    others: tuple[Submission, ...] = ()
    """Rows for the same period under another spelling of the carrier, which do not count."""

    @property
    def key(self) -> tuple[str, str]:
        """What tells the row from others in its register."""
        return self.row.carrier_id, str(self.row.period)


Submissions = Mapping[str, Mapping[Period, Submitted]]
"""By carrier that stands for itself, and period."""


def submitted(database: Database, until: date | None = None) -> Submissions:
    """All submissions with a figure, until a day where they are dated; carriers and their figures are public.

    Of two spellings that both submitted, the row of the later day counts, then the one of the carrier that stands.
    """
    with database.read() as connection:
        carriers = database.remembered.all(Records(connection), Kind.INCUBATORS)
        standing = Identities(Decisions(connection).all()).standing(IdentityKind.INCUBATOR, carriers)
        rows = [row for row in Registers(connection).all(Kind.PERIODS) if isinstance(row, Submission) and row.metrics]
    groups: dict[str, dict[Period, list[Submission]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if until is None or row.submitted_on is None or row.submitted_on <= until:
            groups[standing.get(row.carrier_id, row.carrier_id)][row.period].append(row)
    return {
        carrier: {period: _one(carrier, told) for period, told in periods.items()}
        for carrier, periods in groups.items()
    }


def _one(carrier: str, rows: Sequence[Submission]) -> Submitted:
    first, *others = sorted(
        rows, key=lambda row: (row.submitted_on or date.min, row.carrier_id == carrier, row.carrier_id), reverse=True
    )
    return Submitted(first, tuple(others))
