"""What was imported, and taking an import back: what it added goes, what it changed says again what it said before.

A row that somebody changed since stays, and so does a record that something else needs by now; the report names both.
What an owner withdrew is forgotten at once and does not come back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from matcher.domain.records import Kind
from matcher.errors import ConflictError, RecordNotFoundError
from matcher.store import Changes, Database, Import, Imports, ImportState, Left, Taken, taken_back
from matcher.wording import Said

BATCH = 500
"""Changes a transaction: whatever breaks off the undoing, what was done stays done, and it can be gone on with."""
MOST_NAMED = 1000
"""Rows that a report names one by one."""

Heard = Callable[[int, int], None]
"""Told how many changes were looked at, and how many there are."""


@dataclass
class Undone:
    """What taking an import back did."""

    import_id: int
    deleted: Counter[Kind] = field(default_factory=Counter)
    restored: Counter[Kind] = field(default_factory=Counter)
    left: list[Left] = field(default_factory=list)

    def add(self, kind: Kind, taken: Taken) -> None:
        """Add what was done to some rows of a table."""
        self.deleted[kind] += taken.deleted
        self.restored[kind] += taken.restored
        self.left += taken.left

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return {
            "import": self.import_id,
            "deleted": {kind.value: count for kind, count in self.deleted.items()},
            "restored": {kind.value: count for kind, count in self.restored.items()},
            "left": [
                {"table": one.kind.value, "key": one.key, "why": one.why.value, "message": _both(one.why.said)}
                for one in self.left[:MOST_NAMED]
            ],
            "left_in_all": len(self.left),
        }


@dataclass(frozen=True, slots=True)
class Listed:
    """An import, and how many of its changes could be taken back."""

    import_: Import
    changes: int


class ImportBook:
    """The use cases of the journal of imports on one installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def page(self, before: int | None, limit: int) -> list[Listed]:
        """Imports, the latest first: those before a number."""
        with self._database.read() as connection:
            found = Imports(connection).page(before, limit)
            counts = Changes(connection).count(each.id for each in found)
        return [Listed(each, counts.get(each.id, 0)) for each in found]

    def get(self, import_id: int) -> Listed:
        """One import. Raises RecordNotFoundError."""
        with self._database.read() as connection:
            found = Imports(connection).get(import_id)
            changes = Changes(connection).count([import_id]).get(import_id, 0)
        if found is None:
            raise RecordNotFoundError(
                Said(f"没有第 {import_id} 次导入。", f"There is no import {import_id}."),
                Said("请用 matcher imports list 查看编号。", "See the numbers with `matcher imports list`."),
            )
        return Listed(found, changes)

    def require_undoable(self, import_id: int) -> Listed:
        """The import. Raises ConflictError for one that still runs, or of which nothing is left to take back."""
        found = self.get(import_id)
        if found.import_.state is ImportState.RUNNING:
            raise ConflictError(
                Said(f"第 {import_id} 次导入尚未结束。", f"Import {import_id} has not ended."),
                Said(
                    "请等它结束；如曾中断，请先重新导入同一文件。",
                    "Wait for its end; if it was killed, import the file again.",
                ),
            )
        if not found.changes:
            raise ConflictError(
                Said(f"第 {import_id} 次导入没有可撤销的更改。", f"Import {import_id} has no change to take back."),
                Said("它没有改动任何内容，或已经撤销。", "It changed nothing, or was taken back already."),
            )
        return found

    def undo(self, import_id: int, now: datetime, heard: Heard = lambda done, total: None) -> Undone:
        """Take an import back, the last of its changes first. What stays can be tried again later.

        Raises:
            RecordNotFoundError, ConflictError: as `require_undoable`.
        """
        total = self.require_undoable(import_id).changes
        report, before, done = Undone(import_id), None, 0
        while True:
            with self._database.begin() as connection:
                changes = Changes(connection).of(import_id, before, BATCH)
                if not changes:
                    Imports(connection).undone(import_id, now)
                    return report
                taken = taken_back(connection, changes, now)
            report.add(changes[0].kind, taken)
            before, done = changes[-1].id, done + len(changes)
            heard(done, total)


def _both(said: Said) -> dict[str, str]:
    return {"zh": said.zh, "en": said.en}
