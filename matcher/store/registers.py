"""The registers: events, submissions, filings, resources, arrangements, contracts and grants."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import cast

import sqlalchemy as sa

from matcher.domain.columns import references
from matcher.domain.records import KEYS, REGISTER_KINDS, TYPES, Kind, Register
from matcher.store import history
from matcher.store.changes import note_withdrawn
from matcher.store.facts import Upserted, remove, write_facts
from matcher.store.history import Replaced
from matcher.store.repositories import read
from matcher.store.rows import FACT_PLANS, Plan, can_be_kept
from matcher.store.suggestions import not_found
from matcher.store.upserts import Revision, chunks

Keys = tuple[str, ...]
"""What tells a row from others: its id alone, or the fields of its key, as text."""

WITH_IDS = tuple(kind for kind in REGISTER_KINDS if KEYS[kind] == ("id",))
"""Registers whose rows have ids."""


class Registers:
    """The tables of `REGISTER_KINDS`; `kind` is one of them throughout."""

    def __init__(self, connection: sa.Connection, import_id: int | None = None) -> None:
        self._connection = connection
        self._import_id = import_id

    def upsert(self, rows: Sequence[Register], now: datetime) -> Upserted:
        """Write rows; what a changed row said before is kept. Rows that need a record that does not exist are not
        written; of other unknown ids the answer tells, and the row keeps them until the record arrives.

        Raises:
            StoreError: no database can keep a value of a row. Part of the rows may then be written: roll back.
        """
        return write_facts(self._connection, rows, now, self._import_id)

    def all(self, kind: Kind) -> Iterator[Register]:
        """All rows of a register by key, streamed."""
        return self._read(kind)

    def get(self, kind: Kind, row_id: str, shown: Callable[[Register], bool] = lambda _: True) -> Register:
        """One row of a register whose rows have ids.

        Raises:
            RecordNotFoundError: there is none; ids that look alike are named, of rows that are `shown`.
        """
        if found := self._of_ids(kind, [row_id]):
            return found[row_id]
        raise not_found(self._connection, row_id, (kind,), lambda kind, ids: self._shown(kind, ids, shown))

    def named(self, row_id: str) -> list[Register]:
        """The rows that have this id, of all registers whose rows have ids."""
        return [row for kind in WITH_IDS for row in self._of_ids(kind, [row_id]).values()]

    def of_carrier(self, kind: Kind, *carrier_ids: str) -> list[Register]:
        """The rows that name one of these carriers in a field of their own, by key; for filings on either side.

        A carrier that others were decided to be one with is asked for with all their ids. Resources name carriers
        only in a list, and have no rows of one carrier.
        """
        table = FACT_PLANS[kind].table
        named = [table.c[each.field] for each in references(TYPES[kind]) if each.to is Kind.INCUBATORS]
        single = [column for column in named if not isinstance(column.type, sa.JSON)]
        return list(self._read(kind, sa.or_(sa.false(), *(column.in_(carrier_ids) for column in single))))

    def history(self, kind: Kind, key: Keys) -> list[Replaced[Register]]:
        """What the row of this key said before it was corrected, the oldest first."""
        return history.past(self._connection, _plan(kind), key)

    def delete(self, kind: Kind, keys: Iterable[Keys]) -> int:
        """Delete rows that are taken back, with their history, and say how many there were."""
        Revision(self._connection)  # its lock: one writer at a time
        columns = FACT_PLANS[kind].key_columns
        known = (key for key in keys if all(map(can_be_kept, key)))
        gone = [
            each for chunk in chunks(known) for each in remove(self._connection, kind, sa.tuple_(*columns).in_(chunk))
        ]
        if self._import_id is not None:
            note_withdrawn(self._connection, self._import_id, kind, gone)
        return len(gone)

    def _shown(self, kind: Kind, ids: Iterable[str], shown: Callable[[Register], bool]) -> list[str]:
        return [name for name, row in self._of_ids(kind, ids).items() if shown(row)]

    def _of_ids(self, kind: Kind, ids: Iterable[str]) -> dict[str, Register]:
        column = FACT_PLANS[kind].table.c.id
        known = [each for each in ids if can_be_kept(each)]
        return {str(_plan(kind).key(row)): row for row in self._read(kind, column.in_(known))}

    def _read(self, kind: Kind, *where: sa.ColumnElement[bool]) -> Iterator[Register]:
        plan = _plan(kind)
        return read(self._connection, plan, plan.select().where(*where).order_by(*plan.key_columns))


def _plan(kind: Kind) -> Plan[Register]:
    return cast("Plan[Register]", FACT_PLANS[kind])
