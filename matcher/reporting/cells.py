"""Cells that Excel and WPS show as they were meant: a text is a text, whatever it begins with."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.workbook import Workbook

LONGEST = 32_767
"""Characters that a cell of a workbook can hold."""
RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would read as a formula once a text is edited or saved as .csv."""

FONT = "等线"
GREY, HEAD, PALE = (PatternFill("solid", fgColor=colour) for colour in ("EDEDED", "DDE8F3", "F7F7F7"))
_LINE = Side(style="thin", color="BFBFBF")
BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
BOLD, PLAIN, SMALL = Font(name=FONT, bold=True), Font(name=FONT), Font(name=FONT, size=9, color="595959")
TITLE = Font(name=FONT, bold=True, size=14)
WRAP = Alignment(wrap_text=True, vertical="top")
MIDDLE = Alignment(horizontal="center", vertical="center", wrap_text=True)

Content = str | float | bool | date | None


def put(cell: Cell, value: Content) -> None:
    """Write a value. A text is stored as a text, and marked as one where it looks like a formula."""
    if not isinstance(value, str):
        cell.value = value
        return
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST]
    cell.data_type = "s"
    if value.startswith(RISKY):
        cell.quotePrefix = True


def save(book: Workbook, path: Path, now: datetime) -> None:
    """Write the workbook to a temporary name, then rename it: a half-written file never stands there."""
    book.properties.creator = "matcher"
    book.properties.created = book.properties.modified = now.replace(tzinfo=None)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        book.save(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
