"""The stages a case goes through, 发现 → 挖掘 → 策划 → 转化 → 服务, and how it may move between them.

The five stages are the notice's (通创办发〔2023〕2号, 二(四)); that a case may be stopped, closed, sent back and taken
up again is this service's own. What must be there before a stage is left is data (`data/policy/broker.yaml`).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from itertools import pairwise

from matcher.errors import TransitionError
from matcher.wording import Said


class Phase(StrEnum):
    """Where a case stands."""

    DISCOVER = "discover"
    DIG = "dig"
    PLAN = "plan"
    CONVERT = "convert"
    SERVE = "serve"
    CLOSED = "closed"
    LOST = "closed_lost"


class Move(StrEnum):
    """What may be done with a case as a whole."""

    ADVANCE = "advance"
    BACK = "back"
    STOP = "stop"
    REOPEN = "reopen"


PHASES: Mapping[Phase, Said] = {
    Phase.DISCOVER: Said("发现", "discover"),
    Phase.DIG: Said("挖掘", "dig"),
    Phase.PLAN: Said("策划", "plan"),
    Phase.CONVERT: Said("转化", "convert"),
    Phase.SERVE: Said("服务", "serve"),
    Phase.CLOSED: Said("办结", "closed"),
    Phase.LOST: Said("终止", "stopped"),
}
MOVES: Mapping[Move, Said] = {
    Move.ADVANCE: Said("进入下一环节", "advance"),
    Move.BACK: Said("退回上一环节", "go back"),
    Move.STOP: Said("终止", "stop"),
    Move.REOPEN: Said("重新启动", "take up again"),
}
OPEN = (Phase.DISCOVER, Phase.DIG, Phase.PLAN, Phase.CONVERT, Phase.SERVE)
"""The stages in which something is done, in their order."""

TRANSITIONS: Mapping[tuple[Phase, Move], Phase] = {
    **{(at, Move.ADVANCE): to for at, to in zip(OPEN, (*OPEN[1:], Phase.CLOSED), strict=True)},
    **{(at, Move.BACK): to for to, at in pairwise(OPEN)},
    **{(at, Move.STOP): Phase.LOST for at in OPEN},
    (Phase.LOST, Move.REOPEN): Phase.DISCOVER,  # what was known then must be looked at again
    (Phase.CLOSED, Move.REOPEN): Phase.SERVE,
}
"""Where each move leads; a pair that is not here is not allowed."""


def moved(at: Phase, move: Move) -> Phase:
    """Where the move leads from a stage.

    Raises:
        TransitionError: the move is not allowed there; the moves that are, are named.
    """
    if (at, move) in TRANSITIONS:
        return TRANSITIONS[at, move]
    there, told = PHASES[at], [MOVES[each] for each in moves(at)]
    raise TransitionError(
        Said(f"“{there.zh}”环节不能{MOVES[move].zh}。", f"A case at “{there.en}” cannot {MOVES[move].en}."),
        Said(f"可以：{'、'.join(one.zh for one in told)}。", f"It may: {', '.join(one.en for one in told)}."),
    )


def moves(at: Phase) -> tuple[Move, ...]:
    """The moves that are allowed from a stage."""
    return tuple(move for move in Move if (at, move) in TRANSITIONS)
