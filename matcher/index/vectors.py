"""Vectors to nearest ids. FAISS does the arithmetic; identity is the explicit id map, never a position.

A search is planned by how many rows it may look at. Up to `EXACT` of them it is exact, and a narrow filter is answered
from the filtered rows alone, because a filtered graph or file loses answers. Only a wide search of very many rows asks
a coarse file first (`coarse`), and then compares what that names exactly.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any, Protocol, Self

import faiss
import numpy as np
from numpy.typing import NDArray

from matcher.index.coarse import Coarse, Filter, Labels
from matcher.index.mapped import lent

Vectors = NDArray[np.float32]

SPARE = 8
NARROW = 0.25
"""Below this share of the rows, gathering the allowed ones is quicker than telling FAISS to skip the others."""
EXACT = 50_000
"""Rows that are compared one and all, in 3 ms of 384 dimensions on one core. Beyond, a coarse file is worth having."""
OVERFETCH = 4
"""Candidates of the coarse file for each hit asked for: half precision mistakes the order of near ones."""
FILTERS = 4
"""Frozen filters whose rows are kept: what a viewer may see is asked about again and again."""


@dataclass(frozen=True, slots=True)
class Hits:
    """Nearest ids of one query, best first, ties broken by id; scores are inner products."""

    ids: tuple[str, ...]
    scores: tuple[float, ...]


class VectorIndex(Protocol):
    """The whole interface that ranking needs of a vector store."""

    def __len__(self) -> int: ...
    def upsert(self, ids: Sequence[str], vectors: Vectors) -> None: ...  # noqa: D102
    def delete(self, ids: Collection[str]) -> None: ...  # noqa: D102
    def search(self, queries: Vectors, k: int, allowed: Collection[str] | None = None) -> list[Hits]: ...  # noqa: D102


class FaissIndex:
    """Inner-product search over unit rows of one dimension.

    `upsert` replaces the vectors of known ids, `delete` ignores unknown ones, `search` takes (q, d) queries and
    gives each at most k hits among the `allowed` ids (all when None). Rows read from disk are mapped, not copied, and
    copied when the first of them changes.
    """

    def __init__(self, dimension: int) -> None:
        # One question is too little work for several threads; beside an encoder they only wait for each other.
        faiss.omp_set_num_threads(1)
        # FAISS 1.15 multiplies matrices only from that many numbers on; from twenty questions on it is quicker.
        faiss.cvar.distance_compute_blas_threshold = 20 * dimension + 1
        self.dimension = dimension
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        self._mapped = False
        self._coarse: Coarse | None = None
        self._labels: dict[str, int] = {}
        self._ids: list[str] = []
        """The id behind each number that FAISS knows a row by; empty for one that is gone."""
        self._filters: dict[frozenset[str], Filter] = {}
        self._changing = RLock()

    @classmethod
    def of(
        cls,
        dimension: int,
        raw: Any,
        labels: Mapping[str, int],
        *,
        mapped: bool = False,
        coarse: Coarse | None = None,
    ) -> Self:
        """An index over what FAISS stored and the id map beside it. Raises ValueError when they do not fit.

        `mapped`: the rows of `raw` lie in a file and cannot be changed.
        """
        index = cls(dimension)
        told = np.sort(np.fromiter(labels.values(), np.int64, len(labels)))
        if raw.d != dimension or not np.array_equal(np.sort(faiss.vector_to_array(raw.id_map)), told):
            raise ValueError("the id map does not belong to these vectors")
        if coarse is not None and coarse.index.ntotal != raw.ntotal:
            raise ValueError("the coarse file does not belong to these vectors")
        index._index, index._labels, index._mapped, index._coarse = raw, dict(labels), mapped, coarse
        index._ids = [""] * (int(told[-1]) + 1 if len(told) else 0)
        for name, label in labels.items():
            index._ids[label] = name
        return index

    def __len__(self) -> int:
        return len(self._labels)

    @property
    def raw(self) -> Any:
        """The FAISS index itself, for writing."""
        return self._index

    @property
    def labels(self) -> dict[str, int]:
        """The id map: FAISS's number of each id."""
        return dict(self._labels)

    @property
    def coarse(self) -> Coarse | None:
        """The coarse file of so many rows that it is worth having one; an old one answers until it is made anew."""
        with self._changing:
            if len(self) > EXACT and self._coarse is None:
                self._coarse = Coarse.of(faiss.vector_to_array(self._index.id_map), self._view)
            return self._coarse if len(self) > EXACT else None

    @property
    def stale(self) -> bool:
        """Whether so many rows came or went that the coarse file should be made anew."""
        return len(self) > EXACT and self._coarse is not None and self._coarse.stale

    def compact(self) -> None:
        """Make a stale coarse file anew. Nobody who searches meanwhile waits for it."""
        if self.stale:
            with self._changing:
                labels, rows = faiss.vector_to_array(self._index.id_map), self.matrix
            fresh = Coarse.of(labels, rows)
            with self._changing:
                fresh.follow(labels, self._index)
                self._coarse = fresh

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids in the order of `matrix`."""
        return tuple(self._ids[label] for label in faiss.vector_to_array(self._index.id_map).tolist())

    @property
    def bytes(self) -> int:
        """Memory that the vectors take, with their coarse file."""
        return len(self) * (self.dimension * 4 + 8) + (self._coarse.bytes if self._coarse else 0)

    @property
    def matrix(self) -> Vectors:
        """All vectors, (n, d), in the order of `ids`: those of a file where they lie, not to be changed; or a copy."""
        if not self._mapped:
            return self._view.copy()
        return lent(self._index, self._view)

    @property
    def _view(self) -> Vectors:
        """The rows where FAISS has them; gone with the next change."""
        flat: Any = faiss.downcast_index(self._index.index)
        if not self._labels:
            return np.zeros((0, self.dimension), np.float32)
        held = faiss.rev_swig_ptr(flat.get_xb(), len(self) * self.dimension)
        return np.asarray(held, np.float32).reshape(len(self), self.dimension)

    def upsert(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace; of an id given twice the last vector stays."""
        rows = {name: row for row, name in enumerate(ids)}
        with self._changing:
            self.delete(rows)
            labels = np.arange(len(self._ids), len(self._ids) + len(rows), dtype=np.int64)
            if rows:
                fresh = np.ascontiguousarray(vectors[list(rows.values())], np.float32)
                self._owned().add_with_ids(fresh, labels)
                if self._coarse:
                    self._coarse.add(labels, fresh)
            self._labels.update(zip(rows, labels.tolist(), strict=True))
            self._ids.extend(rows)
            self._filters = {}

    def delete(self, ids: Collection[str]) -> None:
        """Forget these ids."""
        with self._changing:
            labels = [self._labels.pop(name) for name in ids if name in self._labels]
            for label in labels:
                self._ids[label] = ""
            if labels:
                gone = np.array(labels, np.int64)
                self._owned().remove_ids(gone)
                if self._coarse:
                    self._coarse.remove(gone)
                self._filters = {}

    def search(self, queries: Vectors, k: int, allowed: Collection[str] | None = None) -> list[Hits]:
        """The k nearest of each query row."""
        queries = np.ascontiguousarray(queries, np.float32)
        kept = None if allowed is None else self._filter(allowed)
        rows = len(self) if kept is None else len(kept.labels)
        if not rows or not k or not len(queries):
            return [Hits((), ())] * len(queries)
        wide = rows > EXACT and rows > NARROW * len(self) and OVERFETCH * (k + SPARE) < NARROW * rows
        if wide and (coarse := self.coarse):
            return self._planned(coarse, queries, k, kept)
        # A few more than asked for, and still more while a tie reaches over the edge: ties are broken by id.
        fetched = min(k + SPARE, rows)
        while True:
            scores, found = self._nearest(queries, fetched, kept)
            if fetched == rows or np.all(scores[:, -1] < scores[:, k - 1]):
                return self._hits(scores, found, k)
            fetched = min(2 * fetched, rows)

    def subset(self, ids: Sequence[str]) -> Self:
        """A new index over these ids only (those it knows)."""
        known = [name for name in ids if name in self._labels]
        part = type(self)(self.dimension)
        if known:
            part.upsert(
                known, self._index.reconstruct_batch(np.array([self._labels[name] for name in known], np.int64))
            )
        return part

    def copy(self) -> Self:
        """The same, to be changed by itself."""
        with self._changing:
            coarse = self._coarse.copy() if self._coarse else None
            return self.of(self.dimension, self._copied(), self._labels, coarse=coarse)

    def _owned(self) -> Any:
        """The FAISS index, to be changed: FAISS would end the process rather than change what lies in a file."""
        if self._mapped:
            self._index, self._mapped = self._copied(), False
        return self._index

    def _copied(self) -> Any:
        fresh = faiss.IndexIDMap2(faiss.IndexFlatIP(self.dimension))
        if count := self._index.ntotal:
            flat: Any = faiss.downcast_index(self._index.index)
            held = faiss.rev_swig_ptr(flat.get_xb(), count * self.dimension).reshape(count, self.dimension)
            fresh.add_with_ids(held, faiss.vector_to_array(self._index.id_map))
        return fresh

    def _filter(self, allowed: Collection[str]) -> Filter:
        """The rows of the allowed ids; those of a frozen set are kept until something changes."""
        if isinstance(allowed, frozenset) and (known := self._filters.get(allowed)):
            return known
        labels = np.array(sorted(self._labels[name] for name in set(allowed) if name in self._labels), np.int64)
        found = Filter.of(labels, len(self._ids))
        if isinstance(allowed, frozenset):
            self._filters = dict([*self._filters.items(), (allowed, found)][-FILTERS:])
        return found

    def _planned(self, coarse: Coarse, queries: Vectors, k: int, kept: Filter | None) -> list[Hits]:
        """The nearest among what the coarse file names, compared exactly; fewer are found only where fewer are near."""
        named = coarse.near(queries, OVERFETCH * (k + SPARE), kept.selector if kept else None)
        anyone = next(iter(self._labels.values()))  # where none is named, any row will do
        known = np.where(named >= 0, named, anyone)
        rows = self._index.reconstruct_batch(known.ravel()).reshape(*named.shape, self.dimension)
        scores = np.einsum("qd,qkd->qk", queries, rows)
        scores[named < 0] = -np.inf
        return self._hits(scores, named, k)

    def _nearest(self, queries: Vectors, k: int, kept: Filter | None) -> tuple[Vectors, Labels]:
        """Scores and labels of the k nearest, (q, k), best first."""
        if kept is None:
            return tuple(self._index.search(queries, k))
        if len(kept.labels) > NARROW * len(self):
            chosen: Any = faiss.SearchParameters()
            chosen.sel = kept.selector
            return tuple(self._index.search(queries, k, params=chosen))
        gathered = self._index.reconstruct_batch(kept.labels)
        scores, rows = faiss.knn(queries, gathered, k, metric=faiss.METRIC_INNER_PRODUCT)
        return scores, kept.labels[rows]

    def _hits(self, scores: Vectors, labels: Labels, k: int) -> list[Hits]:
        answers = []
        for row_scores, row_labels in zip(scores.tolist(), labels.tolist(), strict=True):
            named = zip(row_scores, [self._ids[n] if n >= 0 else "" for n in row_labels], strict=True)
            pairs = sorted((-score, name) for score, name in named if name)[:k]
            answers.append(Hits(tuple(name for _, name in pairs), tuple(-score for score, _ in pairs)))
        return answers


def write_faiss(index: FaissIndex, vectors: Path, ids: Path) -> None:
    """Write the index and its id map to two files, and the coarse file of a large one beside them."""
    faiss.write_index(index.raw, str(vectors))
    stored: dict[str, Any] = {"dimension": index.dimension, "labels": index.labels}
    if index.coarse:
        index.coarse.write(_coarse(vectors))
        stored["coarse"] = {"built": index.coarse.built, "changed": index.coarse.changed}
    ids.write_text(json.dumps(stored, ensure_ascii=False), "utf-8")


def read_faiss(vectors: Path, ids: Path) -> FaissIndex:
    """Map what `write_faiss` wrote. Raises ValueError when the files do not belong together."""
    stored = json.loads(ids.read_text("utf-8"))
    raw = faiss.read_index(str(vectors), faiss.IO_FLAG_MMAP_IFC)
    coarse = Coarse.read(_coarse(vectors), **stored["coarse"]) if "coarse" in stored else None
    return FaissIndex.of(int(stored["dimension"]), raw, stored["labels"], mapped=True, coarse=coarse)


def _coarse(vectors: Path) -> Path:
    return vectors.with_suffix(".coarse.faiss")
