"""A coarse look at very many vectors: which of them are worth an exact comparison.

An inverted file (IVF) of half-precision rows: the rows nearest to each of about √n centres lie together, and a question
looks through the lists of the centres nearest to it. How many lists that takes is measured on the rows themselves when
the file is built, so that the recall is known and not hoped for.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Labels = NDArray[np.int64]

ROUNDS, SAMPLED = 6, 64
"""Rounds of k-means, and rows sampled for each centre."""
ASKED, WANTED, RECALL = 64, 40, 0.99
"""Rows that try the file out, how many nearest each wants, and the least share of them that is to be found. More
nearest than anybody shows: a filter that keeps a quarter of the rows reaches four times as far for its ten."""
STALE = 0.5
"""Share of the rows that may have come or gone before the centres are chosen anew."""


@dataclass(frozen=True, slots=True)
class Filter:
    """The rows that a search may look at."""

    labels: Labels
    """Ascending."""
    selector: Any
    """The same, as FAISS asks for it."""

    @classmethod
    def of(cls, labels: Labels, end: int) -> Filter:
        """Of some labels below an end."""
        bits = np.zeros(end, np.bool_)
        bits[labels] = True
        bitmap: Any = faiss.IDSelectorBitmap
        return cls(labels, bitmap(np.packbits(bits, bitorder="little")))


class Coarse:
    """Labels of rows that are probably nearest; whoever asks compares them exactly."""

    def __init__(self, index: Any, built: int, changed: int = 0, *, mapped: bool = False) -> None:
        self.index = index
        self._mapped = mapped
        """Whether the rows lie in a file: FAISS would end the process rather than change, or clone, such an index."""
        self.built, self.changed = built, changed
        """Rows for which the centres were chosen, and how many have come or gone since."""

    @classmethod
    def of(cls, labels: Labels, vectors: Vectors) -> Coarse:
        """The file of these rows, and the measured number of lists to look through. Equal rows give equal files."""
        count, dimension = vectors.shape
        lists = max(int(count**0.5), 1)
        index = faiss.IndexIVFScalarQuantizer(
            faiss.IndexFlatIP(dimension),
            dimension,
            lists,
            faiss.ScalarQuantizer.QT_fp16,
            faiss.METRIC_INNER_PRODUCT,
            False,  # rows themselves, not their distances from the centre: one table serves all lists
        )
        index.cp.niter, index.cp.max_points_per_centroid, index.cp.spherical = ROUNDS, SAMPLED, True
        index.cp.min_points_per_centroid = 1
        step = max(count // (lists * SAMPLED), 1)
        index.train(np.ascontiguousarray(vectors[::step]))
        index.add_with_ids(vectors, labels)
        _tune(index, labels, vectors)
        return cls(index, count)

    @classmethod
    def read(cls, path: Path, built: int, changed: int) -> Coarse:
        """What `write` wrote, mapped: only what somebody looks through is in memory."""
        return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC), built, changed, mapped=True)

    def copy(self) -> Coarse:
        """The same, to be changed by itself."""
        return Coarse(self._copied(), self.built, self.changed)

    def _copied(self) -> Any:
        if not self._mapped:
            return faiss.clone_index(self.index)
        written, read = faiss.VectorIOWriter(), faiss.VectorIOReader()
        faiss.write_index(self.index, written)
        read.data.swap(written.data)
        return faiss.read_index(read)

    def _owned(self) -> Any:
        if self._mapped:
            self.index, self._mapped = self._copied(), False
        return self.index

    def write(self, path: Path) -> None:
        """Keep it in a file, with the number of lists to look through."""
        faiss.write_index(self.index, str(path))

    @property
    def stale(self) -> bool:
        """Whether so much came or went that the file should be built anew."""
        return self.changed > STALE * self.built

    @property
    def bytes(self) -> int:
        """Memory that the rows take, with their labels."""
        return int(self.index.ntotal) * (int(self.index.code_size) + 8)

    def add(self, labels: Labels, vectors: Vectors) -> None:
        """Rows that came."""
        self._owned().add_with_ids(vectors, labels)
        self.changed += len(labels)

    def remove(self, labels: Labels) -> None:
        """Rows that went."""
        self.changed += int(self._owned().remove_ids(labels))

    def follow(self, labels: Labels, rows: Any) -> None:
        """Take what came into a FAISS index, and went from it, since it had the labels that this file was made of."""
        now = faiss.vector_to_array(rows.id_map)
        if len(gone := np.setdiff1d(labels, now)):
            self.remove(gone)
        if len(new := np.setdiff1d(now, labels)):
            self.add(new, rows.reconstruct_batch(new))

    def near(self, queries: Vectors, k: int, selector: Any | None) -> Labels:
        """Labels of about the k nearest of each query among those that a FAISS selector allows, (q, k), -1 for none."""
        chosen: Any = faiss.SearchParametersIVF()
        chosen.nprobe, chosen.sel = self.index.nprobe, selector
        return np.asarray(self.index.search(queries, k, params=chosen)[1], np.int64)


def _tune(index: Any, labels: Labels, vectors: Vectors) -> None:
    """Look through more and more lists until the sampled rows find their nearest."""
    wanted = min(WANTED, len(labels))
    asked = np.ascontiguousarray(vectors[:: max(len(labels) // ASKED, 1)][:ASKED])
    _, true = faiss.knn(asked, vectors, wanted, metric=faiss.METRIC_INNER_PRODUCT)
    index.nprobe = max(index.nlist // 32, 1)
    while index.nprobe < index.nlist:
        found = index.search(asked, wanted)[1]
        shared = [len(np.intersect1d(labels[rows], each)) for rows, each in zip(true, found, strict=True)]
        if sum(shared) >= RECALL * true.size:
            return
        index.nprobe = min(index.nprobe + max(index.nlist // 32, 1), index.nlist)
