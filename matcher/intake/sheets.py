"""Tables for people's spreadsheets: .xlsx, or .csv that Excel opens with its Chinese intact; no cell is a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from matcher.errors import UnsupportedFileError
from matcher.wording import Said

Cell = str | float | int | date | None

SHEETS = (".xlsx", ".csv")
FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""What a text begins with that a spreadsheet would take for a formula."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
NARROWEST, WIDEST = 8, 48


def require_sheet(path: Path) -> None:
    """Raise UnsupportedFileError for a suffix that is no spreadsheet's, before anything is worked out."""
    if path.suffix.lower() not in SHEETS:
        raise UnsupportedFileError(
            Said(f"不能写 {path.name}：只支持 .xlsx 和 .csv。", f"{path.name} cannot be written: .xlsx or .csv only."),
            Said("请换一个文件名。", "Choose another name."),
        )


def write_sheet(path: Path, title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
    """Write one table, by the suffix as .xlsx or .csv; a file that is there is replaced.

    Raises:
        UnsupportedFileError: the suffix is another one.
    """
    require_sheet(path)
    if path.suffix.lower() == ".csv":
        path.write_text(csv_text(columns, rows), encoding="utf-8", newline="")
    else:
        _workbook(title, columns, rows).save(path)


def csv_text(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> str:
    """One table as .csv, with the mark by which Excel knows its encoding."""
    text = io.StringIO(newline="")
    text.write("\ufeff")
    csv.writer(text).writerows([_guarded(cell) for cell in row] for row in (columns, *rows))
    return text.getvalue()


def _guarded(cell: Cell) -> str:
    """A cell as text; a quotation mark in front keeps a spreadsheet from running it."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = _CONTROL.sub("", cell)
        return f"'{text}" if text.startswith(FORMULA) else text
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() else repr(cell)
    return str(cell)


def _workbook(title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Workbook:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for number, row in enumerate((columns, *rows), 1):
        for place, cell in enumerate(row, 1):
            slot = sheet.cell(number, place)
            slot.value = _CONTROL.sub("", cell) if isinstance(cell, str) else cell
            if isinstance(cell, str):
                slot.data_type = "s"  # also what begins with “=”
                slot.alignment = Alignment(wrap_text=True, vertical="top")
            elif cell is not None:
                slot.number_format = "yyyy-mm-dd" if isinstance(cell, date) else "#,##0"
    for heading in sheet[1]:
        heading.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions
    for place, column in enumerate(columns, 1):
        longest = max(_width(column), *(_width(row[place - 1]) for row in rows), NARROWEST)
        sheet.column_dimensions[get_column_letter(place)].width = min(longest + 2, WIDEST)
    return book


def _width(cell: Cell) -> int:
    """About how many letters wide; a Chinese character takes two."""
    return sum(1 if letter.isascii() else 2 for letter in _guarded(cell))
