"""Vectors around a mean: what all texts share tells nothing of one of them."""

from __future__ import annotations

import numpy as np

from matcher.ranking.corpus import Matrix

NEGLIGIBLE = 1e-6
AT_ONCE = 8192
"""Rows that are looked at in one step."""


def mean(vectors: Matrix) -> Matrix:
    """Mean of the rows that have a text, (d,)."""
    filled = vectors[np.any(vectors != 0, axis=1)]
    return filled.mean(axis=0) if len(filled) else np.zeros(vectors.shape[1], np.float32)


def centred(vectors: Matrix, around: Matrix) -> Matrix:
    """Rows seen from `around`, of length one."""
    return unit(told(vectors) * (vectors - around))


def told(vectors: Matrix) -> Matrix:
    """One for a row with a text, (n, 1): blank texts stay zero, far from everything and not near the mean."""
    return np.asarray(np.any(vectors != 0, axis=1, keepdims=True), np.float32)


def unit(vectors: Matrix) -> Matrix:
    """Rows of length one; zero rows stay zero, and so does what only rounding keeps from being zero."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(norms > NEGLIGIBLE, norms, np.inf), np.float32)


def lengths(vectors: Matrix, around: Matrix, space: Matrix | None = None) -> Matrix:
    """How far rows lie from `around`, in another space where one is given, (n,); infinite where a row tells nothing."""
    found = np.empty(len(vectors), np.float32)
    for start in range(0, len(vectors), AT_ONCE):
        rows = vectors[start : start + AT_ONCE]
        seen = told(rows) * (rows - around)
        found[start : start + AT_ONCE] = np.linalg.norm(seen if space is None else seen @ space, axis=1)
    return np.where(found > NEGLIGIBLE, found, np.inf).astype(np.float32)


def products(ours: Matrix, theirs: Matrix) -> Matrix:
    """Product of each row with each row, (ours, theirs), to double precision, then rounded: no digit that stays depends
    on how many others there are, or on where a row lies."""
    return (ours.astype(np.float64) @ theirs.T.astype(np.float64)).astype(np.float32)
