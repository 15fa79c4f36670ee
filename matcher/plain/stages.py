"""The stages of a case as plain JSON values."""

from __future__ import annotations

from datetime import date
from typing import Any

from matcher.domain.phases import MOVES, PHASES, TRANSITIONS, Phase, moves
from matcher.plain.matches import said_json
from matcher.plain.rules import rule_json
from matcher.policy.rules import Rulebook, Ruleset
from matcher.policy.stages import stages


def stages_json(book: Rulebook, day: date) -> dict[str, Any]:
    """The stages with steps and exits, and the table of moves."""
    return {
        "as_of": day,
        "rules_version": book.version,
        "stages": [_stage_json(book, one) for one in stages(book, day)],
        "transitions": [
            {"from": at.value, "action": move.value, "to": to.value} for (at, move), to in TRANSITIONS.items()
        ],
        "states": {phase.value: said_json(said) for phase, said in PHASES.items()},
        "actions": {move.value: said_json(said) for move, said in MOVES.items()},
    }


def _stage_json(book: Rulebook, one: Ruleset) -> dict[str, Any]:
    return {
        "stage": one.level,
        "name": said_json(one.name),
        "steps": [said_json(step) for step in one.steps],
        "exit": [rule_json(book, rule) for rule in one.rules],
        "actions": [move.value for move in moves(Phase(one.level))],
        "note": said_json(one.note) if one.note else None,
    }
