"""Standing wishes, kept until they are undone or a record they name is withdrawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from matcher.domain.controls import Aim, Control, Wish
from matcher.domain.records import Kind, PairKind
from matcher.errors import StoreError
from matcher.store.rows import MAX_ID, can_be_kept
from matcher.store.tables import controls
from matcher.wording import Said

KEY = ("asker_kind", "asker", "owner", "wish", "aim", "target")
"""What makes two wishes the same one."""


class Controls:
    """The table of standing wishes."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, control: Control) -> Control:
        """Keep a wish and give it back with its number; the same wish again takes the new reason and dates.

        Raises:
            StoreError: no database can keep its target or its reason.
        """
        if not (0 < len(control.target) <= MAX_ID and can_be_kept(control.target) and can_be_kept(control.reason)):
            raise StoreError(
                Said(
                    f"无法保存 {ascii(control.target)[:80]}：为空、超过 {MAX_ID} 个字符或含残缺字符。",
                    f"Cannot keep {ascii(control.target)[:80]}: empty, longer than {MAX_ID} characters, or damaged.",
                ),
                Said("请换一个较短的写法。", "Write it otherwise."),
            )
        values = _values(control)
        new = {name: values[name] for name in ("reason", "made_on", "until")}
        insert = postgresql.insert if self._connection.dialect.name == "postgresql" else sqlite.insert
        statement = insert(controls).values(**values).on_conflict_do_update(index_elements=KEY, set_=new)
        return replace(control, id=self._connection.execute(statement.returning(controls.c.id)).scalar_one())

    def of(self, pairing: PairKind) -> list[Control]:
        """The wishes of both sides of a pairing, by number."""
        kinds = (pairing.left.value, pairing.right.value)
        return self._select(controls.c.asker_kind.in_(kinds))

    def all(self, after: int = 0, limit: int | None = None) -> list[Control]:
        """Wishes by number, those after one."""
        return self._select(controls.c.id > after, limit)

    def remove(self, ids: Iterable[int]) -> None:
        """Undo the wishes with these numbers."""
        self._connection.execute(sa.delete(controls).where(controls.c.id.in_(list(ids))))

    def _select(self, where: sa.ColumnElement[bool], limit: int | None = None) -> list[Control]:
        found = self._connection.execute(sa.select(controls).where(where).order_by(controls.c.id).limit(limit))
        return [_control(row._mapping) for row in found]


def forget(connection: sa.Connection, kind: Kind, ids: Sequence[str]) -> None:
    """Drop the wishes of these records, and those aimed at them."""
    pairing = PairKind.of(kind)
    other = pairing.right if kind is pairing.left else pairing.left
    column = controls.c
    mine = sa.and_(column.asker_kind == kind.value, column.asker.in_(ids))
    at_me = sa.and_(column.asker_kind == other.value, column.aim == Aim.RECORD.value, column.target.in_(ids))
    connection.execute(sa.delete(controls).where(sa.or_(mine, at_me)))


def _values(control: Control) -> dict[str, Any]:
    return {
        **{column.name: getattr(control, column.name) for column in controls.c if column.name != "id"},
        "asker_kind": control.asker_kind.value,
        "wish": control.wish.value,
        "aim": control.aim.value,
    }


def _control(row: sa.RowMapping) -> Control:
    return Control(
        **{
            **row,
            "asker_kind": Kind(row["asker_kind"]),
            "wish": Wish(row["wish"]),
            "aim": Aim(row["aim"]),
        }
    )
