"""Which files were taken in, when, and which import never came to its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import PureWindowsPath
from typing import Any

import sqlalchemy as sa

from matcher.store.tables import imports


class ImportState(StrEnum):
    """How far an import came."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Import:
    """One file taken in. `counts` holds whatever the import counted, by name."""

    id: int
    name: str
    started_at: datetime
    finished_at: datetime | None
    state: ImportState
    counts: Mapping[str, int]
    undone_at: datetime | None = None


class Imports:
    """The journal of imports.

    Commit `start` in a transaction of its own: only then a killed import is visible as one that still runs.
    """

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def start(self, name: str, now: datetime) -> int:
        """Note that an import begins and return its id. Of a path only the file's name is kept."""
        # PureWindowsPath splits at both kinds of slash. What no database can keep is shown, not stored.
        shown = PureWindowsPath(name).name.replace("\0", "�").encode(errors="replace").decode()
        statement = sa.insert(imports).values(name=shown, started_at=now, state=ImportState.RUNNING.value, counts={})
        return int(self._connection.execute(statement.returning(imports.c.id)).scalar_one())

    def finish(self, import_id: int, counts: Mapping[str, int], now: datetime) -> None:
        """Note that an import came to its end."""
        self._close(import_id, ImportState.DONE, counts, now)

    def fail(self, import_id: int, counts: Mapping[str, int], now: datetime) -> None:
        """Note that an import gave up; `counts` tells how far it came."""
        self._close(import_id, ImportState.FAILED, counts, now)

    def undone(self, import_id: int, now: datetime) -> None:
        """Note that an import was taken back, as far as that could be done."""
        self._connection.execute(sa.update(imports).where(imports.c.id == import_id).values(undone_at=now))

    def get(self, import_id: int) -> Import | None:
        """The import of a number."""
        found = self._select(sa.select(imports).where(imports.c.id == import_id))
        return found[0] if found else None

    def page(self, before: int | None, limit: int) -> list[Import]:
        """Imports, the latest first: those before a number."""
        query = sa.select(imports).order_by(imports.c.id.desc()).limit(limit)
        return self._select(query if before is None else query.where(imports.c.id < before))

    def last(self) -> Import | None:
        """The import that began last."""
        found = self._select(sa.select(imports).order_by(imports.c.id.desc()).limit(1))
        return found[0] if found else None

    def interrupted(self) -> list[Import]:
        """Imports that began and neither finished nor failed, the oldest first; one may be running just now."""
        running = imports.c.state == ImportState.RUNNING.value
        return self._select(sa.select(imports).where(running).order_by(imports.c.id))

    def _close(self, import_id: int, state: ImportState, counts: Mapping[str, int], now: datetime) -> None:
        values = {"state": state.value, "counts": dict(counts), "finished_at": now}
        self._connection.execute(sa.update(imports).where(imports.c.id == import_id).values(values))

    def _select(self, query: sa.Select[Any]) -> list[Import]:
        found = self._connection.execute(query).mappings()
        return [Import(**{**row, "state": ImportState(row["state"])}) for row in found]
