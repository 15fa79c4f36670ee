"""Cases that change hands, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from matcher.domain.cases import Audience, Happening
from matcher.domain.records import Kind
from matcher.errors import CaseError, ConflictError, NotAllowedError, RecordNotFoundError
from matcher.services.cases.access import Part
from matcher.store import Accounts, Database, Organisations
from tests.casework import (
    ADMINISTRATOR,
    BROKER,
    BUREAU,
    CARRIER,
    COLLEAGUE,
    DAY,
    FUND,
    NOW,
    OTHER_CARRIER,
    PEOPLE,
    STRANGER,
    UNIVERSITY,
    Work,
)


@pytest.fixture
def work(database: Database, tmp_path: Path) -> Work:
    """The use cases on a database with the usual records and people."""
    work = Work(database, tmp_path / "attachments").fill()
    work.hire(*PEOPLE)
    return work


def test_the_owner_gives_a_case_to_a_stranger_who_works_on_it_from_then_on_alone(work: Work) -> None:
    case = work.open()
    work.handover.hand_over(case.id, case.version, STRANGER.id, BROKER, NOW)
    kept = work.case(case.id)
    assert (kept.owner, kept.organisation_id, kept.version) == (STRANGER.id, "", case.version + 1)
    assert work.show(case.id, STRANGER).part is Part.WORKS
    for gone in (BROKER, COLLEAGUE):
        with pytest.raises(RecordNotFoundError):
            work.show(case.id, gone)
        with pytest.raises(RecordNotFoundError):
            work.papers.note(case.id, "还在吗", Audience.INTERNAL, gone, NOW)


def test_the_history_tells_who_gave_it_to_whom_and_the_sides_do_not_read_it(work: Work) -> None:
    case = work.open()
    work.propose(case)
    work.handover.hand_over(case.id, "*", "LI@x.cn", ADMINISTRATOR, NOW)
    [handed] = [one for one in work.events(case.id) if one.what is Happening.HANDED]
    assert (handed.by, handed.said) == (ADMINISTRATOR.id, {"from": "wang", "to": "li", "tasks": 0})
    assert Happening.HANDED in [one.what for one in work.show(case.id, BUREAU).events]
    assert Happening.HANDED not in [one.what for one in work.show(case.id, UNIVERSITY).events]


def test_the_open_tasks_of_the_owner_go_along_and_those_of_others_stay(work: Work) -> None:
    case = work.open()
    done, mine = (work.papers.plan(case.id, text, NOW.date(), BROKER, NOW) for text in ("已办", "约访"))
    theirs = work.papers.plan(case.id, "补材料", NOW.date(), BROKER, NOW, COLLEAGUE.id)
    work.papers.finish(case.id, done.id, BROKER, NOW)
    work.handover.hand_over(case.id, "*", STRANGER.id, BUREAU, NOW)
    tasks = {one.id: one.assignee for one in work.show(case.id, STRANGER).tasks}
    assert tasks == {done.id: BROKER.id, mine.id: STRANGER.id, theirs.id: COLLEAGUE.id}
    assert {task.id for _, task in work.papers.overdue(STRANGER, NOW + DAY)} == {mine.id, theirs.id}


def test_only_the_owner_and_staff_hand_over_and_for_others_there_is_no_case(work: Work) -> None:
    case = work.open()
    work.propose(case)
    for somebody in (COLLEAGUE, UNIVERSITY, CARRIER):
        with pytest.raises(NotAllowedError):
            work.handover.hand_over(case.id, "*", STRANGER.id, somebody, NOW)
    for somebody in (STRANGER, FUND, OTHER_CARRIER):
        with pytest.raises(RecordNotFoundError):
            work.handover.hand_over(case.id, "*", STRANGER.id, somebody, NOW)
    assert work.case(case.id).owner == BROKER.id


def test_who_may_not_own_a_case_or_not_see_its_records_does_not_get_it_and_why_is_not_told(work: Work) -> None:
    with work.database.begin() as connection:
        stored = Accounts(connection)
        stored.change(replace(COLLEAGUE.account, active=False))
        stored.add(replace(BROKER.account, id="blind", email="blind@x.cn", organisation_id=""))
    case = work.open("A2", by=ADMINISTRATOR)
    told = set()
    for to in ("nobody", "nobody@x.cn", COLLEAGUE.id, UNIVERSITY.id, FUND.id, BUREAU.id, "blind", ADMINISTRATOR.id):
        with pytest.raises(CaseError) as refused:
            work.handover.hand_over(case.id, "*", to, ADMINISTRATOR, NOW)
        told.add((refused.value.message.en.replace(to, "…"), refused.value.step.en))
    assert len(told) == 1
    assert work.case(case.id) == case
    with work.database.begin() as connection:
        Organisations(connection).open_to(Kind.ACHIEVEMENTS, "A2", "station", "x", NOW)
    assert work.handover.hand_over(case.id, "*", BROKER.id, ADMINISTRATOR, NOW).owner == BROKER.id


def test_of_two_who_hand_over_at_the_same_version_the_second_is_told(work: Work) -> None:
    case = work.open()
    hand_over = partial(work.handover.hand_over, case.id, case.version)
    hand_over(STRANGER.id, BROKER, NOW)
    with pytest.raises(ConflictError):
        hand_over(COLLEAGUE.id, BUREAU, NOW)
    assert work.case(case.id).owner == STRANGER.id


def test_a_case_that_was_taken_over_can_be_handed_back(work: Work) -> None:
    case = work.open()
    work.handover.hand_over(case.id, "*", STRANGER.id, BROKER, NOW)
    work.handover.hand_over(case.id, "*", BROKER.id, STRANGER, NOW)
    kept = work.case(case.id)
    assert (kept.owner, kept.organisation_id) == (case.owner, case.organisation_id)
