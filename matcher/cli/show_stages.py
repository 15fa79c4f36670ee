"""The stages of a case as a list for people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from matcher.cli.console import Screen
from matcher.domain.phases import MOVES, PHASES, TRANSITIONS, Phase, moves
from matcher.policy.rules import Rule, Rulebook
from matcher.policy.stages import stages
from matcher.wording import Said


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
