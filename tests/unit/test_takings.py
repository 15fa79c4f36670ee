"""The mean of the three best things that each right record took, however many each took."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse

from matcher.ranking import takings
from matcher.ranking.takings import TOP, Takings


def plainly(taken: NDArray[np.float32], values: NDArray[np.float32]) -> list[list[float]]:
    """The same, one pair after the other."""
    means = []
    for row in values:
        best = [sorted(value for value in row[one > 0] if np.isfinite(value))[-TOP:] for one in taken.T]
        means.append([float(np.mean(each)) if each else np.nan for each in best])
    return means


@given(st.integers(0, 2**32 - 1), st.integers(1, 30), st.integers(1, 12), st.sampled_from([0.05, 0.3, 0.9]))
@pytest.mark.parametrize("worth", [1, 4, 1000])
def test_the_mean_of_the_three_best_is_the_plain_one(
    worth: int, seed: int, past: int, right: int, density: float
) -> None:
    drawn = np.random.default_rng(seed)
    taken = (drawn.random((past, right)) < density).astype(np.float32)
    values = np.round(drawn.normal(size=(3, past)), 1).astype(np.float32)  # some are equal
    values[drawn.random(values.shape) < 0.2] = -np.inf
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(takings, "WORTH", worth)
        found = Takings(sparse.csr_array(taken)).mean_of_best(values)

    assert found == pytest.approx(np.array(plainly(taken, values)), rel=1e-5, abs=1e-6, nan_ok=True)


def test_who_took_nothing_or_nothing_but_what_does_not_count_has_no_mean() -> None:
    taken = np.array([[1, 0], [0, 0]], np.float32)

    found = Takings(sparse.csr_array(taken)).mean_of_best(np.array([[-np.inf, 1.0]], np.float32))

    assert np.isnan(found).all()
