"""Outcomes to a ranker: fitted on earlier windows, judged and calibrated on a later one, used only where it wins.

Every window knows only what was decided before it began. Windows are half a year long; the last one before the cut
judges and calibrates, the ones before it fit. A past without depth in time is cut into random parts instead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from matcher.measure.metrics import per_query
from matcher.measure.windows import Window, folds, look
from matcher.ranking.boosting import grow
from matcher.ranking.calibration import ASSUMED, FEWEST_POSITIVES, Calibration, fit_calibration
from matcher.ranking.corpus import Corpus, Matrix
from matcher.ranking.kinds import KINDS
from matcher.ranking.ranker import Direction, Ranker, default_ranker, standardise
from matcher.ranking.scorer import Trained, score_pairs

ALL_KINDS = tuple(KINDS)
FITTED = "fitted"
MIN_HISTORY, SEED = 3, 0
"""What `matcher train` and the scoring of a folder use; an evaluation may say otherwise."""
WINDOW_DAYS, WINDOWS = 182, 4
FEWEST_PAIRS, FEWEST_FOR_TREES = 200, 1000
"""Accepted pairs below which nothing is fitted (ten for each of some twenty weights), and no trees are grown."""
NEGATIVES = 40
"""Candidates drawn for each question beside the accepted ones."""
SHRINKAGE = 10.0
SHOWN = 10
"""Calibration is fitted and judged on the pairs that people get to see."""


@dataclass(frozen=True)
class Comparison:
    """nDCG@10 of each ranker on the judging window; empty when there were too few outcomes to fit one."""

    direction: Direction
    ndcg: Mapping[str, float]
    fitted_on: int
    chosen: str


def train(
    corpus: Corpus, as_of: int, *, min_history: int, seed: int
) -> tuple[dict[Direction, Trained], list[Comparison]]:
    """The ranker and calibration of both directions, learnt only from what was decided before day `as_of`."""
    return train_on(training_windows(corpus, as_of, min_history, seed), seed)


def train_on(windows: Sequence[Window], seed: int) -> tuple[dict[Direction, Trained], list[Comparison]]:
    """The ranker and calibration of both directions from windows of the past, the judging one first."""
    trained, comparisons = {}, []
    for direction in Direction:
        trained[direction], comparison = _train_direction(windows, direction, seed)
        comparisons.append(comparison)
    return trained, comparisons


def fit_ranker(windows: Sequence[Window], direction: Direction, seed: int, kinds: Sequence[str] = ALL_KINDS) -> Ranker:
    """Weights of zero or more, and trees on the same samples beside them once there are enough.

    Trees see what a sum cannot, such as a region that only matters to those active lately; alone they are less stable.
    """
    values, labels = samples(windows, direction, np.random.default_rng(seed), kinds)
    weights = fit_weights(values, labels)
    trees = grow(values, labels, tuple(kinds), seed) if labels.sum() >= FEWEST_FOR_TREES else None
    return Ranker(FITTED, dict(zip(kinds, weights.tolist(), strict=True)), trees)


def fit_weights(values: NDArray[np.float64], labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Logistic regression with weights of zero or more, (kinds,), on evidence standardised within each question.

    All evidence is declared so that more speaks for the pair; a negative weight would be noise between related pieces
    and could not be explained to anybody. Minimised by L-BFGS-B with a quadratic penalty.
    """
    from scipy.optimize import minimize  # noqa: PLC0415  # slow to import, and few commands need it

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = parameters[1:]
        logits = values @ weights + parameters[0]
        error = expit(logits) - labels
        value = (np.logaddexp(0, logits) - labels * logits).sum() + SHRINKAGE / 2 * (weights**2).sum()
        return float(value), np.concatenate([[error.sum()], values.T @ error + SHRINKAGE * weights])

    bounds = [(None, None), *[(0, None)] * values.shape[1]]
    found = minimize(loss, np.zeros(values.shape[1] + 1), jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(found.x[1:], np.float64)


def ndcg(ranker: Ranker, window: Window, direction: Direction) -> float:
    """Mean nDCG@10 over the questions of the window that have a true candidate; 0 without any."""
    scores, truth = oriented(score_pairs(window.evidence, ranker, direction).ranking, window.truth, direction)
    return float(per_query(scores, truth)["ndcg@10"].mean()) if len(truth) else 0.0


def oriented(scores: Matrix, truth: NDArray[np.bool_], direction: Direction) -> tuple[Matrix, NDArray[np.bool_]]:
    """Scores and truth with one row a question of the direction, without questions that have no true candidate."""
    if direction is Direction.SCREEN:
        scores, truth = scores.T, truth.T
    answered = truth.any(axis=1)
    return scores[answered], truth[answered]


def shown(scores: Matrix, truth: NDArray[np.bool_], direction: Direction) -> tuple[Matrix, NDArray[np.bool_]]:
    """Score and truth of the pairs that each question would show, including questions without a true candidate."""
    if direction is Direction.SCREEN:
        scores, truth = scores.T, truth.T
    order = np.argsort(-scores, axis=1, kind="stable")[:, :SHOWN]
    return np.take_along_axis(scores, order, axis=1), np.take_along_axis(truth, order, axis=1)


def calibrate(ranker: Ranker, windows: Sequence[Window], direction: Direction) -> Calibration:
    """The calibration of a ranker by what came about in windows that it was not fitted on."""
    seen = [window for window in windows if window.truth.size]
    if not seen:
        return ASSUMED
    rankings = [score_pairs(window.evidence, ranker, direction).ranking for window in seen]
    pairs = [shown(ranking, window.truth, direction) for ranking, window in zip(rankings, seen, strict=True)]
    scores, truth = (np.concatenate([pair[side].ravel() for pair in pairs]) for side in (0, 1))
    ranked = np.isfinite(scores)
    return fit_calibration(scores[ranked], truth[ranked].astype(np.bool_), "outcomes")


def training_windows(corpus: Corpus, as_of: int, min_history: int, seed: int) -> list[Window]:
    """The judging window first, then those that fit; all of them before day `as_of`."""
    starts = [as_of - WINDOW_DAYS * (number + 1) for number in range(WINDOWS)]
    windows = [look(corpus, start, start + WINDOW_DAYS, min_history) for start in starts]
    if _pairs(windows[1:]) >= FEWEST_PAIRS and _pairs(windows[:1]) >= FEWEST_POSITIVES:
        return windows
    return folds(corpus, as_of, WINDOWS, min_history, seed)


def _pairs(windows: Sequence[Window]) -> int:
    return sum(int(window.truth.sum()) for window in windows)


def _train_direction(windows: Sequence[Window], direction: Direction, seed: int) -> tuple[Trained, Comparison]:
    judge, *earlier = windows
    rankers = [default_ranker(judge.known.corpus.pairing)]
    pairs = _pairs(earlier)
    if pairs >= FEWEST_PAIRS:
        rankers.append(fit_ranker(earlier, direction, seed))
    judged = {ranker.name: ndcg(ranker, judge, direction) for ranker in rankers}
    best = max(rankers, key=lambda ranker: judged[ranker.name])
    if best is rankers[0]:  # The mix was fitted on nothing, so every window may calibrate it.
        return Trained(best, calibrate(best, windows, direction)), Comparison(direction, judged, pairs, best.name)
    # Judged and calibrated on a window it was not fitted on; what serves has then learnt from that window too.
    calibration = calibrate(best, [judge], direction)
    return Trained(fit_ranker(windows, direction, seed), calibration), Comparison(direction, judged, pairs, best.name)


def standardised(window: Window, direction: Direction, kinds: Sequence[str] = ALL_KINDS) -> NDArray[np.float64]:
    """Standardised evidence, (left, right, kinds) in either direction."""
    return np.stack([standardise(window.evidence[name], direction.axis) for name in kinds], axis=-1).astype(np.float64)


def samples(
    windows: Sequence[Window], direction: Direction, random: np.random.Generator, kinds: Sequence[str] = ALL_KINDS
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Standardised evidence (samples, kinds) of all accepted pairs and of some others, and their labels."""
    values, labels = [], []
    for window in windows:
        stacked, truth = standardised(window, direction, kinds), window.truth
        if direction is Direction.SCREEN:
            stacked, truth = stacked.transpose(1, 0, 2), truth.T
        for question in np.flatnonzero(truth.any(axis=1)):
            others = np.flatnonzero(~truth[question])
            drawn = random.choice(others, min(NEGATIVES, len(others)), replace=False)
            rows = np.concatenate([np.flatnonzero(truth[question]), drawn])
            values.append(stacked[question, rows])
            labels.append(truth[question, rows])
    return np.concatenate(values), np.concatenate(labels).astype(np.float64)
