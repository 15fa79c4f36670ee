"""What each right record took, laid out so that the best of it is found for all of them at once."""

from __future__ import annotations

import numpy as np

from matcher.ranking.corpus import Matrix, Sparse

TOP = 3
WORTH = 16
"""Right records from which it pays to look at the next thing that each of them took in one step."""


class Takings:
    """The past left records that each right record took."""

    def __init__(self, taken: Sparse) -> None:
        """`taken` is (past, right)."""
        by_right = taken.tocsc()
        sizes = np.diff(by_right.indptr)
        order = np.argsort(-sizes, kind="stable")
        self.width: int = taken.shape[1]
        self._order = order[sizes[order] > 0]
        """Who took anything, those who took most first."""
        starts, sizes = by_right.indptr[self._order], sizes[self._order]
        many = [int(count) for count in np.cumsum(np.bincount(sizes)[::-1])[::-1][1:] if count >= WORTH]
        self._steps = [by_right.indices[starts[:count] + place] for place, count in enumerate(many)]
        """The first thing that each took, the second of those who took two, and so on."""
        self._long = [
            (place, by_right.indices[starts[place] : starts[place] + size])
            for place, size in enumerate(sizes.tolist())
            if size > len(many)
        ]
        """By place in the order, all that those took who took more than there are steps."""

    def mean_of_best(self, values: Matrix) -> Matrix:
        """Mean of the three largest values of what each took, or of as many as there are, (q, right).

        `values` are (q, past); minus infinity counts as not taken, and who took nothing has NaN.
        """
        best = np.full((TOP, len(values), len(self._order)), -np.inf, np.float32)
        for rows in self._steps:
            coming = values[:, rows]
            for held in best[:, :, : len(rows)]:
                lower = np.minimum(held, coming)
                np.maximum(held, coming, out=held)
                coming = lower
        for place, rows in self._long:
            taken = values[:, rows]
            count = min(TOP, len(rows))
            best[:, :, place] = -np.inf
            best[:count, :, place] = np.partition(taken, len(rows) - count, axis=1)[:, len(rows) - count :].T
        told = np.isfinite(best)
        means = np.full((len(values), self.width), np.nan, np.float32)
        counts = told.sum(axis=0)
        sums = np.where(told, best, 0).sum(axis=0, dtype=np.float32)
        means[:, self._order] = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
        return means
