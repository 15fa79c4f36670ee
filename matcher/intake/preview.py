"""A first look at files: which tables they are, how their headers are understood, their first rows. Nothing is refused
that can be shown, so that somebody can say which column is which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from matcher.domain.records import Kind
from matcher.errors import IntakeError, UnsupportedFileError
from matcher.intake.amounts import read_amount, read_ratio
from matcher.intake.cells import Reading, as_text, broken, has_content
from matcher.intake.folder import files_of
from matcher.intake.headers import find_header
from matcher.intake.issues import Remark, cut
from matcher.intake.layout import Column, lay_out
from matcher.intake.limits import Limits
from matcher.intake.mapping import check_mapping
from matcher.intake.reader import choose
from matcher.intake.rows import cell_parser
from matcher.intake.tables import Table, open_tables, plan
from matcher.intake.values import Parser, parsers

ROWS = 5
LONGEST = 60
"""Characters of a cell that are shown."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What a cell says for its field; no value where nothing could be made of it."""

    value: object
    currency: str = ""
    money: bool = False
    ratio: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """One table of a file. `kind` is None where nothing tells which table it is, and its columns then feed nothing."""

    file: str
    kind: Kind | None
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    meant: tuple[tuple[Meant | None, ...], ...] = ()
    """The same cells as they are read; None for one that is empty or only kept."""
    problem: IntakeError | None = None
    """Why it cannot be taken in like this."""

    @property
    def guesses(self) -> tuple[str, ...]:
        """The headers that nobody knows and that may mean a field."""
        return tuple(column.header for column in self.columns if column.guess)


def preview(
    path: Path,
    *,
    kind: Kind | None = None,
    mapping: Mapping[str, object] | None = None,
    limits: Limits | None = None,
) -> list[Seen]:
    """The tables of a file or folder. Raises IntakeError for a file that cannot be opened at all."""
    limits = limits or Limits()
    alone = not path.is_dir()
    columns = check_mapping(mapping, kind=kind) if mapping else {}
    files = [path] if alone else files_of(path)[0]
    return [one for file in files for one in _file(file, kind if alone else None, columns, limits, alone=alone)]


def _file(
    file: Path, kind: Kind | None, columns: Mapping[Kind, Mapping[str, str]], limits: Limits, *, alone: bool
) -> list[Seen]:
    mapped = [header for table in columns.values() for header in table]
    tables, _ = open_tables(file, limits, mapped)
    try:
        chosen: Sequence[tuple[Kind | None, Table]]
        try:
            chosen, _ = choose(file, tables, kind, columns, alone=alone)
        except UnsupportedFileError as error:
            return [_unknown(tables[0], error)]
        return [_seen(table, of, columns.get(of, {}) if of else {}) for of, table in chosen]
    finally:
        for table in tables:
            table.close()


def _seen(table: Table, kind: Kind, mapping: Mapping[str, str]) -> Seen:
    problem: IntakeError | None = None
    head = table.head()
    try:
        found = plan(table, kind, mapping)
        number, columns = found.header_row, found.layout.columns
    except UnsupportedFileError as error:
        problem = error
        rows = [row for _, row in head]
        place = find_header(rows, kind, mapping)
        place = _fullest(rows) if place is None else place
        number, columns = head[place][0] if head else 0, lay_out(rows[place] if rows else (), kind, mapping).columns
    rows = _first(table, number)
    meant = tuple(_meant(row, columns, kind) for row in rows)
    return Seen(table.file, kind, columns, tuple(map(_texts, rows)), meant, problem)


def _unknown(table: Table, problem: IntakeError) -> Seen:
    head = table.head()
    rows = [row for _, row in head]
    place = _fullest(rows)
    header = rows[place] if rows else ()
    columns = tuple(Column(position, as_text(cell)) for position, cell in enumerate(header))
    rows = _first(table, head[place][0] if head else 0)
    return Seen(table.file, None, columns, tuple(map(_texts, rows)), problem=problem)


def _fullest(rows: Sequence[Sequence[object]]) -> int:
    """The row with most texts, the first of equals: the likeliest header where no word of it is known."""
    texts = [sum(isinstance(cell, str) and bool(cell.strip()) for cell in row) for row in rows]
    return texts.index(max(texts)) if texts else 0


def _first(table: Table, header: int) -> list[Sequence[object]]:
    """The first rows below the header."""
    below = (row for number, row in table.rows() if number > header and not isinstance(row, Remark))
    filled = (row for row in below if has_content(row))
    return list(islice(filled, ROWS))


def _texts(row: Sequence[object]) -> tuple[str, ...]:
    return tuple(cut(as_text(cell), LONGEST) for cell in row)


def _meant(row: Sequence[object], columns: Sequence[Column], kind: Kind) -> tuple[Meant | None, ...]:
    by_field = parsers(kind)
    return tuple(
        _cell(parse(cell), by_field.get(column.field))
        if (parse := cell_parser(column, by_field)) and not broken(cell) and as_text(cell)
        else None
        for column, cell in zip(columns, row, strict=False)
    )


def _cell(reading: Reading, parser: Parser | None) -> Meant | None:
    if reading.value is None and reading.remark is None:
        return None  # A word such as 面议 or 无 says that there is no value.
    ratio = isinstance(parser, partial) and parser.func is read_ratio
    return Meant(reading.value, reading.currency, parser is read_amount, ratio)
