"""Tables as files that open well in a spreadsheet: sheets of typed cells, and no text that a program could run.

A text that begins like a formula stays a text: in `.xlsx` by its type, in `.csv` behind an apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from matcher.appearing import SHARED, appearing
from matcher.errors import UnsupportedFileError
from matcher.reporting.cells import FORMULA, at, printable, put
from matcher.wording import Said

Value = str | float | date | bool | None
NARROWEST, WIDEST = 8, 48
"""Characters of a column."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with a heading above each column."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def require_spreadsheet(path: Path) -> None:
    """Raise UnsupportedFileError for a suffix that is no spreadsheet's, before anything is worked out."""
    if path.suffix.lower() not in WRITERS:
        raise UnsupportedFileError(
            Said(
                f"不能写 {path.name}：只支持 {'、'.join(WRITERS)}。", f"{path.name} is none of: {', '.join(WRITERS)}."
            ),
            Said("请换一个文件名。", "Choose another name."),
        )


def write_spreadsheet(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write all sheets as `.xlsx`, or the first one as `.csv`; a file of this name is replaced whole.

    Raises:
        UnsupportedFileError: the name ends otherwise, or the place cannot be written.
    """
    require_spreadsheet(path)
    try:
        with appearing(path, SHARED) as file:
            file.write(WRITERS[path.suffix.lower()](sheets))
    except OSError as error:
        raise UnsupportedFileError(
            Said(f"无法写入 {path}（{error.strerror}）。", f"{path} cannot be written ({error.strerror})."),
            Said("请关闭打开它的程序，或换一个位置。", "Close the program that holds it, or choose another place."),
        ) from error


def csv_text(sheet: Sheet) -> str:
    """One sheet as `.csv`, with the mark by which Excel knows its encoding."""
    text = io.StringIO(newline="")
    text.write("\ufeff")
    csv.writer(text).writerows([_harmless(value) for value in row] for row in (sheet.headings, *sheet.rows))
    return text.getvalue()


def _csv(sheets: Sequence[Sheet]) -> bytes:
    return csv_text(sheets[0]).encode()


def xlsx_content(sheets: Sequence[Sheet]) -> bytes:
    """The sheets as the content of an `.xlsx`."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        _fill(book.create_sheet(sheet.name), sheet)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _fill(page: Worksheet, sheet: Sheet) -> None:
    for row, values in enumerate((sheet.headings, *sheet.rows), 1):
        for column, value in enumerate(values, 1):
            _put(at(page, row, column), value)
    for column, heading in enumerate(sheet.headings, 1):
        page.cell(1, column).font = Font(bold=True)
        page.cell(1, column).alignment = Alignment(wrap_text=True, vertical="top")
        longest = max((_width(row[column - 1]) for row in sheet.rows), default=0)
        width = min(max(longest, _width(heading), NARROWEST), WIDEST)
        page.column_dimensions[get_column_letter(column)].width = width + 2
    page.freeze_panes = "A2"
    if sheet.rows:
        page.auto_filter.ref = page.dimensions


def _put(cell: Cell, value: Value) -> None:
    put(cell, _yes(value) if isinstance(value, bool) else value)
    if isinstance(value, str):
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    elif isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, float):
        cell.number_format = "#,##0.##" if value % 1 else "#,##0"


def _harmless(value: Value) -> str:
    """The value as a cell of a text file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _yes(value)
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        return f"{value:.10g}"
    text = printable(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _yes(value: bool) -> str:
    return "是" if value else "否"


def _width(value: Value) -> int:
    return sum(2 if letter > "\u2e80" else 1 for letter in _harmless(value))


WRITERS: Mapping[str, Callable[[Sequence[Sheet]], bytes]] = {".xlsx": xlsx_content, ".csv": _csv}
