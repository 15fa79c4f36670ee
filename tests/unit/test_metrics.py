from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from matcher.measure.metrics import Scores, Truth, per_query, ranked_truth, summarise

K = 10


def oracle(scores: list[float], truth: list[bool]) -> dict[str, float]:
    """The textbook definitions (Manning, Raghavan and Schütze, chapter 8; Järvelin and Kekäläinen, 2002)."""
    ranking = sorted(range(len(scores)), key=lambda candidate: (-scores[candidate], candidate))
    relevant = [candidate for candidate in range(len(truth)) if truth[candidate]]
    found = [candidate for candidate in ranking[:K] if candidate in relevant]
    gain = ideal = 0.0
    for rank, candidate in enumerate(ranking[:K], start=1):
        if candidate in relevant:
            gain += 1 / math.log2(rank + 1)
    for rank in range(1, min(len(relevant), K) + 1):
        ideal += 1 / math.log2(rank + 1)
    first = next(rank for rank, candidate in enumerate(ranking, start=1) if candidate in relevant)
    return {
        "hit@10": 1.0 if found else 0.0,
        "recall@10": len(found) / len(relevant),
        "ndcg@10": gain / ideal,
        "mrr": 1 / first,
    }


@st.composite
def questions(draw: st.DrawFn) -> tuple[Scores, Truth]:
    """Scores with many ties and some candidates that nobody named, and at least one true candidate a question."""
    shape = (draw(st.integers(1, 4)), draw(st.integers(1, 25)))
    values = st.sampled_from([-math.inf, -1.5, 0.0, 0.5, 2.0])
    scores = draw(hnp.arrays(np.float32, shape, elements=values))
    truth = draw(hnp.arrays(np.bool_, shape))
    for row in truth:
        row[draw(st.integers(0, shape[1] - 1))] = True
    return scores, truth


@settings(max_examples=200, deadline=None)
@given(questions())
def test_every_measure_equals_its_textbook_definition(question: tuple[Scores, Truth]) -> None:
    scores, truth = question

    found = per_query(scores, truth)

    for row in range(len(scores)):
        expected = oracle(scores[row].tolist(), truth[row].tolist())
        assert {name: float(values[row]) for name, values in found.items()} == pytest.approx(expected)


def test_figures_found_by_hand() -> None:
    scores = np.array([[0.1, 0.9, 0.5, 0.4]], np.float32)
    truth = np.array([[True, False, True, False]])

    found = per_query(scores, truth)

    # Ranked: 1, 2*, 3, 0*: hits at ranks 2 and 4.
    assert found["mrr"].tolist() == [0.5]
    assert found["recall@10"].tolist() == [1.0]
    assert found["ndcg@10"][0] == pytest.approx((1 / math.log2(3) + 1 / math.log2(5)) / (1 + 1 / math.log2(3)))


def test_a_hit_below_the_cutoff_counts_for_the_reciprocal_rank_only() -> None:
    scores = np.arange(12, 0, -1, dtype=np.float32)[None]
    truth = np.arange(12)[None] == 10

    assert {name: values[0] for name, values in per_query(scores, truth).items()} == {
        "hit@10": 0,
        "recall@10": 0,
        "ndcg@10": 0,
        "mrr": 1 / 11,
    }


def test_ties_are_broken_by_the_order_of_the_candidates() -> None:
    scores = np.array([[1, 1, 1], [-math.inf, 0, -math.inf]], np.float32)
    truth = np.array([[False, True, False], [False, False, True]])

    assert ranked_truth(scores, truth).tolist() == [[False, True, False], [False, False, True]]


@given(questions())
def test_measures_lie_between_zero_and_one_and_a_perfect_order_has_them_all(question: tuple[Scores, Truth]) -> None:
    scores, truth = question

    for values in per_query(scores, truth).values():
        assert ((values >= 0) & (values <= 1 + 1e-12)).all()
    perfect = per_query(truth.astype(np.float32), truth)
    for name in ("hit@10", "ndcg@10", "mrr"):
        np.testing.assert_allclose(perfect[name], 1)


def test_the_summary_gives_means_and_an_interval_around_each() -> None:
    values = {"mrr": np.array([0.0, 1.0] * 50), "hit@10": np.ones(100)}

    summary = summarise(values, seed=0)

    assert summary["mrr"] == 0.5
    low, high = summary["ci95"]["mrr"]
    assert low == pytest.approx(0.5 - 1.96 * 0.05, abs=0.02)
    assert high == pytest.approx(0.5 + 1.96 * 0.05, abs=0.02)
    assert summary["ci95"]["hit@10"] == [1, 1]


def test_the_interval_is_the_same_for_the_same_seed_only() -> None:
    values = {"mrr": np.linspace(0, 1, 30)}

    assert summarise(values, seed=3) == summarise(values, seed=3)
    assert summarise(values, seed=3) != summarise(values, seed=4)
