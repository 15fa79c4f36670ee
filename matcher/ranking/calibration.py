"""Score to probability: what people see is how often pairs with such a score came about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

FEWEST_POSITIVES = 20
BINS = 10


@dataclass(frozen=True, slots=True)
class Calibration:
    """Platt scaling: probability = 1 / (1 + exp(-(slope · score + intercept)))."""

    slope: float
    intercept: float
    basis: str
    """Where the two numbers come from; "assumed" says that there were too few outcomes to fit them."""

    def probability(self, scores: NDArray[Any]) -> NDArray[np.float64]:
        """Probability that the pair comes about, of the scores' shape."""
        return np.asarray(expit(self.slope * scores + self.intercept), np.float64)


ASSUMED = Calibration(0.5, -3.0, "assumed")
"""An average candidate comes about in 5 of 100 cases, one with a score of 6 in 50 of 100."""


def fit_calibration(scores: NDArray[Any], truth: NDArray[np.bool_], basis: str) -> Calibration:
    """Fit to pairs (any shape) of a window later than the one the scores were fitted on."""
    labels = truth.ravel()
    if labels.sum() < FEWEST_POSITIVES or labels.all():
        return ASSUMED
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  # most of a second to import

    model = LogisticRegression(C=1e6).fit(scores.reshape(-1, 1), labels)
    if model.coef_[0, 0] <= 0:  # scores that tell nothing must not turn the order round
        return ASSUMED
    return Calibration(float(model.coef_[0, 0]), float(model.intercept_[0]), basis)


def reliability(probability: NDArray[Any], truth: NDArray[np.bool_]) -> dict[str, Any]:
    """ECE, Brier score and the table behind them: pairs sorted by probability into ten bins of equal width."""
    shown, came = probability.ravel(), truth.ravel()
    if not shown.size:
        return {"ece": 0.0, "brier": 0.0, "bins": []}
    place = np.minimum((shown * BINS).astype(int), BINS - 1)
    bins = [
        {
            "from": edge / BINS,
            "to": (edge + 1) / BINS,
            "pairs": int(inside.sum()),
            "shown": round(float(shown[inside].mean()), 6),
            "came_about": round(float(came[inside].mean()), 6),
        }
        for edge in range(BINS)
        if (inside := place == edge).any()
    ]
    gaps = sum(row["pairs"] * abs(row["shown"] - row["came_about"]) for row in bins)
    return {
        "ece": round(gaps / max(len(shown), 1), 6),
        "brier": round(float(((shown - came) ** 2).mean()), 6),
        "bins": bins,
    }
