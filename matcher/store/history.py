"""What facts said before they were corrected."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
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


def archive(connection: sa.Connection, plan: Plan[RowT], rows: Sequence[RowT], now: datetime) -> None:
    """Keep rows that are about to be overwritten."""
    if rows:
        content = [
            {"kind": plan.kind.value, "key": _text(plan.key(row)), "content": plan.archived(row), "replaced_at": now}
            for row in rows
        ]
        connection.execute(sa.insert(history), content)


def past(connection: sa.Connection, plan: Plan[RowT], key: Key) -> list[Replaced[RowT]]:
    """What the row of this key said before, the oldest first."""
    query = sa.select(history.c.content, history.c.replaced_at).order_by(history.c.id)
    where = (history.c.kind == plan.kind.value, history.c.key == _text(key))
    return [Replaced(plan.restored(row.content), row.replaced_at) for row in connection.execute(query.where(*where))]


def erase(connection: sa.Connection, kind: Kind, keys: Iterable[Key]) -> None:
    """Forget what these rows said before."""
    where = (history.c.kind == kind.value, history.c.key.in_([_text(key) for key in keys]))
    connection.execute(sa.delete(history).where(*where))


def _text(key: Key) -> str:
    parts: tuple[Any, ...] = (key,) if isinstance(key, str) else key
    return json.dumps(parts, ensure_ascii=False, default=date.isoformat)
