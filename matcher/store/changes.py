"""What each import did to which row, so that it can be taken back. Contents stand in the history, never here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from matcher.domain.records import RECORD_KINDS, Kind
from matcher.store.history import archived, key_text
from matcher.store.rows import FACT_PLANS, RECORD_PLANS, Key, Plan
from matcher.store.tables import IdText, metadata

import_changes = sa.Table(
    "import_changes",
    metadata,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("import_id", sa.Integer(), nullable=False),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("key", IdText, nullable=False),
    sa.Column("done", sa.Text(), nullable=False),
    sa.Column("content_hash", sa.Text(), nullable=False),
    sa.Column("before", sa.Integer(), nullable=True),
)
"""One row for each row that an import wrote or withdrew, until that is taken back. `content_hash` is what it wrote,
`before` the line of the history that keeps what stood there."""
sa.Index("ix_import_changes", import_changes.c.import_id, import_changes.c.id)


class Done(StrEnum):
    """What an import did to a row."""

    NEW = "new"
    UPDATED = "updated"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Change:
    """One row that an import changed. `key` is its key as the history writes it."""

    id: int
    kind: Kind
    key: str
    done: Done
    content_hash: str
    before: int | None


@dataclass(frozen=True, slots=True)
class Current:
    """What stands under a key now."""

    key: tuple[Any, ...]
    content_hash: str


def note(
    connection: sa.Connection, import_id: int, kind: Kind, written: Mapping[Key, tuple[Done, str, int | None]]
) -> None:
    """Note what an import does: of each row what was done, the hash of its new content, and where the old one is."""
    rows = [
        {"key": key_text(key), "done": done.value, "content_hash": content_hash, "before": before}
        for key, (done, content_hash, before) in written.items()
    ]
    if rows:
        connection.execute(sa.insert(import_changes), [row | {"import_id": import_id, "kind": kind} for row in rows])


def note_withdrawn(connection: sa.Connection, import_id: int, kind: Kind, keys: Iterable[Key]) -> None:
    """Note that an import takes rows back. What they said is forgotten, as their owner wants it."""
    note(connection, import_id, kind, dict.fromkeys(keys, (Done.WITHDRAWN, "", None)))


class Changes:
    """The table of changes."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def of(self, import_id: int, before: int | None, limit: int) -> list[Change]:
        """Changes of an import, the latest first: the next ones of one table before a number."""
        query = sa.select(import_changes).where(import_changes.c.import_id == import_id)
        if before is not None:
            query = query.where(import_changes.c.id < before)
        found = self._connection.execute(query.order_by(import_changes.c.id.desc()).limit(limit)).all()
        return [
            Change(row.id, Kind(row.kind), row.key, Done(row.done), row.content_hash, row.before)
            for row in found
            if row.kind == found[0].kind
        ]

    def count(self, import_ids: Iterable[int]) -> dict[int, int]:
        """How many changes of each import can still be looked at."""
        column = import_changes.c.import_id
        query = sa.select(column, sa.func.count()).where(column.in_(list(import_ids))).group_by(column)
        return {row[0]: row[1] for row in self._connection.execute(query)}

    def current(self, changes: Sequence[Change]) -> dict[str, Current]:
        """What stands now under the keys of changes of one table."""
        plan = plan_of(changes[0].kind)
        keys = [json.loads(change.key) for change in changes]
        query = sa.select(*plan.key_columns, plan.table.c.content_hash)
        for place, column in enumerate(plan.key_columns[:2]):
            query = query.where(column.in_({key[place] for key in keys}))
        found = (Current(tuple(row[:-1]), row[-1]) for row in self._connection.execute(query))
        return {key_text(one.key): one for one in found}

    def earlier(self, changes: Sequence[Change]) -> dict[int, Any]:
        """What the history keeps of what stood there before, by its number."""
        numbered = {change.before: change.key for change in changes if change.before is not None}
        return archived(self._connection, plan_of(changes[0].kind), numbered)

    def forget(self, changes: Iterable[Change]) -> None:
        """Drop changes that were taken back, or that nothing is left of."""
        ids = [change.id for change in changes]
        self._connection.execute(sa.delete(import_changes).where(import_changes.c.id.in_(ids)))


def plan_of(kind: Kind) -> Plan[Any]:
    """How rows of a table are written and read."""
    return RECORD_PLANS[kind] if kind in RECORD_KINDS else FACT_PLANS[kind]
