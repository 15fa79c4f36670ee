"""Votes that are kept are those that would be counted anew, whatever was asked before."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.ranking import votes
from matcher.ranking.corpus import ALL, Corpus
from matcher.ranking.knowledge import Knowledge
from matcher.ranking.votes import VOTES, Votes, first_by_id, nearest, neighbours
from tests.builders import TODAY, achievement, corpus, incubator, outcome

WORDS = ("玉米淀粉", "风电叶片", "蒙药制剂", "草原文旅", "肉牛育种", "煤化工废水", "沙棘饮料")


def known(records: int = 150) -> Knowledge:
    drawn = np.random.default_rng(0)
    lefts = [achievement(f"A{n:03d}", summary="".join(drawn.choice(WORDS, 3))) for n in range(records)]
    past = [outcome(f"A{n:03d}", f"I{n % 5}") for n in range(0, records, 3)]
    return Knowledge(corpus(lefts, [incubator(f"I{n}") for n in range(5)], past), TODAY.toordinal() + 1)


def test_kept_votes_are_those_counted_anew() -> None:
    seen = known()
    rows, columns = np.array([7, 3, 149, 0]), np.array([4, 1])

    kept, anew = Votes(seen).of(rows, columns), neighbours(seen, seen.left.take(rows), columns)

    assert set(kept) == set(anew) == set(VOTES)
    for name in VOTES:
        np.testing.assert_allclose(kept[name], anew[name], atol=1e-6)
    assert kept["bm25_knn"].any()


def test_no_digit_depends_on_what_was_asked_before() -> None:
    seen, rows = known(), np.arange(150)
    early, late = Votes(seen), Votes(seen)
    for row in (149, 5, 80):
        late.of(np.array([row]), ALL)
    late.of(rows[::-2], ALL)

    first, second = early.of(rows, ALL), late.of(rows, ALL)

    assert all(np.array_equal(first[name], second[name]) for name in VOTES)


def test_the_memory_has_an_end_and_answers_do_not_change(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, rows = known(), np.arange(150)
    plenty = Votes(seen).of(rows, ALL)
    monkeypatch.setattr(votes, "MOST_KEPT", 40)
    scarce = Votes(seen)

    found = scarce.of(rows, ALL)

    assert all(np.array_equal(found[name], plenty[name]) for name in VOTES)
    assert sum(len(places) for places, _ in scarce._kept.values()) == scarce._size <= 40


def test_a_block_counts_what_a_single_question_of_the_index_does() -> None:
    seen = known()
    rows = np.arange(40)

    block = neighbours(seen, seen.left.take(rows))
    single = [neighbours(seen, seen.left.take([row])) for row in rows.tolist()]

    for name in VOTES:
        np.testing.assert_allclose(block[name], np.vstack([one[name] for one in single]), atol=1e-5)


def test_what_is_counted_ahead_is_not_counted_again_and_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    seen, rows = known(), np.arange(150)
    plain, counted = Votes(seen).of(rows, ALL), Votes(seen)
    counted.ahead(lambda: False)
    monkeypatch.setattr(votes, "neighbours", lambda *_args, **_named: pytest.fail("it is counted again"))

    found = counted.of(rows, ALL)

    assert all(np.array_equal(found[name], plain[name]) for name in VOTES)


def test_counting_ahead_ends_when_it_is_stopped_and_before_the_memory_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = known()
    stopped = Votes(seen)
    stopped.ahead(iter([False, True]).__next__)
    assert len(stopped._kept) == votes.BLOCK
    monkeypatch.setattr(votes, "MOST_KEPT", 40)
    scarce = Votes(seen)
    scarce.ahead(lambda: False)
    assert 0 < scarce._size <= 40


def test_without_a_past_nobody_votes() -> None:
    nobody: Corpus = corpus([achievement("A1")], [incubator("I1")])

    found = Votes(Knowledge(nobody, TODAY.toordinal())).of(np.array([0]), ALL)

    assert all(found[name].tolist() == [[0]] for name in VOTES)


@given(st.integers(0, 2**32 - 1), st.integers(1, 120), st.integers(1, 40), st.sampled_from([0, 1, 3]))
@pytest.mark.parametrize("wide", [0, 2**15])
def test_the_nearest_are_the_best_with_all_that_equal_the_last(
    wide: int, seed: int, width: int, number: int, digits: int
) -> None:
    scores = np.round(np.random.default_rng(seed).normal(size=(3, width)), digits).astype(np.float32)
    scores[1, ::3] = -np.inf
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(votes, "WIDE", wide)
        found = nearest(scores, number)
    by_id = np.random.default_rng(seed + 1).permutation(width)
    few = first_by_id(found, number, by_id)

    for row, told in enumerate(scores):
        last = sorted(told, reverse=True)[min(number, width) - 1]
        assert found.places[found.rows == row].tolist() == np.flatnonzero(told >= last).tolist()
        first = sorted(range(width), key=lambda place: (-told[place], by_id[place]))[:number]
        assert sorted(few.places[few.rows == row].tolist()) == sorted(first)
    assert found.scores.tolist() == scores[found.rows, found.places].tolist()
