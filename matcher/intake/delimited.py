"""Rows of comma, semicolon or tab separated files, numbered as Excel shows them."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from matcher.errors import UnreadableFileError
from matcher.intake.cells import has_content
from matcher.intake.encodings import encoding_of
from matcher.intake.headers import HEADER_ROWS, all_known, header_key, split_unit
from matcher.intake.limits import Limits, check_columns, check_rows
from matcher.wording import Said

DELIMITERS = (",", "\t", ";")


class Delimited:
    """One CSV or TSV file, read through once before the first row is given out."""

    def __init__(self, path: Path, limits: Limits, mapped: Sequence[str] = ()) -> None:
        self._path = path
        self._encoding = encoding_of(path)
        # The module's limit is one for the whole process, so it is only ever raised; our own limit is a row issue.
        csv.field_size_limit(max(csv.field_size_limit(), limits.max_bytes))
        self._delimiter = self._find_delimiter(mapped)
        self.total = self._survey(limits)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Row number and cells. Blank rows are counted and given out too."""
        return self._read(self._delimiter)

    def _read(self, delimiter: str) -> Iterator[tuple[int, list[str]]]:
        number = 0
        with self._path.open(encoding=self._encoding, newline="") as stream:
            lines = _Lines(stream)
            try:
                for number, row in enumerate(csv.reader(lines, delimiter=delimiter), start=1):
                    if lines.ended:
                        raise self._unterminated(number)
                    yield number, row
            except csv.Error as error:
                raise self._malformed(number + 1, str(error)) from error

    def _find_delimiter(self, mapped: Sequence[str]) -> str:
        """The delimiter that makes most cells of the first rows known headers, or else most cells."""
        known = all_known() | {header_key(header) for header in mapped}
        order = ("\t", ",", ";") if self._path.suffix.lower() == ".tsv" else DELIMITERS
        return max(order, key=lambda delimiter: self._score(delimiter, known))

    def _score(self, delimiter: str, known: frozenset[str]) -> tuple[int, int]:
        rows: list[list[str]] = []
        # A broken quotation mark below the header does not change what the header says; the survey will name it.
        with contextlib.suppress(UnreadableFileError):
            rows.extend(row for _, row in islice(self._read(delimiter), HEADER_ROWS))
        best = max((sum(split_unit(cell)[0] in known for cell in row if len(cell) < 60) for row in rows), default=0)
        return best, len(rows[0]) if rows else 0

    def _survey(self, limits: Limits) -> int:
        """Read the whole file once: nothing is taken in of a file that turns out to be broken at its end."""
        filled = 0
        for _, row in self._read(self._delimiter):
            if len(row) > limits.max_columns:
                check_columns(self._path.name, _width(row), limits)
            filled += has_content(row)
            if filled > limits.max_rows + HEADER_ROWS:
                break
        check_rows(self._path.name, filled - 1, limits)
        return max(0, filled - 1)

    def _unterminated(self, row: int) -> UnreadableFileError:
        return UnreadableFileError(
            Said(
                f"文件“{self._path.name}”第 {row} 行的双引号没有配对，之后的内容都被并进了一个单元格。",
                f"A quotation mark in row {row} of '{self._path.name}' is never closed; it swallows the rest.",
            ),
            Said(
                f"请检查第 {row} 行的双引号，或用 Excel 打开后另存为 .xlsx。",
                f"Check the quotation marks in row {row}, or open the file in Excel and save it as .xlsx.",
            ),
        )

    def _malformed(self, row: int, reason: str) -> UnreadableFileError:
        return UnreadableFileError(
            Said(
                f"文件“{self._path.name}”第 {row} 行不是有效的 CSV（{reason}）。",
                f"Row {row} of '{self._path.name}' is not valid CSV ({reason}).",
            ),
            Said("请用 Excel 打开后另存为 .xlsx 再导入。", "Open the file in Excel, save it as .xlsx and import that."),
        )


class _Lines:
    """The lines of a stream. A row that is only finished after they ended was never closed."""

    def __init__(self, stream: io.TextIOBase) -> None:
        self._stream = stream
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        yield from self._stream
        self.ended = True


def _width(row: Sequence[str]) -> int:
    """Columns up to the last one that holds something."""
    return max((position for position, cell in enumerate(row, start=1) if cell.strip()), default=0)
