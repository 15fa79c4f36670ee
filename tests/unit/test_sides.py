"""Rows of a side, and rows of those, state what their records state."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.ranking.corpus import Side
from matcher.ranking.trees import tree_similarity
from tests.builders import achievement, side

PLACES = ("通辽市", "赤峰市", "", "呼和浩特市")


@pytest.mark.parametrize("read_before", [False, True])
def test_rows_of_rows_state_what_their_records_state(*, read_before: bool) -> None:
    whole: Side = side(  # type: ignore[type-arg]
        *(achievement(f"A{n}", region=place, industry=("农业",) * (n % 2)) for n, place in enumerate(PLACES * 3))
    )
    if read_before:
        assert all(len(whole.trees[name]) == len(whole) for name in whole.trees)
        assert all(whole.facets[name].shape[0] == len(whole) for name in whole.facets)
    nested, alone = whole.take([3, 5, 8]).take([1, 0]), side(*(whole.records[row] for row in (5, 3)))

    assert nested.records == (whole.records[5], whole.records[3])
    for name in alone.facets:
        assert (nested.facets[name] != whole.facets[name][[5, 3]]).nnz == 0
        assert nested.facets[name].shape == alone.facets[name].shape
    for name in alone.trees:
        found, told = (tree_similarity(one.trees[name], whole.trees[name]) for one in (nested, whole))
        np.testing.assert_array_equal(found, told[[5, 3]])
