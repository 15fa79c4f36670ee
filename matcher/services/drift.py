"""Mandate drift as a use case: what was decided lately, as far as the viewer may know, against what is stated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from weakref import ref

from matcher.domain.places import Gazetteer
from matcher.domain.records import Fund, Incubator, PairKind
from matcher.domain.taxonomy import Taxonomy
from matcher.domain.visibility import Viewer
from matcher.errors import StoreError
from matcher.ranking.drift import Edit
from matcher.ranking.mandate import Mandates
from matcher.ranking.revealed import Drift, Observer
from matcher.services.pairings import Loaded, Pairings
from matcher.wording import Said

MOST_KEPT = 64
"""Carriers and funds whose edits are kept in memory; the one that was asked about first makes room."""


class Drifting:
    """The questions about mandates on one installation. Nothing is ever changed by them."""

    def __init__(
        self, pairings: Pairings, words: Callable[[str], list[str]], gazetteer: Gazetteer, industries: Taxonomy
    ) -> None:
        self._pairings = pairings
        self._words = words
        self._mandates = Mandates(gazetteer, industries)
        self._kept: dict[tuple[str, int, Viewer], tuple[ref[Loaded], tuple[Edit, ...]]] = {}

    def of(self, record_id: str, years: int, viewer: Viewer, today: date) -> Drift:
        """What one carrier or fund states and what it took in the last years."""
        loaded, stands = self._loaded(record_id, viewer, today)
        return self._observer(loaded, years).drift(stands)

    def edits(self, record_id: str, years: int, viewer: Viewer, today: date) -> tuple[Edit, ...]:
        """What one of them should state otherwise; kept while the pairing in memory stays as it is."""
        loaded, stands = self._loaded(record_id, viewer, today)
        known, edits = self._kept.get((stands, years, viewer), (None, ()))
        if known is None or known() is not loaded:
            edits = self._observer(loaded, years).edits(stands)
            others = [(key, one) for key, one in self._kept.items() if key != (stands, years, viewer)]
            self._kept = dict([*others[-MOST_KEPT + 1 :], ((stands, years, viewer), (ref(loaded), edits))])
        return edits

    def _loaded(self, record_id: str, viewer: Viewer, today: date) -> tuple[Loaded, str]:
        """The pairing of a carrier or fund, and the id of the record that stands for it."""
        record = self._pairings.find(record_id, viewer)
        if not isinstance(record, Incubator | Fund):
            raise StoreError(
                Said(f"{record_id} 不是载体或基金。", f"{record_id} is neither a carrier nor a fund."),
                Said("请给出载体或基金的编号。", "Name a carrier or a fund."),
            )
        loaded = self._pairings.load(PairKind.of(record.table), today, viewer, [record.id])
        return loaded, loaded.corpus.right.ids[self._pairings.row(loaded, loaded.corpus.right, record.id)]

    def of_all(self, years: int, viewer: Viewer, today: date) -> list[Drift]:
        """The same of every carrier, then of every fund, by id."""
        both = [self._pairings.load(pairing, today, viewer) for pairing in PairKind]
        return [
            observer.drift(record_id)
            for loaded in both
            for observer in [self._observer(loaded, years)]
            for record_id in loaded.corpus.right.ids
        ]

    def _observer(self, loaded: Loaded, years: int) -> Observer:
        since = _years_before(loaded.today, years)
        return Observer(loaded.matcher.known, loaded.pooled.outcomes, since, self._mandates, self._words)


def _years_before(day: date, years: int) -> date:
    """The same day some years ago; of 29 February the day before."""
    year = max(day.year - years, date.min.year)
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=year)
