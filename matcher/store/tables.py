"""The tables. One for each kind of row, its columns derived from the domain's fields, and six beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from matcher.domain.records import KEYS, REGISTER_KINDS, TYPES, Kind, Term
from matcher.store.fields import Field, Form, fields_of

metadata = sa.MetaData()


class UtcDateTime(sa.TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no time zone, so that a moment without one is refused rather than guessed at."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Turn a moment of any zone into UTC."""
        if value is not None and value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone")
        return value and value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give back what the driver returned as UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


IdText = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
"""Ids sort by code point on every database, as they do in Python and in SQLite, whatever the server's locale."""

SCALARS: Mapping[type, type[sa.types.TypeEngine[Any]]] = {
    int: sa.BigInteger,
    float: sa.Double,
    bool: sa.Boolean,
    date: sa.Date,
}


def _type_of(field: Field, key: bool) -> sa.types.TypeEngine[Any]:
    if field.form is not Form.ONE:
        return sa.JSON()
    if issubclass(field.base, Term):
        return sa.Text()
    if issubclass(field.base, str):
        return IdText if key else sa.Text()
    return SCALARS[field.base]()


def _columns(kind: Kind) -> Iterator[sa.Column[Any]]:
    for field in fields_of(TYPES[kind]):
        key = field.name in KEYS[kind]
        yield sa.Column(field.name, _type_of(field, key), primary_key=key, nullable=field.optional)
    yield sa.Column("source_file", sa.Text(), nullable=False)
    yield sa.Column("source_row", sa.BigInteger(), nullable=False)
    yield sa.Column("content_hash", sa.Text(), nullable=False)
    yield sa.Column("first_seen_at", UtcDateTime(), nullable=False)
    yield sa.Column("changed_at", UtcDateTime(), nullable=False)
    if kind not in REGISTER_KINDS:
        yield sa.Column("revision", sa.BigInteger(), nullable=False)


def _table(kind: Kind) -> sa.Table:
    table = sa.Table(kind.value, metadata, *_columns(kind))
    for name in ("revision", "carrier_id"):
        # A key that leads with the carrier serves as its index.
        if name in table.c and name != KEYS[kind][0]:
            sa.Index(f"ix_{kind.value}_{name}", table.c[name])
    return table


TABLES: Mapping[Kind, sa.Table] = {kind: _table(kind) for kind in Kind}
"""The table of each kind. Registers have no revision: files derived from the records do not depend on them."""

outcomes = TABLES[Kind.OUTCOMES]
# From the left the primary key serves, which leads with kind and left_id.
sa.Index("ix_outcomes_right", outcomes.c.kind, outcomes.c.right_id)
sa.Index("ix_outcomes_decided_on", outcomes.c.decided_on)

state = sa.Table(
    "state",
    metadata,
    sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("revision", sa.BigInteger(), nullable=False),
    sa.Column("identity", sa.Text(), nullable=False),
)
"""One row. `revision` grows with every committed change of a record or an outcome; `identity` tells databases apart,
so that files derived from one are never taken for another's."""

revisions = sa.Table(
    "revisions",
    metadata,
    sa.Column("revision", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("stamp", sa.Text(), nullable=False),
)
"""A random stamp of every revision. A restored backup counts on from an older one, but with other stamps."""

history = sa.Table(
    "history",
    metadata,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("key", IdText, nullable=False),
    sa.Column("content", sa.JSON(), nullable=False),
    sa.Column("replaced_at", UtcDateTime(), nullable=False),
)
"""What records and facts said before they were changed. `key` is the row's key as a JSON list."""
sa.Index("ix_history_key", history.c.kind, history.c.key)

deletions = sa.Table(
    "deletions",
    metadata,
    sa.Column("kind", sa.Text(), primary_key=True),
    sa.Column("id", IdText, primary_key=True),
    sa.Column("revision", sa.BigInteger(), nullable=False),
)
"""Ids of records that are gone, and since which revision; a record that comes back leaves this table."""
sa.Index("ix_deletions_revision", deletions.c.revision)

imports = sa.Table(
    "imports",
    metadata,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("started_at", UtcDateTime(), nullable=False),
    sa.Column("finished_at", UtcDateTime(), nullable=True),
    sa.Column("state", sa.Text(), nullable=False),
    sa.Column("counts", sa.JSON(), nullable=False),
    sa.Column("undone_at", UtcDateTime(), nullable=True),
)
"""One row for each file taken in. Only the file's name is kept: a path tells about the machine and its user."""

identities = sa.Table(
    "identities",
    metadata,
    sa.Column("kind", sa.Text(), primary_key=True),
    sa.Column("alias", IdText, primary_key=True),
    sa.Column("canonical", IdText, primary_key=True),
    sa.Column("same", sa.Boolean(), nullable=False),
    sa.Column("decided_by", sa.Text(), nullable=False),
    sa.Column("decided_at", UtcDateTime(), nullable=False),
)
"""Decisions about identity: ids of records, or names. `same`: the alias counts as the canonical one."""

controls = sa.Table(
    "controls",
    metadata,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("owner", sa.Text(), nullable=False),
    sa.Column("asker_kind", sa.Text(), nullable=False),
    sa.Column("asker", IdText, nullable=False),
    sa.Column("wish", sa.Text(), nullable=False),
    sa.Column("aim", sa.Text(), nullable=False),
    sa.Column("target", sa.Text(), nullable=False),
    sa.Column("reason", sa.Text(), nullable=False),
    sa.Column("made_on", sa.Date(), nullable=False),
    sa.Column("until", sa.Date(), nullable=True),
    sa.UniqueConstraint("asker_kind", "asker", "owner", "wish", "aim", "target", name="uq_controls"),
    sqlite_autoincrement=True,
)
"""Standing wishes. A number is never given twice: whoever undoes 5 must not undo another one."""
