"""How good a ranking is, by the usual measures of information retrieval.

Every function takes `scores` (queries, candidates) and `truth` of the same shape (True: the pair came about) and gives
one value a query. Ties are broken by the candidates' order, which is by id.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]
Truth = NDArray[np.bool_]

CUTOFF = 10


def ranked_truth(scores: Scores, truth: Truth) -> Truth:
    """The truth in the order of the scores, best first."""
    order = np.argsort(-scores, axis=1, kind="stable")
    return np.take_along_axis(truth, order, axis=1)


def per_query(scores: Scores, truth: Truth) -> dict[str, NDArray[np.float64]]:
    """hit@10, recall@10, ndcg@10 and mrr of each query, (queries,) each. Every query must have a true candidate."""
    hits = ranked_truth(scores, truth)
    top, relevant = hits[:, :CUTOFF], truth.sum(axis=1)
    discounts = 1 / np.log2(np.arange(2, top.shape[1] + 2))
    ideal = np.cumsum(discounts)[np.minimum(relevant, top.shape[1]) - 1]
    return {
        "hit@10": top.any(axis=1).astype(np.float64),
        "recall@10": top.sum(axis=1) / relevant,
        "ndcg@10": (top @ discounts) / ideal,
        "mrr": 1.0 / (hits.argmax(axis=1) + 1),
    }


def summarise(values: Mapping[str, NDArray[np.float64]], seed: int, draws: int = 1000) -> dict[str, Any]:
    """Means over queries, and the 95 % bootstrap interval of each (percentiles of `draws` resamples of queries)."""
    count = len(next(iter(values.values())))
    picks = np.random.default_rng(seed).integers(0, count, (draws, count))
    means = {name: float(value.mean()) for name, value in values.items()}
    intervals = {
        name: [float(edge) for edge in np.percentile(value[picks].mean(axis=1), [2.5, 97.5])]
        for name, value in values.items()
    }
    return {**{name: round(mean, 6) for name, mean in means.items()}, "ci95": intervals}
