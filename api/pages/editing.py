"""Records written by people: made anew, changed, deleted, and opened to other organisations."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Request, Response
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from api.pages import fields
from api.pages.rendering import rendered
from api.pages.routing import Again, PageRoute, done, led
from api.pages.showing import path_part
from api.parts import About, Acting, Now, Parts, shown
from matcher.bootstrap import Installation
from matcher.domain.accounts import Actor
from matcher.domain.records import RECORD_KINDS, Kind, Visibility, name_of
from matcher.errors import ConflictError, MatcherError, NotAllowedError, RecordNotFoundError
from matcher.services.records import Stored, may_add, owns
from matcher.wording import Said

router = APIRouter(include_in_schema=False, route_class=PageRoute)

FORM, DELETION = "edit/form.html", "edit/delete.html"


async def _form_of(request: Request) -> FormData:
    return await request.form()


RecordKind = Annotated[Kind, Path()]
Id = Annotated[str, Path(min_length=1, max_length=300)]
Sent = Annotated[FormData, Depends(_form_of)]
Tag = Annotated[str, Form(max_length=100)]
OrganisationId = Annotated[str, Form(max_length=300)]


@router.get("/edit/{kind}", name="page_new_record")
def new_page(request: Request, kind: RecordKind, actor: Acting) -> Response:
    """An empty form; what makes the record one's own is filled in."""
    return _new(request, kind, actor, {})


@router.post("/describe/{kind}", name="page_describe_record")
def described(
    request: Request, kind: RecordKind, actor: Acting, text: Annotated[str, Form(max_length=20_000)] = ""
) -> Response:
    """The form of a new record with what somebody described to match it: its first words are its name for a start.
    Nothing is kept until it is sent."""
    lines = text.strip().splitlines()
    name = re.split(r"[。；;.!?！？]", lines[0])[0].strip()[:60] if lines else ""
    told = {"title" if kind is Kind.ACHIEVEMENTS else "name": name, "summary": text.strip()}
    return _new(request, kind, actor, told | {"visibility": Visibility.BROKERS.value})


def _new(request: Request, kind: Kind, actor: Actor, told: dict[str, str]) -> Response:
    _require_records(kind)
    if not may_add(actor, kind):
        return led(f"/records/{kind}")  # whose list offers no such form
    texts = {each.name: [] if each.kind == "choices" else "" for each in fields.inputs(kind)}
    if mine := actor.organisation:
        own = {
            Kind.ACHIEVEMENTS: ("institution", mine.institutions),
            Kind.PROJECTS: ("incubator_id", mine.incubator_ids),
        }
        name, values = own.get(kind, ("", ()))
        texts |= {name: values[0]} if values else {}
    texts |= {name: value for name, value in told.items() if name in texts}
    return rendered(request, FORM, **_form(kind, texts))


@router.post("/edit/{kind}", name="page_create_record")
def new_sent(kind: RecordKind, form: Sent, parts: Parts, actor: Acting, now: Now, about: About) -> Response:
    """Make a record; what is wrong stands beside its field."""
    _require_records(kind)
    texts, own_id = fields.typed(kind, form), str(form.get("id", "")).strip()
    content = fields.content(kind, texts) | ({"id": own_id} if own_id else {})
    try:
        stored = parts.records.create(kind, content, actor, now, strict=True)
    except MatcherError as error:
        raise Again(FORM, error, **_form(kind, texts, own_id=own_id)) from error
    about(kind, stored.record.id)
    return led(done(_address(kind, stored.record.id), "saved"))


@router.get("/edit/{kind}/{record_id:path}", name="page_edit_record")
def edit_page(request: Request, kind: RecordKind, record_id: Id, parts: Parts, actor: Acting) -> HTMLResponse:
    """The form of a record."""
    stored = _own(parts, actor, kind, record_id)
    shown(request, [stored.record])
    return rendered(request, FORM, **_form(kind, fields.shown(stored.record), stored))


