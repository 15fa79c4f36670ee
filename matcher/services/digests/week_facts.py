"""What the lines of a week are drawn from, read once for all readers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import cached_property

from matcher.domain.records import Achievement, Incubator, Kind, Outcome, PairKind, Project, Record
from matcher.domain.weeks import Week
from matcher.services.policy import first_accepted
from matcher.store import Database, Outcomes, Records


class WeekFacts:
    """Records by whose they are, and what was decided until the day."""

    def __init__(self, database: Database, week: Week, day: date) -> None:
        self._database = database
        self.week = week
        self.day = day

    @cached_property
    def size(self) -> int:
        """How many results and projects there are."""
        with self._database.read() as connection:
            counts = Records(connection).count()
        return counts[Kind.ACHIEVEMENTS] + counts[Kind.PROJECTS]

    @cached_property
    def incubators(self) -> dict[str, Incubator]:
        """Carriers by id."""
        return {one.id: one for one in self._all(Kind.INCUBATORS) if isinstance(one, Incubator)}

    @cached_property
    def tenants(self) -> dict[str, list[Project]]:
        """Projects by their carrier."""
        found: dict[str, list[Project]] = defaultdict(list)
        for one in self._all(Kind.PROJECTS):
            if isinstance(one, Project) and one.incubator_id:
                found[one.incubator_id].append(one)
        return found

    @cached_property
    def results(self) -> dict[str, list[Achievement]]:
        """Results by the institution they name."""
        found: dict[str, list[Achievement]] = defaultdict(list)
        for one in self._all(Kind.ACHIEVEMENTS):
            if isinstance(one, Achievement) and one.institution:
                found[one.institution].append(one)
        return found

    @cached_property
    def outcomes(self) -> dict[PairKind, list[Outcome]]:
        """What was decided, by pairing."""
        with self._database.read() as connection:
            found = {pairing: list(Outcomes(connection).all(pairing)) for pairing in PairKind}
        return {pairing: [one for one in all_ if one.decided_on <= self.day] for pairing, all_ in found.items()}

    @cached_property
    def decided(self) -> dict[str, list[Outcome]]:
        """What was decided about each result."""
        found: dict[str, list[Outcome]] = defaultdict(list)
        for one in self.outcomes[PairKind.ACHIEVEMENT_INCUBATOR]:
            found[one.left_id].append(one)
        return found

    @cached_property
    def financed(self) -> dict[str, date]:
        """The day on which each project was first accepted by a fund."""
        return first_accepted(self.outcomes[PairKind.PROJECT_FUND], self.day)

    def _all(self, kind: Kind) -> Sequence[Record]:
        with self._database.read() as connection:
            return self._database.remembered.all(Records(connection), kind)
