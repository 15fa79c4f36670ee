from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.index import neighbours
from matcher.index.neighbours import near_pairs
from matcher.index.vectors import Vectors


def unit_rows(n: int, seed: int) -> Vectors:
    rows = np.random.default_rng(seed).normal(size=(n, 5))
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@given(st.integers(0, 40), st.integers(1, 6), st.integers(0, 5))
def test_each_row_is_paired_with_its_nearest(n: int, k: int, seed: int) -> None:
    vectors = unit_rows(n, seed)
    products = vectors @ vectors.T
    np.fill_diagonal(products, -np.inf)
    wanted = {
        (min(row, int(other)), max(row, int(other)))
        for row in range(n)
        for other in np.argsort(-products[row])[: min(k, n - 1)]
    }
    assert near_pairs(vectors, k) == wanted


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = unit_rows(50, 1)
    whole = near_pairs(vectors, 3)
    monkeypatch.setattr(neighbours, "BLOCK", 7)
    assert near_pairs(vectors, 3) == whole


def test_rows_without_text_have_no_neighbours() -> None:
    vectors = np.zeros((6, 4), np.float32)
    assert near_pairs(vectors, 3) == set()
    vectors[2, 0] = vectors[4, 0] = 1
    assert near_pairs(vectors, 3) == {(2, 4)}


def test_only_the_rows_asked_about_look_for_neighbours() -> None:
    vectors = unit_rows(30, 2)
    found = near_pairs(vectors, 2, [5])
    assert len(found) == 2
    assert all(5 in pair for pair in found)
