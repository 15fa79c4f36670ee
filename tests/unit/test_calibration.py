from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.ranking.calibration import ASSUMED, FEWEST_POSITIVES, Calibration, fit_calibration, reliability


@given(st.floats(0.01, 5), st.floats(-5, 5), st.lists(st.floats(-20, 20), min_size=2, max_size=20))
def test_a_higher_score_never_means_a_lower_probability(slope: float, intercept: float, scores: list[float]) -> None:
    probability = Calibration(slope, intercept, "test").probability(np.array(sorted(scores)))

    assert (np.diff(probability) >= 0).all()
    assert ((probability >= 0) & (probability <= 1)).all()


def test_the_probability_is_the_logistic_function_of_the_score() -> None:
    found = Calibration(2.0, -1.0, "test").probability(np.array([[0.0, 0.5], [1.0, -1.0]]))

    assert found.tolist() == [
        [pytest.approx(1 / (1 + math.e)), pytest.approx(0.5)],
        [pytest.approx(1 / (1 + math.exp(-1))), pytest.approx(1 / (1 + math.exp(3)))],
    ]


def test_the_assumed_calibration_says_what_its_docstring_says() -> None:
    assert ASSUMED.probability(np.array([0, 6])).tolist() == [pytest.approx(0.05, abs=0.005), pytest.approx(0.5)]
    assert ASSUMED.basis == "assumed"


def test_fitting_recovers_the_truth_that_made_the_outcomes() -> None:
    random = np.random.default_rng(0)
    scores = random.normal(0, 2, (200, 100))
    truth = random.random(scores.shape) < 1 / (1 + np.exp(-(0.8 * scores - 2.0)))

    fitted = fit_calibration(scores, truth, "outcomes")

    assert fitted.slope == pytest.approx(0.8, abs=0.05)
    assert fitted.intercept == pytest.approx(-2.0, abs=0.1)
    assert fitted.basis == "outcomes"


@pytest.mark.parametrize("positives", [0, FEWEST_POSITIVES - 1, 100])
def test_too_few_outcomes_or_nothing_but_successes_leave_the_assumption(positives: int) -> None:
    assert fit_calibration(np.linspace(0, 1, 100), np.arange(100) < positives, "outcomes") is ASSUMED


def test_just_enough_outcomes_are_fitted() -> None:
    fitted = fit_calibration(np.linspace(1, 0, 100), np.arange(100) < FEWEST_POSITIVES, "outcomes")

    assert fitted.basis == "outcomes"
    assert fitted.slope > 0


def test_the_errors_of_calibration_equal_those_found_by_hand() -> None:
    probability = np.array([[0.02, 0.08], [0.55, 1.0]])
    truth = np.array([[False, True], [False, True]])

    report = reliability(probability, truth)

    # Bins: {.02, .08} shown .05 came .5; {.55} shown .55 came 0; {1.0} shown 1 came 1.
    assert report["ece"] == pytest.approx((2 * 0.45 + 0.55 + 0) / 4)
    assert report["brier"] == pytest.approx((0.02**2 + 0.92**2 + 0.55**2 + 0) / 4)
    assert report["bins"] == [
        {"from": 0.0, "to": 0.1, "pairs": 2, "shown": 0.05, "came_about": 0.5},
        {"from": 0.5, "to": 0.6, "pairs": 1, "shown": 0.55, "came_about": 0.0},
        {"from": 0.9, "to": 1.0, "pairs": 1, "shown": 1.0, "came_about": 1.0},
    ]


def test_honest_probabilities_have_almost_no_calibration_error() -> None:
    random = np.random.default_rng(1)
    probability = random.random(20_000)

    report = reliability(probability, random.random(20_000) < probability)

    assert report["ece"] < 0.02
    assert sum(row["pairs"] for row in report["bins"]) == 20_000
