"""The strongest simple things one could do instead, rebuilt in the same run on the same windows.

- `dense_knn`, `tfidf_knn`: votes of the 60 nearest past records by the encoder's vectors as they are, by TF-IDF.
- `text_mix`, `activity_mix`: plain sums of standardised evidence, the best mixes found by hand.
- `ridge_tfidf`: a linear model per right record over TF-IDF rows, squared loss (solved through the kernel).
- `logistic`: unconstrained logistic regression on the simple evidence; `logistic_boosted`: its mean with
  gradient-boosted trees on the same samples.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.index import terms
from matcher.measure.training import FEWEST_PAIRS, samples, standardised
from matcher.measure.windows import Window
from matcher.ranking.corpus import Matrix
from matcher.ranking.evidence import LEXICAL_SHARPNESS, NEIGHBOURS, SHARPNESS
from matcher.ranking.ranker import Direction, standardise

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
RIDGE = 0.5
MOST_PAST = 8000
"""Past records beyond which the kernel of `ridge_tfidf` no longer fits; the latest ones are kept."""


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
    found["ridge_tfidf"] = _ridge(np.asarray((past @ past.T).toarray(), np.float32), taken.toarray(), lexical)
    return found | _learnt(window, windows, direction, seed)


def _votes(cosines: Matrix, sharpness: float) -> Matrix:
    if cosines.shape[1] == 0:
        return cosines
    keep = min(NEIGHBOURS, cosines.shape[1])
    threshold = np.partition(cosines, -keep, axis=1)[:, -keep][:, None]
    votes = np.where(cosines >= threshold, np.exp((cosines - cosines.max(axis=1, keepdims=True)) / sharpness), 0)
    return np.asarray(votes / votes.sum(axis=1, keepdims=True), np.float32)


def _ridge(kernel: Matrix, taken: Matrix, asked: Matrix) -> Matrix:
    """Kernel ridge regression: asked · (kernel + λ I)⁻¹ · taken."""
    return np.asarray(
        asked @ np.linalg.solve(kernel + np.float32(RIDGE) * np.eye(len(kernel), dtype=np.float32), taken)
    )


def _learnt(window: Window, windows: Sequence[Window], direction: Direction, seed: int) -> dict[str, Matrix]:
    if sum(int(each.truth.sum()) for each in windows) < FEWEST_PAIRS:
        return {}
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415  # most of a second to import
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415

    values, labels = samples(windows, direction, np.random.default_rng(seed), SIMPLE)
    asked = standardised(window, direction, SIMPLE)
    flat = asked.reshape(-1, len(SIMPLE))
    linear = LogisticRegression(max_iter=1000).fit(values, labels).decision_function(flat)
    trees = HistGradientBoostingClassifier(
        learning_rate=0.05, max_iter=200, max_leaf_nodes=15, min_samples_leaf=40, random_state=seed
    ).fit(values, labels)
    both = linear + trees.decision_function(flat)
    return {"logistic": _shaped(linear, asked), "logistic_boosted": _shaped(both, asked)}


def _shaped(scores: NDArray[np.float64], asked: NDArray[np.float64]) -> Matrix:
    return np.asarray(scores.reshape(asked.shape[:2]), np.float32)
