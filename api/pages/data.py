"""The data: lists handed in, what was imported and how to undo it, empty tables to fill in."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Path, Query, Request, Response, UploadFile
from fastapi.responses import HTMLResponse

from api.pages.rendering import rendered
from api.pages.routing import Again, PageRoute, led
from api.parts import About, Acting, Now, Parts, Workbook, saved_as
from api.permissions import STAFF
from api.routes.imports import Number, names_of
from matcher.bootstrap import Installation
from matcher.domain.accounts import Actor
from matcher.domain.records import Kind
from matcher.errors import IntakeError
from matcher.intake.tables import READABLE
from matcher.services.drafts import empty_table
from matcher.services.jobs import ImportOrder
from matcher.services.uploads import Upload

router = APIRouter(prefix="/data", include_in_schema=False, route_class=PageRoute)

PART = 15


@router.get("", name="page_data")
def data_page(
    request: Request, parts: Parts, actor: Acting, before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None
) -> HTMLResponse:
    """Where lists are handed in, and what was imported lately."""
    return rendered(request, "data/home.html", **_home(parts, actor, before))


@router.post("/uploads", name="page_upload")
def upload_sent(
    parts: Parts, actor: Acting, now: Now, about: About,
    files: Annotated[list[UploadFile | str] | None, File()] = None,
    kind: Annotated[str, Form(max_length=40)] = "",
) -> Response:  # fmt: skip
    """Hand files in to be looked at. Nothing is written yet."""
    named = [file for file in files or () if not isinstance(file, str) and file.filename]
    order = ImportOrder(Kind(kind) if kind in tuple(Kind) else None, dry_run=True, recall=True)
    try:
        job = parts.jobs.submit_import([Upload(file.filename or "", file.file) for file in named], order, actor, now)
    except IntakeError as error:
        raise Again("data/home.html", error, **_home(parts, actor, None, kind)) from error
    about("jobs", job.id)
    return led(f"/data/jobs/{job.id}")


@router.get("/templates/{kind}.xlsx", name="page_template")
def template_sent(kind: Annotated[Kind, Path()]) -> Response:
    """An empty table to fill in."""
    return Workbook(empty_table(kind), headers=saved_as(f"{kind}.xlsx"))


@router.get("/imports/{number}", name="page_import")
def import_page(request: Request, number: Number, parts: Parts, actor: Acting) -> HTMLResponse:
    """One import, and what undoing it would mean."""
    found = parts.imports.get(number)
    return rendered(request, "data/import.html", found=found, name=names_of(parts, actor, [found])[found.import_.id])


@router.post("/imports/{number}/undo", name="page_undo_import")
def undo_sent(number: Number, parts: Parts, actor: Acting, now: Now) -> Response:
    """Have an import taken back by a job."""
    parts.imports.require_undoable(number)
    return led(f"/data/jobs/{parts.jobs.submit('undo', {'import': number}, actor, now).id}")


def _home(parts: Installation, actor: Actor, before: int | None, kind: str = "") -> dict[str, Any]:
    may_import = actor.role in STAFF
    found = parts.imports.page(before, PART + 1) if may_import else []
    jobs = parts.jobs.page(actor, limit=5).jobs if may_import else ()
    return {
        "may_import": may_import, "kinds": tuple(Kind), "kind": kind, "readable": ",".join(READABLE),
        "imports": found[:PART], "more": len(found) > PART, "names": names_of(parts, actor, found), "jobs": jobs,
    }  # fmt: skip
