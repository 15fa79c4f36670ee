"""A database in which something may be tried out for as long as it takes, without anybody waiting for it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from matcher.store.database import Database, open_database
from matcher.store.failures import translated


@contextmanager
def rehearsal(database: Database, folder: Path) -> Iterator[Database]:
    """On SQLite a copy of the database in this folder, gone afterwards; on PostgreSQL the database itself.

    SQLite has one writer at a time: a transaction that is going to be undone would keep everybody from writing.
    """
    if database.engine.dialect.name != "sqlite":
        yield database
        return
    shutil.rmtree(folder, ignore_errors=True)  # left by a process that was killed
    folder.mkdir(parents=True, mode=0o700)
    try:
        copy = folder / "rehearsal.db"
        _copy(database, copy)
        opened = open_database(f"sqlite:///{copy}")
        with closing(opened):
            yield opened
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy(database: Database, path: Path) -> None:
    with translated(database.place), database.engine.connect() as connection, closing(sqlite3.connect(path)) as copy:
        source = connection.connection.driver_connection
        assert isinstance(source, sqlite3.Connection)  # noqa: S101  # what the dialect says
        source.backup(copy)
