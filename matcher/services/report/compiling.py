"""The report as a whole: every section in its order, what the first page repeats of them, and the list of sources."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from matcher.domain.periods import Period
from matcher.domain.visibility import Clearance, Viewer
from matcher.errors import PolicyError
from matcher.reporting.sections import Column, Line, Report, Section, Shape
from matcher.services.report.cases import cases_sections
from matcher.services.report.chains import chains_sections
from matcher.services.report.context import Context, UseCases, context
from matcher.services.report.contracts import contracts_sections
from matcher.services.report.figures import figures_sections
from matcher.services.report.filings import filings_sections
from matcher.services.report.grants import grants_sections
from matcher.services.report.standing import standing_sections
from matcher.services.report.submitting import submissions_sections
from matcher.services.yearbook import Yearbook
from matcher.store import Database
from matcher.wording import Said

SECTIONS: Sequence[Callable[[Context], Sequence[Section]]] = (
    submissions_sections,
    figures_sections,
    cases_sections,
    contracts_sections,
    grants_sections,
    filings_sections,
    standing_sections,
    chains_sections,
)
"""In the order of the report. To add a section, write its function and enter it here."""

PARTS = {
    "": Said("全年", "the year"),
    "H1": Said("上半年", "the first half of"),
    "H2": Said("下半年", "the second half of"),
    "Q1": Said("第一季度", "the first quarter of"),
    "Q2": Said("第二季度", "the second quarter of"),
    "Q3": Said("第三季度", "the third quarter of"),
    "Q4": Said("第四季度", "the fourth quarter of"),
}


def report(database: Database, others: UseCases, known: Yearbook, period: Period, viewer: Viewer, day: date) -> Report:
    """The report of a period as one viewer may know it.

    Raises PolicyError for a period that has not begun: everything in it would be of another time.
    """
    if day < period.start:
        raise PolicyError(
            Said(f"填报期 {period} 自 {period.start} 起，还没有开始。", f"{period} begins on {period.start} only."),
            Said("请核对 --period 和 --as-of。", "Check --period and --as-of."),
        )
    told = context(database, others, known, period, viewer, day)
    sections = [section for make in SECTIONS for section in make(told)]
    part = PARTS[period[4:]]
    return Report(
        Said(
            f"科技企业孵化器和众创空间信息报告（{period.year}年{part.zh}）",
            f"Report on incubators and makerspaces, {part.en} {period.year}",
        ),
        period,
        day,
        known.book.version,
        _notes(period, viewer, day),
        (_summary(sections), *sections),
        told.cite.listed,
    )


def _notes(period: Period, viewer: Viewer, day: date) -> tuple[Said, ...]:
    notes = [
        Said(
            "依据通创办发〔2023〕2号 四(一)至(三)编制。每行末列是来源，出处见“来源”表；内部评价不是官方评分。",
            "Made under 通创办发〔2023〕2号 四(一)–(三). Lines name their sources; internal scores are not official.",
        )
    ]
    if viewer.clearance is not Clearance.ENTITLED:
        notes.append(
            Said("保密的成果、项目和合同不在其中，也不计数。", "Restricted records are neither named nor counted.")
        )
    if day < period.end:
        notes.append(Said(f"填报期未结束，只到 {day}。", f"The period is not over; until {day} only."))
    return tuple(notes)


def _summary(sections: Sequence[Section]) -> Section:
    columns = (
        Column(Said("项目", "what"), Shape.LONG),
        Column(Said("数值", "value"), Shape.NUMBER),
        Column(Said("计量", "unit")),
    )
    lines = [
        Line((one.name, one.content, one.unit), (f"section:{section.key}",))
        for section in sections
        for one in section.headlines
    ]
    return Section("summary", Said("概况", "summary"), columns, tuple(lines))
