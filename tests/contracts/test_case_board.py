"""Many cases looked over at once, on SQLite and on PostgreSQL alike: what is counted is what is shown."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from matcher.domain.accounts import Account
from matcher.domain.cases import Audience
from matcher.domain.introductions import Standing
from matcher.domain.phases import OPEN, Move, Phase
from matcher.domain.records import Kind, PairKind, Visibility
from matcher.errors import RecordNotFoundError
from matcher.services.cases.agenda import STILL, since
from matcher.services.cases.naming import GONE, OTHERS
from matcher.store import Accounts, Database, Records, Wanted
from tests.builders import achievement
from tests.casework import (
    ADMINISTRATOR,
    BROKER,
    BUREAU,
    CARRIER,
    COLLEAGUE,
    DAY,
    FUND,
    MINUTE,
    NOW,
    OTHER_CARRIER,
    PDF,
    PEOPLE,
    STRANGER,
    UNIVERSITY,
    YES,
    Work,
    no,
)

TODAY = NOW.date()


@pytest.fixture
def work(database: Database, tmp_path: Path) -> Work:
    """The use cases on a database with cases of several sorts: of brokers and of an administrator, introduced and not,
    on records that are public, hidden, and hidden later."""
    work = Work(database, tmp_path / "attachments").fill(*(achievement(f"B{number}") for number in range(4)))
    work.open("A1", "I1", BROKER)
    told = work.open("A1", "I2", STRANGER)
    work.propose(told, STRANGER)
    hidden = work.open("A2", "I1", ADMINISTRATOR)
    work.propose(hidden, ADMINISTRATOR)
    project = work.open("P1", "F1", BROKER)
    withdrawn = work.propose(project)
    work.undoing.undo(project.id, work.version(project.id), BROKER, NOW + MINUTE)
    assert withdrawn.case_id == project.id
    moved = work.open("B0", "I1", COLLEAGUE, NOW + DAY)
    work.handling.move(moved.id, work.version(moved.id), Move.ADVANCE, COLLEAGUE, NOW + DAY)
    stopped = work.open("B1", "I1", BROKER)
    work.handling.stop(stopped.id, work.version(stopped.id), None, "误建", BROKER, NOW)
    later = work.open("B2", "I1", BROKER)
    work.propose(later)
    with database.begin() as connection:
        Records(connection).upsert([achievement("B2", visibility=Visibility.RESTRICTED)], NOW)
    return work


def test_what_is_counted_is_what_everybody_may_see_one_by_one(work: Work) -> None:
    seen = {}
    for somebody in PEOPLE:
        phases = [line.case.phase for line in work.reading.listed(somebody)]
        board = work.board.board(somebody, Wanted(), TODAY, 10)
        listing = work.board.listing(somebody, Wanted(), TODAY)
        told = {phase: phases.count(phase) for phase in Phase}
        assert board.counts == listing.counts == told, somebody.id
        assert {phase: len(cards) for phase, cards in board.cards.items()} == {at: told[at] for at in OPEN}, somebody.id
        assert [card.line.case.phase for card in listing.cards] == phases, somebody.id
        seen[somebody.id] = len(phases)
    # The conditions differ for them, so that the counts could, too.
    assert seen[ADMINISTRATOR.id] == seen[BUREAU.id] == 7
    assert (seen[BROKER.id], seen[STRANGER.id], seen[FUND.id], seen[OTHER_CARRIER.id]) == (4, 1, 0, 1)


def test_a_board_shows_the_first_of_each_stage_and_counts_all(work: Work) -> None:
    board = work.board.board(ADMINISTRATOR, Wanted(), TODAY, 1)
    assert board.counts[Phase.DISCOVER] == 5
    assert {phase: len(cards) for phase, cards in board.cards.items()} == dict.fromkeys(OPEN, 0) | {
        Phase.DISCOVER: 1,
        Phase.DIG: 1,
    }


@pytest.mark.parametrize(
    ("wanted", "cases"),
    [
        (Wanted(pairing=PairKind.PROJECT_FUND), {"P1"}),
        (Wanted(owner=COLLEAGUE.id), {"B0"}),
        (Wanted(organisation_id="station"), {"A1", "P1", "B0", "B1", "B2"}),
        (Wanted(record_id="I2"), {"A1"}),
        (Wanted(phases=frozenset({Phase.LOST})), {"B1"}),
        (Wanted(still_since=NOW + DAY), {"A1", "A2", "P1", "B1", "B2"}),
        (Wanted(record_id="\0"), set()),
    ],
)
def test_a_list_is_narrowed(work: Work, wanted: Wanted, cases: set[str]) -> None:
    listing = work.board.listing(ADMINISTRATOR, wanted, TODAY)
    assert {card.line.case.left_id for card in listing.cards} == cases


def test_a_list_goes_on_after_its_last_case_and_only_after_one_that_there_is(work: Work) -> None:
    shown: list[str] = []
    after = ""
    while True:
        part = work.board.listing(ADMINISTRATOR, Wanted(after=after, limit=2), TODAY)
        shown += [card.line.case.id for card in part.cards]
        if not (after := part.next):
            break
    assert shown == [line.case.id for line in work.reading.listed(ADMINISTRATOR)]
    with pytest.raises(RecordNotFoundError):
        work.board.listing(FUND, Wanted(after=shown[0]), TODAY)


def test_a_card_tells_of_introductions_and_of_overdue_tasks_but_not_to_the_sides(work: Work) -> None:
    case = next(line.case for line in work.reading.listed(STRANGER))
    work.papers.plan(case.id, "约见", TODAY, STRANGER, NOW)
    for somebody, late in ((STRANGER, 1), (BUREAU, 1), (OTHER_CARRIER, 0), (UNIVERSITY, 0)):
        listing = work.board.listing(somebody, Wanted(record_id="I2"), TODAY + DAY)
        [card] = listing.cards
        assert (card.standing, card.late) == (Standing.PROPOSED, late), somebody.id
    late_ones = work.board.listing(STRANGER, Wanted(late=TODAY + DAY), TODAY + DAY)
    assert [card.line.case.id for card in late_ones.cards] == [case.id]


def test_the_cases_of_a_pair_are_found_as_far_as_they_exist_for_the_reader(work: Work) -> None:
    [line] = work.board.of_pair(Kind.ACHIEVEMENTS, "A1", "I2", STRANGER)
    assert line.case.right_id == "I2"
    assert work.board.of_pair(Kind.ACHIEVEMENTS, "A1", "I2", BROKER) == []
    assert work.board.of_pair(Kind.ACHIEVEMENTS, "A1", "I3", ADMINISTRATOR) == []


# --- what is to be done ---


def test_tasks_are_told_by_their_days_to_those_who_work_on_the_case(work: Work) -> None:
    case = next(line.case for line in work.reading.listed(BROKER) if line.case.left_id == "A1")
    for text, days in (("今天", 0), ("本周", 6), ("以后", 30)):
        work.papers.plan(case.id, text, TODAY + days * DAY, BROKER, NOW)
    duties = work.agenda.duties(BROKER, TODAY + DAY, TODAY + 8 * DAY, 10)
    assert [one.task.text for one in duties.tasks] == ["今天", "本周"]
    assert (duties.late, duties.soon, duties.all) == (1, 1, 3)
    assert work.agenda.duties(COLLEAGUE, TODAY + DAY, date.max, 10, own=True).all == 0
    assert work.agenda.duties(COLLEAGUE, TODAY + DAY, date.max, 10).all == 3
    assert work.agenda.duties(BUREAU, TODAY + DAY, date.max, 2).all == 3
    for somebody in (STRANGER, CARRIER, FUND, UNIVERSITY):
        assert work.agenda.duties(somebody, TODAY + DAY, date.max, 10).all == 0, somebody.id
    work.handling.stop(case.id, work.version(case.id), None, "误建", BROKER, NOW)
    assert work.agenda.duties(BROKER, TODAY + DAY, date.max, 10).all == 0


def test_the_first_page_tells_what_stands_still_and_what_waits_for_an_answer(work: Work) -> None:
    later = NOW + (STILL + 1) * DAY
    todo = work.agenda.todo(BROKER, later)
    assert (todo.stands, {line.case.left_id for line in todo.still}) == (2, {"A1", "P1"})
    assert work.agenda.todo(BROKER, NOW + 2 * DAY).nothing
    assert since(later, STILL) > NOW
    [waiting] = work.agenda.todo(OTHER_CARRIER, NOW).waiting
    assert waiting.right_id == "I2"
    work.introducing.answer(waiting.introduction.id, YES, OTHER_CARRIER, NOW)
    assert work.agenda.todo(OTHER_CARRIER, NOW).waiting == []
    assert work.agenda.todo(OTHER_CARRIER, NOW + 99 * DAY).waiting == []


def test_of_a_hidden_record_the_other_side_is_told_only_once_its_owner_accepted(work: Work) -> None:
    assert work.introducing.waiting(CARRIER, NOW) == []
    [hidden] = [one for one in work.introducing.waiting(UNIVERSITY, NOW) if one.left_id == "A2"]
    work.introducing.answer(hidden.introduction.id, YES, UNIVERSITY, NOW)
    [blind] = work.introducing.waiting(CARRIER, NOW)
    assert (blind.left, blind.left_id, blind.introduction.case_id) == ("", "", "")


# --- one case ---


def test_a_side_learns_the_names_of_its_own_people_and_of_the_owner_only(work: Work) -> None:
    with work.database.begin() as connection:
        for one in (STRANGER, OTHER_CARRIER, UNIVERSITY):
            Accounts(connection).add(one.account)
    [case] = [line.case for line in work.reading.listed(STRANGER)]
    for somebody in (STRANGER, OTHER_CARRIER, UNIVERSITY):
        work.papers.note(case.id, "一句", Audience.SHARED, somebody, NOW)
    names = work.sheets.read(case.id, OTHER_CARRIER, NOW).names
    assert names[UNIVERSITY.id] == OTHERS
    assert {names[one.id].zh for one in (STRANGER, OTHER_CARRIER)} == {STRANGER.id, OTHER_CARRIER.id}
    assert work.sheets.read(case.id, STRANGER, NOW).names[UNIVERSITY.id].zh == UNIVERSITY.id
    with work.database.begin() as connection:
        Accounts(connection).erase(UNIVERSITY.id)
    assert work.sheets.read(case.id, STRANGER, NOW).names[UNIVERSITY.id] == GONE


def test_a_task_may_be_given_to_the_people_of_the_case_who_still_have_an_account(work: Work) -> None:
    def account(name: str, *, active: bool = True) -> Account:
        return Account(
            id=name, email=f"{name}@x.cn", name=name, role=BROKER.role, created_at=NOW, organisation_id="station",
            active=active,
        )  # fmt: skip

    with work.database.begin() as connection:
        for one in (account("wang"), account("li"), account("gone", active=False)):
            Accounts(connection).add(one)
    case = next(line.case for line in work.reading.listed(BROKER))
    assert [one.id for one in work.sheets.read(case.id, BROKER, NOW).colleagues] == ["wang", "li"]
    assert work.sheets.read(case.id, BUREAU, NOW).colleagues == []


def test_the_step_that_can_be_taken_back_is_told_while_it_can(work: Work) -> None:
    case = next(line.case for line in work.reading.listed(COLLEAGUE) if line.case.left_id == "B0")
    step = work.sheets.read(case.id, COLLEAGUE, NOW + DAY + MINUTE).step
    assert step is not None
    assert step.said["to"] == Phase.DIG
    assert work.sheets.read(case.id, COLLEAGUE, NOW + DAY + 6 * MINUTE).step is None
    assert work.sheets.read(case.id, BROKER, NOW + DAY + MINUTE).step is None


def test_the_history_is_told_in_words_in_both_languages_to_each_what_they_may_read(work: Work) -> None:
    case = work.open("B3", "I2")
    work.papers.note(case.id, "内情", Audience.INTERNAL, BROKER, NOW)
    task = work.papers.plan(case.id, "约见", TODAY, BROKER, NOW)
    work.papers.finish(case.id, task.id, BROKER, NOW)
    work.papers.attach(case.id, "报告.pdf", PDF, Audience.SHARED, BROKER, NOW)
    told = work.propose(case)
    work.introducing.answer(told.id, no(), OTHER_CARRIER, NOW)
    work.undoing.undo_answer(told.id, OTHER_CARRIER, NOW)
    work.handling.tell(case.id, work.version(case.id), {"case_lead": "", "case_pricing": "auction"}, BROKER, NOW)
    told_to = {somebody.id: work.sheets.read(case.id, somebody, NOW).history for somebody in (BROKER, OTHER_CARRIER)}
    assert [(one.said.zh, one.undone) for one in told_to[BROKER.id]][:-2] == [
        ("填写：线索编号（清空）；选定的定价方式 拍卖", False),
        ("撤销“载体或基金方谢绝引荐”", False),
        ("载体或基金方谢绝引荐", True),
        ("提出引荐", False),
        ("上传附件：报告.pdf", False),
        ("完成任务：约见", False),
        (f"安排任务：约见（截止 {TODAY}）", False),
        ("写了记录（内部）", False),
    ]
    assert all(one.said.en and one.said.en != one.said.zh for one in told_to[BROKER.id])
    assert [one.said.zh for one in told_to[OTHER_CARRIER.id]] == ["提出引荐", "立案"]
