"""What must be there before a case leaves a stage: rules of kind `exit`, over the moves of `domain.phases`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from matcher.domain.matches import Basis, Effect, State, Verdict
from matcher.domain.phases import OPEN, Move, Phase, moved
from matcher.policy.criteria import judge
from matcher.policy.facts import Fact, Facts, read
from matcher.policy.rules import Rule, Rulebook, Ruleset
from matcher.policy.trees import Compare, Given, leaves
from matcher.policy.vocabulary import Metric
from matcher.wording import Said

CASE = Said("案件记录", "the case")


class ExitRule(Rule):
    """What must be there before a case leaves the stage that the ruleset's `level` names; of 终止: to be stopped."""


@dataclass(frozen=True, slots=True)
class Gate:
    """One move of a case: where it leads, and what stands in its way."""

    at: Phase
    move: Move
    to: Phase
    verdicts: tuple[Verdict, ...]

    @property
    def open(self) -> bool:
        """Whether everything that must be there is there; what only warns does not bar the way."""
        return all(one.state is State.PASS for one in self.verdicts if one.effect is Effect.REJECT)

    @property
    def missing(self) -> tuple[Said, ...]:
        """What is not there yet."""
        return tuple(dict.fromkeys(name for one in self.verdicts for name in one.missing))


def gate(book: Rulebook, at: Phase, move: Move, facts: Facts, day: date) -> Gate:
    """The move before its conditions. Going back and taking up again have none.

    Raises:
        TransitionError: the move is not allowed from there.
    """
    to = moved(at, move)
    asked = {Move.ADVANCE: at, Move.STOP: to}.get(move)
    rules = [rule for one in stages(book, day) if one.level == asked for rule in one.rules if rule.in_force(day)]
    told = (judge(book, rule, facts, day=day) for rule in rules)
    return Gate(at, move, to, tuple(verdict for verdict in told if verdict))


def stages(book: Rulebook, day: date | None = None) -> tuple[Ruleset, ...]:
    """The rulesets of exits, in the order of the stages; those in force on a day, when one is given."""
    order = list(Phase)
    found = [
        one
        for one in book.rulesets.values()
        if isinstance(one.rules[0], ExitRule) and (day is None or one.in_force(day))
    ]
    return tuple(sorted(found, key=lambda one: order.index(Phase(one.level))))


@dataclass(frozen=True, slots=True)
class Asked:
    """A fact of a case that leaving a stage asks for."""

    name: str
    metric: Metric
    basis: Basis | None
    """The rule that asks for it; None: it only decides whether another one is asked for."""


def asked(book: Rulebook, day: date) -> dict[Phase, tuple[Asked, ...]]:
    """What leaving each stage asks for, in the order of the rules."""
    return {
        Phase(one.level): tuple(
            Asked(name, book.metrics[name], book.basis(rule.id) if name not in rule.when else None)
            for rule in one.rules
            if rule.in_force(day)
            for name in (*rule.when, *_metrics(rule))
        )
        for one in stages(book, day)
        if Phase(one.level) in OPEN
    }


def _metrics(rule: Rule) -> Iterator[str]:
    for leaf in leaves(rule.criterion):
        if isinstance(leaf, Given):
            yield leaf.given
        elif isinstance(leaf, Compare):
            yield leaf.metric


def case_facts(told: Mapping[str, object], book: Rulebook) -> Facts:
    """What a case tells, by metric (`case_trl` …), as facts; what is empty is not told.

    Raises:
        KeyError: there is no such metric.
    """
    known = {name: Fact(read(value, book.metrics[name].measure), CASE) for name, value in told.items() if _told(value)}
    return Facts(book.metrics, known)


def _told(value: object) -> bool:
    return value not in (None, "", (), [])
