"""One case as its page shows it: the folder with the names of its people, what may be told, and what may be undone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from matcher.domain.accounts import Account, Actor
from matcher.domain.cases import Event, Happening, undoable
from matcher.domain.introductions import Side
from matcher.domain.phases import Phase
from matcher.errors import TransitionError
from matcher.policy.rules import Rulebook
from matcher.policy.stages import Asked, asked
from matcher.services.cases.access import Part
from matcher.services.cases.handover import may_hand_over
from matcher.services.cases.history import Entry, history
from matcher.services.cases.naming import Names, names_on
from matcher.services.cases.reading import CaseReading, Folder
from matcher.store import Accounts, Database


@dataclass(frozen=True, slots=True)
class Sheet:
    """A case with what its page needs besides."""

    folder: Folder
    names: Names
    history: Sequence[Entry]
    colleagues: Sequence[Account]
    """Who may be given a task."""
    step: Event | None
    """What the reader may take back now."""
    gives: bool
    """Whether the reader may hand the case over."""
    asked: Mapping[Phase, Sequence[Asked]]
    """The facts that leaving each stage asks for; the sides are not told of facts."""


class CaseSheets:
    """The use case of looking at one case."""

    def __init__(self, database: Database, reading: CaseReading, book: Rulebook) -> None:
        self._database = database
        self._reading = reading
        self._book = book

    def read(self, case_id: str, actor: Actor, now: datetime) -> Sheet:
        """One case. Raises RecordNotFoundError where there is none for this actor."""
        folder = self._reading.show(case_id, actor, now)
        case, part = folder.case, folder.part
        with self._database.read() as connection:
            accounts = Accounts(connection)
            told = names_on(accounts, _people(folder), case, part, actor)
            team = accounts.of_organisation(case.organisation_id) if case.organisation_id else []
        return Sheet(
            folder,
            told,
            history(folder, self._book, told),
            [actor.account, *(one for one in team if one.id != actor.id)] if part is Part.WORKS else [],
            _step(folder, actor, now),
            may_hand_over(case, actor),
            asked(self._book, now.date()) if part is not Part.SIDE else {},
        )


def _people(folder: Folder) -> Iterator[str]:
    yield folder.case.owner
    for events in (folder.events, folder.notes, folder.attachments):
        yield from (one.by for one in events)
    for event in folder.events:
        if event.what is Happening.HANDED and event.said:
            yield from (event.said["from"], event.said["to"])
    for task in folder.tasks:
        yield from (task.assignee, task.by)
    for invited in folder.introductions:
        yield invited.introduction.by
        yield from (reply.by for side in Side if (reply := invited.introduction.reply(side)))


def _step(folder: Folder, actor: Actor, now: datetime) -> Event | None:
    try:
        return undoable(folder.events, actor.id, now)
    except TransitionError:
        return None
