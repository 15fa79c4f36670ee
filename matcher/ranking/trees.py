"""Nearness of categories along their trees, for all pairs of two sides at once.

Two nodes are as alike as their ancestor sets overlap (Dice), which is Wu and Palmer's measure; so one sparse product of
the paths' levels gives the similarity of all pairs of nodes, and records take the best of their nodes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.domain.taxonomy import Path
from matcher.index.terms import Counts, count_few

LEVEL_COLUMNS = 2**18
Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Stated:
    """What n records state in one tree: their k nodes, the p paths of the nodes, the levels of the paths."""

    nodes: Counts
    """(n, k), 1 where the record states the node; an empty row states nothing."""
    paths: Counts
    """(k, p), 1 where the path leads to the node."""
    levels: Counts
    """(p, LEVEL_COLUMNS), 1 for each level of the path."""

    @cached_property
    def ways(self) -> Counts:
        """(n, p), where a path leads to a node of the record."""
        return sparse.csr_array(self.nodes @ self.paths)

    @cached_property
    def by_level(self) -> Counts:
        """(LEVEL_COLUMNS, p), the levels turned round."""
        return self.levels.T.tocsr()

    @cached_property
    def depths(self) -> Matrix:
        """How many levels each path has, (p,)."""
        return np.asarray(self.levels.sum(axis=1), np.float32)

    def __len__(self) -> int:
        return int(self.nodes.shape[0])

    def __getitem__(self, rows: Any) -> Stated:
        """Only these records, with the nodes they state."""
        nodes, stated = _used(self.nodes[rows])
        paths, leading = _used(self.paths[stated])
        return Stated(nodes, paths, self.levels[leading])


def read_stated(records: Sequence[Collection[frozenset[Path]]]) -> Stated:
    """The arrays of what each record states; a node is the set of its paths."""
    nodes = {node: place for place, node in enumerate(dict.fromkeys(node for stated in records for node in stated))}
    paths = {path: place for place, path in enumerate(dict.fromkeys(path for node in nodes for path in sorted(node)))}
    return Stated(
        _indicator([[nodes[node] for node in stated] for stated in records], len(nodes)),
        _indicator([[paths[path] for path in sorted(node)] for node in nodes], len(paths)),
        count_few(list(paths), _levels, LEVEL_COLUMNS),
    )


def tree_similarity(left: Stated, right: Stated) -> Matrix:
    """Best-match average of each left record with each right one, (q, right), 0 to 1; NaN where a side states none."""
    alike = _alike(left, right)
    return np.asarray((_covered(left, right, alike) + _covered(right, left, alike.T).T) / 2, np.float32)


def coverage(asked: Stated, offered: Stated) -> Matrix:
    """How near the offered nodes come to the asked ones on average, (asked, offered), 0 to 1; NaN as above."""
    return _covered(asked, offered, _alike(asked, offered))


def _covered(asked: Stated, offered: Stated, alike: Matrix) -> Matrix:
    """Coverage from the similarity of every asked path with every offered one."""
    per_path = _best(alike, offered.ways)
    per_node = _best(per_path.T, asked.paths).T
    stated, known = (np.diff(side.nodes.indptr) for side in (asked, offered))
    means: Matrix = np.asarray((asked.nodes @ per_node) / np.maximum(stated, 1)[:, None], np.float32)
    means[stated == 0] = np.nan
    means[:, known == 0] = np.nan
    return means


def _alike(ours: Stated, theirs: Stated) -> Matrix:
    """Wu and Palmer's similarity of every pair of paths."""
    shared = (ours.levels @ theirs.by_level).toarray()
    return np.asarray(2 * shared / np.add.outer(ours.depths, theirs.depths), np.float32)


def _used(table: Counts) -> tuple[Counts, NDArray[np.integer]]:
    """The table without its empty columns, and which are left."""
    columns, places = np.unique(table.indices, return_inverse=True)
    return sparse.csr_array((table.data, places, table.indptr), shape=(table.shape[0], len(columns))), columns


def _best(values: Matrix, groups: Counts) -> Matrix:
    """The largest value in each row among the columns of each group, (rows, groups); 0 for an empty group."""
    best = np.zeros((values.shape[0], groups.shape[0]), np.float32)
    filled = np.diff(groups.indptr) > 0
    if groups.nnz:
        best[:, filled] = np.maximum.reduceat(values[:, groups.indices], groups.indptr[:-1][filled], axis=1)
    return best


def _indicator(rows: Sequence[Sequence[int]], columns: int) -> Counts:
    ends = np.cumsum([0, *(len(row) for row in rows)])
    places = np.array([place for row in rows for place in row], np.int64)
    return sparse.csr_array((np.ones(len(places), np.float32), places, ends), shape=(len(rows), columns))


def _levels(path: Path) -> list[str]:
    return ["/".join(path[: depth + 1]) for depth in range(len(path))]
