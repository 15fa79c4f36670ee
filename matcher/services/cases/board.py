"""Many cases at once: a board by stage, and a list to go through, both narrowed and counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from matcher.domain.accounts import Actor
from matcher.domain.cases import Case
from matcher.domain.introductions import Standing
from matcher.domain.phases import OPEN, Phase
from matcher.domain.records import Kind, PairKind
from matcher.services.cases.access import Desk, Part, asked_of, found_among, seen
from matcher.services.cases.naming import Names, names
from matcher.services.cases.reading import Line, line_of
from matcher.store import Accounts, Database, Wanted


@dataclass(frozen=True, slots=True)
class Card:
    """A case at a glance."""

    line: Line
    standing: Standing | None
    """What has become of its introduction; None: there is none."""
    late: int
    """Tasks that are overdue; the sides are not told of tasks."""


@dataclass(frozen=True, slots=True)
class Board:
    """Cases by stage; of a stage with many, the first ones."""

    counts: Mapping[Phase, int]
    """Of every stage; of those that are over, too."""
    cards: Mapping[Phase, Sequence[Card]]
    names: Names


@dataclass(frozen=True, slots=True)
class Listing:
    """A part of a list of cases."""

    counts: Mapping[Phase, int]
    """Of every stage, whichever stages are listed."""
    cards: Sequence[Card]
    names: Names
    next: str
    """The case after which the list goes on; empty at its end."""


class CaseBoard:
    """The use cases of looking over cases."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def board(self, actor: Actor, wanted: Wanted, day: date, each: int) -> Board:
        """The open cases there are for the actor by stage, those that changed last first."""
        with self._database.read() as connection:
            desk, mine = Desk.of(connection), asked_of(actor, wanted)
            counts = desk.cases.counts(replace(wanted, phases=frozenset()), mine)
            cases = desk.cases.leading(replace(wanted, phases=frozenset(OPEN)), mine, each)
            cards = _cards(desk, cases, actor, day)
            stages = {phase: [card for card in cards if card.line.case.phase is phase] for phase in OPEN}
            return Board(_all(counts), stages, names(Accounts(connection), _owners(cards)))

    def listing(self, actor: Actor, wanted: Wanted, day: date) -> Listing:
        """The cases there are for the actor, the newest first.

        Raises:
            RecordNotFoundError: there is no case `wanted.after` for this actor.
        """
        with self._database.read() as connection:
            desk, mine = Desk.of(connection), asked_of(actor, wanted)
            last = seen(desk, wanted.after, actor).case if wanted.after else None
            found = desk.cases.page(replace(wanted, limit=wanted.limit + 1), mine, last)
            counts = desk.cases.counts(replace(wanted, phases=frozenset()), mine)
            cards = _cards(desk, found[: wanted.limit], actor, day)
            more = found[wanted.limit - 1].id if len(found) > wanted.limit else ""
            return Listing(_all(counts), cards, names(Accounts(connection), _owners(cards)), more)

    def of_pair(self, left_kind: Kind, left_id: str, right_id: str, actor: Actor) -> list[Line]:
        """The cases of a pair that exist for the actor, the newest first."""
        with self._database.read() as connection:
            desk = Desk.of(connection)
            had = [one for one in desk.cases.of_record(left_kind, left_id) if one.right_id == right_id]
            told = [one for one in had if one.pairing is PairKind.of(left_kind)]
            return [line_of(come) for come in found_among(desk, told, actor)]


def _cards(desk: Desk, cases: Sequence[Case], actor: Actor, day: date) -> list[Card]:
    late = desk.papers.late([case.id for case in cases], day)
    return [
        Card(
            line_of(come),
            come.introduction.standing(day) if come.introduction else None,
            late.get(come.case.id, 0) if come.part is not Part.SIDE and come.case.open else 0,
        )
        for come in found_among(desk, cases, actor)
    ]


def _all(counts: Mapping[Phase, int]) -> dict[Phase, int]:
    return {phase: counts.get(phase, 0) for phase in Phase}


def _owners(cards: Iterable[Card]) -> list[str]:
    return [card.line.case.owner for card in cards]
