"""Two rankers in one digest, and what is tried out: fair turns, honest chances."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from matcher.digest.trial import BOTH, Pick, drafted, explored

FIRST, SECOND = "serving", "default mix"


def chance(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - repeatable, not secret


def fits(there: tuple[int, ...], one: int) -> bool:
    return one not in there


def draft(first: list[int], second: list[int], size: int, seed: int = 0) -> tuple[Pick, ...]:
    return drafted({FIRST: first, SECOND: second}, size, fits, chance(seed))


def test_what_both_put_first_is_nobodys_merit() -> None:
    picks = draft([1, 2, 3], [1, 2, 4], 3)
    assert [pick.ranker for pick in picks[:2]] == [BOTH, BOTH]
    assert picks[2].offer in (3, 4)
    assert picks[2].ranker != BOTH
    assert [pick.propensity for pick in picks] == [1.0, 1.0, 0.5]


@pytest.mark.parametrize("seed", range(20))
def test_both_rankers_get_as_many_turns(seed: int) -> None:
    picks = draft([1, 2, 3, 4], [5, 6, 7, 8], 6, seed)
    counts = Counter(pick.ranker for pick in picks)
    assert counts == {FIRST: 3, SECOND: 3}
    assert len({pick.offer for pick in picks}) == 6


def test_the_chance_that_is_logged_is_the_chance_there_was() -> None:
    first, second = [1, 2, 3], [2, 4, 1]
    logged: dict[int, float] = {}
    seen: Counter[int] = Counter()
    draws = 4000
    for seed in range(draws):
        picks = draft(first, second, 3, seed)
        seen.update(pick.offer for pick in picks)
        logged |= {pick.offer: pick.propensity for pick in picks}
    assert sum(logged.values()) == pytest.approx(3)
    assert all(seen[one] / draws == pytest.approx(told, abs=0.03) for one, told in logged.items())


def test_one_that_no_limit_allows_any_more_is_passed_over() -> None:
    picks = drafted({FIRST: [1, 2], SECOND: [1, 3]}, 2, lambda there, one: one != 1 and one not in there, chance(1))
    assert {pick.offer for pick in picks} == {2, 3}


def test_what_is_tried_out_takes_the_last_place_and_says_so() -> None:
    picks = [Pick(one, FIRST) for one in (1, 2, 3)]
    told = explored(picks, [7, 8], 3, fits, 1.0, chance(0), FIRST)
    assert [pick.offer for pick in told[:2]] == [1, 2]
    assert told[2].offer in (7, 8)
    assert (told[2].exploration, told[2].propensity) == (True, 0.5)


def test_the_last_place_keeps_the_rest_of_the_chance() -> None:
    picks = [Pick(one, FIRST) for one in (1, 2, 3)]
    kept = explored(picks, [7, 8], 3, fits, 0.1, chance(1), FIRST)
    assert [pick.offer for pick in kept] == [1, 2, 3]
    assert [pick.propensity for pick in kept] == [1.0, 1.0, 0.9]


def test_where_nothing_can_be_drawn_nothing_changes() -> None:
    picks = (Pick(1, FIRST),)
    assert explored(picks, [], 1, fits, 1.0, chance(0), FIRST) == picks
    assert explored(picks, [2], 2, fits, 1.0, chance(0), FIRST)[0] == picks[0]


def test_how_often_something_is_tried_out_is_the_chance_that_was_set() -> None:
    picks = [Pick(1, FIRST)]
    tried = sum(explored(picks, [2, 3], 1, fits, 0.1, chance(seed), FIRST)[-1].exploration for seed in range(3000))
    assert tried / 3000 == pytest.approx(0.1, abs=0.02)
