"""A folder and a cut to figures: every method on the same questions, learnt only from what came before the cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.errors import EvaluationError
from matcher.measure.deletion import Reading, deletion
from matcher.measure.metrics import per_query, summarise
from matcher.measure.references import references
from matcher.measure.training import FITTED, fit_ranker, oriented, shown, train_on, training_windows
from matcher.measure.windows import Window, look
from matcher.ranking.calibration import reliability
from matcher.ranking.centring import unit
from matcher.ranking.corpus import Corpus, Matrix
from matcher.ranking.kinds import KINDS, Family
from matcher.ranking.ranker import Direction, Ranker
from matcher.ranking.scorer import Scorer, Trained, score_pairs
from matcher.wording import Said

BASELINES: Mapping[str, str] = {
    "popularity": "popularity",
    "recent": "recent",
    "bm25": "bm25_profile",
    "bm25_knn": "bm25_knn",
    "tfidf": "tfidf_profile",
}
"""Simple methods and the evidence they order by; `dense`, the plain cosine, and `references` stand beside them.

Screening by the popularity or the activity of the one fund that asks ties everything.
"""

SHORT_TEXT = 40
"""Pairs of characters below which a record has hardly any text: a title and no more."""
SHORT_PAST = 5
"""Accepted outcomes up to which a right record is nearly cold."""


def evaluate(
    corpus: Corpus,
    folder: str,
    cut: date,
    *,
    min_history: int,
    seed: int = 0,
    ablation: bool = False,
    reading: Reading | None = None,
) -> dict[str, Any]:
    """The report of the contract: both directions, all methods, intervals, calibration, and which ranker served.

    On demand, for they take their time: the ranker without each family of evidence (`ablation`), and the deletion
    test of explanations (`reading`).
    """
    window = look(corpus, cut.toordinal(), None, min_history)
    if not window.truth.any():
        raise EvaluationError(
            Said(f"{folder} 在 {cut} 之后没有可评的记录。", f"{folder} has nothing to judge after {cut}."),
            Said(
                "请换一个较早的 --cut 或较小的 --min-history。", "Choose an earlier --cut or a smaller --min-history."
            ),
        )
    windows = training_windows(corpus, cut.toordinal(), min_history, seed)
    trained, comparisons = train_on(windows, seed)
    report: dict[str, Any] = {
        "folder": folder,
        "cut": cut.isoformat(),
        "min_history": min_history,
        "directions": {
            direction.value: _direction(window, windows, trained[direction], direction, seed) for direction in Direction
        },
        "calibration": _calibration(window, trained[Direction.RECOMMEND], Direction.RECOMMEND),
        "ranker": trained[Direction.RECOMMEND].ranker.name,
        "rankers": {direction.value: trained[direction].ranker.name for direction in Direction},
        "comparison": {
            row.direction.value: {"ndcg@10": dict(row.ndcg), "fitted_on_pairs": row.fitted_on} for row in comparisons
        },
    }
    if ablation:
        for direction in Direction:
            without = _ablation(window, windows, trained[direction], direction, seed)
            report["directions"][direction.value]["ablation"] = without
    if reading:
        scorer = Scorer(window.known, trained)
        report["deletion"] = deletion(scorer, window.questions, window.candidates, reading, seed)
    return report


def _direction(
    window: Window, windows: Sequence[Window], trained: Trained, direction: Direction, seed: int
) -> dict[str, Any]:
    ranking = score_pairs(window.evidence, trained.ranker, direction).ranking
    methods = {name: window.evidence[evidence] for name, evidence in BASELINES.items()}
    methods |= {"dense": plain_cosine(window), **references(window, windows, direction, seed)}
    if trained.ranker.boosting:
        weighed = Ranker(FITTED, trained.ranker.weights)
        methods["matcher_without_trees"] = score_pairs(window.evidence, weighed, direction).ranking
    methods["matcher"] = ranking
    judged = {name: _judged(scores, window.truth, direction, seed) for name, scores in methods.items()}
    _, truth = oriented(ranking, window.truth, direction)
    return {
        "queries": len(truth),
        "queries_without_candidate": len(window.questions) - len(truth) if direction is Direction.RECOMMEND else 0,
        "candidates": truth.shape[1],
        "pair_coverage": round(float(window.truth.sum() / window.pairs), 6),
        "methods": judged,
        "strata": strata(ranking, window, direction),
        "inputs": {name: _ndcg(window.evidence[name], window.truth, direction) for name in trained.ranker.kinds},
    }


def strata(ranking: Matrix, window: Window, direction: Direction) -> dict[str, Any]:
    """Questions and nDCG@10 where the left record has hardly any text, and where the right one has a short past."""
    words = np.asarray(window.known.left.bigrams[window.questions].sum(axis=1)).ravel()
    past = window.known.counts[window.candidates]
    cuts = {"short text": (words < SHORT_TEXT)[:, None], "short past": (past <= SHORT_PAST)[None, :]}
    found = {}
    for name, inside in cuts.items():
        for label, kept in ((name, inside), (f"not {name}", ~inside)):
            truth = window.truth & kept
            _, asked = oriented(ranking, truth, direction)
            if len(asked):
                found[label] = {"queries": len(asked), "ndcg@10": _ndcg(ranking, truth, direction)}
    return found


def _ablation(
    window: Window, windows: Sequence[Window], trained: Trained, direction: Direction, seed: int
) -> dict[str, float]:
    """nDCG@10 of the served ranker, fitted anew where it was fitted, without each family of evidence."""
    found = {}
    for family in Family:
        kept = [name for name in trained.ranker.weights if KINDS[name].family is not family]
        if trained.ranker.name == FITTED:
            ranker = fit_ranker(windows, direction, seed, kept)
        else:
            ranker = Ranker(trained.ranker.name, {name: trained.ranker.weights[name] for name in kept})
        found[family.value] = _ndcg(score_pairs(window.evidence, ranker, direction).ranking, window.truth, direction)
    return found


def _ndcg(scores: Matrix, truth: NDArray[np.bool_], direction: Direction) -> float:
    known = np.nan_to_num(scores, nan=-np.inf, neginf=-np.inf)
    values, asked = oriented(known, truth, direction)
    return round(float(per_query(values, asked)["ndcg@10"].mean()), 6) if len(asked) else 0.0


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
