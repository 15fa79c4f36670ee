"""Records remembered from the last reading are those of the table, whatever happened to it since."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

import sqlalchemy as sa

from matcher.domain.records import Kind
from matcher.store import Database, Records, Remembered
from tests.builders import achievement

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def test_a_second_reading_knows_what_came_changed_and_went(database: Database) -> None:
    remembered = Remembered()
    with database.begin() as connection:
        Records(connection).upsert([achievement("A1"), achievement("A2"), achievement("A3")], NOW)
    with database.read() as connection:
        first = remembered.all(Records(connection), Kind.ACHIEVEMENTS)
    with database.begin() as connection:
        stored = Records(connection)
        stored.upsert([achievement("A2", title="改过的题目"), achievement("A0")], NOW)
        stored.delete(Kind.ACHIEVEMENTS, ["A3"])
    with database.read() as connection:
        stored = Records(connection)
        second, read = remembered.all(stored, Kind.ACHIEVEMENTS), list(stored.all(Kind.ACHIEVEMENTS))

    assert list(second) == read
    assert [record.id for record in second] == ["A0", "A1", "A2"]
    assert second[1] is first[0], "what has not changed is not read again"


def test_while_nothing_changes_no_row_is_read_again(database: Database) -> None:
    with database.begin() as connection:
        Records(connection).upsert([achievement("A1")], NOW)
    asked: list[str] = []
    sa.event.listen(database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    for again in (False, True):
        asked.clear()
        with database.read() as connection:
            found = database.remembered.all(Records(connection), Kind.ACHIEVEMENTS)
        assert [record.id for record in found] == ["A1"]
        assert any("FROM achievements" in text for text in asked) is not again


def test_what_was_read_of_a_change_that_was_undone_is_forgotten(database: Database) -> None:
    with database.engine.connect() as connection:
        Records(connection).upsert([achievement("A1", title="撤回的题目")], NOW)
        assert len(database.remembered.all(Records(connection), Kind.ACHIEVEMENTS)) == 1
        connection.rollback()
    with database.begin() as connection:
        Records(connection).upsert([achievement("A1", title="留下的题目")], NOW)
        [kept] = database.remembered.all(Records(connection), Kind.ACHIEVEMENTS)
    assert getattr(kept, "title", "") == "留下的题目"


def put(database: Database, name: str) -> None:
    with database.begin() as connection:
        Records(connection).upsert([achievement(name)], NOW)


def test_what_is_made_of_records_is_made_once_a_revision_for_each_who_asks(database: Database) -> None:
    made: list[str] = []

    def asked(name: str) -> int:
        def make() -> int:
            made.append(name)
            return len(made)

        with database.read() as connection:
            return database.remembered.made(Records(connection), name, make)

    put(database, "A1")
    assert [asked("one"), asked("other"), asked("one"), asked("other")] == [1, 2, 1, 2]
    put(database, "A2")
    assert [asked("one"), asked("one")] == [3, 3]
    assert made == ["one", "other", "one"]


def test_a_transaction_that_is_taken_back_leaves_nothing_made_of_it(database: Database) -> None:
    put(database, "A1")
    with suppress(ZeroDivisionError), database.begin() as connection:
        Records(connection).upsert([achievement("A2")], NOW)
        stored = Records(connection)
        assert database.remembered.made(stored, "count", lambda: stored.count()[Kind.ACHIEVEMENTS]) == 2
        raise ZeroDivisionError
    with database.read() as connection:
        stored = Records(connection)
        assert database.remembered.made(stored, "count", lambda: stored.count()[Kind.ACHIEVEMENTS]) == 1
