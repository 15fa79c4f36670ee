"""Term counts and their weights, with bm25s as the oracle of BM25."""

from __future__ import annotations

import math

import bm25s
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from matcher.index.terms import (
    COLUMNS,
    K1,
    B,
    Postings,
    TermIndex,
    bm25_weights,
    count_terms,
    document_frequencies,
    idf,
    present,
    tfidf,
)
from matcher.text.words import bigrams

TEXTS = [
    "玉米淀粉绿色制备技术，玉米淀粉收率高",
    "褐煤提质与腐植酸提取",
    "蒙药制剂的质量控制方法",
    "Corn starch from corn: a green process for starch",
    "风电叶片回收 wind blade recycling",
    "玉米秸秆饲料化利用",
    "",
]


def oracle(texts: list[str], query: str) -> list[float]:
    """bm25s on the same tokens; a query's term counts once."""
    tokens = [bigrams(text) for text in texts]
    retriever = bm25s.BM25(k1=K1, b=B, method="lucene")
    retriever.index(tokens, show_progress=False)
    known = {token for row in tokens for token in row}
    asked = [token for token in dict.fromkeys(bigrams(query)) if token in known]
    return [float(score) for score in retriever.get_scores(asked)]


def scores(texts: list[str], query: str) -> list[float]:
    weights = bm25_weights(count_terms(texts, bigrams))
    found: list[float] = (present(count_terms([query], bigrams)) @ weights.T).toarray()[0].tolist()
    return found


@pytest.mark.parametrize("query", ["玉米淀粉", "corn starch", "蒙药与玉米", "玉米玉米玉米", "starch 风电叶片 starch"])
def test_bm25_equals_the_lucene_variant_of_bm25s(query: str) -> None:
    assert scores(TEXTS, query) == pytest.approx(oracle(TEXTS, query), abs=1e-5)
    assert max(scores(TEXTS, query)) > 0


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.text(alphabet="玉米淀粉蒙药 ab", max_size=12), min_size=2, max_size=6),
    st.text(alphabet="玉米淀粉蒙药 ab", min_size=1, max_size=6),
)
def test_bm25_equals_bm25s_on_any_texts(texts: list[str], query: str) -> None:
    texts = ["玉米淀粉", *texts]
    query = "玉米" + query

    assert scores(texts, query) == pytest.approx(oracle(texts, query), abs=1e-5)


def test_a_query_of_unknown_words_scores_zero() -> None:
    assert scores(TEXTS, "量子计算") == [0] * len(TEXTS)


def test_the_inverse_document_frequency_is_lucenes() -> None:
    counts = count_terms(["玉米", "玉米 淀粉", "蒙药"], bigrams)
    (corn,) = count_terms(["玉米"], bigrams).indices

    assert document_frequencies(counts)[corn] == 2
    assert idf(counts)[corn] == pytest.approx(math.log(1 + (3 - 2 + 0.5) / (2 + 0.5)))


def test_texts_become_counts_of_their_terms() -> None:
    counts = count_terms(["玉米玉米", "", "玉米"], bigrams)
    (corn,) = count_terms(["玉米"], bigrams).indices

    assert counts.shape == (3, COLUMNS)
    assert counts.dtype == np.float32
    assert counts[:, [corn]].toarray().ravel().tolist() == [2, 0, 1]
    assert count_terms([], bigrams).shape == (0, COLUMNS)


def test_tfidf_rows_have_unit_length_and_an_empty_text_stays_zero() -> None:
    counts = count_terms(TEXTS, bigrams)

    rows = tfidf(counts, idf(counts))

    norms = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    assert norms == pytest.approx([1, 1, 1, 1, 1, 1, 0], abs=1e-6)


def test_tfidf_weighs_a_term_by_one_plus_the_logarithm_of_its_count() -> None:
    counts = count_terms(["玉米 玉米 蒙药"], bigrams)
    (corn,), (drug,) = (count_terms([word], bigrams).indices for word in ("玉米", "蒙药"))

    row = tfidf(counts, np.full(COLUMNS, 2, np.float32))

    assert row[0, corn] / row[0, drug] == pytest.approx(1 + math.log(2))


