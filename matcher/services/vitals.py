"""How the installation is at this moment, in figures: what it holds, and how far derived files lag behind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from matcher.errors import DamagedIndexError, StoreError
from matcher.services.indexing import Indexer
from matcher.store import Database, Records


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure. Readings of one name have the same help and the same labels."""

    name: str
    help: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


Source = Callable[[], Iterable[Reading]]


class Vitals:
    """Reads the figures. They count restricted records too, and are for operators only."""

    def __init__(self, database: Database, indexer: Indexer, others: Iterable[Source] = ()) -> None:
        self._database = database
        self._indexer = indexer
        self._others = tuple(others)

    def readings(self) -> list[Reading]:
        """All figures; while the database is away only that it is."""
        try:
            found = [*self._records(), *self._index(), *(each for source in self._others for each in source())]
        except StoreError:
            return [_database(up=False)]
        return [_database(up=True), *found]

    def _records(self) -> Iterable[Reading]:
        with self._database.read() as connection:
            counts = Records(connection).count()
        told = "Rows of each table of records and facts."
        return [Reading("matcher_records", told, count, {"kind": kind.value}) for kind, count in counts.items()]

    def _index(self) -> Iterable[Reading]:
        try:
            lag = self._indexer.lag()
        except DamagedIndexError:
            lag = None
        yield Reading("matcher_index_usable", "Whether the index files need no rebuild.", float(lag is not None))
        if lag is not None:
            yield Reading("matcher_index_lag_revisions", "Revisions that the index files are behind.", lag)


def _database(*, up: bool) -> Reading:
    return Reading("matcher_database_up", "Whether the database answers.", float(up))
