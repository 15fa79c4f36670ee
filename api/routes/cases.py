"""Cases: opened, told, moved, undone, with notes, tasks and attachments. Introductions have routes of their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from api.guard import GuardedRoute
from api.parts import (
    About,
    Acting,
    Cursor,
    IfMatch,
    Limit,
    Now,
    Page,
    Parts,
    created,
    from_cursor,
    page,
    saved_as,
    strange_cursor,
    tagged,
    untagged,
)
from api.routes.case_models import (
    AttachmentShown,
    CaseShown,
    FactsTold,
    FolderShown,
    HandOver,
    InvitationShown,
    LateTask,
    MoveAsked,
    NewCase,
    NewNote,
    NewTask,
    NoteShown,
    Proposal,
    StopAsked,
    TaskShown,
)
from matcher.domain.accounts import Actor
from matcher.domain.cases import Audience
from matcher.domain.phases import Phase
from matcher.domain.records import PairKind
from matcher.plain import cases as case_json
from matcher.services.cases.agenda import Whose, narrowed
from matcher.services.cases.handling import Deal

router = APIRouter(prefix="/cases", tags=["cases"], route_class=GuardedRoute)

CaseId = Annotated[str, Path(max_length=100)]
PartId = Annotated[str, Path(max_length=100)]
ANYTHING: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}
BYTES = {
    "required": True,
    "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
}


async def _body(request: Request) -> bytes:
    """The bytes as they came, whatever type the client called them."""
    return await request.body()


Content = Annotated[bytes, Depends(_body)]


@router.get("")
def list_cases(
    request: Request,
    parts: Parts,
    actor: Acting,
    now: Now,
    phase: Annotated[list[Phase] | None, Query(max_length=10)] = None,
    record: Annotated[str, Query(max_length=300, description="任一方的记录编号。A record on either side.")] = "",
    pairing: Annotated[PairKind | None, Query(description="成果—载体或项目—基金。Of which pairing.")] = None,
    whose: Annotated[Whose, Query(description="本人或本机构经办的。Worked on by oneself or one's organisation.")] = "",
    late: Annotated[bool, Query(description="有逾期任务。With a task that is overdue.")] = False,
    still: Annotated[int, Query(ge=0, le=3650, description="多少天没有动静，0 不限。Days without anything.")] = 0,
    cursor: Cursor = "",
    limit: Limit = 50,
) -> Page[CaseShown]:
    """The cases there are for the account, the newest first, narrowed as on the page of cases."""
    asked = narrowed(actor, now, phase or (), record, pairing, whose, late=late, still=still)
    wanted = replace(asked, after=from_cursor(cursor), limit=limit + 1)
    lines = parts.case_reading.listed(actor, wanted)
    _shown(request, parts, [line.case.left_id for line in lines[:limit]])
    found = [CaseShown.model_validate(case_json.line_json(line)) for line in lines]
    return page(found, limit, lambda case: case.id)


@router.post("", status_code=201)
def open_case(new: NewCase, request: Request, parts: Parts, actor: Acting, response: Response, now: Now) -> FolderShown:
    """Open a case of a pair. A pair has one open case at most; one that came together already needs a reason."""
    case = parts.case_handling.open(new.left_id, new.right_id, actor, now, new.reason)
    created(response, "cases", case.id)
    return _folder(case.id, request, parts, actor, response, now)


@router.get("/overdue")
def list_overdue_tasks(parts: Parts, actor: Acting, now: Now, cursor: Cursor = "", limit: Limit = 50) -> Page[LateTask]:
    """Tasks of open cases that should have been done before today, the oldest first."""
    late = parts.case_papers.overdue(actor, now, _due(cursor), limit + 1)
    found = [LateTask.model_validate(case_json.late_json(seen, task)) for seen, task in late]
    return page(found, limit, lambda task: f"{task.due} {task.id}")


@router.get("/{case_id}")
def read_case(
    case_id: CaseId, request: Request, parts: Parts, actor: Acting, response: Response, now: Now
) -> FolderShown:
    """One case with all that the account may know of it. Its ETag is the version that changes name."""
    return _folder(case_id, request, parts, actor, response, now)


@router.patch("/{case_id}/facts")
def tell_case(
    case_id: CaseId, told: FactsTold, request: Request, parts: Parts, actor: Acting, response: Response, now: Now,
    if_match: IfMatch,
) -> FolderShown:  # fmt: skip
    """Tell facts that leaving a stage asks for; null takes one back."""
    parts.case_handling.tell(case_id, untagged(if_match), told.facts, actor, now)
    return _folder(case_id, request, parts, actor, response, now)


@router.post("/{case_id}/moves")
def move_case(
    case_id: CaseId, asked: MoveAsked, request: Request, parts: Parts, actor: Acting, response: Response, now: Now,
    if_match: IfMatch,
) -> FolderShown:  # fmt: skip
    """Advance, go back, take up again. What is missing is named; closing writes the accepted outcome."""
    version, deal = untagged(if_match), Deal(asked.amount, asked.currency)
    parts.case_handling.move(case_id, version, asked.to_domain(), actor, now, deal, asked.reason)
    return _folder(case_id, request, parts, actor, response, now)


@router.post("/{case_id}/stop")
def stop_case(
    case_id: CaseId, asked: StopAsked, request: Request, parts: Parts, actor: Acting, response: Response, now: Now,
    if_match: IfMatch,
) -> FolderShown:  # fmt: skip
    """Stop a case. With the class of a refusal it writes the rejected outcome."""
    version, refusal = untagged(if_match), asked.refusal
    parts.case_handling.stop(case_id, version, refusal, asked.reason, actor, now)
    return _folder(case_id, request, parts, actor, response, now)


@router.post("/{case_id}/undo")
def undo_case(
    case_id: CaseId, request: Request, parts: Parts, actor: Acting, response: Response, now: Now, if_match: IfMatch
) -> FolderShown:
    """Take the account's last step back, within five minutes."""
    parts.case_undoing.undo(case_id, untagged(if_match), actor, now)
    return _folder(case_id, request, parts, actor, response, now)