def test_weighing_leaves_the_counts_alone() -> None:
    counts = count_terms(TEXTS, bigrams)
    before = counts.copy()

    bm25_weights(counts)
    tfidf(counts, idf(counts))
    present(counts)

    assert (counts != before).nnz == 0


@pytest.mark.parametrize("texts", [[], ["", ""]])
def test_nothing_to_weigh_gives_nothing(texts: list[str]) -> None:
    counts = count_terms(texts, bigrams)

    assert bm25_weights(counts).nnz == tfidf(counts, idf(counts)).nnz == 0


def filled() -> TermIndex:
    return TermIndex().upsert(["b", "a", "c"], count_terms(["玉米", "蒙药", "风电"], bigrams))


def row_of(text: str) -> list[int]:
    found: list[int] = count_terms([text], bigrams).indices.tolist()
    return found


def test_rows_come_in_the_order_asked_for() -> None:
    ordered = filled().order(["c", "b"])

    assert ordered.shape == (2, COLUMNS)
    assert ordered.indices.tolist() == row_of("风电") + row_of("玉米")
    assert filled().order([]).shape == (0, COLUMNS)


def test_an_unknown_id_has_no_row() -> None:
    with pytest.raises(KeyError):
        filled().order(["a", "nobody"])


def test_upsert_replaces_known_rows_and_adds_new_ones() -> None:
    before = filled()

    after = before.upsert(["a", "d"], count_terms(["褐煤", "沙棘"], bigrams))

    assert sorted(after.ids) == ["a", "b", "c", "d"]
    assert after.order(["a", "b", "d"]).indices.tolist() == row_of("褐煤") + row_of("玉米") + row_of("沙棘")
    assert before.order(["a"]).indices.tolist() == row_of("蒙药")


def test_delete_forgets_and_ignores_unknown_ids() -> None:
    after = filled().delete(["a", "nobody"])

    assert after.ids == ("b", "c")
    assert after.order(["b", "c"]).indices.tolist() == row_of("玉米") + row_of("风电")
    assert len(after.delete(["b", "c"])) == 0
    assert after.delete(["b", "c"]).upsert(["e"], count_terms(["玉米"], bigrams)).ids == ("e",)


def test_deleting_nothing_known_changes_nothing() -> None:
    index = filled()

    assert index.delete(["nobody"]) is index


def test_a_few_texts_are_counted_as_many_are() -> None:
    texts = [*TEXTS, "Ä é x1", "玉米玉米 a-b.c"] * 10
    many = count_terms(texts, bigrams)

    for row, text in enumerate(texts):
        few = count_terms([text], bigrams)
        assert (few != many[[row]]).nnz == 0
        assert few.indices.tolist() == many[[row]].indices.tolist()
        assert (few.dtype, few.indices.dtype) == (many.dtype, many.indices.dtype)


@pytest.mark.parametrize("order", [("all", "some", "one", "all"), ("one", "all", "some"), ("some", "all", "one")])
def test_postings_answer_the_same_whatever_they_were_asked_before(order: tuple[str, ...]) -> None:
    weights, queries = bm25_weights(count_terms(TEXTS, bigrams)), present(count_terms(TEXTS[:2], bigrams))
    asked: dict[str, slice | NDArray[np.int64]] = {"all": slice(None), "some": np.array([2, 0]), "one": np.array([1])}
    products = (queries @ weights.T).toarray()
    postings = Postings(weights)

    for name in order:
        np.testing.assert_allclose(postings.scores(queries, asked[name]), products[:, asked[name]], rtol=1e-6)
        for row in range(2):
            alone = postings.scores(queries[[row]], asked[name])
            np.testing.assert_allclose(alone, products[[row]][:, asked[name]], rtol=1e-6)


def test_a_query_without_terms_scores_nothing() -> None:
    postings = Postings(bm25_weights(count_terms(TEXTS, bigrams)))

    assert not postings.scores(count_terms([""], bigrams)).any()
