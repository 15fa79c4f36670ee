"""The stages of a case as a list for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from matcher.cli.console import Screen
from matcher.cli.show_policy import rule_json, said_json
from matcher.domain.phases import MOVES, PHASES, TRANSITIONS, Phase, moves
from matcher.policy.rules import Rule, Rulebook, Ruleset
from matcher.policy.stages import stages
from matcher.wording import Said


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


def show_stages(screen: Screen, book: Rulebook, day: date) -> None:
    """What to do at each stage, and what must be there before it is left."""
    for one in stages(book, day):
        at = Phase(one.level)
        ahead = screen.say("；", "; ").join(_moves(screen, at))
        screen.print((one.name.to(screen.language), "bold"), f"  {at}   {ahead}")
        steps = screen.say(" → ", " → ").join(step.to(screen.language) for step in one.steps)
        screen.item("   · ", screen.say("步骤：", "steps: ") + steps)
        before = Said("终止前须有：", "before it is stopped:")
        if at is not Phase.LOST:
            before = Said("离开前须有：", "before it is left:")
        screen.item("   · ", before.to(screen.language))
        for rule in one.rules:
            screen.item("      – ", _exit(screen, book, rule))
    screen.note(Said(f"规则版本 {book.version}。", f"Rules {book.version}."))


def _moves(screen: Screen, at: Phase) -> Iterator[str]:
    for move in moves(at):
        yield f"{MOVES[move].to(screen.language)} → {PHASES[TRANSITIONS[at, move]].to(screen.language)}"


def _exit(screen: Screen, book: Rulebook, rule: Rule) -> str:
    basis = book.basis(rule.id)
    words = [book.metrics[name].words[word].to(screen.language) for name, only in rule.when.items() for word in only]
    limit = screen.say("（限", " (only ") + "、".join(words) + screen.say("）", ")") if words else ""
    stands = f"{basis.cites.to(screen.language)} {basis.clause} · {basis.confidence}"
    return f"{rule.name.to(screen.language)}{limit}  [{stands}]"
