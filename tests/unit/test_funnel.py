"""How far cases come: each counted once, by the furthest stage, with the times of what really happened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from matcher.domain.cases import Case, Event, Happening
from matcher.domain.phases import Phase
from matcher.domain.records import PairKind
from matcher.services.cases.funnel import Funnel, Stage, funnel

START = datetime(2026, 11, 1, 9, tzinfo=UTC)
NOW = START + timedelta(days=20)


def case(name: str, phase: Phase) -> Case:
    return Case(
        id=name, pairing=PairKind.ACHIEVEMENT_INCUBATOR, left_id="A", right_id="I", phase=phase, owner="wang",
        opened_at=START, changed_at=START,
    )  # fmt: skip


def moves(*steps: tuple[int, Phase]) -> list[Event]:
    """Steps, each so many days after the start."""
    return [
        Event(id=number, case_id="c", at=START + timedelta(days=day), by="wang", what=Happening.MOVED, said={"to": to})
        for number, (day, to) in enumerate(steps, start=1)
    ]


def told(phase: Phase, *steps: tuple[int, Phase], also: Sequence[Event] = ()) -> Funnel:
    return funnel([case("c", phase)], {"c": [*moves(*steps), *also]}, NOW)


def stage(found: Funnel, phase: Phase) -> Stage:
    return next(one for one in found.stages if one.phase is phase)


def test_a_case_reached_every_stage_before_the_one_it_stands_in() -> None:
    found = told(Phase.PLAN, (3, Phase.DIG), (10, Phase.PLAN))
    reached = [(one.phase, one.reached, one.onward) for one in found.stages]
    assert reached[:4] == [(Phase.DISCOVER, 1, 1), (Phase.DIG, 1, 1), (Phase.PLAN, 1, 0), (Phase.CONVERT, 0, 0)]
    assert (stage(found, Phase.DIG).stay, stage(found, Phase.PLAN).waiting) == (7, 10)


def test_a_stage_that_nobody_reached_has_no_share_and_no_time() -> None:
    empty = stage(told(Phase.DISCOVER), Phase.SERVE)
    assert (empty.share, empty.stay, empty.waiting) == (None, None, None)


def test_a_case_that_was_sent_back_counts_once_by_the_furthest_stage() -> None:
    found = told(Phase.DIG, (3, Phase.DIG), (5, Phase.PLAN), (8, Phase.DIG))
    assert (stage(found, Phase.PLAN).reached, stage(found, Phase.PLAN).here) == (1, 0)
    assert (stage(found, Phase.DIG).reached, stage(found, Phase.DIG).here) == (1, 1)
    assert (stage(found, Phase.DIG).stay, stage(found, Phase.DIG).waiting) == (2, 12)


def test_a_case_that_was_stopped_is_told_where_it_ended() -> None:
    found = told(Phase.LOST, (3, Phase.DIG), (4, Phase.LOST))
    assert (stage(found, Phase.DIG).stopped, stage(found, Phase.DISCOVER).stopped, found.stopped) == (1, 0, 1)


def test_a_step_that_was_taken_back_did_not_happen() -> None:
    undone = Event(id=2, case_id="c", at=START + timedelta(days=4), by="wang", what=Happening.UNDONE, undoes=1)
    found = told(Phase.DISCOVER, (3, Phase.DIG), also=[undone])
    assert (stage(found, Phase.DIG).reached, stage(found, Phase.DISCOVER).waiting) == (0, 20)


def test_nobody_waits_in_a_case_that_is_closed() -> None:
    path = (Phase.DIG, Phase.PLAN, Phase.CONVERT, Phase.SERVE, Phase.CLOSED)
    found = told(Phase.CLOSED, *[(day, to) for day, to in enumerate(path, start=1)])
    closed = stage(found, Phase.CLOSED)
    assert (closed.reached, closed.here, closed.waiting) == (1, 1, None)
    assert stage(found, Phase.SERVE).share == pytest.approx(1)
