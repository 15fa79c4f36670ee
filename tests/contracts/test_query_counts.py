"""Lists take as many queries for many rows as for few, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from matcher.domain.accounts import Actor
from matcher.domain.controls import Aim, Wish
from matcher.domain.records import Visibility
from matcher.services.cases.access import mine
from matcher.services.exclusions import Exclusions
from matcher.services.wishes import Note, StandingWishes
from matcher.store import Database, Papers, Records
from tests.builders import achievement, incubator
from tests.casework import ADMINISTRATOR, BROKER, BUREAU, CARRIER, DAY, NOW, STRANGER, UNIVERSITY, YES, Work
from tests.queries import counted

FEW, MANY = 2, 30


@pytest.fixture
def work(database: Database, tmp_path: Path) -> Work:
    """The use cases on a database with the usual records and a carrier for every case."""
    return Work(database, tmp_path / "attachments").fill(*(incubator(f"J{number}") for number in range(MANY)))


def queries(database: Database, ask: Callable[[], list[object]]) -> tuple[int, int]:
    """How many rows an answer has, and how many queries it took."""
    with counted(database) as statements:
        rows = len(ask())
    return rows, sum(statement.lstrip().upper().startswith("SELECT") for statement in statements)


def grows_not(database: Database, ask: Callable[[], list[object]], add: Callable[[int], object]) -> None:
    for number in range(FEW):
        add(number)
    few = queries(database, ask)
    for number in range(FEW, MANY):
        add(number)
    many = queries(database, ask)
    assert (few[0], many[0]) == (FEW, MANY)
    assert many[1] == few[1] <= 12, (few, many)


@pytest.mark.parametrize("somebody", [BROKER, BUREAU])
def test_overdue_tasks(work: Work, somebody: Actor) -> None:
    def add(number: int) -> None:
        case = work.open(right=f"J{number}")
        work.papers.plan(case.id, "约访", NOW.date(), BROKER, NOW)

    grows_not(work.database, lambda: list(work.papers.overdue(somebody, NOW + DAY)), add)


def test_received_introductions(work: Work) -> None:
    grows_not(
        work.database,
        lambda: list(work.introducing.received(UNIVERSITY, NOW)),
        lambda number: work.propose(work.open(right=f"J{number}")),
    )


def test_introductions_that_are_received_blind(work: Work) -> None:
    def add(number: int) -> None:
        secret = achievement(f"S{number}", institution="内蒙古民族大学", visibility=Visibility.RESTRICTED)
        with work.database.begin() as connection:
            Records(connection).upsert([secret], NOW)
        told = work.propose(work.open(f"S{number}", by=ADMINISTRATOR), by=ADMINISTRATOR)
        work.introducing.answer(told.id, YES, UNIVERSITY, NOW)

    grows_not(work.database, lambda: list(work.introducing.received(CARRIER, NOW)), add)


def test_standing_wishes(work: Work) -> None:
    exclusions = Exclusions(work.database, StandingWishes(work.database))
    note = Note(NOW.date())
    grows_not(
        work.database,
        lambda: list(exclusions.page(BROKER, None, 0, 100)),
        lambda number: exclusions.state(Wish.WATCH, "A1", Aim.RECORD, f"J{number}", note, BROKER),
    )


def test_wishes_are_walked_by_number_however_many_of_others_lie_between(work: Work) -> None:
    exclusions = Exclusions(work.database, StandingWishes(work.database))
    stated = [
        exclusions.state(Wish.WATCH, asker, Aim.RECORD, "A1", Note(NOW.date()), by).control.id
        for number in range(5)
        for asker, by in ((f"J{number}", BROKER), ("I1", CARRIER))
        if by is BROKER or not number
    ]
    theirs, after = [], 0
    while part := exclusions.page(CARRIER, None, after, 1):
        theirs += [one.control.id for one in part]
        after = theirs[-1]
    assert theirs == [stated[1]]


def test_overdue_tasks_are_walked_by_day_and_only_those_one_works_on_are_read(work: Work) -> None:
    planned = []
    for number in range(6):
        by = (BROKER, STRANGER)[number % 2]
        case = work.open(right=f"J{number}", by=by)
        due = NOW.date() + DAY * (number // 2)
        planned.append(work.papers.plan(case.id, "约访", due, by, NOW))
    found, after = [], None
    later = NOW + 9 * DAY
    while part := work.papers.overdue(BROKER, later, after, 2):
        found += [task for _, task in part]
        after = found[-1].due, found[-1].id
    assert found == planned[::2]
    assert len(work.papers.overdue(BUREAU, later, None, 4)) == 4
    with work.database.begin() as connection:
        assert len(Papers(connection).due_before(later.date(), mine(BROKER), None, 10)) == 3
