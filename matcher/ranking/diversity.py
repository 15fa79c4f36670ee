"""A list that is not all of one kind: maximal marginal relevance and a cap per institution, tier by tier.

Carbonell and Goldstein (1998): each place goes to whoever has the most of λ·relevance - (1 - λ)·likeness to what is
listed before. Relevance is the score between 0 and 1 within the tier, likeness the cosine of centred vectors (≥ 0).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.domain.controls import Diversity
from matcher.ranking.asked import Asked
from matcher.ranking.corpus import Matrix

REACH = 3
"""Candidates considered for each place of the list."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a candidate stands before and after, both counted from 0."""

    before: int
    capped: bool
    """Whether it stood back because its institution had its share."""


def reach(eligible: Iterable[Asked], k: int, cap: int | None) -> list[Asked]:
    """The best eligible ones that a list of k may choose from: enough of them, and enough institutions for the cap."""
    pool: list[Asked] = []
    counts: Counter[str] = Counter()
    room = 0
    for pair in eligible:
        pool.append(pair)
        room += not pair.institution or cap is None or counts[pair.institution] < cap
        counts[pair.institution] += 1
        if len(pool) >= REACH * k and room >= k:
            break
    return pool


def diversify(
    levels: Sequence[tuple[int, bool]],
    scores: Sequence[float],
    groups: Sequence[str],
    vectors: Matrix,
    k: int,
    wanted: Diversity,
) -> list[Place]:
    """The k places of a list from a pool in its plain order; `vectors` are unit rows, (pool, d), "" is no group.

    A level is the priority tier and whether no retriever named the candidate. Nobody overtakes a better level, but that
    a capped candidate stands back behind all others of its tier.
    """
    chosen: list[Place] = []
    counts: Counter[str] = Counter()
    likeness = np.zeros(len(scores))
    relevance = _relevance(levels, np.array(scores, np.float64))
    for tier in dict.fromkeys(tier for tier, _ in levels):
        rest = [row for row, level in enumerate(levels) if level[0] == tier]
        stood_back: set[int] = set()
        while rest and len(chosen) < k:
            full = {row for row in rest if wanted.cap is not None and groups[row] and counts[groups[row]] >= wanted.cap}
            stood_back |= full
            free = [row for row in rest if row not in full] or rest
            level = min(levels[row] for row in free)
            worth = wanted.relevance * relevance - (1 - wanted.relevance) * likeness
            # Of equals the first stands: `max` keeps the plain order.
            best = max((row for row in free if levels[row] == level), key=worth.__getitem__)
            chosen.append(Place(best, best in stood_back))
            counts[groups[best]] += 1
            rest.remove(best)
            likeness = np.maximum(likeness, vectors @ vectors[best])
    return chosen


def _relevance(levels: Sequence[tuple[int, bool]], scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """The scores between 0 and 1 within each level, (pool,)."""
    relevance = np.ones(len(scores))
    for level in dict.fromkeys(levels):
        rows = [row for row, one in enumerate(levels) if one == level]
        spread = float(np.ptp(scores[rows]))
        if spread:
            relevance[rows] = (scores[rows] - scores[rows].min()) / spread
    return relevance
