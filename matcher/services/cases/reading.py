"""Cases as each reader may know them: lists, and one with all that lies in its folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from matcher.domain.accounts import Actor
from matcher.domain.cases import Attachment, Case, Event, Happening, Note, Task, standing
from matcher.domain.introductions import Side
from matcher.domain.phases import Move, moves
from matcher.domain.records import Visibility, name_of
from matcher.policy.stages import Gate
from matcher.services.cases.access import Desk, Part, Seen, asked_of, found_among, seen
from matcher.services.cases.handling import Handling
from matcher.services.cases.invitations import Invitation, Matter, as_known
from matcher.services.cases.papers import readable
from matcher.store import Database, Wanted


@dataclass(frozen=True, slots=True)
class Line:
    """One case of a list."""

    case: Case
    left: str
    right: str
    part: Part
    visibility: Visibility = Visibility.PUBLIC
    """Of the left record."""


@dataclass(frozen=True, slots=True)
class Folder:
    """One case with all that its reader may know of it."""

    case: Case
    left: str
    right: str
    part: Part
    sides: frozenset[Side]
    ways: tuple[Gate, ...]
    """The moves from here with what is missing; none for a side, or for who only oversees."""
    notes: tuple[Note, ...]
    tasks: tuple[Task, ...]
    attachments: tuple[Attachment, ...]
    introductions: tuple[Invitation, ...]
    events: tuple[Event, ...]
    visibility: Visibility = Visibility.PUBLIC
    """Of the left record."""


ALL = Wanted()


class CaseReading:
    """The use cases of reading cases."""

    def __init__(self, database: Database, handling: Handling) -> None:
        self._database = database
        self._handling = handling

    def listed(self, actor: Actor, wanted: Wanted = ALL) -> list[Line]:
        """The cases there are for this actor, the newest first.

        Raises:
            RecordNotFoundError: there is no case `wanted.after` for this actor.
        """
        with self._database.read() as connection:
            desk = Desk.of(connection)
            last = seen(desk, wanted.after, actor).case if wanted.after else None
            lines: list[Line] = []
            while len(lines) < wanted.limit and (page := desk.cases.page(wanted, asked_of(actor, wanted), last)):
                lines += map(line_of, found_among(desk, page, actor))
                last = page[-1]
            return lines[: wanted.limit]

    def show(self, case_id: str, actor: Actor, now: datetime) -> Folder:
        """One case. Raises RecordNotFoundError where there is none for this actor."""
        with self._database.read() as connection:
            desk = Desk.of(connection)
            come = seen(desk, case_id, actor)
            line, events = line_of(come), desk.cases.events(case_id)
            matter = Matter(come.case, come.left, come.right, come)
            told = (as_known(matter, one, actor, now.date()) for one in come.introductions)
            whole = come.part is not Part.SIDE
            works = come.part is Part.WORKS
            ways = moves(come.case.phase) if works else ()
            return Folder(
                line.case,
                line.left,
                line.right,
                come.part,
                come.sides,
                tuple(self._way(desk, come.case, move, now) for move in ways),
                tuple(one for one in desk.papers.notes(case_id) if readable(one.audience, come)),
                tuple(desk.papers.tasks(case_id)) if whole else (),
                tuple(one for one in desk.papers.attachments(case_id) if readable(one.audience, come)),
                tuple(one for one in told if one is not None),
                tuple(events) if whole else tuple(_outside(events, come.sides)),
                line.visibility,
            )

    def _way(self, desk: Desk, case: Case, move: Move, now: datetime) -> Gate:
        return self._handling.gate(desk, case, move, now)


SHOWN: Mapping[Happening, frozenset[str]] = {
    Happening.OPENED: frozenset(),
    Happening.MOVED: frozenset({"move", "from", "to"}),
    Happening.PROPOSED: frozenset({"introduction"}),
    Happening.REPLIED: frozenset({"introduction", "side", "accepted"}),
}
"""What a side reads of the history: never why the case was stopped, nor what the other side answered."""


def _outside(events: Sequence[Event], sides: frozenset[Side]) -> Iterable[Event]:
    for event in standing(events):
        theirs = event.what is not Happening.REPLIED or event.said["side"] in sides
        if event.what in SHOWN and theirs:
            said = {name: value for name, value in event.said.items() if name in SHOWN[event.what]}
            yield replace(event, said=said, outcome=None, replaced=None)


def line_of(come: Seen) -> Line:
    """The case as it may be told: what the broker noted down is not for the sides."""
    case = replace(come.case, facts={}) if come.part is Part.SIDE else come.case
    return Line(case, name_of(come.left), name_of(come.right), come.part, come.left.visibility)
