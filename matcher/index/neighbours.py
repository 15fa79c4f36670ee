"""Which rows lie next to each other: the pairs that are worth comparing in full."""

from __future__ import annotations

import numpy as np

from matcher.index.vectors import Vectors

BLOCK = 1024
"""Rows multiplied with all others at once: 40 MB for 10,000 of them."""


def near_pairs(vectors: Vectors, k: int, rows: list[int] | None = None) -> set[tuple[int, int]]:
    """Pairs (lower, higher) of a row and one of its k nearest, of unit rows (n, d); rows without text have none.

    `rows` limits the one side of the pairs. Exact, and quicker than asking the index for each row: 10,000 rows of 384
    dimensions are forty matrix products.
    """
    filled = np.flatnonzero(np.any(vectors != 0, axis=1))
    asked = filled if rows is None else np.intersect1d(filled, rows)
    pairs: set[tuple[int, int]] = set()
    k = min(k, len(filled) - 1)
    if k < 1:
        return pairs
    others = vectors[filled]
    for start in range(0, len(asked), BLOCK):
        block = asked[start : start + BLOCK]
        products = vectors[block] @ others.T
        products[np.arange(len(block)), np.searchsorted(filled, block)] = -np.inf
        nearest = filled[np.argpartition(-products, k - 1, axis=1)[:, :k]]
        ends = np.stack([np.repeat(block, k), nearest.ravel()])
        pairs.update(zip(ends.min(axis=0).tolist(), ends.max(axis=0).tolist(), strict=True))
    return pairs
