"""Who has submitted, and what is missing, doubted and corrected."""

from __future__ import annotations

from collections import Counter

from matcher.domain.registers import Submission
from matcher.reporting.sections import Column, Headline, Line, Section, Shape
from matcher.services.report.context import CARRIER, Context
from matcher.services.submissions import ARRIVALS, Arrival, Received
from matcher.wording import Said


def submissions_sections(context: Context) -> tuple[Section, ...]:
    """The state of each carrier's submission, and the list of what is to be looked at again."""
    return (_states(context), _doubts(context))


def _states(context: Context) -> Section:
    counts = Counter(one.arrival for one in context.received)
    columns = (
        *CARRIER,
        Column(Said("类型", "kind")),
        Column(Said("状态", "state")),
        Column(Said("截止日期", "due"), Shape.DAY),
        Column(Said("填报日期", "submitted"), Shape.DAY),
        Column(Said("逾期", "late"), Shape.NUMBER, Said("天", "days")),
        Column(Said("应报", "owed"), Shape.NUMBER, Said("项", "")),
        Column(Said("缺项", "missing"), Shape.LONG),
        Column(Said("存疑", "doubts"), Shape.NUMBER, Said("项", "")),
        Column(Said("更正", "corrected"), Shape.NUMBER, Said("项", "")),
    )
    headlines = [
        Headline(Said("应报载体", "carriers that owe figures"), float(len(context.received)), unit=Said("家", ""))
    ]
    headlines += [Headline(ARRIVALS[one], float(counts[one]), unit=Said("家", "")) for one in Arrival if counts[one]]
    return Section(
        "submissions",
        Said("填报情况", "submissions"),
        columns,
        tuple(_state(context, one) for one in context.received),
        (
            Said(
                "应报项目和期限见 data/policy/reporting.yaml，依据 四(三)。",
                "What is owed and when: data/policy/reporting.yaml.",
            ),
        ),
        tuple(headlines),
    )


def _state(context: Context, one: Received) -> Line:
    row = one.submitted.row if one.submitted else None
    lacking = [rule.name for rule, _ in one.missing]
    kind = one.carrier.kind
    rules = dict.fromkeys(context.cite.rule(verdict.rule) for _, verdict in one.missing)
    return Line(
        (
            one.carrier.name,
            one.carrier.id,
            Said(kind.label, kind.value) if kind else None,
            ARRIVALS[one.arrival],
            one.due.day,
            row.submitted_on if row else None,
            float(one.days_late) if one.days_late else None,
            float(len(one.due.owed)),
            Said("、".join(name.zh for name in lacking), ", ".join(name.en for name in lacking)) if lacking else None,
            float(len(one.doubts)) if one.doubts else None,
            float(len(one.corrections)) if one.corrections else None,
        ),
        (*(context.cite.rows([row]) if row else context.cite.rows([one.carrier])), *rules),
    )


def _doubts(context: Context) -> Section:
    columns = (
        *CARRIER,
        Column(Said("类别", "what")),
        Column(Said("说明", "told"), Shape.LONG),
        Column(Said("本次", "now"), Shape.NUMBER),
        Column(Said("以前", "before"), Shape.NUMBER),
    )
    lines = [line for one in context.received if one.submitted for line in _doubted(context, one, one.submitted.row)]
    return Section("doubts", Said("存疑和更正", "doubts and corrections"), columns, tuple(lines))


def _doubted(context: Context, one: Received, row: Submission) -> list[Line]:
    ref = context.cite.row(row)
    lines = []
    for doubt in one.doubts:
        verdict, name = doubt.verdict, context.book.metrics[doubt.metric].name if doubt.metric else Said("", "")
        said = Said(f"{name.zh} {verdict.said.zh}".strip(), f"{name.en} {verdict.said.en}".strip())
        refs = (ref, context.cite.rule(verdict.rule))
        lines.append(
            Line((one.carrier.name, one.carrier.id, verdict.basis.name, said, doubt.value, doubt.before), refs)
        )
    for each in one.corrections:
        what = Said(
            f"更正：{each.name}（{each.replaced_at:%Y-%m-%d}）", f"corrected: {each.name} ({each.replaced_at:%Y-%m-%d})"
        )
        lines.append(
            Line((one.carrier.name, one.carrier.id, Said("更正", "correction"), what, each.after, each.before), (ref,))
        )
    return lines
