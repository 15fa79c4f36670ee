"""Records remembered from the last reading are those of the table, whatever happened to it since."""

from __future__ import annotations

from datetime import UTC, datetime

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

    assert second == read
    assert [record.id for record in second] == ["A0", "A1", "A2"]
    assert second[1] is first[0], "what has not changed is not read again"
