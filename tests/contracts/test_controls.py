"""Standing wishes in the database, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from matcher.domain.controls import Aim, Control, Wish
from matcher.domain.records import Achievement, Fund, Incubator, Kind, PairKind, Project, Record
from matcher.errors import StoreError
from matcher.store import Controls, Database, Records
from matcher.store.rows import MAX_ID

NOW = datetime(2026, 11, 20, tzinfo=UTC)
WISH = Control(
    wish=Wish.EXCLUDE,
    asker_kind=Kind.INCUBATORS,
    asker="I-1",
    aim=Aim.RECORD,
    target="A-1",
    made_on=date(2026, 11, 20),
    reason="'引号' 𠮷",
    until=date(2027, 1, 1),
)
FUND = replace(WISH, asker_kind=Kind.FUNDS, asker="F-1", aim=Aim.TERM, target="区块链", until=None, wish=Wish.WATCH)


def kept(database: Database) -> list[Control]:
    with database.read() as connection:
        return Controls(connection).all()


def add(database: Database, *controls: Control) -> list[Control]:
    with database.begin() as connection:
        return [Controls(connection).add(one) for one in controls]


def test_a_wish_is_read_back_as_it_was_written_with_its_number(database: Database) -> None:
    told = add(database, WISH, FUND)
    assert kept(database) == told
    assert [replace(one, id=0) for one in told] == [WISH, FUND]
    assert len({one.id for one in told}) == 2


def test_each_pairing_has_its_own_wishes(database: Database) -> None:
    results, funds = add(database, WISH, FUND)
    with database.read() as connection:
        assert Controls(connection).of(PairKind.ACHIEVEMENT_INCUBATOR) == [results]
        assert Controls(connection).of(PairKind.PROJECT_FUND) == [funds]


def test_the_same_wish_again_takes_the_new_reason_and_dates_and_keeps_its_number(database: Database) -> None:
    [first] = add(database, WISH)
    [again] = add(database, replace(WISH, reason="另有原因", until=None, made_on=date(2026, 12, 1)))
    assert again.id == first.id
    assert kept(database) == [again]


def test_another_owner_is_another_wish(database: Database) -> None:
    assert len({one.id for one in add(database, WISH, replace(WISH, owner="zhang"))}) == 2


def test_a_number_is_never_given_twice(database: Database) -> None:
    [first] = add(database, WISH)
    with database.begin() as connection:
        Controls(connection).remove([first.id, first.id + 1])
    assert kept(database) == []
    assert add(database, FUND)[0].id > first.id


@pytest.mark.parametrize("target", ["", "x" * (MAX_ID + 1), "a\0b", "a\ud800b"])
def test_what_no_database_can_keep_is_a_named_error(database: Database, target: str) -> None:
    with pytest.raises(StoreError, match="Cannot keep"):
        add(database, replace(WISH, target=target))
    with pytest.raises(StoreError, match="Cannot keep"):
        add(database, replace(WISH, reason="\0"))
    assert kept(database) == []


def test_the_longest_keys_fit_the_index(database: Database) -> None:
    longest = replace(WISH, asker="项" * MAX_ID, target="目" * MAX_ID)
    assert [replace(one, id=0) for one in add(database, longest)] == [longest]


ALL: tuple[Record, ...] = (Achievement(id="A-1"), Incubator(id="I-1"), Project(id="A-1"), Fund(id="F-1"))


@pytest.mark.parametrize(
    ("kind", "record_id", "left"),
    [
        (Kind.INCUBATORS, "I-1", ["F-1"]),
        (Kind.ACHIEVEMENTS, "A-1", ["F-1"]),
        (Kind.PROJECTS, "A-1", ["I-1", "F-1"]),
        (Kind.FUNDS, "F-1", ["I-1"]),
    ],
)
def test_a_withdrawn_record_takes_the_wishes_that_name_it_along(
    database: Database, kind: Kind, record_id: str, left: list[str]
) -> None:
    add(database, WISH, FUND)
    with database.begin() as connection:
        Records(connection).upsert(ALL, NOW)
        Records(connection).delete(kind, [record_id])
    assert [one.asker for one in kept(database)] == left
