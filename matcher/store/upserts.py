"""Writing many rows at once, and the counter that tells derived files that they are stale."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from matcher.domain.records import RECORD_KINDS, REGISTER_KINDS
from matcher.store import changes, history
from matcher.store.rows import Key, Plan, RowT
from matcher.store.tables import deletions, revisions, state

CHUNK = 1000
"""Rows in one statement; SQLite binds at most 32,766 values, and an outcome's key has four."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the rows written."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.new + other.new, self.updated + other.updated, self.unchanged + other.unchanged)


def chunks(items: Iterable[T]) -> Iterator[list[T]]:
    """The items in lists of `CHUNK`, each item once."""
    unique = list(dict.fromkeys(items))
    return (unique[start : start + CHUNK] for start in range(0, len(unique), CHUNK))


class Revision:
    """The revision of one writing call: it grows once, when something really changes.

    Making one takes the lock of the counter's row, which is held until the transaction ends. On PostgreSQL this
    lets one writer through at a time, as SQLite does by itself, so that what a writer compares with cannot change
    under it and no reader sees revision 8 before 7.
    """

    def __init__(self, connection: sa.Connection, import_id: int | None = None) -> None:
        self.connection = connection
        self.import_id = import_id
        """The import that writes; what it does is noted."""
        self._before: int = connection.execute(sa.select(state.c.revision).with_for_update()).scalar_one()
        self._bumped = False

    def bump(self) -> int:
        """The revision to write with changed rows."""
        if not self._bumped:
            revision = self._before + 1
            self.connection.execute(sa.update(state).values(revision=revision))
            self.connection.execute(sa.insert(revisions).values(revision=revision, stamp=uuid.uuid4().hex))
            self._bumped = True
        return self._before + 1


def insert_new(connection: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> bool:
    """Insert a row unless its key is there already, and say whether it was inserted."""
    insert = postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
    done = insert.values(**row).on_conflict_do_nothing().returning(*table.primary_key.columns)
    return connection.execute(done).first() is not None


def upsert(revision: Revision, plan: Plan[RowT], rows: Sequence[RowT], now: datetime) -> Counts:
    """Write rows of one kind; of two with the same key the later stands. Rows with known content are left alone."""
    latest = {plan.key(row): row for row in rows}
    counts = Counts()
    for keys in chunks(latest):
        counts += _upsert_chunk(revision, plan, {key: latest[key] for key in keys}, now)
    return counts


def _upsert_chunk(revision: Revision, plan: Plan[RowT], rows: dict[Key, RowT], now: datetime) -> Counts:
    encoded = {key: plan.encode(row) for key, row in rows.items()}
    known = _known(revision.connection, plan, list(encoded.values()))
    changed = {key: values for key, values in encoded.items() if known.get(key) != values["content_hash"]}
    if changed:
        earlier = _archive(
            revision.connection, plan, {key: values for key, values in changed.items() if key in known}, now
        )
        if revision.import_id is not None:
            done = {
                key: (changes.Done.UPDATED if key in known else changes.Done.NEW, values["content_hash"])
                for key, values in changed.items()
            }
            noted = {key: (*told, earlier.get(key)) for key, told in done.items()}
            changes.note(revision.connection, revision.import_id, plan.kind, noted)
        stamps: dict[str, Any] = {"first_seen_at": now, "changed_at": now}
        if plan.kind not in REGISTER_KINDS:
            stamps["revision"] = revision.bump()
        statement = _statement(plan.table, revision.connection.dialect.name)
        revision.connection.execute(statement, [values | stamps for values in changed.values()])
    new = [key for key in changed if key not in known]
    if new and plan.kind in RECORD_KINDS:
        # A record that comes back is not gone any more.
        gone = sa.delete(deletions).where(deletions.c.kind == plan.kind.value, deletions.c.id.in_(new))
        revision.connection.execute(gone)
    return Counts(new=len(new), updated=len(changed) - len(new), unchanged=len(rows) - len(changed))


def _known(connection: sa.Connection, plan: Plan[Any], rows: list[dict[str, Any]]) -> dict[Key, str]:
    """Content hashes by key of these rows and perhaps of some beside them.

    Rows are looked up by the beginning of their key alone. To compare all of an outcome's key takes PostgreSQL a
    scan of the table, and what else is known of the same left-hand records is little.
    """
    query = _beside(plan, sa.select(*plan.key_columns, plan.table.c.content_hash), rows)
    return {found[0] if len(found) == 2 else tuple(found[:-1]): found[-1] for found in connection.execute(query)}


def _beside(plan: Plan[Any], query: sa.Select[Any], rows: Iterable[dict[str, Any]]) -> sa.Select[Any]:
    for name in plan.key_names[:2]:
        query = query.where(plan.table.c[name].in_({row[name] for row in rows}))
    return query


def _archive(
    connection: sa.Connection, plan: Plan[Any], rows: dict[Key, dict[str, Any]], now: datetime
) -> dict[Key, int]:
    """Keep what the rows that are about to be changed say now, and say under which numbers."""
    if not rows:
        return {}
    found = map(plan.decode, connection.execute(_beside(plan, plan.select(), rows.values())).all())
    meant = [row for row in found if plan.key(row) in rows]
    return dict(zip(map(plan.key, meant), history.archive(connection, plan, meant, now), strict=True))


@cache
def _statement(table: sa.Table, dialect: str) -> sa.Executable:
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    keys = {column.name for column in table.primary_key}
    kept = {*keys, "first_seen_at"}
    return insert.on_conflict_do_update(
        index_elements=sorted(keys),
        set_={column.name: insert.excluded[column.name] for column in table.c if column.name not in kept},
    )
