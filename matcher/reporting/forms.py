"""The form a carrier fills in, as a workbook that `matcher import` takes back: a sheet for each kind of carrier.

Headings, explanations and last figures are locked; what is to be filled in is open and checked as it is typed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from matcher.domain.periods import Period
from matcher.policy.vocabulary import Measure
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
    Content,
    at,
    packed,
    print_landscape,
    put,
    save,
)

LEAD = ("载体编号", "载体名称", "填报期")
TAIL = ("填报日期", "填报人", "备注")
WAN = 10_000.0
FORMATS = {Measure.SHARE: "0.0%", Measure.YUAN: "#,##0.####", Measure.NUMBER: "#,##0.##"}
OPEN = Protection(locked=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """One figure that is asked for."""

    metric: str
    name: str
    definition: str
    unit: str
    measure: Measure

    @property
    def header(self) -> str:
        """The heading, as `matcher import` understands it; money is filled in by ten thousands."""
        return f"指标:{self.name}" + ("（万元）" if self.measure is Measure.YUAN else "")

    def content(self, value: float | bool | None) -> Content:
        """A figure as the cell shows it."""
        if self.measure is Measure.FLAG and value is not None:
            return "是" if value else "否"
        return value / WAN if self.measure is Measure.YUAN and value is not None else value


@dataclass(frozen=True, slots=True)
class Line:
    """A carrier's line: what it owes, what it submitted for this period already, and what it submitted last."""

    carrier_id: str
    name: str
    owed: frozenset[str]
    values: Mapping[str, float | bool]
    last: Mapping[str, float | bool]
    since: Period | None
    """The period of the last figures."""
    submitted_by: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    """A sheet."""

    sheet: str
    heading: str
    due: date
    period: Period
    asked: tuple[Asked, ...]
    lines: tuple[Line, ...]


def write_forms(path: Path, forms: Sequence[Form], now: datetime) -> None:
    """Write the forms, a sheet each."""
    save(_built(forms), path, now)


def packed_forms(forms: Sequence[Form], now: datetime) -> bytes:
    """The forms as a file holds them."""
    return packed(_built(forms), now)


def _built(forms: Sequence[Form]) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    for form in forms:
        _Sheet(book.create_sheet(form.sheet), form).write()
    return book


