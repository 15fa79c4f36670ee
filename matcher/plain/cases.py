"""Cases as JSON for programs."""

from __future__ import annotations

from typing import Any

from matcher.domain.cases import Attachment, Case, Event, Note, Task
from matcher.domain.introductions import Reply, Side
from matcher.domain.phases import PHASES
from matcher.domain.records import Outcome
from matcher.plain.matches import said_json
from matcher.policy.stages import Gate
from matcher.services.cases.access import Seen
from matcher.services.cases.invitations import Invitation
from matcher.services.cases.reading import Folder, Line


def line_json(line: Line) -> dict[str, Any]:
    """One case of a list."""
    return _case_json(line.case) | {"left": line.left, "right": line.right, "part": line.part.value}


def folder_json(folder: Folder) -> dict[str, Any]:
    """A case with all that lies in its folder."""
    return _case_json(folder.case) | {
        "left": folder.left,
        "right": folder.right,
        "part": folder.part.value,
        "moves": [_way_json(one) for one in folder.ways],
        "introductions": [invitation_json(one) for one in folder.introductions],
        "notes": [note_json(one) for one in folder.notes],
        "tasks": [task_json(one) for one in folder.tasks],
        "attachments": [attachment_json(one) for one in folder.attachments],
        "history": [_event_json(one) for one in folder.events],
    }


def invitation_json(invited: Invitation) -> dict[str, Any]:
    """An introduction."""
    told = invited.introduction
    return {
        "id": told.id,
        "case": told.case_id,
        "pairing": invited.pairing.value,
        "left_id": invited.left_id,
        "left": invited.left,
        "right_id": invited.right_id,
        "right": invited.right,
        "state": invited.standing.value,
        "by": told.by,
        "proposed_at": told.proposed_at.isoformat(),
        "expires_on": told.expires_on,
        "message": told.message,
        "sides": sorted(invited.sides),
        "answers": {side.value: _reply_json(told.reply(side)) for side in Side},
        "contacts": {side.value: contact for side, contact in invited.contacts.items()},
    }


def late_json(seen: Seen, task: Task) -> dict[str, Any]:
    """An overdue task with its case."""
    return task_json(task) | {"case": seen.case.id, "left_id": seen.case.left_id, "right_id": seen.case.right_id}


def _case_json(case: Case) -> dict[str, Any]:
    return {
        "id": case.id,
        "pairing": case.pairing.value,
        "left_id": case.left_id,
        "right_id": case.right_id,
        "phase": case.phase.value,
        "phase_name": said_json(PHASES[case.phase]),
        "owner": case.owner,
        "organisation": case.organisation_id,
        "facts": dict(case.facts),
        "opened_at": case.opened_at.isoformat(),
        "changed_at": case.changed_at.isoformat(),
        "version": case.version,
    }


def _way_json(way: Gate) -> dict[str, Any]:
    missing = [said_json(name) for name in way.missing]
    return {"move": way.move.value, "to": way.to.value, "open": way.open, "missing": missing}


def _reply_json(reply: Reply | None) -> dict[str, Any] | None:
    if reply is None:
        return None
    return {
        "accepted": reply.accepted,
        "by": reply.by,
        "at": reply.at.isoformat(),
        "refusal": reply.refusal.value if reply.refusal else None,
        "reason": reply.reason,
    }


def note_json(note: Note) -> dict[str, Any]:
    """A note."""
    told = {"id": note.id, "by": note.by, "at": note.at.isoformat()}
    return told | {"audience": note.audience.value, "text": note.text}


def task_json(task: Task) -> dict[str, Any]:
    """A task."""
    return {
        "id": task.id,
        "by": task.by,
        "at": task.at.isoformat(),
        "text": task.text,
        "due": task.due,
        "assignee": task.assignee,
        "done_at": task.done_at.isoformat() if task.done_at else None,
        "done_by": task.done_by,
    }


def attachment_json(attachment: Attachment) -> dict[str, Any]:
    """What is known of a file."""
    return {
        "id": attachment.id,
        "by": attachment.by,
        "at": attachment.at.isoformat(),
        "audience": attachment.audience.value,
        "name": attachment.name,
        "media": attachment.media,
        "size": attachment.size,
        "sha256": attachment.digest,
    }


def _event_json(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "at": event.at.isoformat(),
        "by": event.by,
        "what": event.what.value,
        "said": dict(event.said),
        "outcome": _outcome_json(event.outcome),
        "undoes": event.undoes,
    }


def _outcome_json(outcome: Outcome | None) -> dict[str, Any] | None:
    if outcome is None:
        return None
    return {
        "result": outcome.result.value,
        "decided_on": outcome.decided_on,
        "amount": outcome.amount,
        "currency": outcome.currency,
        "reason": outcome.reason,
    }
