from __future__ import annotations

from itertools import chain

import numpy as np
import pytest

from matcher.ranking.candidates import EACH, RETRIEVERS, retrieve, union
from matcher.ranking.corpus import Matrix
from matcher.ranking.kinds import KINDS


def evidence(shape: tuple[int, int], **known: Matrix) -> dict[str, Matrix]:
    """Nothing is known but what is given."""
    return {name: np.full(shape, np.nan, np.float32) for name in KINDS} | known


def test_each_retriever_orders_by_evidence_that_exists() -> None:
    assert set(chain(*RETRIEVERS.values())) <= set(KINDS)


def test_a_retriever_that_knows_nothing_of_a_question_names_nobody() -> None:
    known = np.array([[0.1, 0.9, 0.5], [0, 0, 0]], np.float32)

    found = retrieve(evidence((2, 3), dense_knn=known), axis=1)

    assert found["dense_knn"].tolist() == [[True] * 3, [False] * 3]
    assert not any(named.any() for name, named in found.items() if name != "dense_knn")
    assert union(found).tolist() == [[True] * 3, [False] * 3]


def test_a_retriever_names_the_best_of_many_and_no_more() -> None:
    found = retrieve(evidence((1, 5), bm25_words=np.array([[3, 1, 4, 1, 5]], np.float32)), axis=1, each=2)

    assert found["words"].tolist() == [[False, False, True, False, True]]


def test_candidates_of_a_screening_question_lie_along_the_other_axis() -> None:
    values = np.array([[3, 0], [2, 1], [1, 2]], np.float32)

    found = retrieve(evidence((3, 2), bm25_knn=values), axis=0, each=1)

    assert found["lexical_knn"].tolist() == [[True, False], [False, False], [False, True]]


def test_of_many_that_are_all_alike_a_retriever_names_nobody() -> None:
    found = retrieve(evidence((1, 4), dense_knn=np.ones((1, 4), np.float32)), axis=1, each=2)

    assert not union(found).any()


def test_those_equal_to_the_last_one_named_are_named_too() -> None:
    found = retrieve(evidence((1, 4), dense_knn=np.array([[2, 1, 1, 0]], np.float32)), axis=1, each=2)

    assert found["dense_knn"].tolist() == [[True, True, True, False]]


def test_a_retriever_of_several_parts_adds_their_standard_values() -> None:
    """Unstandardised, the second part's thousands would decide alone."""
    parts = {
        "bm25_profile": np.array([[0, 1, 0.9]], np.float32),
        "tfidf_profile": np.array([[1000, 0, 900]], np.float32),
    }

    found = retrieve(evidence((1, 3), **parts), axis=1, each=1)

    assert found["lexical"].tolist() == [[False, False, True]]


def test_the_union_holds_what_any_retriever_names() -> None:
    one, other = np.array([[True, False, False]]), np.array([[False, True, False]])

    assert union({"one": one, "other": other}).tolist() == [[True, True, False]]


def test_the_best_of_each_retriever_is_in_the_union_and_each_pair_has_a_name() -> None:
    random = np.random.default_rng(0)
    values = {name: random.random((4, EACH + 50)).astype(np.float32) for name in KINDS}

    found = retrieve(values, axis=1)

    assert {int(named.sum(axis=1).max()) for named in found.values()} == {EACH}
    for question in range(4):
        assert found["dense_knn"][question, values["dense_knn"][question].argmax()]
        assert found["words"][question, values["bm25_words"][question].argmax()]
    assert (union(found) == np.any(list(found.values()), axis=0)).all()


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (0, 0)])
@pytest.mark.parametrize("axis", [0, 1])
def test_no_questions_or_no_candidates_give_no_pairs(shape: tuple[int, int], axis: int) -> None:
    assert union(retrieve(evidence(shape), axis)).shape == shape
