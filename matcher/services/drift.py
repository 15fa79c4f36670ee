"""Mandate drift as a use case: what was decided lately, as far as the viewer may know, against what is stated."""

from __future__ import annotations

from datetime import date

from matcher.domain.industries import IndustryTree
from matcher.domain.places import Gazetteer
from matcher.domain.records import Fund, Incubator, PairKind
from matcher.errors import StoreError
from matcher.policy.visibility import Viewer
from matcher.ranking.mandate import Mandates
from matcher.ranking.revealed import Drift, Observer
from matcher.ranking.sides import SideBuilder
from matcher.services.matching import Matching
from matcher.store import Database, Outcomes
from matcher.wording import Said


class Drifting:
    """The questions about mandates on one installation. Nothing is ever changed by them."""

    def __init__(
        self,
        database: Database,
        matching: Matching,
        builder: SideBuilder,
        gazetteer: Gazetteer,
        industries: IndustryTree,
    ) -> None:
        self._database = database
        self._matching = matching
        self._builder = builder
        self._mandates = Mandates(gazetteer, industries)

    def of(self, record_id: str, years: int, viewer: Viewer, today: date) -> Drift:
        """What one carrier or fund states and what it took in the last years."""
        record = self._matching.find(record_id, viewer)
        if not isinstance(record, Incubator | Fund):
            raise StoreError(
                Said(f"{record_id} 不是载体或基金。", f"{record_id} is neither a carrier nor a fund."),
                Said("请给出载体或基金的编号。", "Name a carrier or a fund."),
            )
        pairing = PairKind.of(record.table)
        self._matching.load(pairing, today, viewer).corpus.right.row(record_id)
        return self._observer(pairing, years, viewer, today).drift(record_id)

    def of_all(self, years: int, viewer: Viewer, today: date) -> list[Drift]:
        """The same of every carrier, then of every fund, by id."""
        return [
            observer.drift(record_id)
            for pairing in PairKind
            for observer in [self._observer(pairing, years, viewer, today)]
            for record_id in self._matching.load(pairing, today, viewer).corpus.right.ids
        ]

    def _observer(self, pairing: PairKind, years: int, viewer: Viewer, today: date) -> Observer:
        known = self._matching.load(pairing, today, viewer).matcher.known
        with self._database.read() as connection:
            outcomes = list(Outcomes(connection).all(pairing))
        return Observer(known, outcomes, _years_before(today, years), self._mandates, self._builder.words)


def _years_before(day: date, years: int) -> date:
    """The same day some years ago; of 29 February the day before."""
    year = max(day.year - years, date.min.year)
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=year)
