"""Whole tables as lines of JSON and back, the same on every database. Tables that are added later are covered.

A row is an object of its columns; a column that is NULL is left out, so that it differs from a JSON null. A day or a
moment is ISO 8601, bytes are base64.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

import sqlalchemy as sa

from matcher.store.tables import metadata
from matcher.store.upserts import CHUNK

SEEDED = frozenset({"state"})
"""Tables that a migration writes rows into: they do not count when it is asked whether a database is empty."""

Moment = sa.Connection
"""A view from `Database.read`, which does not change while others write."""

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode

_WRITTEN: Mapping[type, Callable[[Any], Any]] = {
    datetime: datetime.isoformat,
    date: date.isoformat,
    bytes: lambda value: base64.b64encode(value).decode(),
    timedelta: timedelta.total_seconds,
}
_READ: Mapping[type, Callable[[Any], Any]] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    bytes: base64.b64decode,
    timedelta: lambda value: timedelta(seconds=value),
}
PLAIN = frozenset({str, int, float, bool, object})  # the last is what JSON holds
KNOWN = PLAIN | set(_READ)
"""The Python types of the columns that can be dumped; a test holds every table to them."""


def tables() -> list[str]:
    """All tables, those first that others refer to."""
    return [table.name for table in metadata.sorted_tables]


def lines(connection: Moment, name: str) -> Iterator[str]:
    """The rows of a table by primary key, streamed."""
    table = metadata.tables[name]
    doubtful = [column for column in table.c if _is_json(column) and column.nullable]
    empties = [column.is_(sa.null()).label(f"no {column.name}") for column in doubtful]
    query = sa.select(table, *empties).order_by(*table.primary_key.columns)
    writers = [(column.name, _WRITTEN.get(python_type(column)), _is_json(column)) for column in table.c]
    for row in connection.execute(query, execution_options={"yield_per": CHUNK}):
        empty = {column.name for column, none in zip(doubtful, row[len(writers) :], strict=True) if none}
        yield _encode(
            {
                name: value if write is None or value is None else write(value)
                for (name, write, is_json), value in zip(writers, row, strict=False)
                if name not in empty and (is_json or value is not None)
            }
        )


def numbers(connection: Moment) -> dict[str, int]:
    """The last number each numbered table has given, also to a row that is gone."""
    numbered = ((table, _numbered(table)) for table in metadata.sorted_tables)
    return {table.name: _last(connection, table, column) for table, column in numbered if column is not None}


def is_empty(connection: Moment) -> bool:
    """Whether no table has a row but those a migration writes; tables may be missing."""
    there = set(sa.inspect(connection).get_table_names()) - SEEDED
    found = (sa.select(sa.literal(1)).select_from(metadata.tables[name]).limit(1) for name in tables() if name in there)
    return not any(connection.execute(each).first() for each in found)


class Filler:
    """Fills the tables that a schema of any version has created."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._tables = sa.MetaData()
        self._tables.reflect(connection)

    def missing(self, names: Iterable[str]) -> list[str]:
        """Those of the tables that the schema does not have."""
        return [name for name in names if name not in self._tables.tables]

    def fill(self, name: str, rows: Iterable[str | bytes]) -> int:
        """Write the lines of a table in place of what the migration wrote, and say how many."""
        table = self._tables.tables[name]
        if self._connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first():
            self._connection.execute(sa.delete(table))
        statement = sa.insert(table).values({column.name: _bound(column) for column in table.c})
        readers = [(column.name, _reader(column)) for column in table.c]
        written = 0
        for chunk in _batches(rows):
            values = [{f"p_{column}": read(row, column) for column, read in readers} for row in map(json.loads, chunk)]
            self._connection.execute(statement, values)
            written += len(values)
        return written

    def count_on(self, last: Mapping[str, int]) -> None:
        """Let numbered tables go on after the last number given: none is ever given twice."""
        for name in self._tables.tables:
            table = self._tables.tables[name]
            column = _numbered(table)
            if column is not None:
                highest = self._connection.scalar(sa.select(sa.func.max(column))) or 0
                self._set_last(table, column, max(int(highest), last.get(name, 0)))

    def _set_last(self, table: sa.Table, column: sa.Column[Any], last: int) -> None:
        if self._connection.dialect.name == "postgresql":
            sequence = _sequence(self._connection, table, column)
            if sequence and last:
                going_on = sa.text("SELECT setval(CAST(:sequence AS regclass), :last)")
                self._connection.execute(going_on, {"sequence": sequence, "last": last})
        elif _never_again(self._connection, table):
            kept = {"name": table.name, "last": last}
            self._connection.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :name"), kept)
            self._connection.execute(sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), kept)


def _batches(rows: Iterable[str | bytes]) -> Iterator[list[str | bytes]]:
    left = iter(rows)
    while batch := list(islice(left, CHUNK)):
        yield batch


def python_type(column: sa.Column[Any]) -> type:
    """What Python holds of a column's values."""
    kind = column.type.impl_instance if isinstance(column.type, sa.TypeDecorator) else column.type
    found: type = kind.python_type
    return found


def _is_json(column: sa.Column[Any]) -> bool:
    return isinstance(column.type, sa.JSON)


def _bound(column: sa.Column[Any]) -> sa.BindParameter[Any]:
    kind = sa.JSON(none_as_null=True) if _is_json(column) else column.type
    return sa.bindparam(f"p_{column.name}", type_=kind)


def _reader(column: sa.Column[Any]) -> Callable[[Mapping[str, Any], str], Any]:
    if _is_json(column):
        return lambda row, name: None if name not in row else sa.JSON.NULL if row[name] is None else row[name]
    read = _READ.get(python_type(column))
    if read is None:
        return lambda row, name: row.get(name)
    return lambda row, name: read(row[name]) if name in row else None


def _numbered(table: sa.Table) -> sa.Column[Any] | None:
    """The column that the database numbers by itself."""
    column = table.autoincrement_column
    return column if column is not None and not column.foreign_keys else None


def _last(connection: sa.Connection, table: sa.Table, column: sa.Column[Any]) -> int:
    given: int | None = None
    if connection.dialect.name == "postgresql":
        if sequence := _sequence(connection, table, column):
            called = sa.text(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}")  # noqa: S608
            given = connection.scalar(called)
    elif _never_again(connection, table):
        known = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        given = connection.scalar(known, {"name": table.name})
    return int(given if given is not None else connection.scalar(sa.select(sa.func.max(column))) or 0)


def _sequence(connection: sa.Connection, table: sa.Table, column: sa.Column[Any]) -> str | None:
    return connection.scalar(sa.select(sa.func.pg_get_serial_sequence(table.name, column.name)))


def _never_again(connection: sa.Connection, table: sa.Table) -> bool:
    """Whether SQLite remembers the last number of this table."""
    made = connection.scalar(sa.text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": table.name})
    return "AUTOINCREMENT" in str(made).upper()