@router.post("/edit/{kind}/{record_id:path}", name="page_change_record")
def edit_sent(
    kind: RecordKind, record_id: Id, form: Sent, parts: Parts, actor: Acting, now: Now, tag: Tag = ""
) -> Response:
    """Write a record anew; whoever was overtaken sees what differs, and decides."""
    stored, texts = _own(parts, actor, kind, record_id), fields.typed(kind, form)
    content = fields.content(kind, texts) | {"extra": dict(stored.record.extra)}
    try:
        parts.records.replace(kind, record_id, content, tag, actor, now, strict=True)
    except ConflictError as error:
        differs = list(fields.differing(texts, fields.shown(stored.record)))
        raise Again(FORM, error, **_form(kind, texts, stored, differs=differs)) from error
    except MatcherError as error:
        raise Again(FORM, error, **_form(kind, texts, stored, tag=tag)) from error
    return led(done(_address(kind, record_id), "saved"))


@router.get("/delete/{kind}/{record_id:path}", name="page_deletion")
def deletion_page(request: Request, kind: RecordKind, record_id: Id, parts: Parts, actor: Acting) -> HTMLResponse:
    """Ask once more before a record is deleted."""
    stored = _own(parts, actor, kind, record_id)
    shown(request, [stored.record])
    return rendered(request, DELETION, kind=kind, stored=stored, name=name_of(stored.record))


@router.post("/delete/{kind}/{record_id:path}", name="page_delete_record")
def deletion_sent(kind: RecordKind, record_id: Id, parts: Parts, actor: Acting, tag: Tag = "") -> Response:
    """Delete a record as it was seen."""
    try:
        parts.records.delete(kind, record_id, tag, actor)
    except ConflictError as error:
        stored = _own(parts, actor, kind, record_id)
        raise Again(DELETION, error, kind=kind, stored=stored, name=name_of(stored.record)) from error
    return led(done(f"/records/{kind}", "deleted"))


@router.post("/openings/{kind}/{record_id:path}", name="page_open_record")
def opening_sent(
    kind: RecordKind,
    record_id: Id,
    parts: Parts,
    actor: Acting,
    now: Now,
    about: About,
    organisation: OrganisationId = "",
) -> Response:
    """Let an organisation see a record."""
    parts.records.require_own(kind, record_id, actor)
    parts.people.open_to(kind, record_id, _known(parts, organisation.strip()), actor.id, now)
    about(kind, record_id, "openings", organisation.strip())
    return led(done(_address(kind, record_id), "saved"))


@router.post("/closings/{kind}/{record_id:path}", name="page_close_record")
def closing_sent(
    kind: RecordKind, record_id: Id, parts: Parts, actor: Acting, about: About, organisation: OrganisationId = ""
) -> Response:
    """Take that back."""
    parts.records.require_own(kind, record_id, actor)
    parts.people.close_to(kind, record_id, organisation)
    about(kind, record_id, "openings", organisation)
    return led(done(_address(kind, record_id), "undone"))


def _form(
    kind: Kind, texts: dict[str, Any], stored: Stored | None = None, *, own_id: str = "", tag: str | None = None,
    differs: list[tuple[str, str, str]] | None = None,
) -> dict[str, Any]:  # fmt: skip
    """What the template of the form is told. `tag` is the content that the form was made from."""
    seen = tag if tag is not None else stored.tag if stored else ""
    return {
        "kind": kind, "inputs": fields.inputs(kind), "texts": texts, "stored": stored, "own_id": own_id, "tag": seen,
        "differs": differs or [], "visible_to": fields.VISIBLE_TO,
    }  # fmt: skip


def _own(parts: Installation, actor: Actor, kind: Kind, record_id: str) -> Stored:
    """A record that is the actor's to write; one that is only theirs to read says so."""
    _require_records(kind)
    stored = parts.records.read(kind, record_id, actor.viewer)
    if not owns(actor, stored.record):
        raise NotAllowedError(
            Said("这条记录不归您修改。", "This record is not yours to change."),
            Said("请联系其所属机构或科技局。", "Ask its owner or the bureau."),
        )
    return stored


def _require_records(kind: Kind) -> None:
    if kind not in RECORD_KINDS:
        raise RecordNotFoundError(Said("没有这类记录。", "There are no such records."), Said("", ""))


def _known(parts: Installation, organisation_id: str) -> str:
    """The id of an organisation; what is typed may be wrong, and that is not the record's fault."""
    try:
        return parts.people.organisation(organisation_id).id
    except RecordNotFoundError as error:
        raise ConflictError(
            error.message, Said("请向对方核对机构编号。", "Ask them for their organisation's id.")
        ) from error


def _address(kind: Kind, record_id: str) -> str:
    return f"/records/{kind}/{path_part(record_id)}"
