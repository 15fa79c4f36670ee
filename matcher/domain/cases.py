"""A case (对接): one pair on its way through the stages, and everything that happened on it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from matcher.domain.phases import OPEN, Phase
from matcher.domain.records import Outcome, PairKind
from matcher.errors import TransitionError
from matcher.wording import Said, Word

UNDO = timedelta(minutes=5)
"""How long a step may be taken back."""


class Audience(Word):
    """Who may read a note or an attachment: those who work on the case, or both sides as well."""

    INTERNAL = "internal", "内部", "internal"
    SHARED = "shared", "各方可见", "shared"


class Happening(Word):
    """What may happen on a case."""

    OPENED = "opened", "立案", "opened"
    TOLD = "told", "填写事实", "facts told"
    MOVED = "moved", "环节变动", "moved"
    NOTED = "noted", "记录", "note"
    PLANNED = "planned", "安排任务", "task"
    DONE = "done", "完成任务", "task done"
    ATTACHED = "attached", "上传附件", "attachment"
    PROPOSED = "proposed", "提出引荐", "introduction proposed"
    REPLIED = "replied", "答复引荐", "introduction answered"
    HANDED = "handed", "移交", "handed over"
    UNDONE = "undone", "撤销", "undone"


STEPS = frozenset({Happening.MOVED, Happening.PROPOSED, Happening.REPLIED})
"""What may be taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One pair that somebody works on."""

    id: str
    pairing: PairKind
    left_id: str
    right_id: str
    phase: Phase = Phase.DISCOVER
    owner: str
    """The account that works on it."""
    organisation_id: str = ""
    """The owner's organisation, whose people work on it too."""
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """What the case tells, by metric (`case_trl` …)."""
    opened_at: datetime
    changed_at: datetime
    version: int = 1
    """Grows with every change of the case itself; whoever changes it names the one they saw."""

    @property
    def open(self) -> bool:
        """Whether something is still to be done."""
        return self.phase in OPEN

    @property
    def pair(self) -> tuple[PairKind, str, str]:
        """What the case is about."""
        return self.pairing, self.left_id, self.right_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something worth remembering."""

    id: str
    case_id: str
    by: str
    at: datetime
    audience: Audience
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something to be done by a day."""

    id: str
    case_id: str
    by: str
    at: datetime
    text: str
    due: date
    assignee: str
    done_at: datetime | None = None
    done_by: str = ""

    def overdue(self, day: date) -> bool:
        """Whether it should have been done before that day."""
        return self.done_at is None and self.due < day


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file of the case; its content is kept under its digest."""

    id: str
    case_id: str
    by: str
    at: datetime
    audience: Audience
    name: str
    media: str
    size: int
    digest: str
    """SHA-256 of the content, hexadecimal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened on a case. Nothing of it is ever changed: an undo is an event of its own."""

    id: int = 0
    """Its number in the case once it is kept, from 1."""
    case_id: str
    at: datetime
    by: str
    what: Happening
    said: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    """The particulars, as plain values."""
    outcome: Outcome | None = None
    """The outcome that it wrote."""
    replaced: Outcome | None = None
    """What was told of the pair on that day before; None: nothing."""
    undoes: int | None = None
    """The number of the event that it takes back."""


def standing(events: Iterable[Event]) -> list[Event]:
    """The events that were not taken back, in their order."""
    told = list(events)
    undone = {one.undoes for one in told}
    return [one for one in told if one.id not in undone and one.what is not Happening.UNDONE]


def undoable(events: Sequence[Event], actor_id: str, now: datetime) -> Event:
    """The last step that stands, where this actor may take it back now.

    Raises:
        TransitionError: there is none, somebody else took it, or it is too long ago.
    """
    last = next((one for one in reversed(standing(events)) if one.what in STEPS), None)
    if last is None:
        raise _too_late(Said("没有可以撤销的操作。", "There is no step that could be undone."))
    if last.by != actor_id:
        raise _too_late(Said("最后一步不是由您操作的。", "Somebody else took the last step."))
    if now - last.at > UNDO:
        minutes = int(UNDO.total_seconds() // 60)
        zh, en = f"最后一步已超过 {minutes} 分钟。", f"The last step is more than {minutes} minutes old."
        raise _too_late(Said(zh, en))
    return last


def _too_late(why: Said) -> TransitionError:
    return TransitionError(
        why,
        Said(
            "环节可用“退回”或“重新启动”改变；引荐可重新提出。",
            "Go back or take the case up again; an introduction can be proposed anew.",
        ),
    )
