"""The strongest simple things one could do instead, rebuilt in the same run on the same windows.

- `dense_knn`, `tfidf_knn`: votes of the 60 nearest past records by the encoder's vectors as they are, by TF-IDF.
- `text_mix`, `activity_mix`: plain sums of standardised evidence, the best mixes found by hand.
- `svm_tfidf`: a linear support vector machine per right record over TF-IDF rows; `svm_mix`: its sum with `text_mix`.
- `logistic`: unconstrained logistic regression on the simple evidence; `lightgbm`: gradient-boosted trees on the same
  samples; `logistic_lightgbm`: the mean of both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.index import terms
from matcher.measure.training import FEWEST_PAIRS, samples, standardised
from matcher.measure.windows import Window
from matcher.ranking.corpus import Matrix, Sparse
from matcher.ranking.ranker import Direction, standardise
from matcher.ranking.votes import LEXICAL_SHARPNESS, NEIGHBOURS, SHARPNESS

SIMPLE = (
    "popularity",
    "recent",
    "bm25_knn",
    "tfidf_profile",
    "dense_knn",
    "dense_knn_recent",
    "tfidf_knn_recent",
    "past_dense_mean",
    "region_activity",
    "industry_activity",
    "stage_activity",
)
"""Evidence that the learnt references may use."""
MIXES: Mapping[str, tuple[str, ...]] = {
    "text_mix": ("tfidf_knn", "dense_knn", "tfidf", "focus"),
    "activity_mix": ("recent", "region"),
}
MOST_PAST = 8000
"""Past records beyond which `svm_tfidf` takes too long; the latest ones are kept."""
TOLERANCE = 0.01


def references(window: Window, windows: Sequence[Window], direction: Direction, seed: int) -> dict[str, Matrix]:
    """Scores of each reference, (questions, candidates); the learnt ones only where there is enough to learn from."""
    known, asked = window.known, window.known.left.take(window.questions)
    rows = known.past_rows[np.argsort(-known.last_taken[known.past_rows], kind="stable")[:MOST_PAST]]
    taken = known.accepted[rows][:, window.candidates]
    inverse = known.inverse_frequency
    past, queries = terms.tfidf(known.left.bigrams[rows], inverse), terms.tfidf(asked.bigrams, inverse)
    lexical = np.asarray((queries @ past.T).toarray(), np.float32)
    found = {
        "dense_knn": _votes(asked.vectors @ known.left.vectors[rows].T, SHARPNESS) @ taken,
        "tfidf_knn": _votes(lexical, LEXICAL_SHARPNESS) @ taken,
    }
    parts = found | {
        "tfidf": window.evidence["tfidf_profile"],
        "focus": window.evidence["focus_dense"],
        "recent": window.evidence["recent"],
        "region": window.evidence["region_activity"],
    }
    for name, mixed in MIXES.items():
        found[name] = np.asarray(sum(standardise(parts[part], direction.axis) for part in mixed), np.float32)
    found["svm_tfidf"] = _machines(past, taken.toarray() > 0, queries, seed)
    found["svm_mix"] = found["text_mix"] + standardise(found["svm_tfidf"], direction.axis)
    return found | _learnt(window, windows, direction, seed)


def _votes(cosines: Matrix, sharpness: float) -> Matrix:
    if cosines.shape[1] == 0:
        return cosines
    keep = min(NEIGHBOURS, cosines.shape[1])
    threshold = np.partition(cosines, -keep, axis=1)[:, -keep][:, None]
    votes = np.where(cosines >= threshold, np.exp((cosines - cosines.max(axis=1, keepdims=True)) / sharpness), 0)
    return np.asarray(votes / votes.sum(axis=1, keepdims=True), np.float32)


def _machines(past: Sparse, taken: NDArray[np.bool_], queries: Sparse, seed: int) -> Matrix:
    """Distance of each query from the plane that divides what a right record took from the rest, (queries, right)."""
    from sklearn.svm import LinearSVC  # noqa: PLC0415  # most of a second to import

    def distance(column: int) -> Matrix:
        labels = taken[:, column]
        if labels.all() or not labels.any():
            return np.zeros(queries.shape[0], np.float32)
        fitted = LinearSVC(tol=TOLERANCE, random_state=seed).fit(past, labels)
        return np.asarray(fitted.decision_function(queries), np.float32)

    # One after the other: the library draws from one random state for all threads.
    return np.stack([distance(column) for column in range(taken.shape[1])], axis=1)


def _learnt(window: Window, windows: Sequence[Window], direction: Direction, seed: int) -> dict[str, Matrix]:
    if sum(int(each.truth.sum()) for each in windows) < FEWEST_PAIRS:
        return {}
    from lightgbm import LGBMClassifier  # noqa: PLC0415  # most of a second to import
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    values, labels = samples(windows, direction, np.random.default_rng(seed), SIMPLE)
    asked = standardised(window, direction, SIMPLE)
    flat = asked.reshape(-1, len(SIMPLE))
    linear = LogisticRegression(max_iter=1000).fit(values, labels).decision_function(flat)
    trees = LGBMClassifier(
        learning_rate=0.05, n_estimators=200, num_leaves=15, min_child_samples=40, n_jobs=1, random_state=seed,
        deterministic=True, force_row_wise=True, verbose=-1,
    ).fit(values, labels)  # fmt: skip
    boosted = np.asarray(trees.booster_.predict(flat, raw_score=True), np.float64)
    return {
        "logistic": _shaped(linear, asked),
        "lightgbm": _shaped(boosted, asked),
        "logistic_lightgbm": _shaped(linear + boosted, asked),
    }


def _shaped(scores: NDArray[np.float64], asked: NDArray[np.float64]) -> Matrix:
    return np.asarray(scores.reshape(asked.shape[:2]), np.float32)
