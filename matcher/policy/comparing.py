"""One metric against one value: the leaf of every criterion."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from matcher.domain.matches import State
from matcher.domain.rounding import points
from matcher.policy.facts import Fact, Facts, Figure
from matcher.policy.figures import beside, comparison, short, shown
from matcher.policy.trees import Compare, Given
from matcher.policy.vocabulary import Measure
from matcher.wording import Said

DIGITS = 9
"""Decimals in which a value is compared: 0.8 × 0.3 is 0.24, whatever the machine makes of it."""
MINIMA = (">=", ">", "has")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a criterion says of some facts; the fields are those of a verdict."""

    state: State
    said: Said
    change: Said | None = None
    value: float | str | None = None
    threshold: float | str | None = None
    margin: float | None = None
    origins: tuple[Said, ...] = ()
    shortfalls: tuple[tuple[str, float], ...] = ()
    missing: tuple[Said, ...] = ()


def answer(leaf: Compare | Given, facts: Facts, relief: float = 1.0) -> Finding:
    """The answer of a leaf that looks at one metric."""
    return given(leaf.given, facts) if isinstance(leaf, Given) else compare(leaf, facts, relief)


def compare(leaf: Compare, facts: Facts, relief: float = 1.0) -> Finding:
    """The answer of one comparison; `relief` is the factor on minima that are marked for it."""
    metric = facts.metrics[leaf.metric]
    threshold = _threshold(leaf, facts, relief)
    if threshold is None:
        label = facts.metrics[leaf.by].name
        said = Said(f"{label.zh}未填，要求因类型而异", f"{label.en} is not stated, and the requirement depends on it")
        return Finding(State.UNKNOWN, said, missing=(label,))
    fact = facts.find(leaf.metric)
    wanted = comparison(metric, leaf.op, threshold)
    if fact is None or fact.value is None:
        why = _why_unknown(fact)
        said = Said(f"{metric.name.zh}{why.zh}（要求{wanted.zh}）", f"{metric.name.en} {why.en} (wanted: {wanted.en})")
        lacking = fact.lacks if fact and fact.lacks else metric.name
        return Finding(State.UNKNOWN, said, threshold=_plain(threshold), missing=(lacking,))
    state, margin = settle(leaf, fact, threshold)
    value = beside(metric, fact.value, threshold, least=fact.least)
    least = Said("至少", "at least ") if fact.least else Said("", "")
    said = Said(
        f"{metric.name.zh} {least.zh}{value.zh}（要求{wanted.zh}）",
        f"{metric.name.en} {least.en}{value.en} (wanted: {wanted.en})",
    )
    finding = Finding(state, said, None, _plain(fact.value), _plain(threshold), margin, (fact.origin,))
    if state is State.UNKNOWN:
        return replace(finding, missing=(metric.name,))
    if state is State.PASS:
        return finding
    if shortfall := _shortfall(leaf, facts, threshold, margin):
        told = short(facts.metrics[shortfall[0]], shortfall[1])
        return replace(finding, change=told, shortfalls=(shortfall,))
    return replace(finding, change=_change(leaf, facts, threshold, margin))


def given(name: str, facts: Facts) -> Finding:
    """Whether a metric is told; it never fails, for what nobody told is not known to be absent."""
    metric, fact = facts.metrics[name], facts.find(name)
    if fact is None or fact.value is None:
        why = _why_unknown(fact)
        said = Said(f"{metric.name.zh}{why.zh}", f"{metric.name.en} {why.en}")
        return Finding(State.UNKNOWN, said, missing=(metric.name,))
    value = shown(metric, fact.value)
    said = Said(f"{metric.name.zh} {value.zh}", f"{metric.name.en} {value.en}")
    return Finding(State.PASS, said, None, _plain(fact.value), origins=(fact.origin,))


