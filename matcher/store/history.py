"""What records and facts said before they were changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic

import sqlalchemy as sa

from matcher.domain.records import Kind
from matcher.store.rows import Key, Plan, RowT
from matcher.store.tables import history


@dataclass(frozen=True, slots=True)
class Replaced(Generic[RowT]):
    """A row as it was until it was corrected."""

    row: RowT
    replaced_at: datetime


def archive(connection: sa.Connection, plan: Plan[RowT], rows: Sequence[RowT], now: datetime) -> list[int]:
    """Keep rows that are about to be overwritten, and say under which numbers."""
    if not rows:
        return []
    content = [
        {"kind": plan.kind.value, "key": key_text(plan.key(row)), "content": plan.archived(row), "replaced_at": now}
        for row in rows
    ]
    numbered = sa.insert(history).returning(history.c.id, sort_by_parameter_order=True)
    return list(connection.scalars(numbered, content))


def archived(connection: sa.Connection, plan: Plan[RowT], keys: Mapping[int, str]) -> dict[int, RowT]:
    """The rows that are kept under these numbers, if they are still of these keys: a number may be given again."""
    query = sa.select(history).where(history.c.id.in_(list(keys)), history.c.kind == plan.kind.value)
    found = connection.execute(query)
    return {row.id: plan.restored(row.content) for row in found if row.key == keys[row.id]}


def past(connection: sa.Connection, plan: Plan[RowT], key: Key) -> list[Replaced[RowT]]:
    """What the row of this key said before, the oldest first."""
    query = sa.select(history.c.content, history.c.replaced_at).order_by(history.c.id)
    where = (history.c.kind == plan.kind.value, history.c.key == key_text(key))
    return [Replaced(plan.restored(row.content), row.replaced_at) for row in connection.execute(query.where(*where))]


def past_of(connection: sa.Connection, plan: Plan[RowT], keys: Iterable[Key]) -> dict[Key, list[RowT]]:
    """What the rows of these keys said before, the latest first; those that were never changed are left out."""
    texts = {key_text(key): key for key in keys}
    query = sa.select(history.c.key, history.c.content).order_by(history.c.id.desc())
    query = query.where(history.c.kind == plan.kind.value, history.c.key.in_(list(texts)))
    found: dict[Key, list[RowT]] = {}
    for row in connection.execute(query):
        found.setdefault(texts[row.key], []).append(plan.restored(row.content))
    return found


def erase(connection: sa.Connection, kind: Kind, keys: Iterable[Key]) -> None:
    """Forget what these rows said before."""
    where = (history.c.kind == kind.value, history.c.key.in_([key_text(key) for key in keys]))
    connection.execute(sa.delete(history).where(*where))


def key_text(key: Key) -> str:
    """A key as the history writes it."""
    parts: tuple[Any, ...] = (key,) if isinstance(key, str) else key
    return json.dumps(parts, ensure_ascii=False, default=date.isoformat)
