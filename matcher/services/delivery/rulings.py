"""What the rules of search say today of pairs that were composed some days ago, for many readers one after another."""

from __future__ import annotations

from datetime import date

from matcher.domain.places import Gazetteer
from matcher.domain.records import PairKind
from matcher.domain.taxonomy import Taxonomy
from matcher.domain.visibility import Viewer
from matcher.policy.rules import Rulebook
from matcher.services.dealings import Dealings
from matcher.store import Controls, Database, Records


class Rulings:
    """Asks the rules about pairs with the records, outcomes and wishes of this moment."""

    def __init__(self, database: Database, book: Rulebook, gazetteer: Gazetteer, industries: Taxonomy) -> None:
        self._database = database
        self._book = book
        self._gazetteer = gazetteer
        self._industries = industries

    def of(self, pairing: PairKind, viewer: Viewer, day: date) -> Dealings:
        """A pairing as the viewer may know it; read once for all who see the same, until something changes."""
        with self._database.read() as connection:
            stored = Records(connection)
            beyond = frozenset(one for one in stored.beyond(viewer) if one[0] is pairing.left)
            known = Viewer(viewer.clearance, opened=beyond)
            wished = tuple(Controls(connection).of(pairing))  # wishes make no revision of the records
            asked = (Rulings, pairing, known, day, wished)
            return self._database.remembered.made(stored, asked, lambda: self._read(pairing, known, day))

    def _read(self, pairing: PairKind, viewer: Viewer, day: date) -> Dealings:
        return Dealings(
            self._database,
            pairing,
            viewer,
            day,
            book=self._book,
            gazetteer=self._gazetteer,
            industries=self._industries,
        )
