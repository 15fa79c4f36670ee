"""The figures of the period, carrier by carrier, with their sum: a table for each group of kinds."""

from __future__ import annotations

from collections.abc import Sequence

from matcher.domain.records import CarrierKind
from matcher.policy.duties import Owed
from matcher.policy.facts import Facts
from matcher.policy.vocabulary import Measure, Metric
from matcher.policy.year_figures import figures
from matcher.reporting.sections import Cell, Column, Headline, Line, Section, Shape
from matcher.services.report.context import CARRIER, Context
from matcher.services.submissions import Received
from matcher.wording import Said

GROUPS: Sequence[tuple[str, Said, tuple[CarrierKind, ...]]] = (
    ("incubators", Said("孵化器和加速器", "incubators"), (CarrierKind.INCUBATOR, CarrierKind.ACCELERATOR)),
    ("makerspaces", Said("众创空间和星创天地", "makerspaces"), (CarrierKind.MAKERSPACE, CarrierKind.AGRI_MAKERSPACE)),
    ("platforms", Said("平台", "platforms"), (CarrierKind.PLATFORM,)),
)
"""The kinds that owe much the same figures and stand in one table."""
SHAPES = {Measure.SHARE: Shape.SHARE, Measure.YUAN: Shape.YUAN, Measure.FLAG: Shape.TEXT}
SUMMED = frozenset({Measure.NUMBER, Measure.YUAN})
HEADLINES = ("tenants", "residents", "graduates", "events")
YES_NO = {True: Said("是", "yes"), False: Said("否", "no")}
NOTES = (
    Said(
        "数据为载体填报；标黄的存疑，未改动，计入合计。",
        "As submitted; what is yellow is doubted, unchanged and in the sum.",
    ),
    Said(
        "合计只含已填的数，下一行是填了该项的家数。",
        "The sum holds what was told; the line below it counts who told it.",
    ),
)


def figures_sections(context: Context) -> tuple[Section, ...]:
    """A section for each group of which somebody owes figures for the period."""
    found = []
    for key, title, kinds in GROUPS:
        members = [one for one in context.received if one.carrier.kind in kinds]
        if members:
            found.append(_section(context, key, title, sorted(members, key=lambda one: one.carrier.id)))
    return tuple(found)


def _section(context: Context, key: str, title: Said, members: Sequence[Received]) -> Section:
    owed = list({rule.metric: rule for one in members for rule in one.due.owed}.values())
    told = [(one, _figures(context, one)) for one in members]
    told = [(one, facts) for one, facts in told if facts.known]
    lines = [_line(context, one, facts, owed) for one, facts in told]
    refs = tuple(dict.fromkeys(ref for line in lines for ref in line.refs if ref.startswith("periods:")))
    if lines:
        sums = [_sum(context, rule, [facts for _, facts in told]) for rule in owed]
        counts = [float(sum(_number(facts, rule) is not None for _, facts in told)) for rule in owed]
        lines += [
            Line((Said("合计", "sum"), "", *sums), refs, total=True),
            Line((Said("填报家数", "carriers that told it"), "", *counts), refs, total=True),
        ]
    columns = [*CARRIER, *(_column(rule, context.book.metrics[rule.metric]) for rule in owed)]
    silent = [one.carrier.name for one in members if one.carrier.id not in {each.carrier.id for each, _ in told}]
    notes = (
        *NOTES,
        *([Said(f"未报：{'、'.join(silent)}。", f"Not submitted: {', '.join(silent)}.")] if silent else []),
    )
    named = Said(f"{title.zh}填报数据", f"figures of {title.en}")
    return Section(key, named, tuple(columns), tuple(lines), notes, _headlines(title, owed, lines, context))


def _figures(context: Context, one: Received) -> Facts:
    return figures(context.period, context.known.told.get(one.carrier.id, {}), context.book)


def _line(context: Context, one: Received, facts: Facts, owed: Sequence[Owed]) -> Line:
    doubted = {doubt.metric for doubt in one.doubts}
    cells = [_cell(facts, rule, context.book.metrics[rule.metric], doubted) for rule in owed]
    told = context.known.submissions.get(one.carrier.id, {})
    rows = [row.row for period, row in sorted(told.items()) if context.period.holds(period)]
    rules = [context.cite.rule(doubt.verdict.rule) for doubt in one.doubts]
    return Line((one.carrier.name, one.carrier.id, *cells), (*context.cite.rows(rows), *dict.fromkeys(rules)))


def _cell(facts: Facts, rule: Owed, metric: Metric, doubted: set[str]) -> Cell:
    fact = facts.find(rule.metric)
    if fact is None or not isinstance(fact.value, float | bool):
        return Cell(None)
    content = YES_NO[fact.value] if isinstance(fact.value, bool) else fact.value
    return Cell(content, rule.metric in doubted, fact.least and metric.measure is not Measure.FLAG)


def _number(facts: Facts, rule: Owed) -> float | bool | None:
    fact = facts.find(rule.metric)
    return fact.value if fact and isinstance(fact.value, float | bool) else None


def _sum(context: Context, rule: Owed, told: Sequence[Facts]) -> Cell:
    """The sum of a figure; a share has none."""
    if context.book.metrics[rule.metric].measure not in SUMMED:
        return Cell(None)
    facts = [fact for each in told if (fact := each.find(rule.metric)) and isinstance(fact.value, float)]
    total = sum(fact.value for fact in facts if isinstance(fact.value, float))
    return Cell(total if facts else None, least=any(fact.least for fact in facts))


def _column(rule: Owed, metric: Metric) -> Column:
    unit = Said("元", "yuan") if metric.measure is Measure.YUAN else metric.unit
    return Column(rule.name, SHAPES.get(metric.measure, Shape.NUMBER), unit)


def _headlines(title: Said, owed: Sequence[Owed], lines: Sequence[Line], context: Context) -> tuple[Headline, ...]:
    """Tenants or residents, and graduates, of the group."""
    if not lines:
        return ()
    sums = {rule.metric: cell for rule, cell in zip(owed, lines[-2].cells[2:], strict=True)}
    names = {rule.metric: rule.name for rule in owed}
    return tuple(
        Headline(
            Said(f"{title.zh}：{names[one].zh}合计", f"{title.en}: {names[one].en}"),
            sums[one],
            unit=context.book.metrics[one].unit,
        )
        for one in HEADLINES
        if one in sums
    )
