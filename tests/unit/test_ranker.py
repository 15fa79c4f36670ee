from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from matcher.domain.records import PairKind
from matcher.ranking.corpus import Matrix
from matcher.ranking.kinds import KINDS
from matcher.ranking.ranker import DEFAULT_MIX, Direction, Ranker, default_ranker, standardise

NAN = np.nan
VALUES = st.one_of(st.just(NAN), st.integers(-100, 100).map(float))
MATRICES = hnp.arrays(np.float32, st.tuples(st.integers(1, 5), st.integers(1, 6)), elements=VALUES)


def test_values_become_standard_over_the_candidates_of_one_question() -> None:
    values = np.array([[1, 3], [10, 30]], np.float32)

    np.testing.assert_allclose(standardise(values, 1), [[-1, 1], [-1, 1]], rtol=1e-6)
    np.testing.assert_allclose(standardise(values, 0), [[-1, -1], [1, 1]], rtol=1e-6)


def test_what_is_not_known_is_neutral_and_does_not_move_the_others() -> None:
    with_gap = standardise(np.array([[1, NAN, 3]], np.float32), 1)

    np.testing.assert_allclose(with_gap, [[-1, 0, 1]], rtol=1e-6)


@pytest.mark.parametrize("row", [[7, 7, 7], [7, NAN, 7], [7, NAN, NAN], [NAN, NAN, NAN], [7]])
def test_values_that_tell_nobody_apart_become_zero(row: list[float]) -> None:
    assert standardise(np.array([row], np.float32), 1).tolist() == [[0] * len(row)]


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
@pytest.mark.parametrize("axis", [0, 1])
def test_nothing_stays_nothing(shape: tuple[int, int], axis: int) -> None:
    assert standardise(np.zeros(shape, np.float32), axis).shape == shape


@given(MATRICES, st.sampled_from([0, 1]))
def test_standard_values_have_mean_zero_and_deviation_one_or_zero(values: Matrix, axis: int) -> None:
    found = np.ma.masked_array(standardise(values, axis), np.isnan(values))

    assert np.isfinite(found.filled(0)).all()
    assert np.abs(found.mean(axis=axis).filled(0)).max() < 1e-3
    assert all(abs(one) < 1e-3 or abs(one - 1) < 1e-3 for one in found.std(axis=axis).filled(0).tolist())


@given(MATRICES, MATRICES, st.sampled_from(list(Direction)), st.floats(0, 3), st.floats(0, 3))
def test_contributions_sum_to_the_score(
    one: Matrix, other: Matrix, direction: Direction, weight: float, second: float
) -> None:
    rows, columns = min(one.shape[0], other.shape[0]), min(one.shape[1], other.shape[1])
    evidence = {"popularity": one[:rows, :columns], "recent": other[:rows, :columns]}
    ranker = Ranker("mine", {"popularity": weight, "recent": second})

    standard = ranker.standardised(evidence, direction.axis)
    parts = ranker.contributions(standard)

    np.testing.assert_allclose(parts["popularity"] + parts["recent"], ranker.score(standard), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(parts["recent"], second * standardise(evidence["recent"], direction.axis), atol=1e-4)


def test_only_weighed_evidence_adds_to_the_score() -> None:
    evidence = {"popularity": np.array([[0, 1]], np.float32), "recent": np.array([[9, 0]], np.float32)}

    ranker = Ranker("mine", {"popularity": 2, "absent": 5})

    assert ranker.score(ranker.standardised(evidence, 1)).tolist() == [[-2, 2]]


@pytest.mark.parametrize("pairing", list(PairKind))
def test_the_default_mix_weighs_known_evidence_for_each_pairing_and_none_against_the_pair(pairing: PairKind) -> None:
    weights = default_ranker(pairing).weights

    assert weights == DEFAULT_MIX[pairing]
    assert weights
    assert set(weights) <= set(KINDS)
    assert min(weights.values()) >= 0


def test_the_candidates_of_a_question_lie_along_its_axis() -> None:
    assert (Direction.RECOMMEND.axis, Direction.SCREEN.axis) == (1, 0)
