"""The solver of digests: the optimum where brute force can tell, and a named partial answer where time runs out."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest

from matcher.digest.program import Ended, Limit, Program, Quota, Room, filled, solve


def random_program(seed: int, choices: int = 9) -> Program:
    random = Random(seed)  # noqa: S311 - repeatable, not secret

    def members() -> list[int]:
        return sorted(random.sample(range(choices), random.randint(1, choices)))

    return Program(
        [random.choice((0.0, 0.1, 0.35, 0.35, 1.5, 3.2)) for _ in range(choices)],
        [Limit(members(), random.randint(0, 3)) for _ in range(random.randint(0, 5))],
        [Quota(members(), random.randint(1, 2), random.choice((0.2, 0.3, 2.0))) for _ in range(random.randint(0, 3))],
    )


def best_of_all(program: Program) -> float:
    numbers = range(len(program.values))
    every = (set(some) for size in range(len(numbers) + 1) for some in combinations(numbers, size))
    return max(program.worth(some) for some in every if program.allows(some))


@pytest.mark.parametrize("seed", range(150))
def test_the_solution_is_worth_as_much_as_the_best_of_all_choices(seed: int) -> None:
    program = random_program(seed)
    found = solve(program, 60)
    assert found.ended is Ended.OPTIMAL
    assert program.allows(set(found.chosen))
    assert program.worth(set(found.chosen)) == pytest.approx(best_of_all(program), abs=1e-6)
    assert found.bound == pytest.approx(program.worth(set(found.chosen)), abs=1e-6)


def test_the_same_program_has_the_same_solution_where_several_are_as_good() -> None:
    program = Program([1.0] * 40, [Limit(range(40), 7), Limit(range(20), 4)])
    assert solve(program, 60) == solve(program, 60)


def test_out_of_time_the_answer_keeps_every_limit_and_is_called_partial() -> None:
    random = Random(5)  # noqa: S311 - repeatable, not secret
    values = [random.random() for _ in range(3000)]
    limits = [Limit(random.sample(range(3000), 60), random.randint(1, 5)) for _ in range(900)]
    program = Program(values, limits)
    found = solve(program, 0.0)
    assert found.ended is Ended.PARTIAL
    assert found.chosen
    assert program.allows(set(found.chosen))
    room = Room(program, found.chosen)
    assert not any(room.fits(one) for one in range(3000) if one not in found.chosen)


def test_what_is_filled_up_takes_the_most_valuable_first_and_nothing_without_value() -> None:
    program = Program([0.5, 0.9, 0.0, 0.7], [Limit([0, 1, 3], 2)])
    assert filled(program) == (1, 3)
    assert filled(program, [0]) == (0, 1)


def test_room_counts_what_is_taken_and_given_back() -> None:
    room = Room(Program([1.0] * 3, [Limit([0, 1, 2], 2)]), [0])
    assert room.fits(1)
    assert not room.fits_beside([1], 2)
    room.take(1)
    assert not room.fits(2)
    room.give_back(0)
    assert room.fits(2)


def test_nothing_to_choose_from_is_solved() -> None:
    assert solve(Program([]), 1).chosen == ()
