"""What ranks at present, and how good it was found to be."""

from __future__ import annotations

from datetime import date

from matcher.domain.records import PairKind
from matcher.services.indexing import Indexer
from matcher.services.models import Card, ModelFolder
from matcher.store import Database, Outcomes


class ModelCards:
    """The use case of looking at the rankers of one installation."""

    def __init__(self, database: Database, indexer: Indexer, models: ModelFolder) -> None:
        self._database = database
        self._indexer = indexer
        self._models = models

    def all(self, today: date) -> list[tuple[Card, int]]:
        """The card of each pairing, and how many outcomes of it there are now."""
        encoder = self._indexer.origin().encoder
        with self._database.read() as connection:
            counts = {pairing: Outcomes(connection).count(pairing) for pairing in PairKind}
        return [(self._models.card(pairing, encoder, count, today), count) for pairing, count in counts.items()]
