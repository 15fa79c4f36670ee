"""Taking the last step of a case back within five minutes, with all that it did."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from matcher.domain.accounts import Actor
from matcher.domain.cases import Case, Event, Happening, undoable
from matcher.domain.introductions import Side
from matcher.domain.phases import Phase
from matcher.errors import TransitionError
from matcher.services.cases.access import Desk, seen
from matcher.services.cases.invitations import invitation, no_introduction
from matcher.services.cases.results import take_back
from matcher.store import Database
from matcher.store.versions import Seen as Version
from matcher.wording import Said


class Undoing:
    """The use case of undo, for whoever took the step."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def undo(self, case_id: str, version: Version, actor: Actor, now: datetime) -> Case:
        """Take the last move, introduction or answer back.

        Raises:
            RecordNotFoundError: there is no such case for this actor.
            TransitionError: the last step is somebody else's, or too long ago.
            ConflictError: somebody else changed it meanwhile.
        """
        with self._database.begin() as connection:
            desk = Desk.of(connection)
            case = seen(desk, case_id, actor, version, lock=True).case
            step = undoable(desk.cases.events(case.id), actor.id, now)
            return _undone(desk, case, step, actor, now)

    def undo_answer(self, introduction_id: str, actor: Actor, now: datetime) -> None:
        """Take the actor's answer back, even of an introduction whose case is not open to them.

        Raises:
            RecordNotFoundError: there is no such introduction for this actor.
            TransitionError: their answer is not the last step, or too long ago.
        """
        with self._database.begin() as connection:
            desk = Desk.of(connection)
            introduction = desk.papers.introduction(introduction_id)
            case = desk.cases.get(introduction.case_id, lock=True) if introduction else None
            if not (case and introduction and invitation(desk, case, introduction, actor, now.date())):
                raise no_introduction(introduction_id)
            step = undoable(desk.cases.events(case.id), actor.id, now)
            if step.what is not Happening.REPLIED or step.said["introduction"] != introduction.id:
                raise TransitionError(
                    Said("最后一步不是对该引荐的答复。", "The last step was no answer to this introduction."),
                    Said("请在案件中撤销。", "Undo it on the case."),
                )
            _undone(desk, case, step, actor, now)


def _undone(desk: Desk, case: Case, step: Event, actor: Actor, now: datetime) -> Case:
    if step.what is Happening.MOVED:
        case = replace(case, phase=Phase(step.said["from"]))
    else:
        _withdraw(desk, case, step)
    saved = desk.cases.save(case, now)
    said = {"outcome_taken_back": take_back(desk, step, now)} if step.outcome else {}
    desk.cases.log(Event(case_id=case.id, at=now, by=actor.id, what=Happening.UNDONE, undoes=step.id, said=said))
    return saved


def _withdraw(desk: Desk, case: Case, step: Event) -> None:
    """Take an introduction back, or an answer to it with what it opened."""
    told = desk.papers.introduction(step.said["introduction"])
    if told is None:
        raise no_introduction(step.said["introduction"])
    if step.what is Happening.PROPOSED:
        desk.papers.update(replace(told, withdrawn=True))
        return
    desk.papers.update(told.put(Side(step.said["side"]), None))
    for organisation in step.said["opened"]:
        desk.organisations.close_to(case.pairing.left, case.left_id, organisation)
