"""Tables as files that open well in a spreadsheet: sheets of typed cells, and no text that a program could run.

A text that begins like a formula stays a text: in `.xlsx` by its type, in `.csv` behind an apostrophe.
"""

from __future__ import annotations

import csv
import os
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell, MergedCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from matcher.errors import UnsupportedFileError
from matcher.wording import Said

Value = str | float | date | bool | None
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a formula may begin for the one program or the other."""
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML has no place for."""
NARROWEST, WIDEST = 8, 48
"""Characters of a column."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with a heading above each column."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]


def write_spreadsheet(path: Path, sheets: Sequence[Sheet]) -> None:
    """Write all sheets as `.xlsx`, or the first one as `.csv`; a file of this name is replaced whole.

    Raises:
        UnsupportedFileError: the name ends otherwise, or the place cannot be written.
    """
    write = WRITERS.get(path.suffix.lower())
    if write is None:
        raise UnsupportedFileError(
            Said(
                f"不能写 {path.name}：只支持 {'、'.join(WRITERS)}。", f"{path.name} is none of: {', '.join(WRITERS)}."
            ),
            Said("请换一个文件名。", "Choose another name."),
        )
    try:
        handle, name = tempfile.mkstemp(suffix=path.suffix, dir=path.parent)
        os.close(handle)
        try:
            write(Path(name), sheets)
            Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise UnsupportedFileError(
            Said(f"无法写入 {path}（{error.strerror}）。", f"{path} cannot be written ({error.strerror})."),
            Said("请关闭打开它的程序，或换一个位置。", "Close the program that holds it, or choose another place."),
        ) from error


def _write_csv(path: Path, sheets: Sequence[Sheet]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = (sheets[0].headings, *sheets[0].rows)
        csv.writer(file).writerows([_harmless(value) for value in row] for row in rows)


def _write_xlsx(path: Path, sheets: Sequence[Sheet]) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        _fill(book.create_sheet(sheet.name), sheet)
    book.save(path)


def _fill(page: Worksheet, sheet: Sheet) -> None:
    for row, values in enumerate((sheet.headings, *sheet.rows), 1):
        for column, value in enumerate(values, 1):
            _put(page.cell(row, column), value)
    for column, heading in enumerate(sheet.headings, 1):
        page.cell(1, column).font = Font(bold=True)
        page.cell(1, column).alignment = Alignment(wrap_text=True, vertical="top")
        longest = max((_width(row[column - 1]) for row in sheet.rows), default=0)
        width = min(max(longest, _width(heading), NARROWEST), WIDEST)
        page.column_dimensions[get_column_letter(column)].width = width + 2
    page.freeze_panes = "A2"
    if sheet.rows:
        page.auto_filter.ref = page.dimensions


def _put(cell: Cell | MergedCell, value: Value) -> None:
    if isinstance(value, bool):
        value = _yes(value)
    if isinstance(value, str):
        cell.value = _printable(value)
        cell.data_type = "s"
        cell.quotePrefix = value.startswith(FORMULA)
    else:
        cell.value = value
        if isinstance(value, date):
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
    text = _printable(value)
    return f"'{text}" if text.startswith(FORMULA) else text


def _printable(text: str) -> str:
    """Without what no workbook can hold."""
    return UNPRINTABLE.sub("", text)


def _yes(value: bool) -> str:
    return "是" if value else "否"


def _width(value: Value) -> int:
    return sum(2 if letter > "\u2e80" else 1 for letter in _harmless(value))


WRITERS: Mapping[str, Callable[[Path, Sequence[Sheet]], None]] = {".xlsx": _write_xlsx, ".csv": _write_csv}
