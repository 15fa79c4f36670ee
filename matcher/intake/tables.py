"""Which tables a path holds: files of a folder, sheets of a workbook, one file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from matcher.domain.columns import label
from matcher.domain.records import REGISTER_KINDS, TYPES, Kind, Source
from matcher.errors import UnsupportedFileError
from matcher.intake.cells import as_text, has_content
from matcher.intake.checks import missing
from matcher.intake.delimited import Delimited
from matcher.intake.encodings import check_start
from matcher.intake.headers import HEADER_ROWS, find_header, recognised, unit_above
from matcher.intake.issues import Remark, RowIssue, issue_at, tell
from matcher.intake.jsonlines import JsonLines
from matcher.intake.labels import either, table_label
from matcher.intake.layout import Layout, lay_out
from matcher.intake.limits import Limits, check_bytes
from matcher.intake.names import known_names
from matcher.intake.workbooks import Book, check_directory
from matcher.wording import Said

READABLE = (".csv", ".tsv", ".jsonl", ".xlsx")

Line = tuple[int, Sequence[object] | Remark]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one table as they come. `header` is given where it is not one of the rows."""

    file: str
    name: str
    rows: Callable[[], Iterator[Line]]
    total: int | None = None
    header: tuple[str, ...] | None = None
    ragged: bool = False
    """Whether a cell too many means that a separator stands unquoted inside a cell."""
    close: Callable[[], None] = lambda: None

    def head(self) -> list[tuple[int, Sequence[object]]]:
        """The rows among which the header is, or the header that the keys make."""
        if self.header is not None:
            return [(0, self.header)]
        return [(number, row) for number, row in islice(self.rows(), HEADER_ROWS) if not isinstance(row, Remark)]


@dataclass(frozen=True, slots=True)
class Plan:
    """A table that is known and laid out, ready to be read."""

    kind: Kind
    table: Table
    layout: Layout
    header_row: int
    header: Sequence[object]


def check_type(path: Path, limits: Limits) -> None:
    """Refuse a file whose name or first bytes are of a kind that is not read, or that is too large.

    Quick whatever its size: only reading it all proves that it can be read. Raises IntakeError.
    """
    if path.suffix.lower() not in READABLE:
        raise unsupported(path)
    check_bytes(path, limits)
    if path.suffix.lower() == ".xlsx":
        check_directory(path, limits)
    else:
        check_start(path)


def open_tables(path: Path, limits: Limits, mapped: Sequence[str]) -> tuple[list[Table], list[str]]:
    """The tables of one file and the names of its hidden sheets. Raises IntakeError for a file that cannot be read."""
    check_bytes(path, limits)
    suffix = path.suffix.lower()
    if suffix in (".csv", ".tsv"):
        csv = Delimited(path, limits, mapped)
        return [Table(path.name, path.stem, csv.rows, csv.total, ragged=True)], []
    if suffix == ".jsonl":
        lines = JsonLines(path, limits)
        return [Table(path.name, path.stem, lines.rows, lines.total, lines.header)], []
    if suffix == ".xlsx":
        return _sheets(path, limits)
    raise unsupported(path)


def _sheets(path: Path, limits: Limits) -> tuple[list[Table], list[str]]:
    """The visible sheets that hold something."""
    book = Book(path, limits)
    hidden = [name for name, visible in book.sheets() if not visible]
    tables = [_sheet(path, book, name) for name, visible in book.sheets() if visible]
    filled = [table for table in tables if any(has_content(row) for _, row in table.head())]
    if not filled:
        book.close()
        raise nothing_in(path.name)
    return filled, hidden


def _sheet(path: Path, book: Book, name: str) -> Table:
    return Table(f"{path.name}[{name}]", name, lambda: book.rows(name), close=book.close)


def plan(table: Table, kind: Kind, mapping: Mapping[str, str]) -> Plan:
    """Find the header and lay the columns out. Raises UnsupportedFileError where that cannot be done."""
    head = table.head()
    if not any(has_content(row) for _, row in head):
        raise nothing_in(table.file)
    place = find_header([row for _, row in head], kind, mapping)
    if place is None:
        raise _no_header(table, kind, head)
    unit = unit_above([row for _, row in head[:place]])
    number, cells = head[place]
    # A delimited file pads its rows to the width of the header, so there even a blank header counts.
    layout = lay_out(cells if table.ragged else _trimmed(cells), kind, mapping, unit)
    _check_required(table, kind, layout, cells)
    return Plan(kind, table, layout, number, cells)


def _trimmed(cells: Sequence[object]) -> Sequence[object]:
    width = max((place for place, cell in enumerate(cells, start=1) if as_text(cell)), default=0)
    return cells[:width]


