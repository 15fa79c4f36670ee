"""Brand output and managed services that ran in the period, and whether they were filed before they started."""

from __future__ import annotations

from collections import Counter

from matcher.policy.filings import Filed, FilingState
from matcher.reporting.sections import Column, Headline, Line, Section, Shape
from matcher.services.report.context import CARRIER, Context
from matcher.wording import Said

WANTED = (FilingState.UNFILED, FilingState.PENDING, FilingState.LATE, FilingState.IN_TIME)


def filings_sections(context: Context) -> tuple[Section, ...]:
    """Every service that had not ended before the period."""
    start = context.period.start
    found = [one for one in context.filed if (one.service.filing.ended_on or start) >= start]
    counts = Counter(one.state for one in found)
    columns = (
        *CARRIER,
        Column(Said("服务", "service")),
        Column(Said("接受方", "receiver"), Shape.LONG),
        Column(Said("备案日期", "filed on"), Shape.DAY),
        Column(Said("开始日期", "started on"), Shape.DAY),
        Column(Said("结束日期", "ended on"), Shape.DAY),
        Column(Said("备案情况", "state")),
        Column(Said("逾期", "late"), Shape.NUMBER, Said("天", "days")),
        Column(Said("待核", "to be checked"), Shape.LONG),
    )
    headlines = tuple(
        Headline(Said(f"服务备案：{one.said.zh}", f"services: {one.said.en}"), float(counts[one]), unit=Said("项", ""))
        for one in WANTED
        if counts[one]
    )
    note = Said("依据 三(二)：品牌输出和管理服务须事先向市科技局备案。", "By 三(二): such services are filed first.")
    lines = tuple(_line(context, one) for one in found)
    return (
        Section("filings", Said("品牌输出和管理服务备案", "filings of services"), columns, lines, (note,), headlines),
    )


def _line(context: Context, one: Filed) -> Line:
    service, filing = one.service, one.service.filing
    names = one.missing
    cells = (
        service.carrier.name,
        service.carrier.id,
        Said(filing.kind.label, filing.kind.value),
        service.receiver_name or None,
        filing.filed_on,
        filing.started_on,
        filing.ended_on,
        one.state.said,
        float(one.days) if one.days else None,
        Said("、".join(name.zh for name in names), ", ".join(name.en for name in names)) if names else None,
    )
    rules = dict.fromkeys(context.cite.rule(verdict.rule) for verdict in one.verdicts)
    return Line(cells, (*context.cite.rows([filing]), *rules))
