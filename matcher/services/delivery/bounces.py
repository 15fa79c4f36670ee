"""Taking reports in: whoever has no mailbox, or complained, gets no more mail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from matcher.errors import UnreadableFileError
from matcher.services.delivery.reports import Report, of_message, of_table
from matcher.services.delivery.suppressing import Suppressing
from matcher.store import Accounts, Database, Deliveries
from matcher.wording import Said

TABLES, MESSAGES = (".csv",), (".eml", ".msg", "")
LARGEST = 2_000_000
"""Bytes of a message; reports are short, and repeat at most one letter."""


@dataclass(slots=True)
class Taken:
    """What came of reading reports."""

    files: int = 0
    new: int = 0
    known: int = 0
    foreign: int = 0
    """Reports that do not repeat a letter of ours to that address: anybody can send one."""
    suppressed: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """Files that hold no report, and rows of tables that cannot be used, as `file:row`."""

    def to_json(self) -> dict[str, Any]:
        """The counts and names as plain JSON values."""
        return {name: getattr(self, name) for name in Taken.__dataclass_fields__}


class Bounces:
    """The use case of taking reports in."""

    def __init__(self, database: Database, suppressing: Suppressing) -> None:
        self._database = database
        self._suppressing = suppressing

    def take(self, path: Path, now: datetime, *, trusting: bool = False) -> Taken:
        """Read a file or a folder of reports. Read again, they change nothing.

        A message counts when it repeats a letter of ours to the same address, or when its sender is trusted; a table
        is an administrator's own. Raises UnreadableFileError for a path that is not there.
        """
        taken = Taken()
        for file in _files(path):
            taken.files += 1
            reports, bad = self._read(file, now)
            taken.unread += bad
            for report in reports:
                self._count(taken, report, trusted=trusting or file.suffix.casefold() in TABLES)
        return taken

    def _read(self, file: Path, now: datetime) -> tuple[list[Report], list[str]]:
        if file.suffix.casefold() in TABLES:
            reports, rows = of_table(file, now)
            return reports, [f"{file.name}:{row}" for row in rows]
        if file.stat().st_size > LARGEST:
            return [], [file.name]
        reports = of_message(file.read_bytes(), now)
        return reports, [] if reports else [file.name]

    def _count(self, taken: Taken, report: Report, *, trusted: bool) -> None:
        if not trusted and not self._ours(report):
            taken.foreign += 1
            return
        new, suppressed = self._suppressing.take(report.bounce)
        taken.new += new
        taken.known += not new
        if suppressed:
            taken.suppressed.append(report.bounce.address.casefold())

    def _ours(self, report: Report) -> bool:
        with self._database.read() as connection:
            delivery = Deliveries(connection).get(report.delivery_id) if report.delivery_id else None
            account = Accounts(connection).get(delivery.account_id) if delivery else None
        return account is not None and account.email == report.bounce.address.casefold()


def _files(path: Path) -> Iterator[Path]:
    if not path.exists():
        raise UnreadableFileError(
            Said(f"没有文件或文件夹 {path}。", f"There is no file or folder {path}."),
            Said("请检查路径。", "Check the path."),
        )
    if path.is_file():
        yield path
        return
    suffixes = (*TABLES, *MESSAGES)
    yield from sorted(one for one in path.rglob("*") if one.is_file() and one.suffix.casefold() in suffixes)
