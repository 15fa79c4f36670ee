"""How far cases come: how many reach each stage, how many go on, and how long they stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from matcher.domain.accounts import Actor
from matcher.domain.cases import Case, Event, standing
from matcher.domain.phases import OPEN, Phase
from matcher.domain.records import PairKind
from matcher.services.cases.access import Desk, found_among, whose
from matcher.store import Database, Wanted

ORDER = (*OPEN, Phase.CLOSED)
"""The way of a case that comes about."""
PAGE = 500


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage. Each case counts once, by the furthest stage it reached, whatever way it went."""

    phase: Phase
    reached: int
    onward: int
    """Of these, those that reached a later stage."""
    stopped: int
    """Those that came no further and were stopped."""
    here: int
    """Those that stand there now."""
    stay: float | None
    """Median days of the stays that are over; None: there was none."""
    waiting: float | None
    """Median days of those that stand there now; None: none does."""

    @property
    def share(self) -> float | None:
        """Share of those that reached it and went on; None where none reached it."""
        return self.onward / self.reached if self.reached else None


@dataclass(frozen=True, slots=True)
class Funnel:
    """The stages in their order, over the cases that the actor may see."""

    stages: tuple[Stage, ...]
    cases: int
    stopped: int


@dataclass(frozen=True, slots=True)
class Stay:
    """A time that a case stood in a stage; it has no end while it does."""

    phase: Phase
    days: float
    over: bool


class Funnels:
    """The question how far cases come, on one installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, pairing: PairKind | None, actor: Actor, now: datetime) -> Funnel:
        """The funnel of the cases there are for this actor, of one pairing or of both."""
        with self._database.read() as connection:
            desk = Desk.of(connection)
            cases = [case for case in _cases(desk, actor) if pairing in (None, case.pairing)]
            events: dict[str, list[Event]] = defaultdict(list)
            for event in desk.cases.moved([case.id for case in cases]):
                events[event.case_id].append(event)
        return funnel(cases, events, now)


def funnel(cases: Sequence[Case], events: Mapping[str, Sequence[Event]], now: datetime) -> Funnel:
    """The funnel of cases, with the events that tell how each moved."""
    stays = {case.id: list(_stays(case, events.get(case.id, ()), now)) for case in cases}
    furthest = {case.id: _furthest(case, stays[case.id]) for case in cases}
    times = [one for told in stays.values() for one in told]
    return Funnel(
        tuple(_stage(phase, cases, furthest, times) for phase in ORDER),
        len(cases),
        sum(case.phase is Phase.LOST for case in cases),
    )


def _stage(phase: Phase, cases: Sequence[Case], furthest: Mapping[str, int], times: Sequence[Stay]) -> Stage:
    place = ORDER.index(phase)
    reached = [case for case in cases if furthest[case.id] >= place]
    last = [case for case in reached if furthest[case.id] == place]
    over, running = ([one.days for one in times if one.phase is phase and one.over is ended] for ended in (True, False))
    closed = phase is Phase.CLOSED  # nobody waits there for anything
    return Stage(
        phase,
        len(reached),
        len(reached) - len(last),
        sum(case.phase is Phase.LOST for case in last),
        sum(case.phase is phase for case in cases),
        median(over) if over and not closed else None,
        median(running) if running and not closed else None,
    )


def _stays(case: Case, events: Sequence[Event], now: datetime) -> Iterator[Stay]:
    """Where the case stood, one stage after the other; steps that were taken back did not happen."""
    at, since = Phase.DISCOVER, case.opened_at
    for event in standing(events):
        yield Stay(at, _days(since, event.at), over=True)
        at, since = Phase(event.said["to"]), event.at
    yield Stay(at, _days(since, now), over=False)


def _furthest(case: Case, stays: Sequence[Stay]) -> int:
    places = [ORDER.index(one.phase) for one in stays if one.phase in ORDER]
    return max([*places, ORDER.index(case.phase) if case.phase in ORDER else 0])


def _days(since: datetime, until: datetime) -> float:
    return max((until - since).total_seconds(), 0.0) / 86_400


def _cases(desk: Desk, actor: Actor) -> Iterator[Case]:
    """All cases there are for the actor, page by page."""
    last = None
    while page := desk.cases.page(Wanted(limit=PAGE), whose(actor), last):
        yield from (one.case for one in found_among(desk, page, actor))
        last = page[-1]
