"""Who is ranked at all: the union of what several retrievers find, each naming itself on what it found."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from matcher.ranking.corpus import Matrix
from matcher.ranking.ranker import standardised

RETRIEVERS: Mapping[str, tuple[str, ...]] = {
    "dense_profile": ("focus_dense", "past_dense_mean", "past_dense_top"),
    "dense_knn": ("dense_knn",),
    "lexical": ("bm25_profile", "tfidf_profile"),
    "words": ("bm25_words",),
    "lexical_knn": ("bm25_knn",),
    "structure": (
        "region_fit",
        "place_fit",
        "industry_fit",
        "stage_fit",
        "region_activity",
        "place_activity",
        "industry_activity",
        "stage_activity",
    ),
}
"""Each retriever and the evidence it orders by (the sum of the standardised values)."""

READ = frozenset(part for parts in RETRIEVERS.values() for part in parts)
"""All evidence that any of them reads."""
EACH = 100
"""How many each retriever may name for one question."""


def retrieve(
    evidence: Mapping[str, Matrix], axis: int, each: int = EACH, standard: Mapping[str, Matrix] | None = None
) -> dict[str, NDArray[np.bool_]]:
    """Which pairs each retriever names, (left, right) each. A retriever that knows nothing of a question names none.

    `standard` is evidence that was standardised before.
    """
    known = standard or {}
    ready = {**known, **standardised({name: evidence[name] for name in READ if name not in known}, axis)}
    return {name: _best(evidence, ready, parts, axis, each) for name, parts in RETRIEVERS.items()}


def union(found: Mapping[str, NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """The pairs that any retriever names."""
    return np.asarray(np.logical_or.reduce(list(found.values())), np.bool_)


def _best(
    evidence: Mapping[str, Matrix], standard: Mapping[str, Matrix], parts: tuple[str, ...], axis: int, each: int
) -> NDArray[np.bool_]:
    total = np.asarray(sum(standard[part] for part in parts), np.float32)
    candidates = total.shape[axis]
    tells = np.ptp(total, axis=axis, keepdims=True) > 0 if candidates else np.zeros_like(total, np.bool_)
    if candidates <= each:  # Few enough for all; of a single one, or of equal ones, whatever is known counts.
        told = [np.isfinite(evidence[part]) & (evidence[part] != 0) for part in parts]
        return np.asarray(tells | np.logical_or.reduce(told), np.bool_)
    threshold = np.partition(total, candidates - each, axis=axis).take([candidates - each], axis=axis)
    return np.asarray((total >= threshold) & tells, np.bool_)
