"""The derived files of one state of the database: vectors and term counts of every table, under one manifest.

A snapshot is written into a folder of its own, then the pointer `current` is renamed onto it, so that a reader sees the
old state or the new one and a killed run leaves nothing half-done. Any of it can be rebuilt from the database.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.appearing import writing
from matcher.domain.records import RECORD_KINDS, Kind
from matcher.errors import DamagedIndexError, UnservedError
from matcher.index.fields import FIELDS
from matcher.index.mapped import read_array
from matcher.index.terms import COLUMNS, Counts, TermIndex
from matcher.index.vectors import FaissIndex, Vectors, read_faiss, write_faiss
from matcher.wording import Said

FORMAT = 2
TABLES = RECORD_KINDS
KEPT = 2
"""Snapshots kept: the current one, and the one before for readers that are still opening it."""
WHOLE = 2**28
"""Bytes up to which a file is verified whole when it is loaded, a third of a second; of a larger one, parts of it."""
PART, PARTS = 2**16, 256
"""Bytes of such a part, and how many are looked at, evenly spread. Cut short, exchanged or half-written files are found
in that way; a single changed byte of a large file is found by `verify`."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a snapshot was made from. Another origin means that it is stale, or of no use at all."""

    revision: int
    """The database's revision at the time."""
    stamp: str
    """The random stamp of that revision, by which a restored backup is told from the history it replaced."""
    database: str
    """Identity of the database, so that files are never used beside another one."""
    encoder: str
    dimension: int
    text_version: int

    def extends(self, older: Origin) -> bool:
        """Whether the older snapshot can be brought up to this origin by applying changes.

        The caller makes sure that the database still knows the older stamp.
        """
        same = (self.database, self.encoder, self.dimension, self.text_version)
        return same == (older.database, older.encoder, older.dimension, older.text_version) and (
            self.revision >= older.revision
        )


@dataclass(frozen=True)
class TableIndex:
    """Vectors and counts of one table. Changing it gives a new one; nobody sees a half-changed index."""

    vectors: FaissIndex
    terms: Mapping[str, TermIndex]

    @classmethod
    def empty(cls, dimension: int) -> TableIndex:
        """No records yet."""
        return cls(FaissIndex(dimension), {field: TermIndex() for field in FIELDS})

    def changed(
        self, ids: Sequence[str], vectors: Vectors, counts: Mapping[str, Counts], gone: Collection[str]
    ) -> TableIndex:
        """The index with rows added or replaced, and others gone."""
        fresh = self.vectors.copy()
        fresh.delete(gone)
        fresh.upsert(ids, vectors)
        return TableIndex(fresh, {field: self.terms[field].delete(gone).upsert(ids, counts[field]) for field in FIELDS})


@dataclass(frozen=True)
class Snapshot:
    """All indexes of one state."""

    origin: Origin
    tables: Mapping[Kind, TableIndex]

    @classmethod
    def empty(cls, origin: Origin) -> Snapshot:
        """A snapshot of nothing."""
        return cls(origin, {kind: TableIndex.empty(origin.dimension) for kind in TABLES})

    @property
    def stale(self) -> bool:
        """Whether a coarse file should be made anew. Searches find nearly as much until it is."""
        return any(table.vectors.stale for table in self.tables.values())

    def compact(self) -> None:
        """Make stale coarse files anew; whoever searches meanwhile is not kept waiting."""
        for table in self.tables.values():
            table.vectors.compact()


