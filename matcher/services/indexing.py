"""Bring the derived files up to the database: encode what is new, forget what is gone, rebuild what is damaged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matcher.domain.records import Kind, Record
from matcher.encoder.model import Encoder, Role
from matcher.errors import DamagedIndexError
from matcher.index.snapshot import TABLES, Origin, Snapshot, SnapshotFolder, TableIndex
from matcher.index.terms import count_terms
from matcher.store import Database, Records
from matcher.text.passages import TEXT_VERSION, document, sentences
from matcher.text.words import bigrams
from matcher.wording import Said

Progress = Callable[[str, int, int], None]
"""Told the step's name, how many are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What was done, and why if more than applying changes."""

    revision: int
    indexed: int
    removed: int
    rebuilt: Said | None = None


class Indexer:
    """Keeps the snapshot folder of one installation in step with its database."""

    def __init__(
        self, database: Database, folder: SnapshotFolder, encoder: Encoder, words: Callable[[str], list[str]]
    ) -> None:
        self._database = database
        self._folder = folder
        self._encoder = encoder
        self._words = words
        self._snapshot: Snapshot | None = None

    def origin(self) -> Origin:
        """What a snapshot of this moment would be made from."""
        with self._database.read() as connection:
            stored = Records(connection)
            return self._origin(stored)

    def stale(self) -> bool:
        """Whether the files on disk lag behind the database. Raises DamagedIndexError when they cannot be read."""
        return self._folder.origin() != self.origin()

    def refresh(self, progress: Progress | None = None, *, rebuild: bool = False) -> tuple[Snapshot, IndexReport]:
        """The snapshot of this moment, loaded, brought up to date, or built anew when it is of no use.

        Vectors are cached as they are made, so a killed run goes on where it was; files appear whole or not at all.
        """
        self._snapshot, report = self._refreshed(progress, rebuild=rebuild)
        return self._snapshot, report

    def _refreshed(self, progress: Progress | None, *, rebuild: bool) -> tuple[Snapshot, IndexReport]:
        older, why = self._usable(rebuild=rebuild)
        with self._database.read() as connection:
            stored = Records(connection)
            origin = self._origin(stored)
            if older is not None and older.origin == origin:
                return older, IndexReport(origin.revision, 0, 0)
            base = older if older is not None and origin.extends(older.origin) else None
            if base is None and older is not None:
                why = _another_origin(older.origin, origin)
            since = base.origin.revision if base else -1
            changed = {kind: list(stored.changed_since(kind, since)) for kind in TABLES}
            gone = {kind: stored.deleted_since(kind, since) for kind in TABLES} if base else {}
        if base and not any(changed.values()) and not any(gone.values()):
            self._folder.relabel(origin)
            return Snapshot(origin, base.tables), IndexReport(origin.revision, 0, 0)
        snapshot = self._updated(base or Snapshot.empty(origin), origin, changed, gone, progress)
        self._folder.save(snapshot)
        indexed = sum(len(records) for records in changed.values())
        return snapshot, IndexReport(origin.revision, indexed, sum(map(len, gone.values())), why)

    def _usable(self, *, rebuild: bool) -> tuple[Snapshot | None, Said | None]:
        if rebuild:
            return None, Said("按要求重建", "rebuilt as asked")
        if self._snapshot is not None:
            return self._snapshot, None
        try:
            return self._folder.load(), None
        except DamagedIndexError as error:
            return None, error.message

    def _origin(self, stored: Records) -> Origin:
        return Origin(
            revision=stored.revision(),
            database=stored.identity(),
            encoder=self._encoder.id,
            dimension=self._encoder.dimension,
            text_version=TEXT_VERSION,
        )

    def _updated(
        self,
        base: Snapshot,
        origin: Origin,
        changed: dict[Kind, list[Record]],
        gone: dict[Kind, list[str]],
        progress: Progress | None,
    ) -> Snapshot:
        tables = {}
        for kind, table in base.tables.items():
            records, away = changed[kind], gone.get(kind, [])
            tables[kind] = self._table(table, records, away, kind, progress) if records or away else table
        return Snapshot(origin, tables)

    def _table(
        self, table: TableIndex, records: Sequence[Record], gone: list[str], kind: Kind, progress: Progress | None
    ) -> TableIndex:
        texts = [document(record) for record in records]
        vectors = self._encoder.encode(texts, Role.PASSAGE, _counter(progress, kind.value, len(texts)))
        quotable = list(dict.fromkeys(sentence for record in records for sentence in sentences(record)))
        # Nobody keeps these rows here: encoding them now puts them into the cache, where explanations find them.
        self._encoder.encode(quotable, Role.PASSAGE, _counter(progress, f"{kind.value} · sentences", len(quotable)))
        counts = {"bigrams": count_terms(texts, bigrams), "words": count_terms(texts, self._words)}
        return table.changed([record.id for record in records], vectors, counts, gone)


def _counter(progress: Progress | None, name: str, total: int) -> Callable[[int], None] | None:
    if progress is None or not total:
        return None
    done = 0

    def count(more: int) -> None:
        nonlocal done
        done += more
        progress(name, done, total)

    return count


def _another_origin(older: Origin, newer: Origin) -> Said:
    for name, zh in (
        ("encoder", "编码器"),
        ("text_version", "文本版本"),
        ("database", "数据库"),
        ("dimension", "维数"),
    ):
        if getattr(older, name) != getattr(newer, name):
            return Said(f"{zh}已变", f"the {name.replace('_', ' ')} changed")
    return Said("数据库被恢复到较早的状态", "the database went back to an earlier state")
