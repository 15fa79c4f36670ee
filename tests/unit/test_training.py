"""Rankers learnt from a past whose rule is known, because the test planted it."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

import numpy as np
import pytest

from matcher.domain.records import Result
from matcher.measure.training import (
    FEWEST_PAIRS,
    SHOWN,
    WINDOW_DAYS,
    WINDOWS,
    Comparison,
    calibrate,
    fit_ranker,
    ndcg,
    oriented,
    shown,
    train,
)
from matcher.measure.windows import Window, look
from matcher.ranking.calibration import ASSUMED
from matcher.ranking.corpus import Corpus
from matcher.ranking.kinds import KINDS
from matcher.ranking.ranker import Direction, Ranker, default_ranker
from matcher.ranking.scorer import Trained
from tests.builders import TODAY, outcome, planted_corpus, planted_outcomes, with_outcomes

AS_OF = TODAY.toordinal()
PLACE = {"region_fit", "region_activity", "region_share"}
"""The evidence that tells of the planted rule."""


@cache
def served() -> tuple[dict[Direction, Trained], list[Comparison]]:
    """What the planted past teaches."""
    return train(planted_corpus(), AS_OF, min_history=3, seed=0)


def windows(whole: Corpus) -> list[Window]:
    starts = [AS_OF - WINDOW_DAYS * (number + 1) for number in range(WINDOWS)]
    return [look(whole, start, start + WINDOW_DAYS, 3) for start in starts]


@cache
def planted_windows() -> list[Window]:
    """Those of the planted past, whose evidence is gathered once."""
    return windows(planted_corpus())


@pytest.mark.parametrize("direction", list(Direction))
def test_the_fitted_ranker_weighs_what_decided_and_nothing_against_a_pair(direction: Direction) -> None:
    ranker = fit_ranker(planted_windows()[1:], direction, seed=0)

    weights = dict(ranker.weights)
    assert list(weights) == list(KINDS)
    assert min(weights.values()) >= 0
    assert sum(weights[name] for name in PLACE) > 3 * max(
        weight for name, weight in weights.items() if name not in PLACE
    )


@pytest.mark.parametrize("direction", list(Direction))
def test_the_fitted_ranker_serves_where_it_wins(direction: Direction) -> None:
    trained, comparisons = served()

    (comparison,) = (one for one in comparisons if one.direction is direction)
    assert comparison.fitted_on >= FEWEST_PAIRS
    assert comparison.chosen == trained[direction].ranker.name == "fitted"
    assert comparison.ndcg["fitted"] > 0.95
    assert comparison.ndcg["fitted"] > comparison.ndcg["default mix"]


def test_what_won_is_calibrated_on_outcomes_and_a_true_pair_gets_the_higher_probability() -> None:
    trained, _ = served()

    calibration = trained[Direction.RECOMMEND].calibration

    assert calibration.basis == "outcomes"
    assert calibration.slope > 0


@pytest.mark.parametrize("lefts", [0, 12, 100])
def test_with_too_few_pairs_the_default_mix_serves(lefts: int) -> None:
    whole = with_outcomes(planted_corpus(), planted_outcomes(lefts) if lefts else [])

    trained, comparisons = train(whole, AS_OF, min_history=3, seed=0)

    for direction in Direction:
        assert trained[direction].ranker == default_ranker(whole.pairing)
    assert [set(comparison.ndcg) for comparison in comparisons] == [{"default mix"}] * 2
    if lefts < 20:
        assert {one.calibration for one in trained.values()} == {ASSUMED}


def test_a_past_without_depth_is_cut_into_parts_and_still_learnt_from() -> None:
    """All agreements on one day: no window has anything before it."""
    whole = with_outcomes(planted_corpus(), [outcome(one.left_id, one.right_id) for one in planted_outcomes()])
    assert all(not window.truth.any() for window in windows(whole))

    trained, comparisons = train(whole, AS_OF, min_history=3, seed=0)

    assert comparisons[0].fitted_on >= FEWEST_PAIRS
    assert trained[Direction.RECOMMEND].ranker.name == "fitted"
    weights = trained[Direction.RECOMMEND].ranker.weights
    assert max(weights, key=lambda name: weights[name]) in PLACE


def test_nothing_decided_on_or_after_the_day_matters() -> None:
    later = [
        outcome(
            f"{'AB'[n % 2]}{n:03d}",
            f"I-{(n + 3) % 10}",
            decided_on=TODAY + timedelta(days=n % 3),
            result=list(Result)[n % 3],
        )
        for n in range(30)
    ]
    with_future = with_outcomes(planted_corpus(), [*planted_outcomes(), *later])

    assert train(with_future, AS_OF, min_history=3, seed=0) == served()


def test_nothing_later_matters_to_a_past_without_depth_either() -> None:
    flat = [outcome(one.left_id, one.right_id) for one in planted_outcomes()]
    later = [outcome(f"B{n:03d}", "I-0", decided_on=TODAY) for n in range(30)]
    whole = planted_corpus()

    assert train(with_outcomes(whole, [*flat, *later]), AS_OF, min_history=3, seed=0) == train(
        with_outcomes(whole, flat), AS_OF, min_history=3, seed=0
    )


def test_training_is_the_same_for_the_same_seed() -> None:
    one = fit_ranker(planted_windows()[1:2], Direction.SCREEN, seed=1)

    assert one == fit_ranker(planted_windows()[1:2], Direction.SCREEN, seed=1)
    assert one != fit_ranker(planted_windows()[1:2], Direction.SCREEN, seed=2)


def test_each_question_of_a_direction_is_a_row_and_those_without_answer_are_left_out() -> None:
    scores = np.arange(6, dtype=np.float32).reshape(2, 3)
    truth = np.array([[False, False, False], [True, False, True]])

    ours, true = oriented(scores, truth, Direction.RECOMMEND)
    theirs, also_true = oriented(scores, truth, Direction.SCREEN)

    assert (ours.tolist(), true.tolist()) == ([[3, 4, 5]], [[True, False, True]])
    assert (theirs.tolist(), also_true.tolist()) == ([[0, 3], [2, 5]], [[False, True], [False, True]])


def test_people_are_shown_the_ten_best_of_each_question_answered_or_not() -> None:
    scores = np.array([np.arange(12), np.zeros(12)], np.float32)
    truth = np.array([np.arange(12) == 11, np.zeros(12, bool)])

    best, true = shown(scores, truth, Direction.RECOMMEND)

    assert best.shape == (2, SHOWN)
    assert best[0].tolist() == list(range(11, 1, -1))
    assert true[0].tolist() == [True] + [False] * 9
    assert not true[1].any()
    assert shown(scores, truth, Direction.SCREEN)[0].shape == (12, 2)


def test_a_window_without_answers_judges_nothing() -> None:
    whole = with_outcomes(planted_corpus(), planted_outcomes(20))
    window = look(whole, AS_OF, None, 3)

    assert ndcg(default_ranker(whole.pairing), window, Direction.RECOMMEND) == 0
    assert calibrate(default_ranker(whole.pairing), [window], Direction.RECOMMEND) is ASSUMED


def test_a_ranker_that_orders_by_the_planted_rule_is_judged_perfect() -> None:
    window = planted_windows()[0]

    assert ndcg(Ranker("place", {"region_fit": 1.0}), window, Direction.RECOMMEND) == pytest.approx(1)
    assert ndcg(Ranker("place", {"region_fit": -1.0}), window, Direction.RECOMMEND) < 0.5
