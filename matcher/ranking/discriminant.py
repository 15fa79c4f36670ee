"""The space in which what one taker took lies close together: the metric of linear discriminant analysis."""

from __future__ import annotations

import numpy as np

from matcher.ranking.corpus import Matrix, Sparse

FLATTEST = 1e-6
SPHERE = 0.5
"""Shrinkage of the covariance, in mean variances."""


def discriminant_space(vectors: Matrix, taken: Sparse) -> Matrix | None:
    """A map to that space, (d, d), from past left records, (past, d), and who took them, (past, right); None where no
    taker took two.

    Whitening by the covariance of the left records around the mean of their takers, which are the classes, shrunk
    towards a sphere.
    """
    counts = np.asarray(taken.sum(axis=0)).reshape(-1, 1)
    means = (taken.T @ vectors) / np.maximum(counts, 1)
    around = vectors - (taken @ means) / np.asarray(taken.sum(axis=1)).reshape(-1, 1)
    covariance = (around.T @ around / len(around)).astype(np.float64)
    if np.trace(covariance) < FLATTEST:
        return None
    sphere = SPHERE * np.trace(covariance) / len(covariance)
    return np.linalg.cholesky(np.linalg.inv(covariance + sphere * np.eye(len(covariance)))).astype(np.float32)