@router.post("/{case_id}/hand-over", status_code=204)
def hand_over_case(case_id: CaseId, asked: HandOver, parts: Parts, actor: Acting, now: Now, if_match: IfMatch) -> None:
    """Give a case to another owner: the owner does it, or staff. Whoever gave it away may see it no more."""
    parts.case_handover.hand_over(case_id, untagged(if_match), asked.to, actor, now)


@router.post("/{case_id}/notes", status_code=201)
def add_case_note(case_id: CaseId, new: NewNote, parts: Parts, actor: Acting, now: Now, about: About) -> NoteShown:
    """Write a note. What a side of the case writes is for all to read."""
    note = parts.case_papers.note(case_id, new.text, Audience(new.audience), actor, now)
    about("cases", case_id, "notes", note.id)
    return NoteShown.model_validate(case_json.note_json(note))


@router.post("/{case_id}/tasks", status_code=201)
def add_case_task(case_id: CaseId, new: NewTask, parts: Parts, actor: Acting, now: Now, about: About) -> TaskShown:
    """Plan a task."""
    task = parts.case_papers.plan(case_id, new.text, new.due, actor, now, new.assignee)
    about("cases", case_id, "tasks", task.id)
    return TaskShown.model_validate(case_json.task_json(task))


@router.post("/{case_id}/tasks/{task_id}/done")
def finish_case_task(case_id: CaseId, task_id: PartId, parts: Parts, actor: Acting, now: Now) -> TaskShown:
    """A task is done."""
    return TaskShown.model_validate(case_json.task_json(parts.case_papers.finish(case_id, task_id, actor, now)))


@router.post("/{case_id}/attachments", status_code=201, openapi_extra={"requestBody": BYTES})
def attach_to_case(
    case_id: CaseId,
    parts: Parts,
    actor: Acting,
    response: Response,
    now: Now,
    content: Content,
    name: Annotated[str, Query(min_length=1, max_length=300, description="文件名。The file's name.")],
    audience: Audience = Audience.INTERNAL,
) -> AttachmentShown:
    """Attach a file: its bytes are the body. Name and content must be of an allowed type, 20 MB at most."""
    attachment = parts.case_papers.attach(case_id, name, content, audience, actor, now)
    created(response, "cases", case_id, "attachments", attachment.id)
    return AttachmentShown.model_validate(case_json.attachment_json(attachment))


@router.get("/{case_id}/attachments/{attachment_id}", response_class=Response, responses=ANYTHING)
def read_case_attachment(
    case_id: CaseId, attachment_id: PartId, request: Request, parts: Parts, actor: Acting, now: Now
) -> Response:
    """The bytes of an attachment."""
    attachment, content = parts.case_papers.content(case_id, attachment_id, actor)
    _shown(request, parts, [parts.case_reading.show(case_id, actor, now).case.left_id])
    return Response(content, media_type=attachment.media, headers=saved_as(attachment.name))


@router.post("/{case_id}/introductions", status_code=201)
def propose_introduction(
    case_id: CaseId, new: Proposal, request: Request, parts: Parts, actor: Acting, response: Response, now: Now,
    if_match: IfMatch,
) -> InvitationShown:  # fmt: skip
    """Propose to bring both sides together; each answers by itself."""
    version = untagged(if_match)
    told = parts.introducing.propose(case_id, version, actor, now, new.message, new.days)
    created(response, "introductions", told.id)
    return _invited(told.id, request, parts, actor, now)


@router.post("/{case_id}/introductions/next", status_code=201)
def propose_next_introduction(
    case_id: CaseId, new: Proposal, request: Request, parts: Parts, actor: Acting, response: Response, now: Now,
    if_match: IfMatch,
) -> InvitationShown:  # fmt: skip
    """After a decline or an expiry: a case with the next-best taker, and an introduction there."""
    version = untagged(if_match)
    told = parts.introducing.next(case_id, version, actor, now, new.message, new.days)
    created(response, "introductions", told.id)
    return _invited(told.id, request, parts, actor, now)


def _due(cursor: str) -> tuple[date, str] | None:
    """The last task of the page before."""
    day, _, task_id = from_cursor(cursor).partition(" ")
    try:
        return (date.fromisoformat(day), task_id) if day or task_id else None
    except ValueError:
        raise strange_cursor() from None


def _folder(case_id: str, request: Request, parts: Parts, actor: Actor, response: Response, now: Now) -> FolderShown:
    folder = parts.case_reading.show(case_id, actor, now)
    _shown(request, parts, [folder.case.left_id])
    tagged(response, folder.case.version)
    return FolderShown.model_validate(case_json.folder_json(folder))


def _invited(introduction_id: str, request: Request, parts: Parts, actor: Actor, now: Now) -> InvitationShown:
    invited = parts.introducing.get(introduction_id, actor, now)
    _shown(request, parts, [invited.left_id])
    return InvitationShown.model_validate(case_json.invitation_json(invited))


def _shown(request: Any, parts: Parts, left_ids: list[str]) -> None:
    request.state.shown.update(parts.records.not_public(left_ids))
