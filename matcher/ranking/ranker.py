"""Evidence to score: a weighted sum of standardised evidence, and trees where they win; contributions add up to it.

Values are standardised over the candidates of one question, because "similar" only means something beside the others;
without that, learned weights lose to a single feature. What is not known counts as average: it neither helps nor harms.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from matcher.domain.records import PairKind
from matcher.ranking.boosting import Boosting
from matcher.ranking.corpus import Matrix


class Direction(StrEnum):
    """recommend: who takes this left record; screen: which left records suit this right one."""

    RECOMMEND = "recommend"
    SCREEN = "screen"

    @property
    def axis(self) -> int:
        """The axis of (left, right) evidence along which the candidates of one question lie."""
        return 1 if self is Direction.RECOMMEND else 0


@dataclass(frozen=True)
class Ranker:
    """Weights of the pieces of evidence, trees over the same where they help, and where both come from."""

    name: str
    weights: Mapping[str, float]
    boosting: Boosting | None = None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The evidence it reads."""
        read = dict.fromkeys((*self.weights, *(self.boosting.kinds if self.boosting else ())))
        return tuple(read)

    def standardised(self, evidence: Mapping[str, Matrix], axis: int) -> dict[str, Matrix]:
        """The evidence it reads, of (left, right) shape, standardised along the axis."""
        return standardised({name: evidence[name] for name in self.kinds if name in evidence}, axis)

    def score(self, standardised: Mapping[str, Matrix]) -> Matrix:
        """The score of every pair, of the shape of the evidence."""
        weighed = (np.float32(self.weights.get(name, 0)) * values for name, values in standardised.items())
        total = np.asarray(sum(weighed), np.float32)
        if self.boosting is None:
            return total
        return total + self.boosting.margins(self._columns(standardised)).reshape(total.shape).astype(np.float32)

    def contributions(self, standardised: Mapping[str, Matrix]) -> dict[str, Matrix]:
        """What each piece of evidence adds to the score of each pair, for evidence of any shape."""
        added = {name: np.float32(self.weights.get(name, 0)) * values for name, values in standardised.items()}
        if self.boosting is None:
            return added
        parts = self.boosting.parts(self._columns(standardised))
        for name, part in zip(self.boosting.kinds, parts.T, strict=True):
            added[name] = added[name] + part.reshape(added[name].shape).astype(np.float32)
        return added

    def _columns(self, standardised: Mapping[str, Matrix]) -> Matrix:
        """One row a pair and one column for each piece of evidence that the trees read."""
        kinds = self.boosting.kinds if self.boosting else ()
        return np.stack([standardised[name].ravel() for name in kinds], axis=1)


REFUSED: Mapping[str, float] = {
    "refused_topic": 0.5,
    "refused_readiness": 0.5,
    "refused_amount": 0.5,
    "refused_detail": 0.25,
    "refused_capacity": 0.5,
    "open_talks": 0.25,
}
"""What speaks against a pair, in both pairings."""
DEFAULT_MIX: Mapping[PairKind, Mapping[str, float]] = {
    # Results go where similar ones went before.
    PairKind.ACHIEVEMENT_INCUBATOR: {
        "focus_dense": 0.5,
        "past_dense_mean": 0.5,
        "past_dense_top": 0.5,
        "bm25_profile": 0.5,
        "tfidf_profile": 0.5,
        "dense_knn": 1.0,
        "bm25_knn": 1.0,
        "recent": 0.5,
        "region_activity": 0.5,
        "industry_activity": 0.25,
        "region_fit": 0.25,
        "place_activity": 0.5,
        "place_fit": 0.5,
        "industry_fit": 0.5,
        "trl_fit": 0.25,
        **REFUSED,
    },
    # Funds follow region, stage and industry, and some are more active than others.
    PairKind.PROJECT_FUND: {
        "focus_dense": 0.25,
        "past_dense_mean": 0.5,
        "bm25_profile": 0.25,
        "tfidf_profile": 0.25,
        "dense_knn": 0.25,
        "bm25_knn": 0.25,
        "recent": 1.0,
        "region_activity": 1.5,
        "industry_activity": 0.5,
        "stage_activity": 0.5,
        "region_fit": 0.5,
        "industry_fit": 0.5,
        "stage_fit": 0.5,
        "ticket_fit": 0.5,
        **REFUSED,
    },
}


def default_ranker(pairing: PairKind) -> Ranker:
    """The documented mix that serves until a fitted ranker has been shown to be better; the same both ways."""
    return Ranker("default mix", DEFAULT_MIX[pairing])


def standardised(evidence: Mapping[str, Matrix], axis: int) -> dict[str, Matrix]:
    """Every piece of evidence standardised along the axis."""
    if axis == 1 and all(len(values) == 1 for values in evidence.values()):  # one question: all pieces at once
        table = standardise(np.concatenate([np.zeros((0, 0), np.float32), *evidence.values()][bool(evidence) :]), axis)
        return {name: table[[row]] for row, name in enumerate(evidence)}
    return {name: standardise(values, axis) for name, values in evidence.items()}


def standardise(values: Matrix, axis: int) -> Matrix:
    """Zero mean and unit deviation along the axis over what is known; unknown and constant values become 0."""
    values = values.astype(np.float64)  # in float32 the mean of equal values may miss them
    known = np.isfinite(values)
    count = np.maximum(known.sum(axis=axis, keepdims=True), 1)
    filled = np.where(known, values, 0)
    mean = filled.sum(axis=axis, keepdims=True) / count
    centred = np.where(known, values - mean, 0)
    deviation = np.sqrt((centred**2).sum(axis=axis, keepdims=True) / count)
    return np.asarray(centred / np.where(deviation > 1e-6, deviation, np.inf), np.float32)
