"""What the table of decisions promises, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from matcher.domain.identity import Decision
from matcher.domain.records import IdentityKind
from matcher.errors import StoreError
from matcher.store import Counts, Database, Decisions, Records

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
SAME = Decision(IdentityKind.FUND, "F-2", "F-1", True, "王", NOW)
APART = Decision(IdentityKind.INSTITUTION, "平原大学", "平原工业大学", False, "", NOW)


def put(database: Database, *decisions: Decision, now: datetime = NOW) -> Counts:
    with database.begin() as connection:
        return Decisions(connection).put(decisions, now)


def stored(database: Database) -> list[Decision]:
    with database.read() as connection:
        return Decisions(connection).all()


def revision(database: Database) -> int:
    with database.read() as connection:
        return Records(connection).revision()


def test_decisions_are_read_back_equal_the_earliest_first(database: Database) -> None:
    put(database, APART, now=LATER)
    assert put(database, SAME) == Counts(new=1)
    assert [(each.alias, each.same, each.decided_by, each.decided_at) for each in stored(database)] == [
        ("F-2", True, "王", NOW),
        ("平原大学", False, "", LATER),
    ]


def test_saying_it_again_changes_nothing_and_saying_otherwise_replaces_it(database: Database) -> None:
    put(database, SAME)
    assert put(database, SAME, now=LATER) == Counts(unchanged=1)
    assert revision(database) == 1
    turned = Decision(IdentityKind.FUND, "F-1", "F-2")
    assert put(database, turned, now=LATER) == Counts(updated=1)
    apart = Decision(IdentityKind.FUND, "F-1", "F-2", same=False)
    assert put(database, apart, now=LATER) == Counts(updated=1)
    (left,) = stored(database)
    assert (left.same, left.decided_at) == (False, LATER)


def test_different_has_no_order(database: Database) -> None:
    put(database, APART)
    assert put(database, Decision(APART.kind, APART.canonical, APART.alias, same=False)) == Counts(unchanged=1)


def test_the_same_two_names_may_be_of_several_kinds(database: Database) -> None:
    assert put(database, SAME, Decision(IdentityKind.PROJECT, "F-2", "F-1", same=False)) == Counts(new=2)


def test_every_change_makes_what_was_derived_stale(database: Database) -> None:
    put(database, SAME, APART)
    assert revision(database) == 1
    with database.begin() as connection:
        Decisions(connection).remove([SAME])
    assert revision(database) == 2
    assert [each.alias for each in stored(database)] == ["平原大学"]


@pytest.mark.parametrize("name", ["", "名" * 301, "a\0b", "\ud800"])
def test_a_name_that_no_database_can_keep_is_refused_and_nothing_is_written(database: Database, name: str) -> None:
    with pytest.raises(StoreError):
        put(database, SAME, Decision(IdentityKind.FUND, name, "F-1"))
    assert stored(database) == []


def test_the_longest_names_are_kept(database: Database) -> None:
    assert put(database, Decision(IdentityKind.INSTITUTION, "甲" * 300, "乙" * 300)) == Counts(new=1)
