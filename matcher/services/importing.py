"""Take files into the database: good rows go in, the rest becomes issues, and a second run finishes a killed one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from matcher.domain.columns import label
from matcher.domain.records import RECORD_KINDS, Kind, Outcome, Record, Register, Row, Visibility
from matcher.errors import StoreError
from matcher.intake import Limits, Progress, RowIssue, Severity, Withdrawal, read
from matcher.intake.reader import Read
from matcher.store import Dangling, Database, Deleted, Imports, Outcomes, Records, Registers
from matcher.wording import Said

Stores = tuple[Records, Outcomes, Registers]

BATCH = 1000
"""Rows a transaction: a killed import loses at most these, and running it again finds the others unchanged."""


@dataclass
class ImportReport:
    """What an import did, by table, and everything it has to say about rows."""

    tables: dict[Kind, Counter[str]] = field(default_factory=dict)
    issues: list[RowIssue] = field(default_factory=list)
    interrupted_before: tuple[str, ...] = ()
    dry_run: bool = False
    numbers: list[int] = field(default_factory=list)
    """What the journal calls the imports, by which they can be undone."""

    def add(self, table: Kind, **counts: int) -> None:
        """Add to the counts of a table."""
        self.tables.setdefault(table, Counter()).update(counts)

    def totals(self) -> Counter[str]:
        """The counts of all tables together."""
        return sum(self.tables.values(), Counter())

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return {
            "dry_run": self.dry_run,
            "tables": {kind.value: dict(counts) for kind, counts in self.tables.items()},
            "issues": [issue.to_json() for issue in self.issues],
            "interrupted_before": list(self.interrupted_before),
            "imports": self.numbers,
        }


@dataclass(frozen=True)
class Files:
    """What to read and how."""

    paths: Sequence[Path]
    kind: Kind | None = None
    mapping: Mapping[str, object] | None = None
    limits: Limits | None = None
    visibility: Visibility | None = None
    """Who sees what does not say so itself; everybody if it is not given."""


def import_files(
    database: Database,
    files: Files,
    *,
    now: datetime,
    dry_run: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> ImportReport:
    """Read all paths and write what is good in batches. A dry run does the same in one transaction and undoes it.

    Raises IntakeError for a file that cannot be read at all; what was read before it stays.
    """
    report = ImportReport(dry_run=dry_run)
    opened = ((path, _read(path, files, progress)) for path in files.paths)
    if dry_run:
        _rehearse(database, (found for _, found in opened), report, now)
    else:
        for path, found in opened:
            _take(database, path, found, report, now)
    return report


def delete_records(database: Database, ids: Iterable[str]) -> Deleted:
    """Delete records the owner takes back, with the facts about them, and rows of registers that have these ids.

    All or none: an unknown id deletes nothing, nor does one that both a record and a row have.
    """
    with database.begin() as connection:
        records, registers = Records(connection), Registers(connection)
        gone = [(each, registers.named(each)) for each in ids]
        found = [records.find(name) for name, rows in gone if not rows]
        for name, rows in gone:
            _only_one(records, name, rows)
        deleted = sum((records.delete(record.table, [record.id]) for record in found), Deleted())
        return deleted + Deleted(registers=sum(registers.delete(r.table, [(n,)]) for n, rows in gone for r in rows))


def _only_one(records: Records, name: str, rows: Sequence[Register]) -> None:
    """Raise StoreError where an id stands in a register and in another table too."""
    tables = [row.table for row in rows] + [kind for kind in RECORD_KINDS if rows and records.many(kind, [name])]
    if len(tables) > 1:
        raise StoreError(
            Said(
                f"编号 {name} 同时出现在 {'、'.join(tables)} 中。", f"The id {name} occurs in {' and '.join(tables)}."
            ),
            Said("请在要撤回的那一行写“撤回 = 是”再导入。", "Import the row to take back with 撤回 = 是."),
        )


def _read(path: Path, files: Files, progress: Callable[[Progress], None] | None) -> Iterator[Read]:
    told = files.visibility
    return read(path, kind=files.kind, mapping=files.mapping, limits=files.limits, visibility=told, progress=progress)


def _take(database: Database, path: Path, found: Iterable[Read], report: ImportReport, now: datetime) -> None:
    with database.begin() as connection:
        journal = Imports(connection)
        number = journal.start(str(path.resolve()), now)
        running = journal.interrupted()
        name = running[-1].name
        earlier = [each for each in running[:-1] if each.name == name]
    report.numbers.append(number)
    if earlier:
        report.interrupted_before += (name,)
    before = report.totals()
    try:
        for rows in _batches(found, report):
            with database.begin() as connection:
                stores = Records(connection, number), Outcomes(connection, number), Registers(connection, number)
                _write(stores, rows, report, now)
    except BaseException:
        with database.begin() as connection:
            Imports(connection).fail(number, report.totals() - before, now)
        raise
    with database.begin() as connection:
        journal = Imports(connection)
        journal.finish(number, report.totals() - before, now)
        for each in earlier:
            journal.fail(each.id, each.counts, now)


def _rehearse(database: Database, paths: Iterable[Iterable[Read]], report: ImportReport, now: datetime) -> None:
    """Write everything in one transaction that never commits: what is counted is what an import would do."""
    with suppress(_Undo), database.begin() as connection:
        for found in paths:
            for rows in _batches(found, report):
                _write((Records(connection), Outcomes(connection), Registers(connection)), rows, report, now)
        raise _Undo


class _Undo(Exception):  # noqa: N818  # no error: it only leaves the transaction
    """Rolls a rehearsal back."""


def _batches(found: Iterable[Read], report: ImportReport) -> Iterable[list[Row | Withdrawal]]:
    rows: list[Row | Withdrawal] = []
    for item in found:
        if isinstance(item, RowIssue):
            report.issues.append(item)
            continue
        # A batch holds one table, so that facts never go in before the records they name.
        if rows and (len(rows) == BATCH or rows[-1].table is not item.table):
            yield rows
            rows = []
        rows.append(item)
    if rows:
        yield rows


def _write(stores: Stores, rows: Sequence[Row | Withdrawal], report: ImportReport, now: datetime) -> None:
    """One batch of one table."""
    records, outcomes, registers = stores
    table = rows[0].table
    gone = [row.key for row in rows if isinstance(row, Withdrawal)]
    told = [row for row in rows if not isinstance(row, Withdrawal)]
    if table in RECORD_KINDS:
        counts = records.upsert([row for row in told if isinstance(row, Record)], now)
        deleted = records.delete(table, [key[0] for key in gone]).records
    else:
        facts = outcomes.upsert([row for row in told if isinstance(row, Outcome)], now)
        kept = registers.upsert([row for row in told if isinstance(row, Register)], now)
        counts = facts.counts + kept.counts
        deleted = registers.delete(table, gone)
        report.issues += [_issue(each) for each in (*facts.dangling, *kept.dangling)]
    report.add(table, new=counts.new, updated=counts.updated, unchanged=counts.unchanged, deleted=deleted)


def _issue(dangling: Dangling) -> RowIssue:
    """A fact is nothing without a record that it needs; any other id it keeps until the record arrives."""
    source = dangling.row.source
    zh, en = f"没有编号为 {dangling.id} 的记录", f"There is no record with the id {dangling.id}"
    if dangling.needed:
        severity, told = Severity.ERROR, Said(f"{zh}。", f"{en}.")
    else:
        severity, told = (
            Severity.WARNING,
            Said(f"{zh}；本行已导入，编号原样保留。", f"{en}; the row keeps it as it is."),
        )
    step = Said("先导入该记录，或更正编号。", "Import that record first, or correct the id.")
    named = label(type(dangling.row), dangling.field)
    return RowIssue(source.file, source.row, dangling.field, "unknown_record", severity, dangling.id, told, step, named)
