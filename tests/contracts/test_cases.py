"""Cases in the database, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from itertools import product
from pathlib import Path

import pytest

from matcher.domain.accounts import Actor
from matcher.domain.cases import UNDO, Audience, Case, Happening
from matcher.domain.introductions import DAYS, Side, Standing
from matcher.domain.phases import OPEN, TRANSITIONS, Move, Phase, moves
from matcher.domain.records import Kind, Outcome, PairKind, Refusal, Result, Visibility
from matcher.errors import (
    CaseError,
    ConflictError,
    LimitExceededError,
    MatcherError,
    NotAllowedError,
    RecordNotFoundError,
    StoreError,
    TransitionError,
    UnsupportedFileError,
)
from matcher.services.cases.access import Part
from matcher.services.cases.handling import Deal
from matcher.services.cases.introducing import Answering
from matcher.store import Database, Organisations, Outcomes, Records, Wanted
from tests.builders import achievement, incubator, outcome
from tests.casework import (
    ADMINISTRATOR,
    BOOK,
    BROKER,
    BUREAU,
    CARRIER,
    COLLEAGUE,
    DAY,
    EVERYTHING,
    FUND,
    MINUTE,
    NOW,
    OTHER_CARRIER,
    PDF,
    PEOPLE,
    STRANGER,
    UNIVERSITY,
    WHOLE,
    YES,
    Work,
    no,
)


@pytest.fixture
def work(database: Database, tmp_path: Path) -> Work:
    """The use cases on an empty database with the usual records."""
    return Work(database, tmp_path / "attachments").fill()


def refused(error: type[MatcherError], call: Callable[[], object]) -> MatcherError:
    with pytest.raises(error) as raised:
        call()
    return raised.value


def lead(work: Work, case_id: str, to: Phase) -> None:
    """Bring a case to a phase by moves."""
    if to is Phase.LOST:
        work.handling.stop(case_id, work.version(case_id), None, "误建", BROKER, NOW)
        return
    while work.case(case_id).phase is not to:
        work.handling.move(case_id, work.version(case_id), Move.ADVANCE, BROKER, NOW)


def another(work: Work, number: int) -> Case:
    """A case with every fact told, of a carrier of its own."""
    with work.database.begin() as connection:
        Records(connection).upsert([incubator(f"J{number}")], NOW)
    return work.open(right=f"J{number}")


# --- opening ---


def test_a_case_is_kept_as_it_was_opened_whichever_side_is_named_first(work: Work) -> None:
    case = work.handling.open("I1", "A1", BROKER, NOW)
    assert work.case(case.id) == case
    assert case.pair == (PairKind.ACHIEVEMENT_INCUBATOR, "A1", "I1")
    assert (case.owner, case.organisation_id, case.phase, case.version) == ("wang", "station", Phase.DISCOVER, 1)
    assert [one.what for one in work.events(case.id)] == [Happening.OPENED]


def test_a_pair_has_one_open_case_and_another_once_that_is_over(work: Work) -> None:
    first = work.open()
    refused(ConflictError, lambda: work.handling.open("A1", "I1", STRANGER, NOW))
    lead(work, first.id, Phase.LOST)
    second = work.handling.open("A1", "I1", BROKER, NOW)
    refused(ConflictError, lambda: work.handling.move(first.id, work.version(first.id), Move.REOPEN, BROKER, NOW))
    assert [work.case(one.id).phase for one in (first, second)] == [Phase.LOST, Phase.DISCOVER]


def test_another_case_of_a_pair_that_came_together_needs_a_reason_which_its_history_keeps(work: Work) -> None:
    lead(work, work.open().id, Phase.CLOSED)
    told = refused(CaseError, lambda: work.handling.open("A1", "I1", BROKER, NOW, "  "))
    assert str(NOW.date()) in told.message.en
    again = work.handling.open("A1", "I1", BROKER, NOW, " 二期 ")
    assert [one.said for one in work.events(again.id)] == [{"reason": "二期"}]


def test_of_two_who_open_a_case_at_once_one_is_told_of_the_other(work: Work) -> None:
    def opened(by: Actor) -> bool:
        try:
            work.handling.open("A1", "I1", by, NOW)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor() as pool:
        assert sorted(pool.map(opened, [BROKER, COLLEAGUE, STRANGER, ADMINISTRATOR])) == [False, False, False, True]


def test_what_does_not_make_a_pair_or_is_not_there_opens_no_case(work: Work) -> None:
    refused(CaseError, lambda: work.handling.open("A1", "F1", BROKER, NOW))
    refused(CaseError, lambda: work.handling.open("I1", "F1", BROKER, NOW))
    refused(RecordNotFoundError, lambda: work.handling.open("A9", "I1", BROKER, NOW))
    for somebody in (BUREAU, UNIVERSITY, FUND):
        refused(NotAllowedError, partial(work.handling.open, "A1", "I1", somebody, NOW))


def test_a_record_one_may_not_see_opens_no_case_and_is_as_unknown_as_one_that_is_not_there(work: Work) -> None:
    hidden = refused(RecordNotFoundError, lambda: work.handling.open("A2", "I1", BROKER, NOW))
    with work.database.begin() as connection:
        Records(connection).delete(Kind.ACHIEVEMENTS, ["A2"])
    gone = refused(RecordNotFoundError, lambda: work.handling.open("A2", "I1", BROKER, NOW))
    assert (hidden.message, hidden.step) == (gone.message, gone.step)


# --- moves ---


def test_every_move_from_every_phase_leads_where_the_table_says_or_changes_nothing(work: Work) -> None:
    for number, (at, move) in enumerate(product(Phase, Move)):
        case = another(work, number)
        lead(work, case.id, at)
        before = work.case(case.id)
        go = partial(work.handling.move, case.id, before.version, move, BROKER, NOW, reason="说明")
        if move in moves(at):
            assert go().phase is TRANSITIONS[at, move] is work.case(case.id).phase
            assert work.version(case.id) == before.version + 1
        else:
            refused(TransitionError, go)
            assert work.case(case.id) == before


def test_a_phase_is_not_left_without_what_it_asks_for_which_is_named(work: Work) -> None:
    asked = [(at, name) for at in OPEN for name in WHOLE[at] if name != "case_pricing"]
    for number, (at, gone) in enumerate(asked):
        case = another(work, number)
        lead(work, case.id, at)
        case = work.handling.tell(case.id, work.version(case.id), {gone: ""}, BROKER, NOW)
        error = refused(TransitionError, partial(work.handling.move, case.id, case.version, Move.ADVANCE, BROKER, NOW))
        assert BOOK.metrics[gone].name.zh in error.message.zh
        assert BOOK.metrics[gone].name.en in error.message.en
        assert [way.missing for way in work.show(case.id).ways if way.move is Move.ADVANCE] == [
            (BOOK.metrics[gone].name,)
        ]
        assert work.case(case.id) == case
        if Move.BACK in moves(at):
            assert work.handling.move(case.id, case.version, Move.BACK, BROKER, NOW).phase is TRANSITIONS[at, Move.BACK]


def test_an_attachment_is_the_evidence_where_none_is_told(work: Work) -> None:
    case = work.open()
    lead(work, case.id, Phase.DIG)
    work.handling.tell(case.id, work.version(case.id), {"case_evidence": ""}, BROKER, NOW)
    work.papers.attach(case.id, "报告.pdf", PDF, Audience.INTERNAL, BROKER, NOW)
    lead(work, case.id, Phase.PLAN)


def test_a_fact_nobody_knows_or_that_cannot_be_read_is_refused(work: Work) -> None:
    case = work.open()
    for told in ({"foo": 1}, {"case_trl": "十"}, {"case_pricing": "随便"}, {"case_ip": "\0"}, {"case_reason": "x"}):
        refused(CaseError, partial(work.handling.tell, case.id, case.version, told, BROKER, NOW))
    assert work.handling.tell(case.id, case.version, {"技术就绪度自评": "6"}, BROKER, NOW).facts["case_trl"] == 6


# --- outcomes ---


def results(work: Work, case_id: str) -> list[tuple[Result, date, float | None, str, str]]:
    told = work.outcomes(work.case(case_id))
    return [(one.result, one.decided_on, one.amount, one.currency, one.reason) for one in told]


def test_closing_writes_an_accepted_outcome_with_what_it_came_to(work: Work) -> None:
    case = work.open()
    lead(work, case.id, Phase.SERVE)
    assert results(work, case.id) == []
    deal = Deal(80_000, "USD")
    work.handling.move(case.id, work.version(case.id), Move.ADVANCE, BROKER, NOW, deal)
    assert results(work, case.id) == [(Result.ACCEPTED, NOW.date(), 80_000, "USD", "")]


def test_an_amount_is_told_only_when_it_is_closed_and_is_one(work: Work) -> None:
    case = work.open()
    version = work.version(case.id)
    refused(CaseError, lambda: work.handling.move(case.id, version, Move.ADVANCE, BROKER, NOW, Deal(1)))
    lead(work, case.id, Phase.SERVE)
    version = work.version(case.id)
    for amount in (-1, float("nan"), float("inf")):
        deal = Deal(amount)
        refused(CaseError, partial(work.handling.move, case.id, version, Move.ADVANCE, BROKER, NOW, deal))


@pytest.mark.parametrize("refusal", list(Refusal))
def test_stopping_writes_a_rejected_outcome_whose_class_training_reads(work: Work, refusal: Refusal) -> None:
    case = work.open()
    # Words of the other classes do not change it.
    reason = "、".join(one.label for one in Refusal)
    work.handling.stop(case.id, work.version(case.id), refusal, reason, BROKER, NOW)
    [told] = work.outcomes(case)
    assert told.result is Result.REJECTED
    assert Refusal.of(told.reason) is refusal


def test_a_case_is_not_stopped_without_a_reason_and_one_opened_in_error_tells_training_nothing(work: Work) -> None:
    case = work.open()
    error = refused(TransitionError, lambda: work.handling.stop(case.id, case.version, Refusal.PRICE, " ", BROKER, NOW))
    assert "原因" in error.message.zh
    assert work.handling.stop(case.id, case.version, None, "误建", BROKER, NOW).phase is Phase.LOST
    assert work.outcomes(case) == []


def test_both_acceptances_write_that_talks_go_on_and_one_does_not(work: Work) -> None:
    case = work.open()
    told = work.propose(case)
    work.introducing.answer(told.id, YES, UNIVERSITY, NOW)
    assert results(work, case.id) == []
    work.introducing.answer(told.id, YES, CARRIER, NOW)
    assert results(work, case.id) == [(Result.IN_TALKS, NOW.date(), None, "", "")]


# --- undo ---


def test_a_step_is_undone_with_its_outcome_by_who_took_it_within_five_minutes(work: Work) -> None:
    case = work.open()
    lead(work, case.id, Phase.SERVE)
    work.handling.move(case.id, work.version(case.id), Move.ADVANCE, BROKER, NOW)
    version = work.version(case.id)
    refused(TransitionError, lambda: work.undoing.undo(case.id, version, COLLEAGUE, NOW))
    refused(TransitionError, lambda: work.undoing.undo(case.id, version, BROKER, NOW + UNDO + MINUTE / 60))
    assert work.undoing.undo(case.id, version, BROKER, NOW + UNDO).phase is Phase.SERVE
    assert work.outcomes(case) == []
    last = work.events(case.id)[-1]
    assert (last.what, last.undoes) == (Happening.UNDONE, work.events(case.id)[-2].id)


def test_undo_restores_what_was_told_of_the_pair_that_day_before(work: Work) -> None:
    case = work.open()
    imported = outcome(decided_on=NOW.date(), result=Result.IN_TALKS, reason="电话")
    _import(work, imported)
    work.handling.stop(case.id, work.version(case.id), Refusal.PRICE, "太贵", BROKER, NOW)
    assert [one.result for one in work.outcomes(case)] == [Result.REJECTED]
    work.undoing.undo(case.id, work.version(case.id), BROKER, NOW)
    assert work.outcomes(case) == [imported]


def test_undo_leaves_what_somebody_else_told_of_the_day_meanwhile(work: Work) -> None:
    case = work.open()
    work.handling.stop(case.id, work.version(case.id), Refusal.PRICE, "太贵", BROKER, NOW)
    later = outcome(decided_on=NOW.date(), result=Result.REJECTED, reason="价格过高：对方来函")
    _import(work, later)
    work.undoing.undo(case.id, work.version(case.id), BROKER, NOW)
    assert work.outcomes(case) == [later]
    assert work.events(case.id)[-1].said == {"outcome_taken_back": False}


def test_an_outcome_taken_back_is_a_new_revision_so_that_nothing_derived_keeps_it(work: Work) -> None:
    case = work.open()
    work.handling.stop(case.id, work.version(case.id), Refusal.PRICE, "太贵", BROKER, NOW)
    with work.database.read() as connection:
        before = Records(connection).revision()
    work.undoing.undo(case.id, work.version(case.id), BROKER, NOW)
    with work.database.read() as connection:
        assert Records(connection).revision() > before


def test_undo_of_an_introduction_and_of_an_answer(work: Work) -> None:
    case = work.open()
    told = work.propose(case)
    work.introducing.answer(told.id, YES, CARRIER, NOW)
    refused(TransitionError, lambda: work.undoing.undo(case.id, work.version(case.id), BROKER, NOW))
    work.undoing.undo(case.id, work.version(case.id), CARRIER, NOW)
    assert work.introducing.get(told.id, BROKER, NOW).introduction.right is None
    work.undoing.undo(case.id, work.version(case.id), BROKER, NOW)
    refused(RecordNotFoundError, lambda: work.introducing.get(told.id, BROKER, NOW))
    refused(RecordNotFoundError, lambda: work.show(case.id, CARRIER))
    assert work.propose(case).id != told.id


def test_a_stop_is_not_undone_once_the_pair_has_another_open_case(work: Work) -> None:
    case = work.open()
    lead(work, case.id, Phase.LOST)
    work.handling.open("A1", "I1", COLLEAGUE, NOW)
    refused(ConflictError, lambda: work.undoing.undo(case.id, work.version(case.id), BROKER, NOW))
    assert work.case(case.id).phase is Phase.LOST


# --- two at once ---


def test_of_two_editors_the_second_is_told_and_loses_nothing(work: Work) -> None:
    case = work.open()
    work.handling.tell(case.id, case.version, {"case_lead": "X-8"}, BROKER, NOW)
    for late in (
        lambda: work.handling.tell(case.id, case.version, {"case_lead": "X-9"}, COLLEAGUE, NOW),
        lambda: work.handling.move(case.id, case.version, Move.ADVANCE, COLLEAGUE, NOW),
        lambda: work.handling.stop(case.id, case.version, None, "x", COLLEAGUE, NOW),
        lambda: work.undoing.undo(case.id, case.version, COLLEAGUE, NOW),
        lambda: work.introducing.propose(case.id, case.version, COLLEAGUE, NOW),
    ):
        refused(ConflictError, late)
    assert work.case(case.id).facts["case_lead"] == "X-8"


def test_of_many_who_move_a_case_at_once_one_moves_it(work: Work) -> None:
    case = work.open()

    def moved(by: Actor) -> bool:
        try:
            work.handling.move(case.id, case.version, Move.ADVANCE, by, NOW)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor() as pool:
        assert sum(pool.map(moved, [BROKER, COLLEAGUE, ADMINISTRATOR, BROKER])) == 1
    assert work.case(case.id).phase is Phase.DIG


def test_two_sides_who_accept_at_once_are_both_heard(work: Work) -> None:
    case = work.open()
    told = work.propose(case)
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda by: work.introducing.answer(told.id, YES, by, NOW), [UNIVERSITY, CARRIER]))
    assert work.introducing.get(told.id, BROKER, NOW).standing is Standing.ACCEPTED
    assert len(work.outcomes(case)) == 1


# --- introductions ---


def test_an_introduction_expires_by_the_clock_and_cannot_be_answered_then(work: Work) -> None:
    case = work.open()
    told = work.propose(case)
    last, after = NOW + DAYS * DAY, NOW + (DAYS + 1) * DAY
    assert work.introducing.get(told.id, CARRIER, last).standing is Standing.PROPOSED
    assert work.introducing.get(told.id, CARRIER, after).standing is Standing.EXPIRED
    refused(TransitionError, lambda: work.introducing.answer(told.id, YES, CARRIER, after))
    work.introducing.answer(told.id, YES, UNIVERSITY, last)
    assert work.introducing.answer(told.id, YES, CARRIER, last).standing is Standing.ACCEPTED
    assert work.introducing.get(told.id, CARRIER, after).standing is Standing.ACCEPTED


@pytest.mark.parametrize("days", [0, -1, 366])
def test_a_term_that_is_none_is_refused(work: Work, days: int) -> None:
    case = work.open()
    refused(CaseError, lambda: work.propose(case, days=days))


def test_one_introduction_at_a_time_and_the_next_after_a_decline(work: Work) -> None:
    case = work.open()
    told = work.propose(case)
    refused(ConflictError, lambda: work.propose(case))
    refused(TransitionError, lambda: work.introducing.next(case.id, work.version(case.id), BROKER, NOW))
    refused(CaseError, lambda: work.introducing.answer(told.id, Answering(accepted=False), CARRIER, NOW))
    assert work.introducing.answer(told.id, no(), CARRIER, NOW).standing is Standing.DECLINED
    refused(TransitionError, lambda: work.introducing.answer(told.id, YES, UNIVERSITY, NOW))
    assert work.outcomes(case) == []
    other = work.introducing.next(case.id, work.version(case.id), BROKER, NOW)
    assert work.case(other.case_id).pair == (PairKind.ACHIEVEMENT_INCUBATOR, "A1", "I2")


def test_alternates_are_taken_in_their_order_until_nobody_is_left(work: Work) -> None:
    case = work.open(right="I2")
    work.ranked = ["I3", "I2", "I1"]
    takers = []
    for _ in range(2):
        work.propose(case, days=1, now=NOW - 3 * DAY)
        version = work.version(case.id)
        case = work.case(work.introducing.next(case.id, version, BROKER, NOW).case_id)
        takers.append(case.right_id)
        work.undoing.undo(case.id, case.version, BROKER, NOW)
        case = work.case(case.id)
    assert takers == ["I3", "I1"]
    work.propose(case, days=1, now=NOW - 3 * DAY)
    error = refused(TransitionError, lambda: work.introducing.next(case.id, work.version(case.id), BROKER, NOW))
    assert "Nobody else" in error.message.en


def test_nobody_answers_for_a_side_that_is_not_theirs(work: Work) -> None:
    told = work.propose(work.open())
    refused(NotAllowedError, lambda: work.introducing.answer(told.id, YES, BROKER, NOW))
    refused(NotAllowedError, lambda: work.introducing.answer(told.id, replace(YES, side=Side.LEFT), CARRIER, NOW))
    for somebody in (STRANGER, FUND, OTHER_CARRIER):
        refused(RecordNotFoundError, partial(work.introducing.answer, told.id, YES, somebody, NOW))
    refused(CaseError, lambda: work.introducing.answer(told.id, YES, ADMINISTRATOR, NOW))
    work.introducing.answer(told.id, replace(YES, side=Side.RIGHT), ADMINISTRATOR, NOW)
    refused(TransitionError, lambda: work.introducing.answer(told.id, YES, CARRIER, NOW))


def test_a_record_that_was_opened_to_somebody_is_not_theirs_to_answer_for(work: Work) -> None:
    told = work.propose(work.open("A2", by=ADMINISTRATOR), ADMINISTRATOR)
    opened = replace(CARRIER, opened=frozenset({(Kind.ACHIEVEMENTS, "A2")}))
    refused(NotAllowedError, lambda: work.introducing.answer(told.id, replace(YES, side=Side.LEFT), opened, NOW))


def test_contacts_are_told_only_after_both_accepted_and_each_side_learns_the_others(work: Work) -> None:
    told = work.propose(work.open("A2", by=ADMINISTRATOR), ADMINISTRATOR)
    work.introducing.answer(told.id, YES, UNIVERSITY, NOW)
    for somebody in (ADMINISTRATOR, UNIVERSITY, CARRIER):
        assert work.introducing.get(told.id, somebody, NOW).contacts == {}
    work.introducing.answer(told.id, replace(YES, contact="李经理 139"), CARRIER, NOW)
    both = {Side.LEFT: "周老师 0475-1", Side.RIGHT: "李经理 139"}
    assert work.introducing.get(told.id, ADMINISTRATOR, NOW).contacts == both
    assert work.introducing.get(told.id, UNIVERSITY, NOW).contacts == {Side.RIGHT: "李经理 139"}
    assert work.introducing.get(told.id, work.knowing(CARRIER), NOW).contacts == {Side.LEFT: "周老师 0475-1"}


def test_the_other_side_of_a_restricted_record_learns_nothing_until_its_owner_accepts_and_what_it_is_only_at_the_end(
    work: Work,
) -> None:
    case = work.open("A2", by=ADMINISTRATOR)
    told = work.propose(case, ADMINISTRATOR)
    refused(RecordNotFoundError, lambda: work.introducing.get(told.id, CARRIER, NOW))
    assert work.introducing.received(CARRIER, NOW) == []
    work.introducing.answer(told.id, YES, UNIVERSITY, NOW)
    [blind] = work.introducing.received(CARRIER, NOW)
    assert (blind.left_id, blind.left, blind.introduction.case_id, blind.introduction.left) == ("", "", "", None)
    assert blind.right_id == "I1"
    assert "保密" not in repr(blind)
    assert "A2" not in repr(blind)
    refused(RecordNotFoundError, lambda: work.show(case.id, CARRIER))
    assert work.reading.listed(CARRIER) == []
    final = work.introducing.answer(told.id, YES, CARRIER, NOW)
    assert (final.left_id, final.introduction.case_id) == ("A2", case.id)
    assert work.show(case.id, work.knowing(CARRIER)).left == "保密的制备工艺"
    refused(RecordNotFoundError, lambda: work.show(case.id, CARRIER))  # as long as they do not ask anew


def test_undoing_the_second_acceptance_closes_the_record_again_and_takes_the_outcome_back(work: Work) -> None:
    case = work.open("A2", by=ADMINISTRATOR)
    told = work.propose(case, ADMINISTRATOR)
    work.introducing.answer(told.id, YES, UNIVERSITY, NOW)
    work.introducing.answer(told.id, YES, CARRIER, NOW)
    work.undoing.undo_answer(told.id, work.knowing(CARRIER), NOW)
    assert work.knowing(CARRIER).opened == frozenset()
    assert work.outcomes(case) == []
    assert work.introducing.get(told.id, CARRIER, NOW).standing is Standing.PROPOSED


def test_a_decline_without_having_seen_the_record_can_be_undone_too(work: Work) -> None:
    told = work.propose(work.open("A2", by=ADMINISTRATOR), ADMINISTRATOR)
    work.introducing.answer(told.id, YES, UNIVERSITY, NOW)
    work.introducing.answer(told.id, no(), CARRIER, NOW)
    refused(TransitionError, lambda: work.undoing.undo_answer(told.id, UNIVERSITY, NOW))
    refused(RecordNotFoundError, lambda: work.undoing.undo_answer(told.id, OTHER_CARRIER, NOW))
    work.undoing.undo_answer(told.id, CARRIER, NOW)
    assert work.introducing.answer(told.id, YES, CARRIER, NOW).standing is Standing.ACCEPTED


def test_a_record_that_was_open_before_stays_open_after_an_undo(work: Work) -> None:
    with work.database.begin() as connection:
        Organisations(connection).open_to(Kind.ACHIEVEMENTS, "A2", "i1", "x", NOW)
    told = work.propose(work.open("A2", by=ADMINISTRATOR), ADMINISTRATOR)
    work.introducing.answer(told.id, YES, UNIVERSITY, NOW)
    work.introducing.answer(told.id, YES, work.knowing(CARRIER), NOW)
    work.undoing.undo_answer(told.id, work.knowing(CARRIER), NOW)
    assert work.knowing(CARRIER).opened == {(Kind.ACHIEVEMENTS, "A2")}


def test_a_fund_gets_to_see_a_project_of_the_brokers_when_both_accepted_even_by_an_administrator(work: Work) -> None:
    case = work.open("P1", "F1")
    told = work.propose(case)
    work.introducing.answer(told.id, YES, OTHER_CARRIER, NOW)  # the project's carrier speaks for it
    work.introducing.answer(told.id, replace(YES, side=Side.RIGHT), ADMINISTRATOR, NOW)
    assert work.knowing(FUND).opened == {(Kind.PROJECTS, "P1")}
    assert work.show(case.id, work.knowing(FUND)).left == "科尔沁风电叶片回收"


def test_nobody_is_introduced_in_a_case_that_is_over(work: Work) -> None:
    case = work.open()
    told = work.propose(case)
    lead(work, case.id, Phase.LOST)
    refused(TransitionError, lambda: work.introducing.answer(told.id, YES, CARRIER, NOW))
    version = work.version(case.id)
    refused(TransitionError, lambda: work.introducing.propose(case.id, version, BROKER, NOW))
    work.handling.move(case.id, version, Move.REOPEN, BROKER, NOW)
    work.introducing.answer(told.id, YES, CARRIER, NOW)


def test_an_introduction_is_proposed_anew_only_where_the_case_is_open(work: Work) -> None:
    case = work.open()
    lead(work, case.id, Phase.LOST)
    refused(TransitionError, lambda: work.propose(case))


# --- who sees what ---


def test_a_case_exists_only_for_those_it_concerns(work: Work) -> None:
    case = work.open()

    def parts() -> dict[str, Part]:
        found = {}
        for somebody in PEOPLE:
            try:
                found[somebody.id] = work.show(case.id, somebody).part
            except RecordNotFoundError:
                assert work.reading.listed(somebody) == []
            else:
                assert [one.case.id for one in work.reading.listed(somebody)] == [case.id]
        return found

    before = {
        ADMINISTRATOR.id: Part.WORKS,
        BUREAU.id: Part.OVERSEES,
        BROKER.id: Part.WORKS,
        COLLEAGUE.id: Part.WORKS,
    }
    assert parts() == before
    told = work.propose(case)
    sides = before | {UNIVERSITY.id: Part.SIDE, CARRIER.id: Part.SIDE}
    assert parts() == sides
    work.introducing.answer(told.id, no(), CARRIER, NOW)
    assert parts() == sides


def test_a_case_of_a_record_that_becomes_hidden_is_gone_for_its_owner_too(work: Work) -> None:
    case = work.open()
    with work.database.begin() as connection:
        Records(connection).upsert([achievement("A1", visibility=Visibility.RESTRICTED)], NOW)
    hidden = refused(RecordNotFoundError, lambda: work.show(case.id))
    unknown = refused(RecordNotFoundError, lambda: work.show("0" * 16))
    assert str(hidden).replace(case.id, "") == str(unknown).replace("0" * 16, "")
    for call in (
        lambda: work.handling.move(case.id, case.version, Move.ADVANCE, BROKER, NOW),
        lambda: work.papers.note(case.id, "x", Audience.INTERNAL, BROKER, NOW),
        lambda: work.introducing.propose(case.id, case.version, BROKER, NOW),
        lambda: work.undoing.undo(case.id, case.version, BROKER, NOW),
    ):
        refused(RecordNotFoundError, call)
    assert work.reading.listed(BROKER) == []
    assert work.papers.overdue(BROKER, NOW + 9 * DAY) == []


@pytest.mark.parametrize("somebody", [BUREAU, UNIVERSITY, CARRIER])
def test_who_only_looks_at_a_case_changes_nothing_of_it(work: Work, somebody: Actor) -> None:
    case = work.open()
    work.propose(case)
    version = work.version(case.id)
    for call in (
        lambda: work.handling.move(case.id, version, Move.ADVANCE, somebody, NOW),
        lambda: work.handling.stop(case.id, version, None, "x", somebody, NOW),
        lambda: work.handling.tell(case.id, version, {"case_lead": "x"}, somebody, NOW),
        lambda: work.introducing.propose(case.id, version, somebody, NOW),
        lambda: work.introducing.next(case.id, version, somebody, NOW),
        lambda: work.papers.plan(case.id, "x", NOW.date(), somebody, NOW),
    ):
        refused(NotAllowedError, call)
    refused(TransitionError, lambda: work.undoing.undo(case.id, version, somebody, NOW))
    assert work.version(case.id) == version


def test_a_side_reads_what_concerns_it_and_nothing_of_the_brokers(work: Work) -> None:
    case = work.open()
    work.papers.note(case.id, "底价四十万", Audience.INTERNAL, BROKER, NOW)
    work.papers.note(case.id, "下周三面谈", Audience.SHARED, BROKER, NOW)
    inner = work.papers.attach(case.id, "底价.pdf", PDF, Audience.INTERNAL, BROKER, NOW)
    outer = work.papers.attach(case.id, "介绍.pdf", PDF, Audience.SHARED, BROKER, NOW)
    work.papers.plan(case.id, "压价", NOW.date(), BROKER, NOW)
    told = work.propose(case)
    work.introducing.answer(told.id, no(), CARRIER, NOW)
    work.handling.stop(case.id, work.version(case.id), Refusal.PRICE, "他们太贵", BROKER, NOW)
    folder = work.show(case.id, UNIVERSITY)
    assert [note.text for note in folder.notes] == ["下周三面谈"]
    assert [one.name for one in folder.attachments] == ["介绍.pdf"]
    assert (folder.tasks, folder.ways, dict(folder.case.facts)) == ((), (), {})
    assert [one.standing for one in folder.introductions] == [Standing.DECLINED]
    for secret in ("底价", "压价", "太贵", "满了", "capacity", "X-7"):
        assert secret not in repr(folder)
    assert work.papers.content(case.id, outer.id, UNIVERSITY)[1] == PDF
    refused(RecordNotFoundError, lambda: work.papers.content(case.id, inner.id, UNIVERSITY))
    whole = work.show(case.id, BUREAU)
    assert len(whole.notes) == len(whole.attachments) == 2
    assert "太贵" in repr(whole.events)


def test_what_a_side_writes_is_for_all_to_read_and_who_oversees_writes_nothing(work: Work) -> None:
    case = work.open()
    work.propose(case)
    note = work.papers.note(case.id, "可以周四吗", Audience.INTERNAL, CARRIER, NOW)
    assert note.audience is Audience.SHARED
    assert work.papers.attach(case.id, "x.pdf", PDF, Audience.INTERNAL, CARRIER, NOW).audience is Audience.SHARED
    refused(NotAllowedError, lambda: work.papers.note(case.id, "x", Audience.SHARED, BUREAU, NOW))


def test_lists_are_filtered_and_paged_the_newest_first(work: Work) -> None:
    with work.database.begin() as connection:
        Records(connection).upsert([incubator(f"J{n}") for n in range(7)], NOW)
    opened = [work.handling.open("A1", f"J{n}", BROKER, NOW + n * MINUTE).id for n in range(7)]
    work.handling.stop(opened[3], 1, None, "误建", BROKER, NOW)
    pages, after = [], ""
    while lines := work.reading.listed(BROKER, Wanted(after=after, limit=3)):
        pages.append([line.case.id for line in lines])
        after = pages[-1][-1]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert [name for page in pages for name in page] == opened[::-1]
    lost = Wanted(frozenset({Phase.LOST}))
    assert [line.case.id for line in work.reading.listed(BROKER, lost)] == [opened[3]]
    assert [line.case.id for line in work.reading.listed(BUREAU, Wanted(record_id="J5"))] == [opened[5]]
    refused(RecordNotFoundError, lambda: work.reading.listed(STRANGER, Wanted(after=after)))


def test_hidden_cases_between_others_do_not_shorten_a_page(work: Work) -> None:
    hidden = [achievement(f"H{n}", visibility=Visibility.RESTRICTED) for n in range(5)]
    shown = [achievement(f"S{n}") for n in range(3)]
    with work.database.begin() as connection:
        Records(connection).upsert([*hidden, *shown], NOW)
    opened = {one.id: work.handling.open(one.id, "I3", ADMINISTRATOR, NOW) for one in (*hidden, *shown)}
    owner = replace(STRANGER, account=replace(STRANGER.account, id=ADMINISTRATOR.id))
    found = work.reading.listed(owner, Wanted(limit=2))
    assert len(found) == 2
    assert {line.case.left_id for line in found} < {one.id for one in shown}
    assert len(opened) == 8


# --- notes, tasks, attachments ---


@pytest.mark.parametrize("text", ["", "  ", "x" * 10_001, "a\0b", "a\ud800b"])
def test_what_cannot_be_kept_is_a_named_error(work: Work, text: str) -> None:
    case = work.open()
    refused(CaseError, lambda: work.papers.note(case.id, text, Audience.INTERNAL, BROKER, NOW))
    refused(CaseError, lambda: work.papers.plan(case.id, text, NOW.date(), BROKER, NOW))


def test_tasks_become_overdue_by_the_clock_until_they_are_done(work: Work) -> None:
    case = work.open()
    task = work.papers.plan(case.id, "补材料", NOW.date(), BROKER, NOW)
    assert work.papers.overdue(BROKER, NOW) == []
    assert [one for _, one in work.papers.overdue(COLLEAGUE, NOW + DAY)] == [task]
    assert [one for _, one in work.papers.overdue(BUREAU, NOW + DAY)] == [task]
    for somebody in (STRANGER, UNIVERSITY, CARRIER):
        assert work.papers.overdue(somebody, NOW + DAY) == []
    done = work.papers.finish(case.id, task.id, COLLEAGUE, NOW + DAY)
    assert done.done_by == COLLEAGUE.id
    assert work.papers.finish(case.id, task.id, BROKER, NOW + 2 * DAY) == done
    assert work.papers.overdue(BROKER, NOW + 3 * DAY) == []
    assert [one.what for one in work.events(case.id)].count(Happening.DONE) == 1


def test_a_task_is_not_due_in_the_past_and_one_of_another_case_is_not_found(work: Work) -> None:
    case, other = work.open(), work.open("A1", "I2")
    refused(CaseError, lambda: work.papers.plan(case.id, "x", NOW.date() - DAY, BROKER, NOW))
    task = work.papers.plan(other.id, "x", NOW.date(), BROKER, NOW)
    refused(RecordNotFoundError, lambda: work.papers.finish(case.id, task.id, BROKER, NOW))


def test_an_attachment_is_given_back_byte_by_byte_and_kept_once(work: Work) -> None:
    case = work.open()
    first = work.papers.attach(case.id, "../../合同.PDF", PDF, Audience.INTERNAL, BROKER, NOW)
    second = work.papers.attach(case.id, "副本.pdf", PDF, Audience.INTERNAL, BROKER, NOW)
    assert (first.name, first.media, first.size) == ("合同.pdf", "application/pdf", len(PDF))
    assert work.papers.content(case.id, first.id, COLLEAGUE) == (first, PDF)
    assert first.digest == second.digest
    assert len([path for path in work.folder.rglob("*") if path.is_file()]) == 1


def test_a_file_that_is_not_allowed_leaves_nothing_behind(work: Work) -> None:
    case = work.open()

    def attach(name: str, content: bytes) -> Callable[[], object]:
        return lambda: work.papers.attach(case.id, name, content, Audience.INTERNAL, BROKER, NOW)

    refused(UnsupportedFileError, attach("x.exe", b"MZ"))
    refused(UnsupportedFileError, attach("x.pdf", b"MZ"))
    refused(LimitExceededError, attach("x.pdf", b""))
    refused(LimitExceededError, attach("x.pdf", PDF + bytes(20 * 1024 * 1024)))
    assert work.show(case.id).attachments == ()
    assert not work.folder.exists()


def test_a_content_that_is_damaged_or_gone_is_a_named_error(work: Work) -> None:
    case = work.open()
    kept = work.papers.attach(case.id, "x.pdf", PDF, Audience.INTERNAL, BROKER, NOW)
    [path] = [path for path in work.folder.rglob("*") if path.is_file()]
    path.write_bytes(PDF + b"!")
    refused(StoreError, lambda: work.papers.content(case.id, kept.id, BROKER))
    path.unlink()
    refused(StoreError, lambda: work.papers.content(case.id, kept.id, BROKER))
    work.papers.attach(case.id, "x.pdf", PDF, Audience.INTERNAL, BROKER, NOW)
    assert work.papers.content(case.id, kept.id, BROKER) == (kept, PDF)


def test_contents_that_nobody_names_are_swept_once_they_are_old(work: Work) -> None:
    case = work.open()
    work.papers.attach(case.id, "x.pdf", PDF, Audience.INTERNAL, BROKER, NOW)
    work.contents.put(b"orphan")
    now = datetime.now(UTC)
    assert work.papers.sweep(now) == 0
    assert work.papers.sweep(now + 2 * DAY) == 1
    assert work.papers.sweep(now + 2 * DAY) == 0
    assert work.show(case.id).attachments


def test_a_withdrawn_record_takes_its_cases_along(work: Work) -> None:
    case, other = work.open(), work.open("P1", "F1")
    work.papers.note(case.id, "x", Audience.INTERNAL, BROKER, NOW)
    work.propose(case)
    with work.database.begin() as connection:
        Records(connection).delete(Kind.INCUBATORS, ["I1"])
    refused(RecordNotFoundError, lambda: work.show(case.id, ADMINISTRATOR))
    assert work.events(case.id) == []
    assert work.show(other.id).case == other


@pytest.mark.parametrize("name", ["", "x", "\0", "\ud800", "案件", "' OR 1=1 --"])
def test_an_id_that_is_none_is_not_found(work: Work, name: str) -> None:
    refused(RecordNotFoundError, lambda: work.show(name))
    refused(RecordNotFoundError, lambda: work.introducing.get(name, BROKER, NOW))
    if name:
        assert work.reading.listed(BUREAU, Wanted(record_id=name)) == []


def _import(work: Work, told: Outcome) -> None:
    with work.database.begin() as connection:
        Outcomes(connection).upsert([told], NOW)


def test_what_is_told_in_full_is_enough_for_every_stage(work: Work) -> None:
    case = work.open()
    lead(work, case.id, Phase.CLOSED)
    assert set(work.case(case.id).facts) == set(EVERYTHING)
