"""The one door: a path in; records, withdrawals and issues out, one by one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

from matcher.domain.columns import label
from matcher.domain.records import Achievement, Kind, Row, Source, Visibility
from matcher.errors import IntakeError
from matcher.intake.cells import as_text, has_content
from matcher.intake.folder import files_of, unknown_remark
from matcher.intake.identity import Registry
from matcher.intake.issues import Progress, Remark, RowIssue, Withdrawal, issue_at, refuse, tell, warn
from matcher.intake.limits import Limits
from matcher.intake.mapping import ColumnMapping, check_mapping
from matcher.intake.names import kind_of
from matcher.intake.rows import RowBuilder
from matcher.intake.small_amounts import SmallAmounts
from matcher.intake.tables import Plan, Table, guess, no_table, open_tables, plan, unknown_table
from matcher.intake.totals import Totals

Read = Row | Withdrawal | RowIssue
EVERY = 1000
"""Rows between two calls of `progress`."""


def read(
    path: Path,
    *,
    kind: Kind | None = None,
    kinds: Collection[Kind] = tuple(Kind),
    mapping: Mapping[str, object] | None = None,
    limits: Limits | None = None,
    visibility: Visibility | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Iterator[Read]:
    """Read an ecosystem folder or a single file.

    Every file is checked before the first record is given out, so IntakeError and ConfigurationError are raised by
    the call itself; only a damaged sheet inside a sound .xlsx archive shows later. Rows that cannot be used come as
    issues of severity `error`. In a folder the tables come in the order of `Kind`, or only the one that `kind` names;
    tables that are not among `kinds` are not even opened, if their file's name tells them.
    Ids are unique per table over the whole path. `mapping` is what `load_mapping` returns; `visibility` is that of rows
    that state none, public if it is not given.
    """
    limits = limits or Limits()
    plans, notes = plans_of(path, kind=kind, kinds=kinds, mapping=mapping, limits=limits)
    registries = {of: Registry() for of in Kind}
    builders = [
        RowBuilder(one.kind, one.layout, one.table.file, limits, registries[one.kind], visibility) for one in plans
    ]
    return _stream(plans, builders, notes, progress)


def plans_of(
    path: Path,
    *,
    kind: Kind | None = None,
    kinds: Collection[Kind] = tuple(Kind),
    mapping: Mapping[str, object] | None = None,
    limits: Limits,
) -> tuple[list[Plan], list[RowIssue]]:
    """The tables that `read` reads, in its order, and what is to be said about the others."""
    named = kind or (None if path.is_dir() else kind_of(path.stem))
    columns = check_mapping(mapping, kind=named) if mapping else {}
    files, notes = files_of(path, kinds) if path.is_dir() else ([path], [])
    plans: list[Plan] = []
    wanted = [kind] if kind else kinds
    for file in files:
        found, said = _plans(file, kind, wanted, columns, limits, alone=not path.is_dir())
        plans += found
        notes += said
    if not plans:
        raise no_table(path.name) if path.is_dir() else unknown_table(path.name)
    order = list(Kind)
    plans.sort(key=lambda item: order.index(item.kind))
    return plans, notes


def _plans(
    file: Path,
    kind: Kind | None,
    wanted: Collection[Kind],
    columns: ColumnMapping,
    limits: Limits,
    *,
    alone: bool,
) -> tuple[list[Plan], list[RowIssue]]:
    """The tables of one file that are to be read, and issues for its other sheets."""
    stranger = not alone and kind_of(file.stem) is None
    if stranger and file.suffix.lower() != ".xlsx":
        return [], [issue_at(Source(file.name), "", file.name, unknown_remark(file.name))]
    mapped = [header for table in columns.values() for header in table]
    try:
        tables, hidden = open_tables(file, limits, mapped)
    except IntakeError:
        # A workbook that only might hold a table must not stop the folder.
        if stranger:
            return [], [issue_at(Source(file.name), "", file.name, unknown_remark(file.name))]
        raise
    notes = [issue_at(Source(file.name), "", name, _hidden(name)) for name in hidden]
    chosen, guessed = choose(file, tables, kind if alone else None, columns, alone=alone)
    chosen = [(of, table) for of, table in chosen if of in wanted]
    if not chosen:
        for table in tables:
            table.close()
    taken = {table.name for _, table in chosen}
    notes += [issue_at(Source(t.file), "", t.name, _left(t.name)) for t in tables if t.name not in taken]
    return [plan(table, of, columns.get(of, {})) for of, table in chosen], notes + guessed


def choose(
    file: Path, tables: Sequence[Table], kind: Kind | None, columns: ColumnMapping, *, alone: bool
) -> tuple[list[tuple[Kind, Table]], list[RowIssue]]:
    """Tables by the name of the sheet, else of the file, else (for a file by itself) by their headers.

    Raises UnsupportedFileError where nothing tells which table a file by itself is.
    """
    named = [(of, table) for table in tables if (of := kind_of(table.name)) is not None]
    if kind is not None:
        return [(kind, next((table for of, table in named if of is kind), tables[0]))], []
    if named:
        return named, []
    if (of := kind_of(file.stem)) is not None:
        return [(of, tables[0])], []
    if not alone:
        return [], []
    guesses = [(found, table) for table in tables if (found := guess(table, columns)) is not None]
    if not guesses:
        raise unknown_table(file.name)
    return [(of, table) for (of, _), table in guesses], [note for (_, note), _ in guesses]


def _left(name: str) -> Remark:
    if kind_of(name) is None:
        return unknown_remark(name)
    return tell(
        "other_table",
        (
            f"“{name}”是另一张表，这次没有读取。",
            f"'{name}' is another table and was not read this time.",
        ),
        ("如需导入，请不要限定表名。", "To import it too, do not ask for one table only."),
    )


def _hidden(name: str) -> Remark:
    return tell(
        "hidden_sheet",
        (f"隐藏的工作表“{name}”没有读取。", f"The hidden sheet '{name}' was not read."),
        ("如需导入，请取消隐藏。", "Unhide it to import it."),
    )


def _stream(
    plans: Sequence[Plan], builders: Sequence[RowBuilder], notes: Sequence[RowIssue],
    progress: Callable[[Progress], None] | None,
) -> Iterator[Read]:  # fmt: skip
    try:
        yield from notes
        for item, builder in zip(plans, builders, strict=True):
            yield from _table(item, builder, progress)
    finally:
        for item in plans:
            item.table.close()


def _table(item: Plan, builder: RowBuilder, progress: Callable[[Progress], None] | None) -> Iterator[Read]:
    table, header = item.table, item.header
    for name, remark in item.layout.remarks:
        yield issue_at(Source(table.file, item.header_row), name, name, remark)
    totals, amounts = Totals(item.layout), SmallAmounts(item.kind, item.layout)
    done = 0
    for number, row in table.rows():
        if number <= item.header_row or (not isinstance(row, Remark) and not has_content(row)):
            continue
        done += 1
        if (reason := _unusable(item, row, header, totals)) is not None:
            yield issue_at(Source(table.file, number), "", _shown(row), reason)
        else:
            yield from _built(builder, number, row)
            amounts.see(number, () if isinstance(row, Remark) else row)
        if progress and done % EVERY == 0:
            progress(Progress(table.file, item.kind, done, table.total))
    yield from amounts.issues(table.file)
    if not done:
        yield issue_at(Source(table.file), "", table.file, _no_rows())
    if progress:
        progress(Progress(table.file, item.kind, done, done))


def _built(builder: RowBuilder, number: int, row: Sequence[object] | Remark) -> Iterator[Read]:
    found, issues = builder.build(number, () if isinstance(row, Remark) else row)
    yield from issues
    if found is not None:
        if isinstance(found, Achievement) and not found.title:
            yield issue_at(found.source, "title", "", _untitled(number), label(Achievement, "title"))
        yield found


def _unusable(item: Plan, row: Sequence[object] | Remark, header: Sequence[object], totals: Totals) -> Remark | None:
    """Why the row is not read cell by cell at all."""
    if isinstance(row, Remark):
        return row
    if item.table.ragged and len(row) > len(header) and has_content(row[len(header) :]):
        return _too_many(len(row), len(header))
    if row[0] == header[0] and list(row) == list(header):
        return _repeated_header()
    return totals.remark(row)


def _shown(row: Sequence[object] | Remark) -> str:
    return "" if isinstance(row, Remark) else " | ".join(as_text(cell)[:40] for cell in row)


def _untitled(row: int) -> Remark:
    return warn(
        "no_title",
        (f"第 {row} 行没有名称，暂用简介代替。", f"Row {row} has no title; it goes by its summary."),
        ("请补填成果名称后重新导入。", "Fill in the title and import it again."),
    )


def _too_many(cells: int, columns: int) -> Remark:
    return refuse(
        "too_many_cells",
        (
            f"这一行有 {cells} 个单元格，表头只有 {columns} 列，内容可能错位。",
            f"{cells} cells under {columns} headers; they may be shifted.",
        ),
        ("含逗号的内容请加双引号，或另存为 .xlsx。", "Quote cells that contain the separator, or save as .xlsx."),
    )


def _repeated_header() -> Remark:
    return tell(
        "repeated_header",
        ("表头在表中又出现了一次，已跳过。", "The header stands in the table once more; skipped."),
        ("无需处理。", "Nothing to do."),
    )


def _no_rows() -> Remark:
    return warn(
        "no_rows",
        ("只有表头，没有数据。", "There is a header but no data."),
        ("请检查是否选错了文件。", "Check whether it is the right file."),
    )
