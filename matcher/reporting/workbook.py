"""A report as a workbook: a sheet for each section, each line with its sources, and a sheet that lists the sources."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from matcher.reporting.cells import (
    BOLD,
    BOX,
    GREY,
    HEAD,
    MIDDLE,
    PLAIN,
    SMALL,
    TITLE,
    WRAP,
    at,
    packed,
    print_landscape,
    put,
    save,
)
from matcher.reporting.cells import Content as Plain
from matcher.reporting.sections import (
    Cell,
    Column,
    Content,
    Line,
    Report,
    Section,
    Shape,
    content_of,
    heading,
    ref_names,
)
from matcher.wording import Language, Said

DOUBTED = PatternFill("solid", fgColor="FFF2CC")
FORMATS = {Shape.NUMBER: "#,##0.##", Shape.SHARE: "0.0%", Shape.YUAN: "#,##0.##", Shape.DAY: "yyyy-mm-dd"}
WIDTHS = {Shape.TEXT: 20, Shape.LONG: 48, Shape.DAY: 12, Shape.CODE: 12}
NUMERIC, SOURCES, LONGEST_NAME = 13, 40, 31
REF = Column(Said("来源", "sources"), Shape.LONG)
ORIGINS = (
    Column(Said("编号", "source")),
    Column(Said("类别", "kind")),
    Column(Said("内容", "what"), Shape.LONG),
    Column(Said("出处", "where"), Shape.LONG),
    Column(Said("可信度", "confidence")),
)


def write_workbook(path: Path, report: Report, language: Language, now: datetime) -> None:
    """Write the report."""
    save(_built(report, language), path, now)


def workbook(report: Report, language: Language, now: datetime) -> bytes:
    """The report as a file holds it."""
    return packed(_built(report, language), now)


def _built(report: Report, language: Language) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    names = ref_names(report, language)
    for section in report.sections:
        sheet = book.create_sheet(_sheet_name(section.title.to(language), book.sheetnames))
        title = report.title if section is report.sections[0] else section.title
        _head(sheet, title.to(language), _about(report, section, language))
        _table(sheet, (*section.columns, REF), [_with_refs(line, names) for line in section.lines], language)
    sheet = book.create_sheet(_sheet_name(REF.name.to(language), book.sheetnames))
    _head(sheet, REF.name.to(language), [])
    origins = report.origins.values()
    lines = [Line((one.ref, one.kind, one.said, one.where, one.confidence), ()) for one in origins]
    _table(sheet, ORIGINS, lines, language)
    return book


def _about(report: Report, section: Section, language: Language) -> list[str]:
    said = Said(
        f"{report.period}，截至 {report.as_of}，规则版本 {report.rules_version}",
        f"{report.period}, as of {report.as_of}, rules {report.rules_version}",
    )
    first = section is report.sections[0]
    return [one.to(language) for one in (said, *(report.notes if first else ()), *section.notes)]


def _with_refs(line: Line, names: Mapping[str, str]) -> Line:
    return Line((*line.cells, "; ".join(names.get(ref, ref) for ref in line.refs)), line.refs, line.total)


def _sheet_name(title: str, taken: Sequence[str]) -> str:
    """A name that a workbook allows, and that no other sheet has."""
    name = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:LONGEST_NAME] or "-"
    number = 2
    while name in taken:
        name = f"{name[: LONGEST_NAME - 3]} {number}"
        number += 1
    return name


def _head(sheet: Worksheet, title: str, notes: Sequence[str]) -> None:
    put(at(sheet, 1, 1), title)
    at(sheet, 1, 1).font = TITLE
    for row, note in enumerate(notes, start=2):
        put(at(sheet, row, 1), note)
        at(sheet, row, 1).font = SMALL


def _table(sheet: Worksheet, columns: Sequence[Column], lines: Sequence[Line], language: Language) -> None:
    top = sheet.max_row + 1
    for place, column in enumerate(columns, start=1):
        cell = at(sheet, top, place)
        put(cell, heading(column, language))
        cell.font, cell.fill, cell.border, cell.alignment = BOLD, HEAD, BOX, MIDDLE
        width = SOURCES if column is REF else WIDTHS.get(column.shape, NUMERIC)
        sheet.column_dimensions[get_column_letter(place)].width = width
    for row, line in enumerate(lines, start=top + 1):
        for place, (column, content) in enumerate(zip(columns, line.cells, strict=True), start=1):
            _cell(sheet, row, place, column, content, language, total=line.total)
    sheet.freeze_panes = at(sheet, top + 1, 2)
    print_landscape(sheet, top)


def _cell(
    sheet: Worksheet, row: int, place: int, column: Column, content: Content | Cell, language: Language, *, total: bool
) -> None:
    cell, form = at(sheet, row, place), FORMATS.get(column.shape, "General")
    put(cell, _plain(content_of(content), language))
    cell.border, cell.font, cell.alignment = BOX, BOLD if total else PLAIN, WRAP
    if total:
        cell.fill = GREY
    if isinstance(content, Cell):
        form = f'"≥ "{form}' if content.least else form
        if content.doubted:
            cell.fill = DOUBTED
    cell.number_format = form


def _plain(content: Content, language: Language) -> Plain:
    return content.to(language) if isinstance(content, Said) else content
