from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from matcher.index.vectors import FaissIndex, Hits, Vectors
from matcher.measure.searching import clustered, measure_search


class Forgetful(FaissIndex):
    """Finds nothing of what was added after the first half."""

    def upsert(self, ids: Sequence[str], vectors: Vectors) -> None:
        super().upsert(ids[: len(ids) // 2], vectors[: len(ids) // 2])

    def search(self, queries: Vectors, k: int, allowed: Collection[str] | None = None) -> list[Hits]:
        return super().search(queries, k, allowed)


def test_an_index_that_knows_everything_finds_everything() -> None:
    figures = measure_search(600, 16, 1)

    assert figures.recall_at_10 == figures.recall_at_10_filtered == 1
    assert 0 < figures.p50_ms <= figures.p99_ms
    assert 0 < figures.filtered_p50_ms <= figures.filtered_p99_ms
    assert figures.bytes >= 600 * 16


def test_what_an_index_does_not_find_is_seen() -> None:
    figures = measure_search(600, 16, 1, make=Forgetful)

    assert 0.3 < figures.recall_at_10 < 0.7
    assert 0.3 < figures.recall_at_10_filtered < 0.7


def test_a_filter_that_keeps_fewer_than_ten_asks_for_those() -> None:
    assert measure_search(100, 8, 0).recall_at_10_filtered == 1


def test_the_vectors_are_those_of_the_seed_in_topics() -> None:
    one, other = (clustered(4000, 64, np.random.default_rng(3)) for _ in range(2))

    np.testing.assert_array_equal(one, other)
    assert np.allclose(np.linalg.norm(one, axis=1), 1)
    products = one[:200] @ one[200:].T
    assert products.mean() > 0.8
    assert products.max(axis=1).mean() > products.mean() + 2 * products.std()
