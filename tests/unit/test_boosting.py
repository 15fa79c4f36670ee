"""Trees over evidence: what they say splits into one part for each piece, and is kept as text."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from matcher.ranking.boosting import Boosting, grow
from matcher.ranking.corpus import Matrix
from matcher.ranking.ranker import Direction, Ranker, standardise

KINDS = ("recent", "region_activity", "popularity")


def drawn(rows: int, seed: int) -> Matrix:
    return np.random.default_rng(seed).normal(size=(rows, len(KINDS))).astype(np.float32)


@cache
def both_needed() -> Boosting:
    """Grown on groups of forty in which the first two pieces of evidence only matter together."""
    values = drawn(4000, 0)
    labels = ((values[:, 0] > 0.8) & (values[:, 1] > 0.8)).astype(float)
    return grow(values, labels, [40] * 100, KINDS, seed=0)


def test_the_parts_sum_to_the_margin() -> None:
    values = drawn(300, 1)

    np.testing.assert_allclose(both_needed().parts(values).sum(axis=1), both_needed().margins(values), atol=1e-6)


def test_trees_see_what_a_sum_cannot() -> None:
    both, one, other, none = both_needed().margins(np.array([[2, 2, 0], [2, -1, 0], [-1, 2, 0], [-1, -1, 0]]))

    assert both - one > one - none + 1
    assert both - other > other - none + 1


def test_what_decides_nothing_adds_next_to_nothing() -> None:
    first, second, third = np.abs(both_needed().parts(drawn(500, 2))).mean(axis=0)

    assert min(first, second) > 5 * third


def test_no_rows_ask_nothing() -> None:
    assert both_needed().margins(np.zeros((0, 3), np.float32)).shape == (0,)
    assert both_needed().parts(np.zeros((0, 3), np.float32)).shape == (0, 3)


def test_growing_is_repeatable_and_depends_on_the_seed() -> None:
    values = drawn(800, 3)
    labels = (values[:, 0] > 1).astype(float)

    first, again, other = (grow(values, labels, [40] * 20, KINDS, seed=seed) for seed in (1, 1, 2))

    assert first == again
    assert first != other


@pytest.mark.parametrize("direction", list(Direction))
def test_contributions_of_weights_and_trees_sum_to_the_score(direction: Direction) -> None:
    ranker = Ranker("both", {"recent": 0.7, "region_activity": 0.2}, both_needed())
    evidence = {name: drawn(60, seed).reshape(20, 9) for seed, name in enumerate(KINDS)}
    evidence["popularity"][3] = np.nan

    standard = ranker.standardised(evidence, direction.axis)
    parts = ranker.contributions(standard)

    assert set(parts) == set(KINDS)
    np.testing.assert_allclose(sum(parts.values()), ranker.score(standard), atol=1e-4)
    weighed = Ranker("linear", ranker.weights).score(standard)
    columns = np.stack([standardise(evidence[name], direction.axis).ravel() for name in KINDS], axis=1)
    margins = both_needed().margins(columns).reshape(weighed.shape)
    np.testing.assert_allclose(ranker.score(standard) - weighed, margins, atol=1e-4)


def test_pairs_asked_for_alone_get_the_contributions_they_get_among_others() -> None:
    ranker = Ranker("both", {"recent": 0.7}, both_needed())
    evidence = {name: drawn(60, seed).reshape(20, 9) for seed, name in enumerate(KINDS)}
    standard = ranker.standardised(evidence, 1)

    whole = ranker.contributions(standard)
    some = ranker.contributions({name: values[[2, 5], [0, 8]] for name, values in standard.items()})

    for name in KINDS:
        np.testing.assert_array_equal(some[name], whole[name][[2, 5], [0, 8]])