def _check_required(table: Table, kind: Kind, layout: Layout, cells: Sequence[object]) -> None:
    fields = layout.fields | ({"kind"} if any(column.hint for column in layout.columns) else frozenset())
    lacking = missing(kind, fields)
    if not lacking or {"withdrawn", "id"} <= fields:
        return
    named = [either(label(TYPES[kind], name) for name in group) for group in lacking]
    names, table_name = Said("、".join(one.zh for one in named), ", ".join(one.en for one in named)), table_label(kind)
    raise UnsupportedFileError(
        Said(
            f"“{table.file}”作为“{table_name.zh}”表缺少必需的列：{names.zh}。看到的表头：{_seen(cells)}。",
            f"'{table.file}' as {table_name.en} lacks the required column {names.en}. Headers seen: {_seen(cells)}.",
        ),
        Said("请补上这一列，或用列名对照文件指明。", "Add the column, or name it in a mapping file."),
    )


def guess(table: Table, mapping: Mapping[Kind, Mapping[str, str]]) -> tuple[Kind, RowIssue] | None:
    """The table that the headers clearly speak of, and an info that says so."""
    scores = [(_score(table, kind, mapping.get(kind, {})), kind not in REGISTER_KINDS, kind) for kind in Kind]
    (best, matched, kind), (second, also, _) = sorted(scores, reverse=True)[:2]
    # Of equals, a register gives way to a table of records or outcomes: those are what lists mostly are.
    if best < 2 or (best == second and matched is also):
        return None
    note = tell(
        "table_guessed",
        (
            f"名称没有说明是哪张表，按表头读作“{table_label(kind).zh}”。",
            f"The name tells no table; by its headers it is {kind.value}.",
        ),
        (
            f"如果不对，请用表名（如“{table_label(kind).zh}”）作文件名，或指明是哪张表。",
            f"If that is wrong, rename it or name the table ({kind.value}).",
        ),
    )
    return kind, issue_at(Source(table.file), "", table.name, note)


def _score(table: Table, kind: Kind, mapping: Mapping[str, str]) -> int:
    """How many fields the best row names; none where a required one is not among them."""
    rows = [row for _, row in table.head()]
    place = find_header(rows, kind, mapping)
    if place is None:
        return 0
    try:
        _check_required(table, kind, lay_out(_trimmed(rows[place]), kind, mapping), rows[place])
    except UnsupportedFileError:
        return 0
    return recognised(rows[place], kind, mapping)


def _seen(cells: Sequence[object]) -> str:
    return ", ".join(text[:20] for text in map(as_text, cells[:12]) if text) or "—"


def _no_header(table: Table, kind: Kind, head: Sequence[tuple[int, Sequence[object]]]) -> UnsupportedFileError:
    seen = _seen(max((row for _, row in head), key=lambda row: sum(bool(as_text(cell)) for cell in row)))
    return UnsupportedFileError(
        Said(
            f"“{table.file}”前 {HEADER_ROWS} 行里没有“{table_label(kind).zh}”表的任何表头。看到的是：{seen}。",
            f"The first {HEADER_ROWS} rows of '{table.file}' hold no header of {kind.value}. Seen: {seen}.",
        ),
        Said(
            "请在第一行写上标准表头（如 成果名称、载体名称），或用列名对照文件指明。",
            "Write the standard headers into the first row, or name the columns in a mapping file.",
        ),
    )


def nothing_in(file: str) -> UnsupportedFileError:
    """The error for a file without content."""
    return UnsupportedFileError(
        Said(f"“{file}”里没有内容。", f"'{file}' is empty."),
        Said("请检查是否选错了文件。", "Check whether it is the right file."),
    )


def unsupported(path: Path) -> UnsupportedFileError:
    """The error for a kind of file that is not read."""
    suffix = path.suffix.lower() or path.name
    ways = {
        ".json": ("请改为每行一个对象的 .jsonl。", "Save it as .jsonl, one object a line."),
        ".txt": ("请改名为 .csv 或 .tsv。", "Rename it to .csv or .tsv."),
    }
    default = ("请用 Excel 或 WPS 打开，另存为 .xlsx 再导入。", "Open it in Excel or WPS and save it as .xlsx.")
    return UnsupportedFileError(
        Said(
            f"不能导入“{path.name}”（{suffix}）；可导入 {'、'.join(READABLE)}。",
            f"'{path.name}' ({suffix}) cannot be imported; {', '.join(READABLE)} can.",
        ),
        Said(*ways.get(suffix, default)),
    )


def no_table(name: str) -> UnsupportedFileError:
    """The error for a folder in which no file is a table."""
    zh, en = known_names()
    return UnsupportedFileError(
        Said(f"文件夹“{name}”里没有可以导入的表。", f"The folder '{name}' holds no table that can be imported."),
        Said(f"请把文件命名为：{zh}。", f"Name the files after these: {en}."),
    )


def unknown_table(name: str) -> UnsupportedFileError:
    """The error for a file of which nothing tells the table."""
    zh, en = known_names()
    return UnsupportedFileError(
        Said(f"看不出“{name}”是哪一张表。", f"Nothing tells which table '{name}' is."),
        Said(
            f"请用 --kind 指明是哪张表（如 --kind achievements），或以表名命名文件：{zh}。",
            f"Say which with --kind (as --kind achievements), or name the file after it: {en}.",
        ),
    )
