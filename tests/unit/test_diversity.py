"""Diverse lists: the cap and the weight do what they say, and nothing more."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.controls import Diversity, Question
from matcher.domain.records import FundKind
from matcher.domain.visibility import Viewer
from matcher.ranking.corpus import Matrix
from matcher.ranking.diversity import diversify
from matcher.ranking.screening import POOL
from tests.builders import achievement, fund, incubator, matcher, project, side


def axes(*numbers: int) -> Matrix:
    """Unit rows, each along the axis of its number: equal numbers are alike, others have nothing in common."""
    return np.eye(8, dtype=np.float32)[list(numbers)]


def order(wanted: Diversity, *rows: tuple[float, str, int], k: int = 10, levels: tuple[int, ...] = ()) -> list[int]:
    """The order of rows of score, group and axis."""
    scores, groups, numbers = zip(*rows, strict=True)
    told = [(level, False) for level in levels or (0,) * len(rows)]
    return [place.before for place in diversify(told, scores, groups, axes(*numbers), k, wanted)]


CAP_1, ALIKE = Diversity(cap=1, relevance=1.0), Diversity(cap=None, relevance=0.5)


def test_a_second_one_of_the_same_institution_stands_behind_the_others() -> None:
    assert order(CAP_1, (3, "a", 0), (2, "a", 1), (1, "b", 2)) == [0, 2, 1]
    assert order(CAP_1, (3, "a", 0), (2, "a", 1), (1, "b", 2), k=2) == [0, 2]


def test_what_has_no_institution_is_never_capped() -> None:
    assert order(CAP_1, (3, "", 0), (2, "", 1), (1, "b", 2)) == [0, 1, 2]


def test_a_cap_never_leaves_a_place_empty() -> None:
    assert order(CAP_1, (3, "a", 0), (2, "a", 1), (1, "a", 2)) == [0, 1, 2]


def test_a_twin_of_what_is_listed_gives_way_to_something_new_of_nearly_the_same_score() -> None:
    assert order(ALIKE, (3, "", 0), (2.9, "", 0), (2.8, "", 1), (0, "", 2)) == [0, 2, 3, 1]
    assert order(Diversity(None, 0.9), (3, "", 0), (2.9, "", 0), (2.8, "", 1), (0, "", 2)) == [0, 2, 1, 3]


@pytest.mark.parametrize("wanted", [CAP_1, ALIKE])
def test_nobody_overtakes_a_better_tier(wanted: Diversity) -> None:
    rows = ((1.0, "a", 0), (0.5, "a", 0), (9.0, "b", 1), (8.0, "c", 2))
    assert order(wanted, *rows, levels=(1, 1, 2, 2))[:2] == [0, 1]


POOLS = st.lists(
    st.tuples(st.floats(-5, 5), st.sampled_from(["", "a", "b", "c"]), st.integers(0, 7), st.integers(1, 3)),
    min_size=1,
    max_size=25,
).map(lambda rows: sorted(rows, key=lambda row: (row[3], -row[0])))


@given(rows=POOLS, k=st.integers(1, 30), cap=st.none() | st.integers(1, 4))
def test_a_weight_of_one_without_a_cap_is_the_order_of_scores(
    rows: list[tuple[float, str, int, int]], k: int, cap: int | None
) -> None:
    told = tuple(row[:3] for row in rows), tuple(row[3] for row in rows)
    assert order(Diversity(None, 1.0), *told[0], k=k, levels=told[1]) == list(range(min(k, len(rows))))
    uncapped = Diversity(cap=len(rows), relevance=0.7), Diversity(cap=None, relevance=0.7)
    first, second = (order(wanted, *told[0], k=k, levels=told[1]) for wanted in uncapped)
    assert first == second
    assert cap is None or len(order(Diversity(cap), *told[0], k=k, levels=told[1])) == min(k, len(rows))


@given(rows=POOLS, k=st.integers(1, 30), cap=st.integers(1, 4), weight=st.floats(0, 1))
def test_no_institution_exceeds_the_cap_while_another_of_the_tier_waits(
    rows: list[tuple[float, str, int, int]], k: int, cap: int, weight: float
) -> None:
    groups, levels = [row[1] for row in rows], tuple(row[3] for row in rows)
    chosen = order(Diversity(cap, weight), *(row[:3] for row in rows), k=k, levels=levels)
    assert len(chosen) == len(set(chosen)) == min(k, len(rows))
    assert [levels[row] for row in chosen] == sorted(levels)[: len(chosen)]
    for at, row in enumerate(chosen):
        before = Counter(groups[one] for one in chosen[:at])
        if groups[row] and before[groups[row]] >= cap:
            waiting = [one for one in range(len(rows)) if one not in chosen[:at] and levels[one] == levels[row]]
            assert all(groups[one] and before[groups[one]] >= cap for one in waiting)


# within the matcher

CORN = [achievement(f"A{n}", title=f"玉米淀粉技术{n}", institution="甲大学") for n in range(6)]
OTHERS = [achievement(f"B{n}", title=f"风电叶片{n}", institution=f"乙{n}研究院", industry=()) for n in range(6)]
FULL = achievement("C0", title="玉米淀粉技术", institution="通辽玉米生物产业孵化器")
READY = matcher([*CORN, *OTHERS, FULL], [incubator()])


def listed(wanted: Diversity | None, k: int = 6) -> list[str]:
    return [one.id for one in READY.screen("I1", k, Viewer.PUBLIC, Question(diversity=wanted)).matches]


@pytest.mark.parametrize("cap", [1, 2, 3])
def test_a_capped_list_holds_no_more_of_one_institution_while_others_are_eligible(cap: int) -> None:
    assert sum(id.startswith("A") for id in listed(None)) > 3, "the plain list is of one kind"
    found = listed(Diversity(cap, 1.0))
    assert sum(id.startswith("A") for id in found) == cap
    assert len(found) == 6


def test_a_cap_reaches_beyond_the_first_pool_when_one_institution_fills_it() -> None:
    many = [achievement(f"A{n:04}", institution="甲大学") for n in range(POOL + 50)]
    few = [
        achievement(f"B{n}", title="叶片", summary="", industry=(), region="赤峰市", institution="乙") for n in range(2)
    ]
    ready = matcher([*many, *few], [incubator()])
    found = ready.screen("I1", 3, Viewer.PUBLIC, Question(diversity=Diversity(2, 1.0))).matches
    assert Counter(one.id[0] for one in found) == {"A": 2, "B": 1}


def test_the_plain_order_is_kept_when_nothing_is_asked_for() -> None:
    assert listed(Diversity(None, 1.0)) == listed(None)


@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0])
def test_nobody_who_is_not_eligible_comes_in_by_being_different(weight: float) -> None:
    assert "C0" not in listed(Diversity(1, weight), k=20)


def test_the_same_question_has_the_same_diverse_answer() -> None:
    question = Question(diversity=Diversity())
    assert READY.screen("I1", 6, Viewer.PUBLIC, question) == READY.screen("I1", 6, Viewer.PUBLIC, question)


def test_what_is_chosen_of_a_spread_list_is_told_as_in_the_whole_of_it() -> None:
    question = Question(diversity=Diversity(2, 1.0))
    listing, whole = (
        READY.screen_listing("I1", 6, Viewer.PUBLIC, question),
        READY.screen("I1", 6, Viewer.PUBLIC, question),
    )
    assert listing.answer([4, 1]).matches == (whole.matches[4], whole.matches[1])


def test_whoever_was_moved_says_so_and_whoever_gave_way_is_counted() -> None:
    plain, answer = listed(None, k=20), READY.screen("I1", 6, Viewer.PUBLIC, Question(diversity=Diversity(2, 1.0)))
    for now, one in enumerate(answer.matches):
        told = [reason.said.zh for reason in one.reasons if reason.evidence == "diversity"]
        assert bool(told) == (plain[now] != one.id)
        assert all(f"按得分第 {plain.index(one.id) + 1}，现第 {now + 1}" in said for said in told)
    assert answer.excluded["diversity"] == len(set(plain[:6]) - {one.id for one in answer.matches}) > 0


def test_a_recommendation_is_ordered_by_score_whatever_the_tiers() -> None:
    city = fund("F1", city_owned=True, kind=FundKind.ANGEL, thesis="别的")
    ready = matcher([project(incubator_id="I1")], [city, fund("F2"), fund("F3", thesis="风电")])
    asked = side(project(incubator_id="I1"))
    plain = ready.match(asked, 3, Viewer.PUBLIC)
    found = ready.match(asked, 3, Viewer.PUBLIC, Question(diversity=Diversity(None, 1.0)))
    assert found == plain
