"""Vectors to nearest ids. FAISS does the arithmetic; identity is the explicit id map, never a position.

Search is exact. A narrow filter is answered from the filtered rows alone, because a filtered graph loses answers.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import faiss
import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

SPARE = 8
NARROW = 0.25
"""Below this share of the rows, gathering the allowed ones is quicker than telling FAISS to skip the others."""


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
    """Exact inner-product search over unit rows of one dimension.

    `upsert` replaces the vectors of known ids, `delete` ignores unknown ones, `search` takes (q, d) queries and
    gives each at most k hits among the `allowed` ids (all when None).
    """

    def __init__(self, dimension: int) -> None:
        # One question is too little work for several threads; beside an encoder they only wait for each other.
        faiss.omp_set_num_threads(1)
        self.dimension = dimension
        self._index: Any = faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))
        self._labels: dict[str, int] = {}
        self._ids: dict[int, str] = {}
        self._next = 0

    @classmethod
    def of(cls, dimension: int, raw: Any, labels: Mapping[str, int]) -> Self:
        """An index over what FAISS stored and the id map beside it. Raises ValueError when they do not fit."""
        index = cls(dimension)
        if raw.d != dimension or set(faiss.vector_to_array(raw.id_map).tolist()) != set(labels.values()):
            raise ValueError("the id map does not belong to these vectors")
        index._index, index._labels = raw, dict(labels)
        index._ids = {label: name for name, label in labels.items()}
        index._next = max(labels.values(), default=-1) + 1
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
    def ids(self) -> tuple[str, ...]:
        """Ids in the order of `matrix`."""
        return tuple(self._ids[label] for label in faiss.vector_to_array(self._index.id_map).tolist())

    @property
    def bytes(self) -> int:
        """Memory that the vectors take."""
        return len(self) * self.dimension * 4

    @property
    def matrix(self) -> Vectors:
        """All vectors, (n, d), as a copy in the order of `ids`."""
        if not self._labels:
            return np.zeros((0, self.dimension), np.float32)
        flat: Any = faiss.downcast_index(self._index.index)
        return (
            np.asarray(faiss.rev_swig_ptr(flat.get_xb(), len(self) * self.dimension), np.float32)
            .reshape(len(self), self.dimension)
            .copy()
        )

    def upsert(self, ids: Sequence[str], vectors: Vectors) -> None:
        """Add or replace; of an id given twice the last vector stays."""
        rows = {name: row for row, name in enumerate(ids)}
        self.delete(rows)
        labels = np.arange(self._next, self._next + len(rows), dtype=np.int64)
        if rows:
            self._index.add_with_ids(np.ascontiguousarray(vectors[list(rows.values())], np.float32), labels)
        self._labels.update(zip(rows, labels.tolist(), strict=True))
        self._ids.update(zip(labels.tolist(), rows, strict=True))
        self._next += len(rows)

    def delete(self, ids: Collection[str]) -> None:
        """Forget these ids."""
        labels = [self._labels.pop(name) for name in ids if name in self._labels]
        for label in labels:
            del self._ids[label]
        if labels:
            self._index.remove_ids(np.array(labels, np.int64))

    def search(self, queries: Vectors, k: int, allowed: Collection[str] | None = None) -> list[Hits]:
        """The k nearest of each query row."""
        queries = np.ascontiguousarray(queries, np.float32)
        labels = None
        if allowed is not None:
            labels = np.array(sorted(self._labels[name] for name in set(allowed) if name in self._labels), np.int64)
        rows = len(self) if labels is None else len(labels)
        if not rows or not k:
            return _none(queries)
        # A few more than asked for, and still more while a tie reaches over the edge: ties are broken by id.
        fetched = min(k + SPARE, rows)
        while True:
            scores, found = self._nearest(queries, fetched, labels)
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

    def _nearest(self, queries: Vectors, k: int, labels: NDArray[np.int64] | None) -> tuple[Vectors, NDArray[np.int64]]:
        """Scores and labels of the k nearest, (q, k), best first."""
        if labels is None:
            return tuple(self._index.search(queries, k))
        if len(labels) > NARROW * len(self):
            chosen: Any = faiss.SearchParameters()
            chosen.sel = faiss.IDSelectorBatch(labels)
            return tuple(self._index.search(queries, k, params=chosen))
        scores = queries @ self._index.reconstruct_batch(labels).T
        order = np.argsort(-scores, axis=1, kind="stable")[:, :k]
        return np.take_along_axis(scores, order, axis=1), labels[order]

    def _hits(self, scores: Vectors, labels: NDArray[np.int64], k: int) -> list[Hits]:
        answers = []
        for row_scores, row_labels in zip(scores.tolist(), labels.tolist(), strict=True):
            pairs = sorted((-s, self._ids[n]) for s, n in zip(row_scores, row_labels, strict=True) if n >= 0)[:k]
            answers.append(Hits(tuple(name for _, name in pairs), tuple(-score for score, _ in pairs)))
        return answers


def _none(queries: Vectors) -> list[Hits]:
    return [Hits((), ())] * len(queries)


def write_faiss(index: FaissIndex, vectors: Path, ids: Path) -> None:
    """Write the index and its id map to two files."""
    faiss.write_index(index.raw, str(vectors))
    ids.write_text(json.dumps({"dimension": index.dimension, "labels": index.labels}, ensure_ascii=False), "utf-8")


def read_faiss(vectors: Path, ids: Path) -> FaissIndex:
    """Read what `write_faiss` wrote. Raises ValueError when the two files do not belong together."""
    stored = json.loads(ids.read_text("utf-8"))
    return FaissIndex.of(int(stored["dimension"]), faiss.read_index(str(vectors)), stored["labels"])
