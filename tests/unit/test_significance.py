"""Exact tests against figures worked out by hand or by scipy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, hypergeom

from matcher.ranking.significance import at_least, drawn_at_least, holm, wilson


@given(st.integers(1, 60), st.data(), st.floats(0.01, 0.99))
def test_the_binomial_tail_and_the_interval_are_those_of_scipy(total: int, data: st.DataObject, share: float) -> None:
    count = data.draw(st.integers(0, total))
    assert at_least(count, total, share) == pytest.approx(binom.sf(count - 1, total, share), abs=1e-9)
    low, high = wilson(count, total)
    expected = binomtest(count, total).proportion_ci(method="wilson")
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=1e-9)


@given(st.integers(1, 60), st.data())
def test_the_draw_without_return_is_that_of_scipy(total: int, data: st.DataObject) -> None:
    drawn, marked = data.draw(st.integers(0, total)), data.draw(st.integers(0, total))
    count = data.draw(st.integers(0, min(drawn, marked)))
    expected = hypergeom.sf(count - 1, total, marked, drawn)
    assert drawn_at_least(count, drawn, marked, total) == pytest.approx(expected, abs=1e-9)


def test_no_observation_tells_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("p_values", "held"),
    [
        ([], []),
        ([0.04], [True]),
        ([0.04, 0.04], [False, False]),
        ([0.03, 0.02], [True, True]),
        ([0.5, 0.001, 0.03], [False, True, False]),
        ([1.0, 0.01, 0.02], [False, True, True]),
    ],
)
def test_holm_goes_down_from_the_smallest_until_one_fails(p_values: list[float], held: list[bool]) -> None:
    assert holm(p_values, 0.05) == held
