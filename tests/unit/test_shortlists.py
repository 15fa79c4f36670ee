"""Shortlists of many at once hold what is listed one by one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.controls import PLAIN, Aim, Control, Question, Wish
from matcher.domain.matches import Answer, Listed
from matcher.domain.records import Achievement, Incubator, Kind, Visibility
from matcher.domain.visibility import VIEWERS, Viewer
from matcher.ranking import screening, shortlists
from matcher.ranking.matcher import Matcher
from tests.builders import TODAY, achievement, incubator, matcher, outcome

WORDS = ("玉米淀粉", "风电叶片", "蒙药制剂", "草原文旅")
REGIONS = ("通辽市", "呼和浩特市", "")
LEFTS = st.lists(
    st.tuples(st.sampled_from(WORDS), st.sampled_from(REGIONS), st.sampled_from(Visibility), st.integers(1, 9)),
    max_size=25,
)
RIGHTS = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(REGIONS), st.integers(0, 2)), max_size=6)
OUTCOMES = st.sets(st.tuples(st.integers(0, 24), st.integers(0, 5)), max_size=20)


def aimed(wish: Wish, kind: Kind, asker: str, target: str) -> Control:
    return Control(wish=wish, asker_kind=kind, asker=asker, aim=Aim.RECORD, target=target, made_on=TODAY)


WISHES = Question(
    controls=(
        aimed(Wish.EXCLUDE, Kind.INCUBATORS, "I0", "A01"),
        aimed(Wish.WATCH, Kind.INCUBATORS, "I1", "A03"),
        aimed(Wish.WATCH, Kind.ACHIEVEMENTS, "A02", "I2"),
    )
)


def results(lefts: list[tuple[str, str, Visibility, int]]) -> list[Achievement]:
    return [
        achievement(f"A{n:02d}", summary=f"{word}{n % 4}", region=region, visibility=seen, trl=trl)
        for n, (word, region, seen, trl) in enumerate(lefts)
    ]


def carriers(rights: list[tuple[str, str, int]]) -> list[Incubator]:
    return [
        incubator(f"I{n}", focus=word, region=region, capacity=2, occupied=used, trl_min=3)
        for n, (word, region, used) in enumerate(rights)
    ]


def same(listed: tuple[Listed, ...], answer: Answer) -> bool:
    """To float32's precision: products of another shape differ in the last digit, which may turn equals round."""
    found, told = ([(one.score, one.probability, one.tier) for one in part] for part in (listed, answer.matches))
    scores = {one.id: one.score for one in answer.matches}
    moved = [abs(scores.get(one.id, two.score) - two.score) for one, two in zip(listed, answer.matches, strict=True)]
    return found == [pytest.approx(one, abs=1e-4) for one in told] and max(moved, default=0) < 1e-4


def compare(asked: Matcher, k: int, viewer: Viewer, question: Question = PLAIN) -> None:
    known = asked.known
    lists = dict(shortlists.screened(asked, range(len(known.right)), k, viewer, question))
    assert set(lists) == set(known.right.ids)
    for name, listed in lists.items():
        assert same(listed, asked.screen(name, k, viewer, question))
    matched = dict(shortlists.matched(asked, range(len(known.left)), k, viewer, question))
    assert list(matched) == list(known.left.ids)
    for row, listed in enumerate(matched.values()):
        assert same(listed, asked.match(known.left.take([row]), k, viewer, question))


@pytest.mark.parametrize(("pool", "block", "pairs"), [(300, 256, 2**21), (2, 3, 7)])
@settings(max_examples=15, deadline=None)
@given(lefts=LEFTS, rights=RIGHTS, pairs_taken=OUTCOMES, k=st.integers(1, 6), viewer=st.sampled_from(VIEWERS))
def test_many_at_once_are_listed_as_one_by_one(  # what a question is made of
    pool: int,
    block: int,
    lefts: list[tuple[str, str, Visibility, int]],
    pairs: int,
    rights: list[tuple[str, str, int]],
    pairs_taken: set[tuple[int, int]],
    k: int,
    viewer: Viewer,
) -> None:
    past = [outcome(f"A{left:02d}", f"I{right}") for left, right in sorted(pairs_taken)]
    asked = matcher(results(lefts), carriers(rights), past)

    with pytest.MonkeyPatch.context() as small:
        small.setattr(screening, "POOL", pool)
        small.setattr(shortlists, "LEFTS", block)
        small.setattr(shortlists, "PAIRS", pairs)
        compare(asked, k, viewer, WISHES)
