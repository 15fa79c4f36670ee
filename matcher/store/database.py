"""One database, opened by URL: SQLite by default, PostgreSQL when the URL says so. Transactions commit at the edge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from matcher.errors import ConfigurationError
from matcher.store.failures import Place, translated
from matcher.store.remembered import Remembered
from matcher.store.units import Unit
from matcher.wording import Said

BUSY_SECONDS = 60
"""How long a SQLite writer waits for another one; an import of 100,000 records in one transaction takes less."""

DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
"""What a URL may begin with, and the driver that then serves."""

_json_text = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
"""JSON as it is kept: Chinese stays readable to whoever opens the database with another tool."""

_READ_ONLY = "matcher_read_only"


_UNIT: ContextVar[Unit | None] = ContextVar("unit of work", default=None)
"""What this thread or task is within."""


@dataclass(frozen=True, slots=True)
class Database:
    """An open database. `begin` for writing, `read` for reading; both raise `StoreError` when it cannot serve."""

    engine: sa.Engine
    place: Place
    remembered: Remembered = field(default_factory=Remembered, compare=False)
    """What was read of whole tables, for all who read them again."""

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """One transaction: committed when the block ends, rolled back when it raises.

        Within a unit of work it is a part of that: undone by itself when it raises, committed with the whole.
        """
        unit = self._unit()
        outer = unit.begin() if unit else None
        with translated(self.place):
            if outer is not None:
                with outer.begin_nested():
                    yield outer
            else:
                with self.engine.begin() as connection:
                    yield connection

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """One unchanging view of the committed state; writing through it fails on every database.

        Within a unit of work that has begun it is the view of that.
        """
        unit = self._unit()
        if unit is not None and (outer := unit.connection) is not None:
            with translated(self.place):
                yield outer
            return
        with translated(self.place), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            else:
                connection.execution_options(**{_READ_ONLY: True})
            yield connection

    def unit(self) -> Unit:
        """A unit of work that begins with its first write; whoever makes one ends it."""
        return Unit(self.engine, self.place)

    @contextmanager
    def joining(self, unit: Unit | sa.Connection) -> Iterator[None]:
        """What this context does with the database from here on joins the unit, or the connection's transaction."""
        token = _UNIT.set(unit if isinstance(unit, Unit) else Unit(self.engine, self.place, unit))
        try:
            yield
        finally:
            _UNIT.reset(token)

    def _unit(self) -> Unit | None:
        unit = _UNIT.get()
        return unit if unit and unit.engine is self.engine else None

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def open_database(url: str) -> Database:
    """Open the database at a URL and prove that it answers.

    Raises:
        ConfigurationError: the URL is none, names a database that is not supported, or needs a missing driver.
        StoreError: the server or the file cannot be reached.
    """
    parsed = _parsed(url)
    place = Place.of(parsed)
    database = Database(_engine(parsed), place)
    try:
        with database.read() as connection:
            connection.execute(sa.select(1))
    except BaseException:
        database.close()
        raise
    return database


def _parsed(url: str) -> sa.URL:
    # What cannot be parsed is not repeated: the password may be anywhere in it.
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        raise ConfigurationError(
            Said("数据库地址无法解析。", "The database URL cannot be parsed."), _URL_STEP
        ) from None
    driver = DRIVERS.get(parsed.drivername)
    if driver is None:
        raise ConfigurationError(
            Said(
                f"不支持的数据库类型：{parsed.drivername}。", f"Databases of type {parsed.drivername} are not served."
            ),
            _URL_STEP,
        )
    if driver.startswith("sqlite") and (parsed.database or ":memory:").startswith((":memory:", "file::memory:")):
        raise ConfigurationError(
            Said("内存数据库不能保存数据。", "A database in memory would keep nothing between two commands."), _URL_STEP
        )
    return parsed.set(drivername=driver)


_URL_STEP = Said(
    "请设置 MATCHER_DATABASE_URL，例如 sqlite:////var/lib/matcher/matcher.db 或 "
    "postgresql+psycopg://用户:密码@主机/数据库；密码中的特殊字符须写成 %40 之类。",
    "Set MATCHER_DATABASE_URL to something like sqlite:////var/lib/matcher/matcher.db or "
    "postgresql+psycopg://user:password@host/database, with special characters of the password as %40 and the like.",
)


def _engine(url: sa.URL) -> sa.Engine:
    # Parameters are rows of our users: they belong into no message and no log.
    options: dict[str, Any] = {"hide_parameters": True, "json_serializer": _json_text, "max_overflow": 40}
    if url.get_backend_name() == "sqlite":
        options.update(connect_args={"timeout": BUSY_SECONDS}, json_deserializer=_json_value)
        engine = sa.create_engine(url, **options)
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine
    waiting = {} if "connect_timeout" in url.query else {"connect_timeout": 10}
    engine = _postgres(url, options | {"connect_args": waiting, "pool_pre_ping": True})
    sa.event.listen(engine, "connect", _prepare_postgres)
    return engine


def _postgres(url: sa.URL, options: dict[str, Any]) -> sa.Engine:
    try:
        return sa.create_engine(url, **options)
    except ModuleNotFoundError:
        raise ConfigurationError(
            Said("缺少 PostgreSQL 驱动 psycopg。", "The PostgreSQL driver psycopg is not installed."),
            Said(
                "请执行 pip install 'techtransfer-matcher[postgres]'。",
                "Run pip install 'techtransfer-matcher[postgres]'.",
            ),
        ) from None


_raw_value = json.JSONDecoder().raw_decode


def _json_value(text: str) -> Any:
    if text == "[]":  # most of them
        return []
    # A third of the time of json.loads, which looks for space that our own JSON never has around it.
    return _raw_value(text)[0]


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # sqlite3 would begin transactions on its own, and only before some statements; `_begin_sqlite` does it instead.
    connection.isolation_level = None
    # The journal's mode is a property of the file: setting it again would only contend for the lock.
    if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")
    # A withdrawn record leaves no text behind in free pages.
    connection.execute("PRAGMA secure_delete = ON")


def _prepare_postgres(connection: Any, _record: object) -> None:
    # psycopg prepares what it repeats, and PostgreSQL may keep the plan made while a table was empty: a first import
    # would go on reading the whole table for every batch (50,000 outcomes took 33 s that way instead of 6).
    connection.execute("SET plan_cache_mode = force_custom_plan")
    connection.commit()


def _begin_sqlite(connection: sa.Connection) -> None:
    # A writer takes the lock at once and waits for it in line. One that began by reading and wrote later would
    # fail with "database is locked" as soon as another had written in between.
    read_only = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if read_only else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
