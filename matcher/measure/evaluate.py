"""A folder and a cut to figures: every method on the same questions, learnt only from what came before the cut."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.errors import EvaluationError
from matcher.measure.metrics import per_query, summarise
from matcher.measure.training import oriented, shown, train
from matcher.measure.windows import Window, look
from matcher.ranking.calibration import reliability
from matcher.ranking.corpus import Corpus, Matrix
from matcher.ranking.knowledge import unit
from matcher.ranking.matcher import Trained, score_pairs
from matcher.ranking.ranker import Direction
from matcher.wording import Said

BASELINES: Mapping[str, str] = {
    "popularity": "popularity",
    "recent": "recent",
    "bm25": "bm25_profile",
    "bm25_knn": "bm25_knn",
    "tfidf": "tfidf_profile",
    "dense_adapted": "past_dense_mean",
    "dense_knn": "dense_knn",
}
"""Simple methods and the evidence they order by; `dense`, the plain cosine, is no evidence and stands beside them.

Screening by the popularity or the activity of the one fund that asks ties everything.
"""


def evaluate(corpus: Corpus, folder: str, cut: date, *, min_history: int, seed: int = 0) -> dict[str, Any]:
    """The report of the contract: both directions, all methods, intervals, calibration, and which ranker served."""
    window = look(corpus, cut.toordinal(), None, min_history)
    if not window.truth.any():
        raise EvaluationError(
            Said(f"{folder} 在 {cut} 之后没有可评的记录。", f"{folder} has nothing to judge after {cut}."),
            Said(
                "请换一个较早的 --cut 或较小的 --min-history。", "Choose an earlier --cut or a smaller --min-history."
            ),
        )
    trained, comparisons = train(corpus, cut.toordinal(), min_history=min_history, seed=seed)
    return {
        "folder": folder,
        "cut": cut.isoformat(),
        "min_history": min_history,
        "directions": {
            direction.value: _direction(window, trained[direction], direction, seed) for direction in Direction
        },
        "calibration": _calibration(window, trained[Direction.RECOMMEND], Direction.RECOMMEND),
        "ranker": trained[Direction.RECOMMEND].ranker.name,
        "rankers": {direction.value: trained[direction].ranker.name for direction in Direction},
        "comparison": {
            row.direction.value: {"ndcg@10": dict(row.ndcg), "fitted_on_pairs": row.fitted_on} for row in comparisons
        },
    }


def _direction(window: Window, trained: Trained, direction: Direction, seed: int) -> dict[str, Any]:
    ranking = score_pairs(window.evidence, trained.ranker, direction).ranking
    methods = {name: window.evidence[evidence] for name, evidence in BASELINES.items()}
    methods |= {"dense": plain_cosine(window), "matcher": ranking}
    judged = {name: _judged(scores, window.truth, direction, seed) for name, scores in methods.items()}
    _, truth = oriented(ranking, window.truth, direction)
    return {
        "queries": len(truth),
        "queries_without_candidate": len(window.questions) - len(truth) if direction is Direction.RECOMMEND else 0,
        "candidates": truth.shape[1],
        "pair_coverage": round(float(window.truth.sum() / window.pairs), 6),
        "methods": judged,
    }


def plain_cosine(window: Window) -> Matrix:
    """What one vector a record and a cosine give: the encoder's vectors as they are, (questions, candidates).

    A right record's vector is the mean of its own text's and of those of all it took.
    """
    known = window.known
    profile = unit(np.asarray(known.right.vectors + known.accepted.T @ known.left.vectors, np.float32))
    return np.asarray(known.left.vectors[window.questions] @ profile[window.candidates].T, np.float32)


def _judged(scores: Matrix, truth: NDArray[np.bool_], direction: Direction, seed: int) -> dict[str, Any]:
    """Figures of one method; what it knows nothing of comes last, in the order of ids."""
    known = np.nan_to_num(scores, nan=-np.inf, neginf=-np.inf)
    return summarise(per_query(*oriented(known, truth, direction)), seed)


def _calibration(window: Window, trained: Trained, direction: Direction) -> dict[str, Any]:
    scores, truth = shown(score_pairs(window.evidence, trained.ranker, direction).ranking, window.truth, direction)
    ranked = np.isfinite(scores)
    probability = trained.calibration.probability(scores[ranked])
    return {**reliability(probability, truth[ranked]), "basis": trained.calibration.basis, "pairs": "shown top 10"}
