"""Rule and facts to pass, fail or unknown. Unknown in, unknown out: it never passes unless another branch decides.

Three values combine as in Kleene's strong logic: `all` fails with its first failure, `any` passes with its first pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from matcher.domain.matches import State, Verdict
from matcher.policy.comparing import Finding, answer
from matcher.policy.facts import Facts
from matcher.policy.rules import Rule, Rulebook, Ruleset
from matcher.policy.trees import All, AnyOf, AtLeast, Compare, Criterion, Given, Meets, Unobtained
from matcher.wording import Said, joined

MEETING = {
    State.PASS: ("符合", "meets"),
    State.FAIL: ("不符合", "fails"),
    State.UNKNOWN: ("尚不能确定是否符合", "not known to meet"),
}


@dataclass(frozen=True, slots=True)
class Weighing:
    """What the weighing of one rule needs besides the criterion."""

    book: Rulebook
    facts: Facts
    day: date | None = None
    relief: float = 1.0


@dataclass(frozen=True, slots=True)
class Assessment:
    """A ruleset on one subject: its answer, and the verdict of every rule that speaks."""

    ruleset: Ruleset
    state: State
    verdicts: tuple[Verdict, ...]


def judge(book: Rulebook, rule: Rule, facts: Facts, *, day: date | None = None, remote: bool = False) -> Verdict | None:
    """The verdict of one rule; None where it does not apply. `remote` grants the ruleset's relief."""
    relief = book.rulesets[rule.ruleset].relief
    weighing = Weighing(book, facts, day, relief.factor if remote and relief else 1.0)
    told = {name: fact.value for name in rule.when if (fact := facts.find(name)) and isinstance(fact.value, str)}
    if any(value not in rule.when[name] for name, value in told.items()):
        return None
    if untold := tuple(book.metrics[name].name for name in rule.when if name not in told):
        zh, en = "、".join(label.zh for label in untold), ", ".join(label.en for label in untold)
        said = Said(f"{zh}未填，不知是否适用", f"{en} not stated, so whether it applies is unknown")
        return _verdict(book, rule, Finding(State.UNKNOWN, said, missing=untold))
    return _verdict(book, rule, weigh(rule.criterion, weighing))


def judge_briefly(book: Rulebook, rule: Rule, facts: Facts, *, day: date | None = None) -> Verdict | None:
    """As `judge`; of the parts that must all hold, only those that keep it from passing are told and missing."""
    verdict = judge(book, rule, facts, day=day)
    if verdict is None or verdict.state is State.PASS or not isinstance(rule.criterion, All):
        return verdict
    if not all(facts.find(name) for name in rule.when):  # its sentence is about what it applies to
        return verdict
    parts = [weigh(part, Weighing(book, facts, day)) for part in rule.criterion.all]
    telling = [part for part in parts if part.state is verdict.state]
    missing = tuple(dict.fromkeys(name for part in telling for name in part.missing))
    return replace(verdict, said=joined([part.said for part in telling]), missing=missing)


def assess(book: Rulebook, ruleset: Ruleset, facts: Facts, *, day: date, remote: bool = False) -> Assessment:
    """All rules of a ruleset. Only rules that may reject decide; where none does, the answer is unknown."""
    told = [(rule, judge(book, rule, facts, day=day, remote=remote)) for rule in ruleset.rules if rule.in_force(day)]
    states = [verdict.state for rule, verdict in told if verdict and rule.decides]
    state = combined(states, needed=len(states) if ruleset.combine == "all" else 1) if states else State.UNKNOWN
    return Assessment(ruleset, state, tuple(verdict for _, verdict in told if verdict))


def combined(states: Sequence[State], needed: int) -> State:
    """The answer when so many of the parts must hold."""
    passed, open_ = states.count(State.PASS), states.count(State.UNKNOWN)
    if passed >= needed:
        return State.PASS
    return State.FAIL if passed + open_ < needed else State.UNKNOWN


def weigh(criterion: Criterion, weighing: Weighing) -> Finding:
    """What the criterion says of the facts."""
    match criterion:
        case Compare() | Given():
            return answer(criterion, weighing.facts, weighing.relief)
        case Meets(meets=name):
            return _meets(name, weighing)
        case Unobtained(unknown=why):
            return Finding(State.UNKNOWN, Said(f"条文未取得：{why.zh}", f"text not obtained: {why.en}"))
        case All(all=parts):
            return _together([weigh(part, weighing) for part in parts], len(parts))
        case AnyOf(any=parts):
            return _together([weigh(part, weighing) for part in parts], 1)
        case AtLeast(at_least=needed, of=parts):
            return _together([weigh(part, weighing) for part in parts], needed)


def _together(parts: Sequence[Finding], needed: int) -> Finding:
    state = combined([part.state for part in parts], needed)
    telling = [part for part in parts if part.state is state] or list(parts)
    every = needed == len(parts)
    first = telling[0]
    said = joined([part.said for part in (parts if state is not State.PASS or every else telling)], every=every)
    changes = [part.change for part in parts if part.change]
    return Finding(
        state,
        said,
        joined(changes, every=every) if changes and state is not State.PASS else None,
        first.value,
        first.threshold,
        first.margin,
        tuple(dict.fromkeys(origin for part in parts for origin in part.origins)),
        tuple(each for part in parts for each in part.shortfalls) if every else (),
        () if state is State.PASS else tuple(dict.fromkeys(name for part in parts for name in part.missing)),
    )


def _meets(name: str, weighing: Weighing) -> Finding:
    ruleset = weighing.book.rulesets[name]
    day = weighing.day or date.max
    found = assess(weighing.book, ruleset, weighing.facts, day=day)
    told = [verdict for verdict in found.verdicts if verdict.state is found.state]
    missing = tuple(dict.fromkeys(name for verdict in found.verdicts for name in verdict.missing))
    zh, en = MEETING[found.state]
    changes = [verdict.change for verdict in told if verdict.change]
    return Finding(
        found.state,
        Said(f"{zh}{ruleset.name.zh}", f"{en} {ruleset.name.en}"),
        joined(changes, every=ruleset.combine == "all") if found.state is State.FAIL and changes else None,
        origins=tuple(dict.fromkeys(origin for verdict in found.verdicts for origin in verdict.origins)),
        missing=() if found.state is State.PASS else missing,
    )


def _verdict(book: Rulebook, rule: Rule, found: Finding) -> Verdict:
    return Verdict(
        book.basis(rule.id),
        found.state,
        found.said,
        found.change,
        found.value,
        found.threshold,
        found.margin,
        found.origins,
        found.shortfalls,
        found.missing,
    )
