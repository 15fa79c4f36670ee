"""Files into the database, by a job; what was imported, and taking it back."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, File, Form, Path, Response, UploadFile
from pydantic import BaseModel, Field

from api.guard import GuardedRoute
from api.parts import Acting, Cursor, Limit, Now, Page, Parts, from_number, page
from api.problems import Refused
from api.routes.jobs import JobShown, accepted
from api.texts import Moment
from matcher.bootstrap import Installation
from matcher.domain.accounts import Actor
from matcher.domain.records import Kind, Visibility
from matcher.errors import RecordNotFoundError
from matcher.services.imports import Listed
from matcher.services.jobs import ImportOrder
from matcher.services.uploads import Upload
from matcher.store import ImportState
from matcher.wording import Said

router = APIRouter(prefix="/imports", tags=["imports"], route_class=GuardedRoute)

JOB_ID = re.compile(r"[0-9a-f]{16}")
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]

Columns = Annotated[
    str,
    Form(
        max_length=100_000,
        description="表头对照（JSON）。Which header is which field, as JSON.",
        examples=['{"achievements": {"我的列名": "title"}}'],
    ),
]


class ImportShown(BaseModel):
    """An import: what it counted, and how many of its changes can be taken back."""

    id: int
    name: str = Field(description="文件名。The file's name, or the names of several.")
    state: ImportState
    started_at: Moment
    finished_at: Moment | None
    undone_at: Moment | None
    counts: dict[str, int]
    changes: int = Field(description="可撤销的更改数。Changes that can be undone.")

    @classmethod
    def of(cls, listed: Listed, names: Mapping[int, str]) -> ImportShown:
        """What is shown of an import."""
        told = {name: getattr(listed.import_, name) for name in cls.model_fields if name not in ("name", "changes")}
        return cls(**told, name=names[listed.import_.id], changes=listed.changes)


@router.get("")
def list_imports(parts: Parts, actor: Acting, cursor: Cursor = "", limit: Limit = 50) -> Page[ImportShown]:
    """What was imported, the latest first."""
    found = parts.imports.page(from_number(cursor), limit + 1)
    names = names_of(parts, actor, found)
    return page([ImportShown.of(one, names) for one in found], limit, lambda one: str(one.id))


@router.post("", status_code=202)
def create_import(
    files: Annotated[list[UploadFile], File(description="文件名即表名。A file's name tells its table.")],
    parts: Parts,
    actor: Acting,
    now: Now,
    response: Response,
    *,
    kind: Annotated[Kind | None, Form(description="单个文件属于哪张表。The table of a single file.")] = None,
    mapping: Columns = "",
    visibility: Annotated[
        Visibility | None, Form(description="未写明可见范围的行谁能看到。Who sees rows that do not say so.")
    ] = None,
    dry_run: Annotated[bool, Form(description="只检查，不写入。Check only, write nothing.")] = False,
) -> JobShown:
    """Hand files in. The answer is the job that takes them in; the indexes follow by themselves."""
    order = ImportOrder(kind, _mapping(mapping), dry_run, visibility)
    uploads = [Upload(file.filename or "", file.file) for file in files]
    return accepted(parts.jobs.submit_import(uploads, order, actor, now), response)


@router.get("/{number}")
def read_import(number: Number, parts: Parts, actor: Acting) -> ImportShown:
    """One import."""
    found = parts.imports.get(number)
    return ImportShown.of(found, names_of(parts, actor, [found]))


@router.post("/{number}/undo", status_code=202)
def undo_import(number: Number, parts: Parts, actor: Acting, now: Now, response: Response) -> JobShown:
    """Have an import taken back by a job. What was changed since stays, and the job's result names it."""
    parts.imports.require_undoable(number)
    return accepted(parts.jobs.submit("undo", {"import": number}, actor, now), response)


def names_of(parts: Installation, actor: Actor, imports: Sequence[Listed]) -> dict[int, str]:
    """What the imported files are called; of several files the journal knows only the job they came with."""
    names = {each.import_.id: each.import_.name for each in imports}
    for number, name in names.items():
        if JOB_ID.fullmatch(name):
            try:
                names[number] = "、".join(parts.jobs.get(name, actor).arguments["files"])
            except RecordNotFoundError:  # forgotten by now
                continue
    return names


def _mapping(text: str) -> dict[str, object] | None:
    try:
        told = json.loads(text) if text else None
    except (ValueError, RecursionError):
        told = text
    if told is not None and not isinstance(told, dict):
        said = Said("mapping 须为 JSON 对象。", "The mapping is to be a JSON object.")
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, said)
    return told
