"""Who contends for a place in a digest: what search lists, the new ones behind it, nobody for who can take nobody."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.domain.visibility import Viewer
from matcher.ranking.contenders import Contest, explained, matched, places, screened
from matcher.ranking.matcher import Matcher
from matcher.ranking.ranker import default_ranker
from tests.builders import achievement, incubator, matcher, outcome

WORDS = ("玉米淀粉改性", "风电叶片回收", "蒙药制剂标准", "草原文旅平台", "沙棘果油提取", "肉牛育种")
LEFTS = [achievement(f"A{n:02}", title=WORDS[n % 6], summary=f"{WORDS[n % 6]}，第{n}项。") for n in range(24)]
RIGHTS = [
    incubator("I1", focus="玉米与沙棘深加工"),
    incubator("I2", focus="风电装备", capacity=3, occupied=3),
    incubator("I3", focus="畜牧", capacity=None, occupied=None),
]
PAST = [outcome("A00", "I1"), outcome("A01", "I3")]


@pytest.fixture(scope="module")
def engine() -> Matcher:
    return matcher(LEFTS, RIGHTS, PAST)


def contest(engine: Matcher, most: int, *, new: tuple[int, ...] = (), right: bool = True, floor: float = 0) -> Contest:
    asking, shown = (engine.known.right, engine.known.left) if right else (engine.known.left, engine.known.right)
    flags = np.isin(np.arange(len(shown)), new)
    return Contest(dict.fromkeys(range(len(asking)), most), flags, Viewer.PUBLIC, floor=floor)


def test_a_carriers_contenders_are_what_it_screens_with_the_same_numbers(engine: Matcher) -> None:
    found = {engine.known.right.ids[one.asker]: one for one in screened(engine, contest(engine, 5))}
    for right_id in ("I1", "I3"):
        answer = engine.screen(right_id, 5, Viewer.PUBLIC)
        one = found[right_id]
        assert [engine.known.left.ids[row] for row in one.shown] == [match.id for match in answer.matches]
        assert one.probabilities == pytest.approx([match.probability for match in answer.matches], abs=1e-4)


def test_a_results_contenders_are_what_it_is_matched_with(engine: Matcher) -> None:
    for one in matched(engine, contest(engine, 2, right=False)):
        side = engine.known.left.take([one.asker])
        answer = engine.match(side, 2, Viewer.PUBLIC)
        assert [engine.known.right.ids[column] for column in one.shown] == [match.id for match in answer.matches]


def test_who_can_take_nobody_is_not_asked_about(engine: Matcher) -> None:
    asked = {engine.known.right.ids[one.asker] for one in screened(engine, contest(engine, 5))}
    assert asked == {"I1", "I3"}
    told = [places(engine, engine.known.right.rows[name], Viewer.PUBLIC) for name in ("I1", "I2", "I3")]
    assert told == [15, 0, None]


def test_new_ones_follow_however_far_behind_they_stand(engine: Matcher) -> None:
    everybody = next(one for one in screened(engine, contest(engine, 30)) if one.asker == 0)
    last = everybody.shown[-1]
    told = next(one for one in screened(engine, contest(engine, 4, new=(last,))) if one.asker == 0)
    assert told.shown == (*everybody.shown[:4], last)


def test_what_suits_far_worse_than_the_best_is_counted_and_not_listed(engine: Matcher) -> None:
    told = next(one for one in screened(engine, contest(engine, 30, floor=0.9)) if one.asker == 0)
    assert min(told.probabilities) >= 0.9 * max(told.probabilities)
    assert told.excluded["poor"] > 0


def test_another_ranker_gives_the_same_chances_in_its_own_order(engine: Matcher) -> None:
    asked = contest(engine, 8)
    rival = default_ranker(engine.known.corpus.pairing)
    told = next(iter(screened(engine, Contest(asked.most, asked.new, Viewer.PUBLIC, rival=rival))))
    assert told.rivals == told.probabilities  # here it is the ranker itself
    assert next(iter(screened(engine, asked))).rivals is None


def test_chosen_pairs_are_explained_as_why_explains_them(engine: Matcher) -> None:
    for (row, column), match in explained(engine, [(3, 0), (4, 2), (3, 2)], Viewer.PUBLIC):
        side, right_id = engine.known.left.take([row]), engine.known.right.ids[column]
        assert match.id == right_id
        assert [one.evidence for one in match.reasons] == [
            one.evidence for one in engine.why(side, right_id, Viewer.PUBLIC).reasons
        ]
