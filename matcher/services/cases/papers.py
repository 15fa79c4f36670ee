"""Notes, tasks with due dates, and attachments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from matcher.domain.accounts import Actor
from matcher.domain.attachments import media_of
from matcher.domain.cases import Attachment, Audience, Event, Happening, Note, Task
from matcher.domain.filenames import safe_name
from matcher.errors import CaseError, RecordNotFoundError
from matcher.services.cases.access import Desk, Part, Seen, found_among, seen, whose, worked
from matcher.services.cases.texts import kept
from matcher.store import Accounts, AttachmentFolder, Database, Due
from matcher.wording import Said

YOUNG = timedelta(days=1)
"""Contents that nobody names are swept when they are older: the transaction of a younger one may still be open."""


class CasePapers:
    """The use cases of what lies in the folder of a case."""

    def __init__(self, database: Database, folder: AttachmentFolder, new_id: Callable[[], str]) -> None:
        self._database = database
        self._folder = folder
        self._new_id = new_id

    def note(self, case_id: str, text: str, audience: Audience, actor: Actor, now: datetime) -> Note:
        """Write a note. One of the sides may write too, for all to read.

        Raises:
            CaseError: the text cannot be kept.
            NotAllowedError: the actor only oversees the case.
        """
        text = kept(text, "note")
        with self._database.begin() as connection:
            desk = Desk.of(connection)
            case_id, audience = _writable(desk, case_id, audience, actor)
            note = Note(id=self._new_id(), case_id=case_id, by=actor.id, at=now, audience=audience, text=text)
            desk.papers.note(note)
            _log(desk, case_id, actor, now, Happening.NOTED, {"note": note.id})
            return note

    def plan(self, case_id: str, text: str, due: date, actor: Actor, now: datetime, assignee: str = "") -> Task:
        """Put down what is to be done by a day, by whom: the actor unless told.

        Raises:
            CaseError: the text cannot be kept, the day is past, or nobody has that account.
        """
        text, assignee = kept(text, "task"), kept(assignee, "assignee", least=0) or actor.id
        if due < now.date():
            raise CaseError(
                Said(f"截止日期 {due} 已过。", f"The due day {due} is past."),
                Said("请填今天或以后的日期。", "It is today or later."),
            )
        with self._database.begin() as connection:
            desk = Desk.of(connection)
            case = worked(desk, case_id, actor).case
            _require_somebody(Accounts(connection), assignee, actor)
            task = Task(
                id=self._new_id(),
                case_id=case.id,
                by=actor.id,
                at=now,
                text=text,
                due=due,
                assignee=assignee,
            )
            desk.papers.plan(task)
            _log(desk, case.id, actor, now, Happening.PLANNED, {"task": task.id, "due": due.isoformat()})
            return task

    def finish(self, case_id: str, task_id: str, actor: Actor, now: datetime) -> Task:
        """Note that a task is done; done before, it stays as it was.

        Raises:
            RecordNotFoundError: the case has no such task.
        """
        with self._database.begin() as connection:
            desk = Desk.of(connection)
            case = worked(desk, case_id, actor).case
            tasks = {one.id for one in desk.papers.tasks(case.id)}
            if task_id not in tasks:
                raise _nothing(Said("任务", "task"), task_id)
            if desk.papers.finish(task_id, actor.id, now):
                _log(desk, case.id, actor, now, Happening.DONE, {"task": task_id})
            return next(one for one in desk.papers.tasks(case.id) if one.id == task_id)

    def overdue(
        self, actor: Actor, now: datetime, after: Due | None = None, limit: int = 100
    ) -> list[tuple[Seen, Task]]:
        """Tasks that should have been done before today, the oldest first, of open cases that the actor works on or
        oversees."""
        late: list[tuple[Seen, Task]] = []
        with self._database.read() as connection:
            desk = Desk.of(connection)
            while len(late) < limit and (tasks := desk.papers.due_before(now.date(), whose(actor), after, limit)):
                cases = desk.cases.many({task.case_id for task in tasks})
                come = {one.case.id: one for one in found_among(desk, cases, actor)}
                late += [(come[task.case_id], task) for task in tasks if task.case_id in come]
                after = tasks[-1].due, tasks[-1].id
        return late[:limit]

    def attach(
        self, case_id: str, name: str, content: bytes, audience: Audience, actor: Actor, now: datetime
    ) -> Attachment:
        """Keep a file. One of the sides may attach too, for all to read.

        Raises:
            UnsupportedFileError: its name or content is of no type that is allowed.
            LimitExceededError: it is empty or too large.
        """
        name = safe_name(name)
        media = media_of(name, content)
        with self._database.read() as connection:
            _writable(Desk.of(connection), case_id, audience, actor, lock=False)
        digest = self._folder.put(content)  # takes its time, while others write
        with self._database.begin() as connection:
            desk = Desk.of(connection)
            case_id, audience = _writable(desk, case_id, audience, actor)
            attachment = Attachment(
                id=self._new_id(),
                case_id=case_id,
                by=actor.id,
                at=now,
                audience=audience,
                name=name,
                media=media,
                size=len(content),
                digest=digest,
            )
            desk.papers.attach(attachment)
            _log(desk, case_id, actor, now, Happening.ATTACHED, {"attachment": attachment.id})
            return attachment

    def content(self, case_id: str, attachment_id: str, actor: Actor) -> tuple[Attachment, bytes]:
        """An attachment with its content.

        Raises:
            RecordNotFoundError: the case has none of that id for this actor.
            StoreError: the content is gone or damaged.
        """
        with self._database.read() as connection:
            desk = Desk.of(connection)
            come = seen(desk, case_id, actor)
            kept_ones = {one.id: one for one in desk.papers.attachments(come.case.id)}
        attachment = kept_ones.get(attachment_id)
        if attachment is None or not readable(attachment.audience, come):
            raise _nothing(Said("附件", "attachment"), attachment_id)
        return attachment, self._folder.get(attachment.digest)

    def sweep(self, now: datetime) -> int:
        """Delete contents that no attachment names any more, and say how many."""
        with self._database.read() as connection:
            keep = Desk.of(connection).papers.digests()
        return self._folder.sweep(keep, now - YOUNG)


def readable(audience: Audience, come: Seen) -> bool:
    """Whether a note or attachment is for this reader."""
    return come.part is not Part.SIDE or audience is Audience.SHARED


def _writable(desk: Desk, case_id: str, audience: Audience, actor: Actor, *, lock: bool = True) -> tuple[str, Audience]:
    """The case somebody may write on; what a side writes is for all to read."""
    come = seen(desk, case_id, actor, lock=lock)
    if come.part is Part.SIDE:
        return come.case.id, Audience.SHARED
    return worked(desk, case_id, actor, lock=lock).case.id, audience


def _log(desk: Desk, case_id: str, actor: Actor, now: datetime, what: Happening, said: dict[str, Any]) -> None:
    desk.cases.log(Event(case_id=case_id, at=now, by=actor.id, what=what, said=said))


def _require_somebody(accounts: Accounts, assignee: str, actor: Actor) -> None:
    found = actor.account if assignee == actor.id else accounts.get(assignee)
    if found is None or not found.active:
        raise CaseError(
            Said(f"没有编号为 {assignee} 的账户，或已停用。", f"Nobody active has the account {assignee}."),
            Said("请填账户编号；不填即由本人承担。", "Give the id of an account; without one it is your own task."),
        )


def _nothing(what: Said, name: str) -> RecordNotFoundError:
    name = ascii(name)[1:-1][:80]
    return RecordNotFoundError(
        Said(f"该案件没有编号为 {name} 的{what.zh}。", f"The case has no {what.en} {name}."),
        Said("请用 matcher case show 查看编号。", "See `matcher case show` for the ids."),
    )
