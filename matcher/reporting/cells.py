"""Cells that Excel and WPS show as they were meant: a text is a text, whatever it begins with."""

from __future__ import annotations

import re
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook import Workbook
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from matcher.appearing import SHARED, appearing

FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")
"""What a text begins with that one spreadsheet or another would take for a formula."""
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML has no place for."""
LONGEST = 32_767
"""Characters that a cell of a workbook can hold."""
FONT = "等线"
GREY, HEAD, PALE = (PatternFill("solid", fgColor=colour) for colour in ("EDEDED", "DDE8F3", "F7F7F7"))
_LINE = Side(style="thin", color="BFBFBF")
BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
BOLD, PLAIN, SMALL = Font(name=FONT, bold=True), Font(name=FONT), Font(name=FONT, size=9, color="595959")
TITLE = Font(name=FONT, bold=True, size=14)
WRAP = Alignment(wrap_text=True, vertical="top")
MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)

Content = str | float | bool | date | None


def at(sheet: Worksheet, row: int, column: int) -> Cell:
    """A cell; our sheets merge none."""
    cell = sheet.cell(row, column)
    if not isinstance(cell, Cell):
        raise TypeError(f"the cell {cell.coordinate} is merged")
    return cell


def printable(text: str) -> str:
    """Without what no workbook can hold."""
    return UNPRINTABLE.sub("", text)


def put(cell: Cell, value: Content) -> None:
    """Write a value. A text is stored as a text, and marked as one where it looks like a formula."""
    if not isinstance(value, str):
        cell.value = value
        return
    cell.value = printable(value)[:LONGEST]
    cell.data_type = "s"
    if value.startswith(FORMULA):
        cell.quotePrefix = True


def packed(book: Workbook, now: datetime) -> bytes:
    """The workbook as a file holds it."""
    book.properties.creator = "matcher"
    book.properties.created = book.properties.modified = now.replace(tzinfo=None)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def save(book: Workbook, path: Path, now: datetime) -> None:
    """Write the workbook whole: a half-written file never stands there."""
    with appearing(path, SHARED) as file:
        file.write(packed(book, now))


def print_landscape(sheet: Worksheet, header: int) -> None:
    """A4 across, as wide as the paper, the headings on every page."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{header}:{header}"
