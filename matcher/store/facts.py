"""Facts are written only where the records that they need exist, and go with them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from matcher.domain.columns import Reference, references
from matcher.domain.records import FACT_KINDS, REGISTER_KINDS, TYPES, Fact, Kind, Outcome, PairKind
from matcher.store import history
from matcher.store.rows import FACT_PLANS, Key, can_be_kept
from matcher.store.tables import TABLES, outcomes
from matcher.store.upserts import Counts, Revision, chunks, upsert


@dataclass(frozen=True, slots=True)
class Dangling:
    """A field of a fact that names a record that does not exist. A fact that needs the record was not written."""

    row: Fact
    field: str
    id: str
    needed: bool


@dataclass(frozen=True, slots=True)
class Upserted:
    """What became of the facts written."""

    counts: Counts
    dangling: tuple[Dangling, ...]


def existing(connection: sa.Connection, kind: Kind, ids: Iterable[str]) -> set[str]:
    """Those of the ids that the table has."""
    column = TABLES[kind].c.id
    return {
        each
        for chunk in chunks(filter(can_be_kept, ids))
        for each in connection.scalars(sa.select(column).where(column.in_(chunk)))
    }


def write_facts(
    connection: sa.Connection, rows: Sequence[Fact], now: datetime, import_id: int | None = None
) -> Upserted:
    """Write facts but those that need a record that does not exist, table by table in the order of `Kind`.

    A row may name one of an earlier table that is written with it. There is one query for each table named.

    Raises:
        StoreError: no database can keep a value of a row. Part of the rows may then be written: roll back.
    """
    revision = Revision(connection, import_id)
    counts, dangling = Counts(), list[Dangling]()
    for kind in FACT_KINDS:
        group = [row for row in rows if row.table is kind]
        found = _dangling(connection, group)
        refused = {id(each.row) for each in found if each.needed}
        counts += upsert(revision, FACT_PLANS[kind], [row for row in group if id(row) not in refused], now)
        dangling += [each for each in found if each.needed or id(each.row) not in refused]
    return Upserted(counts, tuple(dangling))


def forget_facts(connection: sa.Connection, kind: Kind, ids: Sequence[str]) -> tuple[int, int]:
    """Delete the facts that need one of these records, with their history: how many outcomes and rows of registers."""
    pair = PairKind.of(kind)
    side = outcomes.c.left_id if pair.left is kind else outcomes.c.right_id
    talks = len(remove(connection, Kind.OUTCOMES, outcomes.c.kind == pair.value, side.in_(ids)))
    needing = [
        (register, each.field)
        for register in REGISTER_KINDS
        for each in references(TYPES[register])
        if each.needed and each.to is kind
    ]
    return talks, sum(len(remove(connection, each, TABLES[each].c[field].in_(ids))) for each, field in needing)


def remove(connection: sa.Connection, kind: Kind, *where: sa.ColumnElement[bool]) -> list[Key]:
    """Delete rows of facts with their history, and say which."""
    plan = FACT_PLANS[kind]
    found = connection.execute(sa.select(*plan.key_columns).where(*where)).all()
    gone: list[Key] = [key[0] if len(key) == 1 else tuple(key) for key in found]
    for keys in chunks(gone):
        history.erase(connection, kind, keys)
    connection.execute(sa.delete(plan.table).where(*where))
    return gone


def _dangling(connection: sa.Connection, rows: Sequence[Fact]) -> list[Dangling]:
    said = [(row, each, name) for row in rows for each in _references(row) for name in each.ids(row)]
    named: dict[Kind, set[str]] = {}
    for _, each, name in said:
        named.setdefault(each.to, set()).add(name)
    known = {kind: existing(connection, kind, ids) for kind, ids in named.items()}
    return [Dangling(row, each.field, name, each.needed) for row, each, name in said if name not in known[each.to]]


def _references(row: Fact) -> tuple[Reference, ...]:
    if isinstance(row, Outcome):  # its kind tells which tables it names
        return Reference("left_id", row.kind.left, True), Reference("right_id", row.kind.right, True)
    return references(type(row))
