"""Bring a database to the schema this version knows, or say why it cannot be used."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from matcher.errors import StoreError
from matcher.store.database import Database
from matcher.store.tables import metadata
from matcher.wording import Said

_LOCK_KEY = 0x6D617463
"""Any number, as long as all versions of the product use the same one."""

_one_at_a_time = threading.Lock()
"""Alembic's `context` and `op` are globals of the process."""


def upgrade(database: Database) -> None:
    """Create or migrate all tables, in one transaction. Several processes may do so at once.

    Raises:
        StoreError: a newer version of the product has written the database.
    """
    with _one_at_a_time, database.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_KEY)))
        if _at_head(connection):
            return
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def latest() -> str:
    """The schema this version of the product writes."""
    return str(_scripts().get_current_head())


def knows(revision: str) -> bool:
    """Whether this version has the migration that leads to a schema."""
    return any(each.revision == revision for each in _scripts().walk_revisions())


def require_not_newer(database: Database) -> None:
    """Raise `StoreError` when a newer version of the product has written the database."""
    with database.read() as connection:
        _at_head(connection)


@contextmanager
def rebuilding(database: Database, revision: str) -> Iterator[sa.Connection]:
    """Replace all tables, in one transaction: empty ones of an earlier schema for the block to fill, migrated after it.

    Whatever fails, the tables and rows that were there before are there again.
    """
    with _one_at_a_time, database.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_KEY)))
        else:
            connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        found = sa.MetaData()
        ours = {*metadata.tables, "alembic_version"} & set(sa.inspect(connection).get_table_names())
        found.reflect(connection, only=sorted(ours), resolve_fks=False)
        found.drop_all(connection)
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        yield connection
        command.upgrade(config, "head")


def check(database: Database) -> None:
    """Raise `StoreError` unless the database has exactly the schema this version knows."""
    with database.read() as connection:
        if not _at_head(connection):
            raise StoreError(
                Said(
                    f"数据库尚未建表或版本过旧：{database.place.name}。",
                    f"The database has no tables or old ones: {database.place.name}.",
                ),
                Said("请执行 matcher init。", "Run matcher init."),
            )


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "matcher.store:migrations")
    return config


@cache
def _scripts() -> ScriptDirectory:
    """The migrations of this version, read once a process."""
    return ScriptDirectory.from_config(_config())


def _at_head(connection: sa.Connection) -> bool:
    script = _scripts()
    heads = set(MigrationContext.configure(connection).get_current_heads())
    unknown = sorted(heads - {revision.revision for revision in script.walk_revisions()})
    if unknown:
        raise StoreError(
            Said(
                f"数据库的版本 {'、'.join(unknown)} 比本程序的 {script.get_current_head()} 新。",
                f"The database's schema {', '.join(unknown)} is newer than {script.get_current_head()}, "
                "the last this version knows.",
            ),
            Said("请升级 techtransfer-matcher。", "Upgrade techtransfer-matcher."),
        )
    return heads == set(script.get_heads())
