"""What lies in the folder of a case: notes, tasks, attachments, introductions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from matcher.domain.cases import Attachment, Audience, Note, Task
from matcher.domain.introductions import Introduction, Reply, Side
from matcher.domain.phases import OPEN
from matcher.domain.records import Refusal
from matcher.store.case_queries import Mine, Span, falling, own
from matcher.store.case_tables import case_attachments, case_notes, case_tasks, cases, introductions
from matcher.store.rows import can_be_kept
from matcher.store.upserts import chunks

Due = tuple[date, str]
"""A task's day and id, by which late ones are listed."""


class Papers:
    """The tables of what belongs to cases. Lists are in the order of their making."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def note(self, note: Note) -> None:
        """Keep a note."""
        self._add(case_notes, asdict(note) | {"audience": note.audience.value})

    def notes(self, case_id: str) -> list[Note]:
        """The notes of a case."""
        return [Note(**{**row, "audience": Audience(row["audience"])}) for row in self._of(case_notes, case_id)]

    def plan(self, task: Task) -> None:
        """Keep a task."""
        self._add(case_tasks, asdict(task))

    def finish(self, task_id: str, by: str, now: datetime) -> bool:
        """Note that a task is done; false where it was done already."""
        where = (case_tasks.c.id == task_id, case_tasks.c.done_at.is_(None))
        written = self._connection.execute(sa.update(case_tasks).where(*where).values(done_at=now, done_by=by))
        return bool(written.rowcount == 1)

    def reassign(self, case_id: str, assignee: str, to: str) -> int:
        """Give somebody's open tasks on a case to another account, and say how many."""
        where = (case_tasks.c.case_id == case_id, case_tasks.c.assignee == assignee, case_tasks.c.done_at.is_(None))
        return int(self._connection.execute(sa.update(case_tasks).where(*where).values(assignee=to)).rowcount)

    def tasks(self, case_id: str) -> list[Task]:
        """The tasks of a case."""
        return [Task(**row) for row in self._of(case_tasks, case_id)]

    def due_before(self, day: date, mine: Mine | None, after: Due | None, limit: int) -> list[Task]:
        """Open tasks of open cases that were due before a day, the oldest first, those after one.

        `mine` names the account and the organisation that work on the cases; None: all of them.
        """
        order = (case_tasks.c.due, case_tasks.c.id)
        where = [
            case_tasks.c.done_at.is_(None),
            case_tasks.c.due < day,
            cases.c.phase.in_(sorted(phase.value for phase in OPEN)),
        ]
        if mine is not None:
            where.append(own(mine))
        if after is not None:
            where.append(sa.tuple_(*order) > sa.tuple_(*after))
        query = sa.select(case_tasks).join(cases).where(*where).order_by(*order).limit(limit)
        return [Task(**dict(row._mapping)) for row in self._connection.execute(query)]

    def late(self, case_ids: Iterable[str], day: date) -> dict[str, int]:
        """How many tasks of cases should have been done before a day, by case; cases without any are not named."""
        found: dict[str, int] = {}
        for chunk in chunks(case_ids):
            where = (case_tasks.c.case_id.in_(chunk), *falling(Span(day)))
            counted = sa.select(case_tasks.c.case_id, sa.func.count().label("late")).where(*where)
            rows = self._connection.execute(counted.group_by(case_tasks.c.case_id))
            found |= {row.case_id: row.late for row in rows}
        return found

    def attach(self, attachment: Attachment) -> None:
        """Keep what is known of a file; its content is kept elsewhere."""
        self._add(case_attachments, asdict(attachment) | {"audience": attachment.audience.value})

    def attachments(self, case_id: str) -> list[Attachment]:
        """The files of a case."""
        rows = self._of(case_attachments, case_id)
        return [Attachment(**{**row, "audience": Audience(row["audience"])}) for row in rows]

    def digests(self) -> set[str]:
        """The digests of all attachments there are."""
        return set(self._connection.scalars(sa.select(case_attachments.c.digest).distinct()))

    def propose(self, introduction: Introduction) -> None:
        """Keep an introduction."""
        self._add(introductions, _introduction_row(introduction))

    def introduction(self, introduction_id: str) -> Introduction | None:
        """The introduction of an id."""
        if not can_be_kept(introduction_id):
            return None
        query = sa.select(introductions).where(introductions.c.id == introduction_id)
        row = self._connection.execute(query).one_or_none()
        return _introduction(row._mapping) if row else None

    def introductions(self, case_ids: Iterable[str]) -> dict[str, list[Introduction]]:
        """The introductions of cases, by case, in their order."""
        found: dict[str, list[Introduction]] = {}
        order = (introductions.c.proposed_at, introductions.c.id)
        for chunk in chunks(case_ids):
            query = sa.select(introductions).where(introductions.c.case_id.in_(chunk)).order_by(*order)
            for row in self._connection.execute(query):
                found.setdefault(row.case_id, []).append(_introduction(row._mapping))
        return found

    def update(self, introduction: Introduction) -> None:
        """Write an introduction anew; its case must be locked."""
        where = introductions.c.id == introduction.id
        self._connection.execute(sa.update(introductions).where(where).values(_introduction_row(introduction)))

    def _add(self, table: sa.Table, values: Mapping[str, Any]) -> None:
        self._connection.execute(sa.insert(table).values(dict(values)))

    def _of(self, table: sa.Table, case_id: str) -> list[dict[str, Any]]:
        query = sa.select(table).where(table.c.case_id == case_id).order_by(table.c.at, table.c.id)
        return [dict(row._mapping) for row in self._connection.execute(query)]


_OWN = tuple(column.name for column in introductions.c if not column.name.endswith("_reply"))


def _introduction_row(introduction: Introduction) -> dict[str, Any]:
    values = {name: getattr(introduction, name) for name in _OWN}
    return values | {f"{side}_reply": _reply_row(introduction.reply(side)) for side in Side}


def _reply_row(reply: Reply | None) -> dict[str, Any] | None:
    if reply is None:
        return None
    refusal = reply.refusal.value if reply.refusal else None
    return asdict(reply) | {"side": reply.side.value, "at": reply.at.isoformat(), "refusal": refusal}


def _introduction(row: sa.RowMapping) -> Introduction:
    values = {name: row[name] for name in _OWN}
    return Introduction(**values, left=_reply(row["left_reply"]), right=_reply(row["right_reply"]))


def _reply(content: Mapping[str, Any] | None) -> Reply | None:
    if content is None:
        return None
    refusal = Refusal(content["refusal"]) if content["refusal"] else None
    told = {"side": Side(content["side"]), "at": datetime.fromisoformat(content["at"]), "refusal": refusal}
    return Reply(**{**content, **told})
