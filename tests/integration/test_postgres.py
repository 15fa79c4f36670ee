"""The whole walk on a PostgreSQL server: no other setting than the database's URL."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from tests.commandline import DAY, SAMPLE, CommandLine

pytestmark = pytest.mark.postgres


@pytest.fixture
def on_postgres(matcher: CommandLine, postgres_server: Any) -> Iterator[CommandLine]:
    """The command line over an empty database of the server."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(postgres_server.get_uri(), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}".encode())
        yield replace(matcher, settings={"database_url": postgres_server.get_uri(name, driver="psycopg")})
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def test_a_server_is_not_touched_before_it_is_initialised(on_postgres: CommandLine) -> None:
    for words in (("import", SAMPLE), ("index",), ("match", "ex-a003"), ("train",)):
        assert "matcher init" in on_postgres(*words, code=1).err


def test_import_index_and_match_answer_as_on_sqlite(on_postgres: CommandLine, matcher: CommandLine) -> None:
    on_postgres("init")
    taken = on_postgres("import", SAMPLE, "--json").json
    assert taken["tables"]["outcomes"]["new"] == 339
    assert on_postgres("import", SAMPLE, "--json").json["tables"]["outcomes"]["unchanged"] == 339
    assert on_postgres("import", SAMPLE, "--dry-run", "--json").json["tables"]["funds"]["unchanged"] == 20
    assert on_postgres("index", "--json").json["indexed"] == 242
    asked = ("match", "ex-a003", "--today", DAY, "--json")
    found = on_postgres(*asked).json
    sqlite = replace(matcher, home=matcher.home.with_name("sqlite"))
    sqlite("import", SAMPLE)
    assert found == sqlite(*asked).json
    for line in (on_postgres, sqlite):
        line("identity", "same", "ex-i27", "ex-i02")
    assert on_postgres("identity", "review", "--json").json == sqlite("identity", "review", "--json").json
    assert on_postgres(*asked).json == sqlite(*asked).json != found
    assert on_postgres("delete", "ex-a003", "--json").json["records"] == 1
    assert "ex-a003" in on_postgres(*asked, code=1).err
