"""The table of moves: every pair of stage and move, and nothing beside it."""

from __future__ import annotations

from itertools import pairwise, product

import pytest

from matcher.domain.phases import MOVES, OPEN, PHASES, TRANSITIONS, Move, Phase, moved, moves
from matcher.errors import TransitionError

EVERY = list(product(Phase, Move))
CHAIN = (*OPEN, Phase.CLOSED)


def test_the_stages_are_the_notices_in_its_order() -> None:
    assert [PHASES[each].zh for each in OPEN] == ["发现", "挖掘", "策划", "转化", "服务"]


@pytest.mark.parametrize(("at", "move"), EVERY)
def test_a_move_leads_where_the_table_says_or_is_refused_with_those_that_are_allowed(at: Phase, move: Move) -> None:
    if move in moves(at):
        assert moved(at, move) is TRANSITIONS[at, move]
        return
    with pytest.raises(TransitionError) as raised:
        moved(at, move)
    assert PHASES[at].zh in raised.value.message.zh
    assert all(MOVES[each].zh in raised.value.step.zh for each in moves(at))


@pytest.mark.parametrize(("at", "to"), list(pairwise(CHAIN)))
def test_a_case_goes_one_stage_at_a_time(at: Phase, to: Phase) -> None:
    assert moved(at, Move.ADVANCE) is to


@pytest.mark.parametrize(("to", "at"), list(pairwise(OPEN)))
def test_a_case_goes_back_one_stage_at_a_time(at: Phase, to: Phase) -> None:
    assert moved(at, Move.BACK) is to


def test_only_an_open_case_can_be_stopped_and_only_a_finished_one_taken_up_again() -> None:
    assert [at for at in Phase if Move.STOP in moves(at)] == list(OPEN)
    assert {at: moved(at, Move.REOPEN) for at in Phase if Move.REOPEN in moves(at)} == {
        Phase.LOST: Phase.DISCOVER,
        Phase.CLOSED: Phase.SERVE,
    }


def test_nothing_goes_back_from_the_first_stage() -> None:
    assert Move.BACK not in moves(Phase.DISCOVER)


def test_every_stage_can_be_reached_and_left() -> None:
    assert set(TRANSITIONS.values()) == set(Phase)
    assert {at for at, _ in TRANSITIONS} == set(Phase)