def settle(leaf: Compare, fact: Fact | None, threshold: Figure) -> tuple[State, float | None]:
    """The answer without its words, and how far on the good side the value lies; no distance where it is unknown."""
    if fact is None or fact.value is None:
        return State.UNKNOWN, None
    margin = _margin(leaf.op, fact.value, threshold)
    state = _state(leaf.op, fact, margin, threshold)
    return state, None if state is State.UNKNOWN else margin


def _why_unknown(fact: Fact | None) -> Said:
    if fact is None:
        return Said("未填", "not stated")
    if fact.lacks:
        return Said(f"尚不能确定：{fact.origin.zh}", f"is not known: {fact.origin.en}")
    return Said(f"无法使用：{fact.origin.zh}", f"cannot be used: {fact.origin.en}")


def _threshold(leaf: Compare, facts: Facts, relief: float) -> Figure | None:
    value = leaf.value
    if not isinstance(value, bool | float | str | tuple):
        kind = facts.find(leaf.by)
        if kind is None or str(kind.value) not in value:
            return None
        value = value[str(kind.value)]
    return round(value * relief, DIGITS) if leaf.relief and isinstance(value, float) else value


def _margin(op: str, value: Figure, threshold: Figure) -> float | None:
    if not isinstance(value, float) or not isinstance(threshold, float):
        return None
    ahead = round(value - threshold, DIGITS)
    if op in MINIMA:
        return ahead
    return (-abs(ahead) if op == "==" else -ahead) + 0.0


def _state(op: str, fact: Fact, margin: float | None, threshold: Figure) -> State:
    value = fact.value
    if op == "in":
        held = isinstance(threshold, tuple) and value in threshold
    elif op == "has":
        held = isinstance(threshold, tuple) and isinstance(value, tuple) and set(threshold) <= set(value)
    elif margin is None:
        held = value == threshold
    else:
        held = margin > 0 if op in (">", "<") else margin >= 0
    if fact.least and held != (op in MINIMA):
        return State.UNKNOWN  # a lower bound proves that a minimum is reached or a maximum passed, and nothing else
    return State.PASS if held else State.FAIL


def _shortfall(leaf: Compare, facts: Facts, threshold: Figure, margin: float | None) -> tuple[str, float] | None:
    """What a failed comparison lacks, as (metric, amount).

    A ratio of two known counts lacks some of its upper part when it is too small, of its lower part when too great.
    """
    if margin is None or not isinstance(threshold, float):
        return None
    metric = facts.metrics[leaf.metric]
    if (quotient := metric.quotient) and quotient.by:
        over, under = facts.number(quotient.of), facts.number(quotient.by)
        if over is not None and under is not None:
            minimum = leaf.op in MINIMA
            needed = threshold * under / quotient.times - over if minimum else over * quotient.times / threshold - under
            return quotient.of if minimum else quotient.by, float(math.ceil(round(needed, DIGITS - 3)))
    if leaf.op not in MINIMA or metric.measure is Measure.SHARE:
        return None
    return leaf.metric, -margin


def _change(leaf: Compare, facts: Facts, threshold: Figure, margin: float | None) -> Said:
    """What would change a failure that is no shortfall of things."""
    metric = facts.metrics[leaf.metric]
    if isinstance(threshold, bool):
        yes = Said(f"须满足：{metric.name.zh}", f"needed: {metric.name.en}")
        return yes if threshold else Said(f"不得：{metric.name.zh}", f"must not be: {metric.name.en}")
    if margin is None:
        wanted = comparison(metric, leaf.op, threshold)
        return Said(f"{metric.name.zh}须{wanted.zh}", f"{metric.name.en} must be {wanted.en}")
    if leaf.op not in MINIMA:
        over = shown(metric, -margin)
        return Said(f"{metric.name.zh}超出 {over.zh}", f"{metric.name.en}: {over.en} too many")
    lacks = points(-margin)
    return Said(f"{metric.name.zh}还差 {lacks} 个百分点", f"{metric.name.en}: {lacks} points short")


def _plain(value: Figure) -> float | str:
    return "、".join(value) if isinstance(value, tuple) else value
