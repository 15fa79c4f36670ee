"""Take files into the database: good rows go in, the rest becomes issues, and a second run finishes a killed one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from matcher.domain.records import Kind, Outcome, Record
from matcher.intake import Limits, Progress, RowIssue, Severity, Withdrawal, read
from matcher.intake.reader import Read
from matcher.store import Counts, Database, Deleted, Imports, Outcomes, Records, Rejected
from matcher.wording import Said

BATCH = 1000
"""Rows a transaction: a killed import loses at most these, and running it again finds the others unchanged."""


@dataclass
class ImportReport:
    """What an import did, by table, and everything it has to say about rows."""

    tables: dict[Kind, Counter[str]] = field(default_factory=dict)
    issues: list[RowIssue] = field(default_factory=list)
    interrupted_before: tuple[str, ...] = ()
    dry_run: bool = False

    def add(self, table: Kind, **counts: int) -> None:
        """Add to the counts of a table."""
        self.tables.setdefault(table, Counter()).update(counts)

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return {
            "dry_run": self.dry_run,
            "tables": {kind.value: dict(counts) for kind, counts in self.tables.items()},
            "issues": [issue.to_json() for issue in self.issues],
            "interrupted_before": list(self.interrupted_before),
        }


@dataclass(frozen=True)
class Files:
    """What to read and how."""

    paths: Sequence[Path]
    kind: Kind | None = None
    mapping: Mapping[str, object] | None = None
    limits: Limits | None = None


def import_files(
    database: Database,
    files: Files,
    *,
    now: datetime,
    dry_run: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> ImportReport:
    """Read all paths and write what is good in batches. A dry run reads and checks the same way and writes nothing.

    Raises IntakeError for a file that cannot be read at all; what was read before it stays.
    """
    report = ImportReport(dry_run=dry_run)
    for path in files.paths:
        found = read(path, kind=files.kind, mapping=files.mapping, limits=files.limits, progress=progress)
        if dry_run:
            _rehearse(database, found, report)
        else:
            _take(database, path, found, report, now)
    return report


def delete_records(database: Database, ids: Iterable[str]) -> Deleted:
    """Delete records the owner takes back, with their outcomes. All or none: an unknown id deletes nothing."""
    with database.begin() as connection:
        records = Records(connection)
        found = [records.find(each) for each in ids]
        deleted = [records.delete(record.table, [record.id]) for record in found]
    return Deleted(sum(each.records for each in deleted), sum(each.outcomes for each in deleted))


def _take(database: Database, path: Path, found: Iterable[Read], report: ImportReport, now: datetime) -> None:
    with database.begin() as connection:
        journal = Imports(connection)
        report.interrupted_before += tuple(each.name for each in journal.interrupted() if each.name == path.name)
        number = journal.start(path.name, now)
    try:
        for rows in _batches(found, report):
            _write(database, rows, report, now)
    except BaseException:
        with database.begin() as connection:
            Imports(connection).fail(number, _totals(report), now)
        raise
    with database.begin() as connection:
        journal = Imports(connection)
        journal.finish(number, _totals(report), now)
        for earlier in journal.interrupted():
            if earlier.name == path.name:
                journal.fail(earlier.id, earlier.counts, now)


def _batches(found: Iterable[Read], report: ImportReport) -> Iterable[list[Record | Outcome | Withdrawal]]:
    rows: list[Record | Outcome | Withdrawal] = []
    for item in found:
        if isinstance(item, RowIssue):
            report.issues.append(item)
            continue
        # A batch holds one table, so that outcomes never go in before the records they name.
        if rows and (len(rows) == BATCH or rows[-1].table is not item.table):
            yield rows
            rows = []
        rows.append(item)
    if rows:
        yield rows


def _write(
    database: Database, rows: Sequence[Record | Outcome | Withdrawal], report: ImportReport, now: datetime
) -> None:
    table = rows[0].table
    gone = [row.id for row in rows if isinstance(row, Withdrawal)]
    facts = [row for row in rows if isinstance(row, Outcome)]
    records = [row for row in rows if not isinstance(row, Outcome | Withdrawal)]
    with database.begin() as connection:
        counts = Records(connection).upsert(records, now) if records else Counts()
        written = Outcomes(connection).upsert(facts, now) if facts else None
        deleted = Records(connection).delete(table, gone) if gone else Deleted()
    if written:
        counts += written.counts
        _refuse(written.rejected, report)
    report.add(table, new=counts.new, updated=counts.updated, unchanged=counts.unchanged, deleted=deleted.records)


def _rehearse(database: Database, found: Iterable[Read], report: ImportReport) -> None:
    """Count what would go in; an outcome may name a record of the same files or of the database."""
    coming: dict[Kind, set[str]] = {}
    with database.read() as connection:
        stored = Records(connection)
        for rows in _batches(found, report):
            table = rows[0].table
            facts = [row for row in rows if isinstance(row, Outcome)]
            others = [row for row in rows if not isinstance(row, Outcome)]
            coming.setdefault(table, set()).update(row.id for row in others if not isinstance(row, Withdrawal))
            rejected = _unknown(facts, coming, stored)
            _refuse(rejected, report)
            withdrawn = sum(isinstance(row, Withdrawal) for row in others)
            report.add(table, readable=len(rows) - len(rejected) - withdrawn, deleted=withdrawn)


def _unknown(facts: Sequence[Outcome], coming: Mapping[Kind, set[str]], stored: Records) -> list[Rejected]:
    known: dict[Kind, set[str]] = {}
    for kind in {side for fact in facts for side in (fact.kind.left, fact.kind.right)}:
        asked = {fact.left_id if fact.kind.left is kind else fact.right_id for fact in facts if _names(fact, kind)}
        known[kind] = coming.get(kind, set()) | stored.existing(kind, asked)
    rejected = []
    for fact in facts:
        fields = (("left_id", fact.left_id, fact.kind.left), ("right_id", fact.right_id, fact.kind.right))
        missing = tuple(name for name, value, kind in fields if value not in known[kind])
        if missing:
            rejected.append(Rejected(fact, missing))
    return rejected


def _names(fact: Outcome, kind: Kind) -> bool:
    return kind in (fact.kind.left, fact.kind.right)


def _refuse(rejected: Iterable[Rejected], report: ImportReport) -> None:
    for each in rejected:
        for name in each.fields:
            value = getattr(each.outcome, name)
            report.issues.append(
                RowIssue(
                    each.outcome.source.file,
                    each.outcome.source.row,
                    name,
                    "unknown_record",
                    Severity.ERROR,
                    value,
                    Said(f"没有编号为 {value} 的记录。", f"There is no record with the id {value}."),
                    Said("先导入该记录，或更正编号。", "Import that record first, or correct the id."),
                )
            )


def _totals(report: ImportReport) -> dict[str, int]:
    return dict(sum(report.tables.values(), Counter()))
