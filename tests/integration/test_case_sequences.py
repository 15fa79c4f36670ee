"""Whatever people do to a case in whatever order: its history tells it all, and outcomes are what the history says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.domain.cases import Case, Event, Happening, standing
from matcher.domain.introductions import Standing, current
from matcher.domain.phases import TRANSITIONS, Move, Phase
from matcher.domain.records import Outcome, Refusal
from matcher.errors import MatcherError
from matcher.services.cases.handling import Deal
from matcher.store import Papers, Records, open_database, upgrade
from tests.builders import achievement
from tests.casework import BROKER, CARRIER, COLLEAGUE, DAY, MINUTE, NOW, UNIVERSITY, YES, Work, no


class NobodyError(Exception):
    """Nobody is asked for an answer."""


Act = Callable[[Work, Case, datetime], object]


def moving(move: Move) -> Act:
    return lambda work, case, now: work.handling.move(case.id, case.version, move, BROKER, now)


def closing(work: Work, case: Case, now: datetime) -> object:
    return work.handling.move(case.id, case.version, Move.ADVANCE, BROKER, now, Deal(5, "CNY"))


def stopping(work: Work, case: Case, now: datetime) -> object:
    return work.handling.stop(case.id, case.version, Refusal.PRICE, "太贵", COLLEAGUE, now)


def answering(accepted: bool) -> Act:
    def act(work: Work, case: Case, now: datetime) -> None:
        for by in (UNIVERSITY, CARRIER):
            for told in work.introducing.received(by, now):
                if told.introduction.case_id == case.id and told.standing is Standing.PROPOSED:
                    work.introducing.answer(told.introduction.id, YES if accepted else no(), by, now)
                    return
        raise NobodyError

    return act


def undoing(work: Work, case: Case, now: datetime) -> object:
    last = work.events(case.id)[-1].by
    by = next(one for one in (BROKER, COLLEAGUE, UNIVERSITY, CARRIER) if one.id == last)
    return work.undoing.undo(case.id, case.version, by, now)


ACTS: dict[str, Act] = {
    **{f"move {move}": moving(move) for move in Move if move is not Move.STOP},
    "close": closing,
    "stop": stopping,
    "propose": lambda work, case, now: work.introducing.propose(case.id, case.version, BROKER, now),
    "accept": answering(accepted=True),
    "decline": answering(accepted=False),
    "undo": undoing,
}
WAITS = {"": MINUTE / 6, "a while": 10 * MINUTE, "a day": DAY}


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Work]:
    folder: Path = tmp_path_factory.mktemp("cases")
    database = open_database(f"sqlite:///{folder / 'matcher.db'}")
    upgrade(database)
    yield Work(database, folder / "attachments").fill()
    database.close()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(list(ACTS)), st.sampled_from(list(WAITS))), max_size=25))
def test_history_is_whole_and_outcomes_are_what_stands_in_it(work: Work, acts: list[tuple[str, str]]) -> None:
    left = achievement(f"S{next(work.numbers)}")
    with work.database.begin() as connection:
        Records(connection).upsert([left], NOW)
    case, now = work.open(left.id), NOW
    seen = work.events(case.id)
    for act, wait in acts:
        now += WAITS[wait]
        before = (work.case(case.id), work.events(case.id), work.outcomes(case))
        try:
            ACTS[act](work, before[0], now)
        except (MatcherError, NobodyError):
            assert (work.case(case.id), work.events(case.id), work.outcomes(case)) == before
            continue
        events = work.events(case.id)
        assert events[:-1] == seen  # only ever added to
        assert [one.id for one in events] == list(range(1, len(events) + 1))
        seen = events
        _agrees(work, work.case(case.id), events, now.date())


def _agrees(work: Work, case: Case, events: list[Event], day: date) -> None:
    stands = standing(events)
    phase = Phase.DISCOVER
    days: dict[date, Outcome] = {}
    for one in stands:
        if one.what is Happening.MOVED:
            assert (one.said["from"], one.said["to"]) == (phase, TRANSITIONS[phase, Move(one.said["move"])])
            phase = Phase(one.said["to"])
        if one.outcome is not None:
            days[one.outcome.decided_on] = one.outcome
    assert case.phase is phase
    assert work.outcomes(case) == [days[decided] for decided in sorted(days)]
    with work.database.read() as connection:
        told = Papers(connection).introductions([case.id]).get(case.id, [])
    proposed = [one.said["introduction"] for one in stands if one.what is Happening.PROPOSED]
    assert [one.id for one in told if not one.withdrawn] == proposed
    replies = {(one.said["introduction"], one.said["side"]) for one in stands if one.what is Happening.REPLIED}
    kept = {(one.id, reply.side) for one in told for reply in (one.left, one.right) if reply}
    assert kept == replies
    talking = current(told)
    assert (talking is None) == (not proposed)
    assert talking is None or talking.standing(day) in Standing
