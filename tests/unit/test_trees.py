from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain import taxonomy
from matcher.domain.taxonomy import Path
from matcher.ranking.trees import coverage, read_stated, tree_similarity
from tests.builders import achievement, incubator, project, side, side_builder

paths = st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(tuple)
records = st.lists(st.lists(st.frozensets(paths, min_size=1, max_size=2), max_size=3, unique=True), max_size=4)
Records = list[list[frozenset[Path]]]


@settings(deadline=None)
@given(records, records)
def test_the_arrays_give_what_the_trees_give(left: Records, right: Records) -> None:
    found = tree_similarity(read_stated(left), read_stated(right))
    asked = coverage(read_stated(left), read_stated(right))

    assert found.dtype == np.float32
    assert found.shape == asked.shape == (len(left), len(right))
    for row, one in enumerate(left):
        for column, other in enumerate(right):
            np.testing.assert_allclose(found[row, column], taxonomy.best_match_average(one, other), rtol=1e-5)
            np.testing.assert_allclose(asked[row, column], taxonomy.coverage(one, other), rtol=1e-5)


@settings(deadline=None)
@given(records.filter(bool), records)
def test_taking_rows_takes_their_similarities(left: Records, right: Records) -> None:
    whole, other = read_stated(left), read_stated(right)
    rows = np.arange(len(left))[::-2]

    np.testing.assert_allclose(tree_similarity(whole[rows], other), tree_similarity(whole, other)[rows], rtol=1e-6)
    assert len(whole[rows]) == len(rows)


def test_records_are_read_into_their_trees_and_nothing_is_guessed() -> None:
    stated = side(
        achievement(id="A1", field="S816.7；S828", industry=("蒙药",), region="通辽市"),
        achievement(id="A2", field="", industry=(), region="", title="风电机组叶片", summary="风电"),
    )

    assert {name: np.diff(tree.nodes.indptr).tolist() for name, tree in stated.trees.items()} == {
        "region": [1, 0],
        "industry": [1, 0],
        "field": [2, 0],
    }
    assert stated.facets["field"][[1]].nnz == 0


def test_a_field_is_near_the_industry_it_serves() -> None:
    left = side(achievement(id="A1", field="中医学与中药学"), achievement(id="A2", field="计算机科学技术"))
    right = side_builder().build([incubator(id="I1", industries=("蒙药",)), incubator(id="I2", industries=())])
    found = tree_similarity(left.trees["field"], right.trees["industry"])

    np.testing.assert_allclose(found, [[2 / 3, np.nan], [0, np.nan]], rtol=1e-5)


def test_a_class_of_the_official_list_is_near_our_industry() -> None:
    left = side(project(id="P1", industry=("C1313",)), project(id="P2", industry=("玉米生物",)))
    found = tree_similarity(left.trees["industry"], left.trees["industry"])

    np.testing.assert_allclose(found, [[1, 2 / 3], [2 / 3, 1]], rtol=1e-5)
