from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from matcher.domain.records import Outcome, Result
from matcher.measure.windows import folds, look
from matcher.ranking.corpus import Corpus
from tests.builders import achievement, corpus, incubator, outcome

START = date(2026, 1, 1)
DAY = START.toordinal()
END = DAY + 100


def when(days: int, left: str, right: str, result: Result = Result.ACCEPTED) -> Outcome:
    """An outcome some days after the start of the window."""
    return outcome(left, right, decided_on=START + timedelta(days=days), result=result)


def with_past(*outcomes: Outcome) -> Corpus:
    """I1 took three and I2 two before the window, I3 was refused by three; N… are new."""
    before = [when(-10 - n, f"A{n}", "I1") for n in range(3)]
    before += [when(-20, "A0", "I2"), when(-20, "A1", "I2")]
    before += [when(-30 - n, f"A{n}", "I3", Result.REJECTED) for n in range(3)]
    lefts = [achievement(name) for name in ("A0", "A1", "A2", "N1", "N2", "N3", "N4")]
    return corpus(lefts, [incubator(name) for name in ("I1", "I2", "I3")], [*before, *outcomes])


def test_questions_are_records_whose_first_outcome_falls_into_the_window() -> None:
    whole = with_past(
        when(0, "N1", "I1"),  # the first day belongs to it
        when(99, "N2", "I1", Result.REJECTED),  # any outcome makes a question
        when(100, "N3", "I1"),  # the last day does not
        when(50, "A0", "I3"),  # known before
    )

    window = look(whole, DAY, END, 3)

    assert [whole.left.ids[row] for row in window.questions] == ["N1", "N2"]


def test_candidates_are_those_with_enough_accepted_outcomes_before_the_window() -> None:
    whole = with_past(when(1, "N1", "I2"), when(2, "N2", "I2"))

    assert [whole.right.ids[row] for row in look(whole, DAY, END, 3).candidates] == ["I1"]
    assert [whole.right.ids[row] for row in look(whole, DAY, END, 2).candidates] == ["I1", "I2"]
    assert [whole.right.ids[row] for row in look(whole, DAY, END, 0).candidates] == ["I1", "I2", "I3"]


def test_a_pair_that_agreed_twice_counts_once() -> None:
    whole = with_past(when(-2, "A0", "I2"), when(-1, "A0", "I2"))

    assert [whole.right.ids[row] for row in look(whole, DAY, END, 3).candidates] == ["I1"]


def test_truth_is_what_was_accepted_in_the_window() -> None:
    whole = with_past(
        when(5, "N1", "I1"),
        when(6, "N1", "I2"),
        when(7, "N2", "I1", Result.IN_TALKS),
        when(8, "N2", "I2"),
        when(9, "N3", "I1", Result.REJECTED),
        when(200, "N3", "I1"),  # after the window
    )

    window = look(whole, DAY, END, 2)

    assert window.truth.tolist() == [[True, True], [False, True], [False, False]]
    assert window.pairs == 3
    assert look(whole, DAY, None, 2).truth.tolist() == [[True, True], [False, True], [True, False]]


def test_pairs_with_those_who_are_no_candidates_are_counted_though_nobody_can_find_them() -> None:
    whole = with_past(when(5, "N1", "I1"), when(6, "N1", "I3"), when(7, "N2", "I3"))

    window = look(whole, DAY, END, 3)

    assert window.truth.tolist() == [[True], [False]]
    assert window.pairs == 3


def test_evidence_is_about_the_questions_and_candidates_and_knows_only_what_was_before() -> None:
    later = (when(5, "N1", "I1"), when(6, "N2", "I2"), when(6, "N2", "I1"))
    whole = with_past(*later)

    window = look(whole, DAY, END, 2)

    assert {values.shape for values in window.evidence.values()} == {(2, 2)}
    np.testing.assert_allclose(window.evidence["popularity"], np.log1p([[3, 2], [3, 2]]), rtol=1e-6)


def test_a_window_without_questions_or_candidates_is_empty() -> None:
    nobody = look(with_past(), DAY, END, 3)
    nothing = look(with_past(when(1, "N1", "I1")), DAY, END, 99)

    assert (nobody.truth.shape, nobody.pairs) == ((0, 1), 0)
    assert (nothing.truth.shape, nothing.pairs) == ((1, 0), 1)
    assert {values.shape for values in nothing.evidence.values()} == {(1, 0)}


def test_folds_ask_about_every_record_of_the_past_once() -> None:
    whole = with_past(when(1, "N1", "I1"))

    parts = folds(whole, DAY, 2, 0, seed=0)

    asked = sorted(whole.left.ids[row] for part in parts for row in part.questions)
    assert asked == ["A0", "A1", "A2"]
    assert sum(part.pairs for part in parts) == 5
    assert all((np.diff(part.questions) > 0).all() for part in parts)


def test_a_fold_knows_the_other_folds_but_nothing_of_its_own_questions() -> None:
    whole = with_past()

    for part in folds(whole, DAY, 3, 0, seed=0):
        asked = set(part.questions.tolist())
        assert asked
        assert not asked & set(part.known.past.left.tolist())
        assert asked | set(part.known.past.left.tolist()) == {0, 1, 2}
        for row, question in enumerate(part.questions):
            taken = {"A0": [1, 1, 0], "A1": [1, 1, 0], "A2": [1, 0, 0]}[whole.left.ids[question]]
            assert part.truth[row].tolist() == [bool(one) for one in taken]


def test_folds_know_nothing_decided_on_or_after_the_day() -> None:
    with_future = with_past(when(0, "N1", "I1"), when(0, "A2", "I2"))

    for one, other in zip(folds(with_past(), DAY, 2, 0, 7), folds(with_future, DAY, 2, 0, 7), strict=True):
        assert one.questions.tolist() == other.questions.tolist()
        assert one.truth.tolist() == other.truth.tolist()
        for name, values in one.evidence.items():
            np.testing.assert_array_equal(values, other.evidence[name], err_msg=name)


def test_folds_are_the_same_for_the_same_seed() -> None:
    whole = with_past()

    one, same, other = (folds(whole, DAY, 3, 0, seed) for seed in (1, 1, 5))

    assert [part.questions.tolist() for part in one] == [part.questions.tolist() for part in same]
    assert [part.questions.tolist() for part in one] != [part.questions.tolist() for part in other]
