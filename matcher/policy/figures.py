"""Values, thresholds and whole criteria in words."""

from __future__ import annotations

from collections.abc import Mapping

from matcher.domain.rounding import share, yuan
from matcher.policy.rules import Rulebook
from matcher.policy.trees import All, AnyOf, AtLeast, Compare, Criterion, Given, Meets, Unobtained
from matcher.policy.vocabulary import Measure, Metric
from matcher.wording import Said, joined

SIGNS = {">=": "≥ ", "<=": "≤ ", ">": "> ", "<": "< ", "==": ""}
Shown = float | bool | str | tuple[str, ...]


def shown(metric: Metric, value: Shown, *, least: bool = False) -> Said:
    """A value with its unit, rounded; `least`: it is a lower bound and may not be rounded up."""
    if isinstance(value, bool):
        return Said("是", "yes") if value else Said("否", "no")
    if isinstance(value, tuple):
        words = [metric.words.get(word, Said(word, word)) for word in value]
        return Said("、".join(word.zh for word in words) or "无", ", ".join(word.en for word in words) or "none")
    if isinstance(value, str):
        return metric.words.get(value, Said(value, value))
    if metric.measure is Measure.SHARE:
        return Said(share(value, least=least), share(value, least=least))
    if metric.measure is Measure.YUAN:
        return Said(f"{yuan(value)}元", f"{yuan(value)} yuan")
    number = f"{value:,.0f}" if value == round(value) else f"{value:,.2f}"
    return Said(f"{number} {metric.unit.zh}".strip(), f"{number} {metric.unit.en}".strip())


def comparison(metric: Metric, op: str, threshold: Shown) -> Said:
    """What is wanted: “≥ 50 家”."""
    value = shown(metric, threshold)
    if op == "in" and isinstance(threshold, tuple) and len(threshold) == 1:
        return Said(f"为{value.zh}", value.en)
    if op == "in":
        return Said(f"为{value.zh}之一", f"one of {value.en}")
    if op == "has":
        return Said(f"具备{value.zh}", f"all of {value.en}")
    return Said(f"{SIGNS[op]}{value.zh}", f"{SIGNS[op]}{value.en}")


def beside(metric: Metric, value: Shown, threshold: Shown, *, least: bool = False) -> Said:
    """A value that stands beside what is wanted: as exact as it takes to tell the two apart."""
    said = shown(metric, value, least=least)
    if value == threshold or isinstance(value, bool | str | tuple) or said != shown(metric, threshold):
        return said
    if metric.measure is Measure.SHARE:
        return Said(f"{value * 100:.10g}%", f"{value * 100:.10g}%")
    unit = Said("元", "yuan") if metric.measure is Measure.YUAN else metric.unit
    return Said(f"{value:,.10g} {unit.zh}".strip(), f"{value:,.10g} {unit.en}".strip())


def short(metric: Metric, by: float) -> Said:
    """What is missing: “还差 3 家在孵企业”."""
    amount, noun = shown(metric, by), metric.noun or metric.name
    return Said(f"还差 {amount.zh}{noun.zh}", f"{amount.en} {noun.en} short")


def described(criterion: Criterion, book: Rulebook) -> Said:
    """A criterion in words."""
    match criterion:
        case Compare() | Given():
            return _leaf(criterion, book)
        case Meets(meets=name):
            return Said(f"符合{book.rulesets[name].name.zh}", f"meets {book.rulesets[name].name.en}")
        case Unobtained(unknown=why):
            return Said(f"条文未取得：{why.zh}", f"text not obtained: {why.en}")
        case All(all=parts):
            return joined([_nested(part, book) for part in parts])
        case AnyOf(any=parts):
            return joined([_nested(part, book) for part in parts], every=False)
        case AtLeast(at_least=needed, of=parts):
            inner = joined([_nested(part, book) for part in parts])
            return Said(f"至少满足 {needed} 项：{inner.zh}", f"at least {needed} of: {inner.en}")


def _nested(part: Criterion, book: Rulebook) -> Said:
    inner = described(part, book)
    return Said(f"（{inner.zh}）", f"({inner.en})") if isinstance(part, All | AnyOf | AtLeast) else inner


def _leaf(leaf: Compare | Given, book: Rulebook) -> Said:
    if isinstance(leaf, Given):
        label = book.metrics[leaf.given].name
        return Said(f"已填{label.zh}", f"{label.en} is told")
    metric = book.metrics[leaf.metric]
    values: Mapping[str, Shown] = leaf.value if isinstance(leaf.value, Mapping) else {"": leaf.value}
    told = []
    for kind, value in values.items():
        wanted = comparison(metric, leaf.op, value)
        label = book.metrics[leaf.by].words[kind] if leaf.by else Said("", "")
        told.append(Said(f"{label.zh} {wanted.zh}".strip(), f"{label.en} {wanted.en}".strip()))
    zh, en = "、".join(one.zh for one in told), ", ".join(one.en for one in told)
    return Said(f"{metric.name.zh} {zh}{'（可减免）' if leaf.relief else ''}", f"{metric.name.en} {en}")
