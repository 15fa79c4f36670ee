"""What is to be done next: tasks by their days, introductions that wait for an answer, cases on which nothing moves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from matcher.domain.accounts import Actor
from matcher.domain.cases import Task
from matcher.domain.phases import OPEN, Phase
from matcher.domain.records import PairKind
from matcher.services.cases.access import Desk, found_among, worked_by
from matcher.services.cases.introducing import Introducing
from matcher.services.cases.invitations import Invitation
from matcher.services.cases.naming import Names, names
from matcher.services.cases.reading import Line, line_of
from matcher.store import Accounts, Database, Span, Wanted

UNDER_WAY = Wanted(frozenset(OPEN))
SOON = timedelta(days=7)
"""How far ahead a task is told of."""
STILL = 14
"""Days after which a case without anything happening is told of."""
FEW = 5
"""How many of each the first page shows."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A task with its case."""

    line: Line
    task: Task


@dataclass(frozen=True, slots=True)
class Duties:
    """Tasks that are not done, the earliest first; of many, the first ones."""

    tasks: Sequence[Dated]
    late: int
    soon: int
    """Due today or in the next days."""
    all: int
    names: Names


@dataclass(frozen=True, slots=True)
class Todo:
    """What the first page tells somebody of their cases."""

    duties: Duties
    waiting: Sequence[Invitation]
    still: Sequence[Line]
    stands: int
    """How many cases there are on which nothing moves."""

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to do."""
        return not (self.duties.tasks or self.waiting or self.still)


class Agenda:
    """The use cases of looking ahead."""

    def __init__(self, database: Database, introducing: Introducing) -> None:
        self._database = database
        self._introducing = introducing

    def duties(self, actor: Actor, day: date, before: date, limit: int, *, own: bool = False) -> Duties:
        """Tasks due before a day, of open cases that the actor works on or oversees; `own`: given to them."""
        assignee = actor.id if own else ""
        with self._database.read() as connection:
            desk, mine = Desk.of(connection), worked_by(actor)

            def count(span: Span) -> int:
                return desk.cases.count_tasks(UNDER_WAY, mine, span)

            found = desk.cases.tasks(UNDER_WAY, mine, Span(before, assignee=assignee), limit)
            cases = desk.cases.many(task.case_id for task in found)
            come = {one.case.id: line_of(one) for one in found_among(desk, cases, actor)}
            return Duties(
                [Dated(come[task.case_id], task) for task in found if task.case_id in come],
                count(Span(day, assignee=assignee)),
                count(Span(day + SOON, day, assignee)),
                count(Span(date.max, assignee=assignee)),
                names(Accounts(connection), [task.assignee for task in found]),
            )

    def todo(self, actor: Actor, now: datetime) -> Todo:
        """What somebody finds when they come in."""
        day = now.date()
        with self._database.read() as connection:
            desk = Desk.of(connection)
            wanted = Wanted(frozenset(OPEN), still_since=since(now, STILL), limit=FEW)
            stands = sum(desk.cases.counts(wanted, worked_by(actor)).values())
            cases = desk.cases.page(wanted, worked_by(actor)) if stands else []
            still = [line_of(come) for come in found_among(desk, cases, actor)]
        duties = self.duties(actor, day, day + SOON, FEW)
        return Todo(duties, self._introducing.waiting(actor, now)[:FEW], still, stands)


Whose = Literal["", "mine", "organisation"]
"""Of whose cases a list is: everybody's, one's own, or those of one's organisation."""


def narrowed(
    actor: Actor,
    now: datetime,
    phases: Iterable[Phase],
    record: str,
    pairing: PairKind | None,
    whose: Whose,
    *,
    late: bool,
    still: int,
) -> Wanted:
    """Which cases somebody asks for: with overdue tasks if `late`, without anything for `still` days unless it is 0."""
    return Wanted(
        phases=frozenset(phases),
        record_id=record.strip(),
        pairing=pairing,
        owner=actor.id if whose == "mine" else "",
        organisation_id=actor.account.organisation_id if whose == "organisation" else "",
        late=now.date() if late else None,
        still_since=since(now, still) if still else None,
    )


def since(now: datetime, days: int) -> datetime:
    """The moment after which nothing happened on a case that has not moved for so many days."""
    return now - timedelta(days=days)
