"""What is wrong with a rule that is well formed: names that do not exist, claims beyond what is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from matcher.domain.matches import Confidence, Effect
from matcher.domain.phases import Phase
from matcher.policy.eligibility import CHECKS
from matcher.policy.pairs import PairRule
from matcher.policy.rules import Rule, Rulebook
from matcher.policy.stages import ExitRule
from matcher.policy.trees import Compare, Given, Meets, leaves
from matcher.policy.vocabulary import Measure, Quality

OPS = {
    Measure.NUMBER: {">=", "<=", ">", "<", "=="},
    Measure.SHARE: {">=", "<=", ">", "<"},
    Measure.YUAN: {">=", "<=", ">", "<"},
    Measure.FLAG: {"=="},
    Measure.TEXT: {"in"},
    Measure.LIST: {"has"},
}


def faults(book: Rulebook, rule: Rule) -> Iterator[tuple[str, str]]:
    """Every fault of a rule, as the key it stands under and the reason."""
    yield from _faults_of_standing(book, rule)
    yield from _faults_of_criterion(book, rule)
    yield from rule.faults(book)


def _faults_of_standing(book: Rulebook, rule: Rule) -> Iterator[tuple[str, str]]:
    """What a rule claims beyond what is known of it, as (key, reason)."""
    quality = book.sources[rule.source].quality
    if rule.confidence is Confidence.MEMORY and rule.effect not in (Effect.INFO, Effect.WARN):
        yield "effect", f"known from memory only, so it may warn and never {rule.effect}"
    if rule.confidence is Confidence.SEEN_PRIMARY and quality is not Quality.PRIMARY:
        yield "confidence", f"SEEN_PRIMARY needs a primary source; {rule.source} is {quality}"
    if (rule.confidence is Confidence.STATED) != (quality in (Quality.STATEMENT, Quality.OWN)):
        yield "confidence", f"STATED belongs to statements, and only to them; {rule.source} is {quality}"
    if (rule.effective_from or date.min) > (rule.effective_to or date.max):
        yield "effective_to", "effective_to lies before effective_from"
    if isinstance(rule, PairRule) and rule.id not in CHECKS:
        yield "id", f"no check computes its facts; known are {', '.join(CHECKS)}"
    ruleset = book.rulesets[rule.ruleset]
    if isinstance(rule, ExitRule) and ruleset.level not in set(Phase):
        yield "id", f"{ruleset.id} names no stage in `level`; known are {', '.join(Phase)}"
    if any(isinstance(leaf, Compare) and leaf.relief for leaf in leaves(rule.criterion)) and not ruleset.relief:
        yield "criterion", f"relief is marked, but {ruleset.id} grants none"


def _faults_of_criterion(book: Rulebook, rule: Rule) -> Iterator[tuple[str, str]]:
    """Names that do not exist and values that do not suit them, as (key, reason)."""
    for name in rule.when:
        if name not in book.metrics or not set(rule.when[name]) <= set(book.metrics[name].words):
            yield "when", f"{name} is no text metric with all these words"
    yield from _faults_of_sight(book, rule)
    for leaf in leaves(rule.criterion):
        if isinstance(leaf, Meets):
            if rule.ruleset in _reached(book, leaf.meets):
                yield "criterion", f"{leaf.meets} does not exist, or leads back to {rule.ruleset}"
        elif isinstance(leaf, Given) and leaf.given not in book.metrics:
            yield "criterion", f"unknown metric {leaf.given}"
        elif isinstance(leaf, Compare) and (reason := _unfit(book, leaf)):
            yield "criterion", reason


def _faults_of_sight(book: Rulebook, rule: Rule) -> Iterator[tuple[str, str]]:
    """Metrics that nobody works out for a rule of its kind, so that it would stay unknown for ever."""
    if rule.looks_at:
        known = ", ".join(sorted(rule.looks_at))
        kind = book.rulesets[rule.ruleset].kind
        if not set(rule.when) <= rule.looks_at:
            yield "when", f"a rule of kind {kind} knows only: {known}"
        named = {leaf.metric for leaf in leaves(rule.criterion) if isinstance(leaf, Compare)}
        if any(isinstance(leaf, Meets) for leaf in leaves(rule.criterion)) or not named <= rule.looks_at:
            yield "criterion", f"a rule of kind {kind} knows only: {known}"


def _reached(book: Rulebook, start: str) -> set[str]:
    """The rulesets that one leads to, itself among them; every name there is when one does not exist."""
    found, open_ = set(), [start]
    while open_:
        name = open_.pop()
        if name not in book.rulesets:
            return {name, *book.rulesets}
        if name not in found:
            found.add(name)
            rules = book.rulesets[name].rules
            open_ += [leaf.meets for rule in rules for leaf in leaves(rule.criterion) if isinstance(leaf, Meets)]
    return found


def _unfit(book: Rulebook, leaf: Compare) -> str:
    metric = book.metrics.get(leaf.metric)
    if metric is None:
        return f"unknown metric {leaf.metric}"
    if leaf.op not in OPS[metric.measure]:
        return f"{leaf.op} does not suit {leaf.metric}, a {metric.measure}"
    values = list(leaf.value.values()) if isinstance(leaf.value, Mapping) else [leaf.value]
    wanted = {Measure.FLAG: bool, Measure.TEXT: tuple, Measure.LIST: tuple}.get(metric.measure, float)
    if not all(type(value) is wanted for value in values):
        return f"the value of {leaf.metric}, a {metric.measure}, must be a {wanted.__name__}"
    if metric.measure is Measure.TEXT and isinstance(leaf.value, tuple) and not set(leaf.value) <= set(metric.words):
        return f"{leaf.metric} knows only: {', '.join(metric.words)}"
    if leaf.by and (leaf.by not in book.metrics or not set(leaf.value) <= set(book.metrics[leaf.by].words)):  # type: ignore[arg-type]
        return f"{leaf.by} is no text metric with all these types"
    return ""
