"""Bring the derived files up to the database: encode what is new, forget what is gone, rebuild what is damaged."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from matcher.domain.records import Kind, PairKind, Record
from matcher.encoder.model import Encoder, Role
from matcher.errors import DamagedIndexError
from matcher.index.fields import TermReader
from matcher.index.shared import SharedTables, SharedVectors
from matcher.index.snapshot import TABLES, Origin, Snapshot, SnapshotFolder, TableIndex
from matcher.store import Database, Outcomes, Records
from matcher.text.passages import TEXT_VERSION, document, sentences
from matcher.wording import Said

Progress = Callable[[str, int, int], None]
"""Told the step's name, how many are done, and how many there are."""
CHANGED: Mapping[str, Said] = {
    "encoder": Said("编码器已变", "the encoder changed"),
    "text_version": Said("文本版本已变", "the text version changed"),
    "database": Said("数据库已变", "the database changed"),
    "dimension": Said("维数已变", "the dimension changed"),
}
"""Why an index of another origin is of no use, by what differs."""


@dataclass(frozen=True, slots=True)
class IndexReport:
    """What was done, and why if more than applying changes."""

    revision: int
    indexed: int
    removed: int
    rebuilt: Said | None = None
    ids: Mapping[Kind, frozenset[str]] = field(default_factory=dict)
    """The records indexed, by table."""

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return {
            "revision": self.revision,
            "indexed": self.indexed,
            "removed": self.removed,
            "rebuilt": {"zh": self.rebuilt.zh, "en": self.rebuilt.en} if self.rebuilt else None,
        }


@dataclass(frozen=True, slots=True)
class Changes:
    """Records added or changed and records gone since a snapshot, and the ids of all left records that were taken."""

    records: Mapping[Kind, Sequence[Record]]
    gone: Sequence[tuple[Kind, str]]
    taken: Mapping[Kind, set[str]]
    whole: bool
    """Whether these are all records, so that what is not among them is gone."""