class _Sheet:
    """One form on one sheet."""

    def __init__(self, sheet: Worksheet, form: Form) -> None:
        self._sheet = sheet
        self._form = form
        self._first = len(LEAD) + 1
        self._width = len(LEAD) + len(form.asked) + len(TAIL)

    def write(self) -> None:
        row = self._explain()
        self._row(row, [*LEAD, *(one.header for one in self._form.asked), *TAIL], bold=True)
        self._sheet.row_dimensions[row].height = 48
        for number, line in enumerate(self._form.lines, start=row + 1):
            self._line(number, line)
        self._check(row + 1, row + len(self._form.lines))
        self._lay_out(row)

    def _explain(self) -> int:
        """What stands above the headings; the row of the headings."""
        form = self._form
        put(at(self._sheet, 1, 1), form.heading)
        at(self._sheet, 1, 1).font = TITLE
        told = (
            f"请于 {form.due:%Y-%m-%d} 前报送。只填白色格；不清楚的留空，不要填 0。金额以万元计，占比填百分数。"
            "填好后保存本表，由市科技局导入。"
        )
        put(at(self._sheet, 2, 1), told)
        at(self._sheet, 2, 1).font = SMALL
        self._row(
            3, ["怎样统计", "", "", *(one.definition for one in form.asked), "年-月-日", "姓名", "需要说明的情况"]
        )
        self._row(4, ["计量", "", "", *(one.unit for one in form.asked), "", "", ""])
        self._sheet.row_dimensions[3].height = 96
        if len(form.lines) != 1:
            return 5
        line = form.lines[0]
        last = [one.content(line.last.get(one.metric)) for one in form.asked]
        self._row(5, [f"上期 {line.since or '无'}", "", "", *last, "", "", ""])
        for place, one in enumerate(form.asked, start=self._first):
            at(self._sheet, 5, place).number_format = FORMATS.get(one.measure, "General")
        return 6

    def _row(self, row: int, contents: Sequence[Content], *, bold: bool = False) -> None:
        for place, content in enumerate(contents, start=1):
            cell = at(self._sheet, row, place)
            put(cell, content)
            cell.fill, cell.border = HEAD if bold else GREY, BOX
            cell.font = BOLD if bold else SMALL
            cell.alignment = MIDDLE if bold else WRAP

    def _line(self, row: int, line: Line) -> None:
        self._row(row, [line.carrier_id, line.name, str(self._form.period)])
        for place, one in enumerate(self._form.asked, start=self._first):
            cell = at(self._sheet, row, place)
            cell.border, cell.font = BOX, PLAIN
            cell.number_format = FORMATS.get(one.measure, "General")
            if one.metric not in line.owed:
                cell.fill = GREY
                continue
            put(cell, one.content(line.values.get(one.metric)))
            cell.protection = OPEN
            if len(self._form.lines) > 1 and one.metric in line.last:
                cell.comment = _comment(one, line)
        for place in range(self._first + len(self._form.asked), self._width + 1):
            cell = at(self._sheet, row, place)
            cell.border, cell.font, cell.protection = BOX, PLAIN, OPEN
        at(self._sheet, row, self._width - 2).number_format = "yyyy-mm-dd"
        put(at(self._sheet, row, self._width - 1), line.submitted_by or None)

    def _check(self, first: int, last: int) -> None:
        """What may be typed into each column."""
        for place, one in enumerate(self._form.asked, start=self._first):
            self._validate(place, first, last, _validation(one))
        day = DataValidation(type="date", operator="greaterThanOrEqual", formula1=f"DATE({self._form.period.year},1,1)")
        day.error = "请填日期，如 2026-10-08。"
        self._validate(self._width - 2, first, last, day)

    def _validate(self, place: int, first: int, last: int, check: DataValidation) -> None:
        check.allow_blank = True
        check.showErrorMessage = check.showInputMessage = True
        self._sheet.add_data_validation(check)
        check.add(f"{get_column_letter(place)}{first}:{get_column_letter(place)}{last}")

    def _lay_out(self, header: int) -> None:
        sheet = self._sheet
        sheet.freeze_panes = at(sheet, header + 1, self._first)
        for place in range(1, self._width + 1):
            sheet.column_dimensions[get_column_letter(place)].width = {2: 24, 3: 10}.get(place, 14)
        sheet.protection.sheet = True
        sheet.protection.formatColumns = sheet.protection.formatRows = False  # False: allowed while protected
        print_landscape(sheet, header)


def _comment(one: Asked, line: Line) -> Comment:
    content = one.content(line.last[one.metric])
    number = (
        f"{content:.1%}" if one.measure is Measure.SHARE else f"{content:g}" if isinstance(content, float) else content
    )
    return Comment(f"上期 {line.since}：{number} {one.unit}".strip(), "matcher", height=40, width=180)


def _validation(one: Asked) -> DataValidation:
    if one.measure is Measure.FLAG:
        check = DataValidation(type="list", formula1='"是,否"')
        check.error = "请选 是 或 否。"
    elif one.measure is Measure.SHARE:
        check = DataValidation(type="decimal", operator="between", formula1="0", formula2="1")
        check.error = "请填 0% 到 100% 之间的数。"
    elif one.measure is Measure.YUAN:
        check = DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0")
        check.error = "请填不小于 0 的数。"
    else:
        check = DataValidation(type="whole", operator="greaterThanOrEqual", formula1="0")
        check.error = "请填不小于 0 的整数。"
    check.promptTitle, check.prompt = one.name[:32], f"{one.definition}（{one.unit}）"[:255]
    return check
