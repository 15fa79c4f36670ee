"""Nobody writes over what somebody else just wrote: rows that people edit have a version, and a change names it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from matcher.errors import ConflictError
from matcher.wording import Said

Seen = str | int
"""What somebody saw: the version of a row, the tag of a record's content, or `ANY`."""
ANY = "*"
"""Names whatever version there is."""


def require_version(seen: Seen, kept: Seen) -> None:
    """Raise ConflictError unless what somebody saw is what is kept."""
    if seen != ANY and str(seen) != str(kept):
        raise changed_meanwhile()


def overwrite(connection: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> int:
    """Write a row with an `id` over the version it names, and give its new one.

    Raises:
        ConflictError: somebody else changed it meanwhile.
    """
    version = int(row["version"])
    values = {**row, "version": version + 1}
    changed = connection.execute(sa.update(table).where(*_is(table, row)).values(values))
    if changed.rowcount != 1:
        raise changed_meanwhile()
    return version + 1


def drop(connection: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> None:
    """Delete a row with an `id` at the version it names. Raises ConflictError like `overwrite`."""
    if connection.execute(sa.delete(table).where(*_is(table, row))).rowcount != 1:
        raise changed_meanwhile()


def changed_meanwhile() -> ConflictError:
    """The error for a change that names an older version than there is."""
    return ConflictError(
        Said("其他人已修改过它，本次修改未保存。", "Somebody else changed it meanwhile; this change was not kept."),
        Said("请重新读取，核对后再改。", "Read it again, compare, and change it then."),
    )


def _is(table: sa.Table, row: Mapping[str, Any]) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    return table.c.id == row["id"], table.c.version == row["version"]