class Indexer:
    """Keeps the snapshot folder of one installation in step with its database."""

    def __init__(
        self,
        database: Database,
        folder: SnapshotFolder,
        encoder: Encoder,
        terms: TermReader,
        shared: SharedVectors | None = None,
    ) -> None:
        self._database = database
        self._folder = folder
        self._encoder = encoder
        self._terms = terms
        self._shared = shared
        self._snapshot: Snapshot | None = None

    def origin(self) -> Origin:
        """What a snapshot of this moment would be made from."""
        with self._database.read() as connection:
            stored = Records(connection)
            return self._origin(stored)

    def stale(self) -> bool:
        """Whether the files on disk lag behind the database. Raises DamagedIndexError when they cannot be read."""
        return self._folder.origin() != self.origin()

    def lag(self) -> int | None:
        """How many revisions the files on disk are behind; None when they have to be built anew.

        Raises DamagedIndexError when they cannot be read.
        """
        held = self._folder.origin()
        with self._database.read() as connection:
            stored = Records(connection)
            now = self._origin(stored)
            return now.revision - held.revision if held and _continues(stored, held, now) else None

    def refresh(
        self, progress: Progress | None = None, *, rebuild: bool = False, verify: bool = False, compact: bool = False
    ) -> tuple[Snapshot, IndexReport]:
        """The snapshot of this moment, loaded, brought up to date, or built anew when it is of no use.

        With `verify` every byte of its files is read first; else of very large ones only parts. With `compact` coarse
        files from which much has come and gone are made anew: nobody who asks a question should wait for that.
        Vectors are cached as they are made, so a killed run goes on where it was; files appear whole or not at all.
        """
        held = self._snapshot
        if held is not None and not rebuild and held.origin == self.origin() and not (compact and held.stale):
            return held, IndexReport(held.origin.revision, 0, 0)
        with self._folder.exclusive():
            older, why = self._usable(rebuild=rebuild, verify=verify)
            self._snapshot, report = self._refreshed(older, why, progress, afresh=rebuild)
            if compact and self._snapshot.stale:
                self._snapshot.compact()
                self._folder.save(self._snapshot)
        return self._snapshot, report

    def _refreshed(
        self, older: Snapshot | None, why: Said | None, progress: Progress | None, *, afresh: bool
    ) -> tuple[Snapshot, IndexReport]:
        with self._database.read() as connection:
            stored = Records(connection)
            origin = self._origin(stored)
            if older is not None and older.origin == origin:
                return older, IndexReport(origin.revision, 0, 0)
            base = older if older is not None and _continues(stored, older.origin, origin) else None
            if base is None and older is not None:
                why = _another_origin(older.origin, origin)
            changes = _changes(stored, Outcomes(connection), base.origin.revision if base else None)
        ids = {kind: frozenset(record.id for record in records) for kind, records in changes.records.items()}
        report = IndexReport(origin.revision, sum(map(len, ids.values())), len(changes.gone), why, ids)
        if base and not report.indexed and not report.removed:
            self._folder.relabel(origin)
            return Snapshot(origin, base.tables), report
        with self._shared.opened(origin) if self._shared else nullcontext() as shared:
            tables = {
                kind: self._table(table, kind, changes, progress, shared, afresh=afresh)
                for kind, table in (base or Snapshot.empty(origin)).tables.items()
            }
            if shared and afresh:
                shared.drop_others()
        snapshot = Snapshot(origin, tables)
        self._folder.save(snapshot)
        return snapshot, report

    def _usable(self, *, rebuild: bool, verify: bool) -> tuple[Snapshot | None, Said | None]:
        if rebuild:
            return None, Said("按要求重建", "rebuilt as asked")
        try:
            if verify:
                self._folder.verify()
            origin = self._folder.origin()
            if origin and origin.text_version != TEXT_VERSION:  # its files may be others than are read today
                return None, CHANGED["text_version"]
            if self._snapshot is not None and self._snapshot.origin == origin:
                return self._snapshot, None
            return self._folder.load(), None
        except DamagedIndexError as error:
            return None, error.message

    def _origin(self, stored: Records) -> Origin:
        revision, stamp, database = stored.moment()
        return Origin(
            revision=revision,
            stamp=stamp,
            database=database,
            encoder=self._encoder.id,
            dimension=self._encoder.dimension,
            text_version=TEXT_VERSION,
        )

    def _table(
        self,
        table: TableIndex,
        kind: Kind,
        changes: Changes,
        progress: Progress | None,
        shared: SharedTables | None,
        *,
        afresh: bool,
    ) -> TableIndex:
        """The table with its changes; `afresh` means that vectors of others are not taken but replaced."""
        records, gone = changes.records[kind], [name for of, name in changes.gone if of is kind]
        ids = [record.id for record in records]
        if shared and changes.whole:
            shared.keep_only(kind, ids)
        elif shared and gone:
            shared.forget(kind, gone)
        if not records and not gone:
            return table
        texts, count = [document(record) for record in records], _counter(progress, kind.value, len(records))
        encode = partial(self._encoder.encode, role=Role.PASSAGE, progress=count)
        ours: Sequence[Record] = records
        if shared:
            vectors, made = shared.complete(kind, ids, texts, encode, afresh=afresh)
            ours = [records[row] for row in made]
        else:
            vectors = encode(texts)
        # Nobody keeps these rows here: encoding them now puts them into the cache, where explanations find them. Of
        # records that somebody took nobody asks who could take them, and those of others another worker has encoded;
        # should it happen here, their sentences follow then.
        quotable = _quotable(ours, changes.taken[kind])
        self._encoder.encode(quotable, Role.PASSAGE, _counter(progress, f"{kind.value} · sentences", len(quotable)))
        return table.changed(ids, vectors, self._terms.counts(records), gone)


def texts_of(database: Database) -> list[str]:
    """All that an index of the records of this moment encodes, each text once."""
    with database.read() as connection:
        changes = _changes(Records(connection), Outcomes(connection), None)
    kinds = changes.records.items()
    texts = [document(record) for _, records in kinds for record in records]
    return list(
        dict.fromkeys([*texts, *(each for kind, records in kinds for each in _quotable(records, changes.taken[kind]))])
    )


def _quotable(records: Sequence[Record], taken: Collection[str]) -> list[str]:
    """Sentences of the records that nobody took, each once."""
    asked = (record for record in records if record.id not in taken)
    return list(dict.fromkeys(sentence for record in asked for sentence in sentences(record)))


def _continues(stored: Records, older: Origin, newer: Origin) -> bool:
    return newer.extends(older) and stored.stamp(older.revision) == older.stamp


def _changes(stored: Records, facts: Outcomes, since: int | None) -> Changes:
    """What a snapshot of revision `since` lacks; everything when there is none."""
    taken = {kind: set[str]() for kind in TABLES} | {pairing.left: facts.taken(pairing) for pairing in PairKind}
    records = {kind: list(stored.changed_since(kind, -1 if since is None else since)) for kind in TABLES}
    gone = [] if since is None else [(kind, name) for kind in TABLES for name in stored.deleted_since(kind, since)]
    return Changes(records, gone, taken, since is None)


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
    changed = (said for name, said in CHANGED.items() if getattr(older, name) != getattr(newer, name))
    return next(changed, Said("数据库被恢复到较早的状态", "the database went back to an earlier state"))