class SnapshotFolder:
    """Writes and reads the snapshots of one installation."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the folder: who else wants to bring it up to date waits, and then finds it done."""
        with writing(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            file = (self._folder / "lock").open("a")
        with file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def save(self, snapshot: Snapshot) -> None:
        """Write all files, then make them the current ones in one step. Call it within `exclusive`.

        Raises:
            UnservedError: the disk is full; what was written is taken away again, and the current files stay.
        """
        name = f"{snapshot.origin.revision:012d}-{os.urandom(4).hex()}"
        try:
            with writing(self._folder, RuntimeError):  # FAISS raises these
                self._write(self._folder / name, snapshot)
        except UnservedError:
            shutil.rmtree(self._folder / name, ignore_errors=True)
            raise
        self._sweep(name)

    def _write(self, target: Path, snapshot: Snapshot) -> None:
        target.mkdir(parents=True)
        for kind, table in snapshot.tables.items():
            _write_table(target, kind, table)
        paths = sorted(target.iterdir())
        marks = {path.name: _mark(path, whole=True) | _mark(path, whole=False) for path in paths}
        manifest = {"format": FORMAT, "origin": asdict(snapshot.origin), "files": marks}
        (target / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        pointer = self._folder / f"current.{target.name}"
        pointer.write_text(target.name, encoding="utf-8")
        pointer.replace(self._folder / "current")

    def relabel(self, origin: Origin) -> None:
        """Say that the current files stand for a newer state too, in which no record differs. Within `exclusive`."""
        manifest = self._manifest()
        if manifest is not None:
            folder = self._folder / self._current()
            fresh = folder / f"manifest.{os.urandom(4).hex()}"
            with writing(self._folder):
                fresh.write_text(json.dumps(manifest | {"origin": asdict(origin)}, indent=1), encoding="utf-8")
                fresh.replace(folder / "manifest.json")

    def origin(self) -> Origin | None:
        """What the current snapshot was made from; None when there is none yet."""
        manifest = self._manifest()
        return Origin(**manifest["origin"]) if manifest else None

    def verify(self) -> None:
        """Read every byte of the current files. Raises DamagedIndexError when one is not what was written."""
        if (manifest := self._manifest()) is not None:
            self._compare(manifest, whole=True)

    def _compare(self, manifest: dict[str, Any], *, whole: bool) -> None:
        folder, marks = self._folder / self._current(), manifest["files"]
        if missing := [folder / name for name in marks if not (folder / name).is_file()]:
            raise _damaged(missing[0])
        with ThreadPoolExecutor() as threads:  # hashing leaves the interpreter to others
            found = threads.map(lambda name: _mark(folder / name, whole=whole), marks)
        for (name, mark), read in zip(marks.items(), found, strict=True):
            if any(mark.get(part) != value for part, value in read.items()):
                raise _damaged(folder / name)

    def load(self) -> Snapshot | None:
        """The current snapshot, mapped and verified; None when there is none yet.

        Raises DamagedIndexError when a file is missing, cut short or changed.
        """
        manifest = self._manifest()
        if manifest is None:
            return None
        folder = self._folder / self._current()
        self._compare(manifest, whole=False)
        origin = Origin(**manifest["origin"])
        try:
            return Snapshot(origin, {kind: _read_table(folder, kind) for kind in TABLES})
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise _damaged(folder) from error

    def _current(self) -> str:
        return (self._folder / "current").read_text(encoding="utf-8").strip()

    def _manifest(self) -> dict[str, Any] | None:
        if not (self._folder / "current").is_file():
            return None
        path = self._folder / self._current() / "manifest.json"
        try:
            manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            Origin(**manifest["origin"])
            usable = manifest["format"] == FORMAT and isinstance(manifest["files"], dict) and bool(manifest["files"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise _damaged(path) from error
        if not usable:
            raise _damaged(path)
        return manifest

    def _sweep(self, current: str) -> None:
        """Forget snapshots older than the last two, and what a killed run left behind."""
        folders = sorted(
            (path for path in self._folder.iterdir() if path.is_dir()), key=lambda path: path.stat().st_mtime
        )
        for path in folders[:-KEPT]:
            if path.name != current:
                shutil.rmtree(path, ignore_errors=True)
        for pointer in self._folder.glob("current.*"):
            if not (self._folder / pointer.name.removeprefix("current.")).is_dir():
                pointer.unlink(missing_ok=True)


def _write_table(folder: Path, kind: Kind, table: TableIndex) -> None:
    write_faiss(table.vectors, folder / f"{kind}.vectors.faiss", folder / f"{kind}.vectors.ids.json")
    for field, index in table.terms.items():
        for part, values in _parts(index).items():
            np.save(folder / f"{kind}.{field}.{part}.npy", values)


def _read_table(folder: Path, kind: Kind) -> TableIndex:
    vectors = read_faiss(folder / f"{kind}.vectors.faiss", folder / f"{kind}.vectors.ids.json")
    ids = vectors.ids
    return TableIndex(vectors, {field: _read_terms(folder, f"{kind}.{field}", ids) for field in FIELDS})


def _parts(index: TermIndex) -> dict[str, NDArray[Any]]:
    """What is written of the terms, in the types in which it is used: mapped files need no second copy in memory."""
    counts = index.counts
    return {
        "ids": np.array(index.ids, dtype=np.str_),
        "ends": counts.indptr.astype(np.int32 if counts.nnz < 2**31 else np.int64),
        "columns": counts.indices.astype(np.int32 if counts.nnz < 2**31 else np.int64),
        "counts": counts.data.astype(np.float32),
    }


def _read_terms(folder: Path, name: str, shared: tuple[str, ...]) -> TermIndex:
    """The counts of a field; where its ids are the shared ones, these are kept once."""
    own = np.load(folder / f"{name}.ids.npy", allow_pickle=False)
    ids = shared if np.array_equal(own, np.array(shared, np.str_)) else tuple(own.tolist())
    data, columns, ends = (read_array(folder / f"{name}.{part}.npy") for part in ("counts", "columns", "ends"))
    return TermIndex(ids, sparse.csr_array((data, columns, ends), shape=(len(ids), COLUMNS)))


def _mark(path: Path, *, whole: bool) -> dict[str, Any]:
    """Size and hash of a file, whole (the name of the mark says so) or, of a large one, in parts."""
    size = path.stat().st_size
    with path.open("rb") as file:
        if whole or size <= WHOLE:
            return {"bytes": size, "blake2b": hashlib.file_digest(file, hashlib.blake2b).hexdigest()[:32]}
        read = hashlib.blake2b()
        for number in range(PARTS):
            file.seek((size - PART) * number // (PARTS - 1))
            read.update(file.read(PART))
    return {"bytes": size, "parts": read.hexdigest()[:32]}


def _damaged(path: Path) -> DamagedIndexError:
    return DamagedIndexError(
        Said(f"索引文件 {path.name} 已损坏或不完整。", f"The index file {path.name} is damaged or incomplete."),
        Said("运行 matcher index 重建。", "Run `matcher index` to rebuild it."),
    )
