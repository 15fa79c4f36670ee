"""Sheets and rows of .xlsx workbooks, streamed by openpyxl."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TypeVar

import openpyxl
from openpyxl.workbook import Workbook

from matcher.errors import UnreadableFileError
from matcher.intake.cells import Uncached, has_content
from matcher.intake.limits import Limits, check_archive, check_columns, check_rows
from matcher.wording import Said

BATCH = 200
LAST_ROW = 1_048_576
CHUNK = 1 << 20
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
BROKEN_ARCHIVE = (zipfile.BadZipFile, zlib.error, OSError, RuntimeError, EOFError, NotImplementedError, ValueError)
_OLE = b"\xd0\xcf\x11\xe0"

Cells = Sequence[object]
Rows = Iterator[tuple[int, Cells]]
T = TypeVar("T")


class Book:
    """One workbook, its archive checked before openpyxl sees it. Close it after reading."""

    def __init__(self, path: Path, limits: Limits) -> None:
        self._path = path
        self._limits = limits
        self._formulas = _check_archive(path, limits)
        self._values = self._open(data_only=True)
        self._texts: Workbook | None = None

    def sheets(self) -> list[tuple[str, bool]]:
        """Name of each sheet with cells, and whether it is visible."""
        return [(sheet.title, sheet.sheet_state == "visible") for sheet in self._values.worksheets]

    def rows(self, sheet: str) -> Rows:
        """Row number and cells, blank rows included. A formula without a stored result is an `Uncached`."""
        values = self._sheet_rows(self._values, sheet)
        if not self._formulas:
            return self._checked(values)
        self._texts = self._texts or self._open(data_only=False)
        return self._checked(map(_with_formulas, values, self._sheet_rows(self._texts, sheet)))

    def close(self) -> None:
        """Let go of the file."""
        self._values.close()
        if self._texts is not None:
            self._texts.close()

    def _open(self, *, data_only: bool) -> Workbook:
        return self._safely(lambda: openpyxl.load_workbook(str(self._path), read_only=True, data_only=data_only))

    def _sheet_rows(self, book: Workbook, name: str) -> Rows:
        sheet = book[name]
        # The stored dimension is wrong in files of many programs and would cut rows and columns off.
        sheet.reset_dimensions()
        rows = enumerate(sheet.iter_rows(values_only=True), start=1)
        # openpyxl warns about every extension it does not know; in batches the filter is set a few times only.
        while batch := self._safely(lambda: list(islice(rows, BATCH))):
            yield from batch

    def _checked(self, rows: Rows) -> Rows:
        filled = 0
        for number, cells in rows:
            if number > LAST_ROW:
                raise _damaged(self._path, f"row {number}")
            if len(cells) > self._limits.max_columns:
                width = max((place for place, cell in enumerate(cells, start=1) if cell is not None), default=0)
                check_columns(self._path.name, width, self._limits)
            filled += has_content(cells)
            check_rows(self._path.name, filled - 1, self._limits)
            yield number, cells

    def _safely(self, call: Callable[[], T]) -> T:
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", module="openpyxl")
                return call()
        except Exception as error:
            # Whatever the XML of a stranger's file makes openpyxl raise, it means the file is damaged.
            raise _damaged(self._path, f"{type(error).__name__}: {error}") from error


def _with_formulas(value: tuple[int, Cells], text: tuple[int, Cells]) -> tuple[int, Cells]:
    number, cells = value
    if len(cells) != len(text[1]) or None not in cells:
        return value
    pairs = zip(cells, text[1], strict=True)
    return number, [Uncached(_formula(raw)) if cell is None and raw is not None else cell for cell, raw in pairs]


def _formula(raw: object) -> str:
    return str(getattr(raw, "text", raw))


def check_directory(path: Path, limits: Limits) -> None:
    """Refuse what is no workbook or unpacks to too much, by the archive's directory alone. Raises IntakeError."""
    with path.open("rb") as stream:
        start = stream.read(4)
    if start == _OLE:
        raise _old_or_locked(path)
    try:
        with zipfile.ZipFile(path) as archive:
            check_archive(path, sum(entry.file_size for entry in archive.infolist()), limits)
    except BROKEN_ARCHIVE as error:
        raise _damaged(path, f"{type(error).__name__}: {error}") from error


def _check_archive(path: Path, limits: Limits) -> bool:
    """Check size, ratio and checksums of the archive; whether any sheet holds a formula."""
    check_directory(path, limits)
    try:
        with zipfile.ZipFile(path) as archive:
            # Every entry is read, because a wrong checksum only shows at its end.
            return sum(_has_formula(archive, entry) for entry in archive.infolist()) > 0
    except BROKEN_ARCHIVE as error:
        raise _damaged(path, f"{type(error).__name__}: {error}") from error


def _has_formula(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    sheet = entry.filename.startswith("xl/worksheets/")
    found, tail = False, b""
    with archive.open(entry) as stream:
        while chunk := stream.read(CHUNK):
            found = found or (sheet and _FORMULA.search(tail + chunk) is not None)
            tail = chunk[-20:]
    return found


def _old_or_locked(path: Path) -> UnreadableFileError:
    locked = "EncryptedPackage".encode("utf-16-le") in path.read_bytes()
    what = (
        ("设了打开密码", "is protected by a password") if locked else ("其实是旧版 .xls", "is really an old .xls file")
    )
    return UnreadableFileError(
        Said(f"文件“{path.name}”{what[0]}。", f"The file '{path.name}' {what[1]}."),
        Said(
            "请在 Excel 中取消密码，另存为 .xlsx 后再导入。",
            "Remove the password in Excel, save as .xlsx and import again.",
        ),
    )


def _damaged(path: Path, reason: str) -> UnreadableFileError:
    return UnreadableFileError(
        Said(
            f"文件“{path.name}”已损坏，或者不是 .xlsx（{reason[:120]}）。",
            f"'{path.name}' is damaged or no .xlsx ({reason[:120]}).",
        ),
        Said(
            "请用 Excel 或 WPS 打开，另存为新的 .xlsx 后再导入。",
            "Open it in Excel or WPS, save it as a new .xlsx and import that.",
        ),
    )
