"""What lies in the folder of a case: notes, tasks, attachments."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Path, Response, UploadFile

from api.pages.case_view import At, Words
from api.pages.cases import named
from api.pages.routing import PageRoute, done, led
from api.parts import saved_as
from matcher.domain.cases import Audience
from matcher.services.cases.typed import day_typed

router = APIRouter(prefix="/cases/{case_id}", include_in_schema=False, route_class=PageRoute)

PartId = Annotated[str, Path(max_length=100)]
Readers = Annotated[Audience, Form()]


@router.post("/notes", name="page_add_note")
def note_added(here: At, text: Words = "", audience: Readers = Audience.INTERNAL) -> Response:
    """Write a note."""
    with here.mending("note", text=text, audience=audience):
        here.parts.case_papers.note(here.id, text, audience, here.actor, here.now)
    return here.back("saved", "notes")


@router.post("/tasks", name="page_add_task")
def task_added(
    here: At, text: Words = "", due: Annotated[str, Form(max_length=60)] = "",
    assignee: Annotated[str, Form(max_length=100)] = "",
) -> Response:  # fmt: skip
    """Plan a task."""
    with here.mending("task", text=text, due=due, assignee=assignee):
        here.parts.case_papers.plan(here.id, text, day_typed(due), here.actor, here.now, assignee)
    return here.back("saved", "tasks")


@router.post("/tasks/{task_id}/done", name="page_finish_task")
def task_finished(here: At, task_id: PartId, back: Annotated[str, Form(max_length=4000)] = "") -> Response:
    """A task is done; back to the list it was ticked off on."""
    here.parts.case_papers.finish(here.id, task_id, here.actor, here.now)
    return led(done(back, "saved")) if back else here.back("saved", "tasks")


@router.post("/attachments", name="page_attach")
def file_attached(here: At, file: UploadFile, audience: Readers = Audience.INTERNAL) -> Response:
    """Keep a file."""
    with here.mending("attach", audience=audience):
        papers, content = here.parts.case_papers, file.file.read()
        papers.attach(here.id, file.filename or "", content, audience, here.actor, here.now)
    return here.back("attached", "attachments")


@router.get("/attachments/{attachment_id}", name="page_attachment")
def attachment(here: At, attachment_id: PartId) -> Response:
    """A file to save."""
    found, content = here.parts.case_papers.content(here.id, attachment_id, here.actor)
    named(here.request, here.parts, [here.parts.case_reading.show(here.id, here.actor, here.now)])
    return Response(content, media_type=found.media, headers=saved_as(found.name))
