"""Files into the database, by a job."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, File, Form, Response, UploadFile

from api.guard import GuardedRoute
from api.parts import Acting, Now, Parts
from api.problems import Refused
from api.routes.jobs import JobShown, accepted
from matcher.domain.records import Kind, Visibility
from matcher.services.jobs import ImportOrder
from matcher.services.uploads import Upload
from matcher.wording import Said

router = APIRouter(prefix="/imports", tags=["imports"], route_class=GuardedRoute)

Columns = Annotated[
    str,
    Form(
        max_length=100_000,
        description="表头对照（JSON）。Which header is which field, as JSON.",
        examples=['{"achievements": {"我的列名": "title"}}'],
    ),
]


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


def _mapping(text: str) -> dict[str, object] | None:
    try:
        told = json.loads(text) if text else None
    except (ValueError, RecursionError):
        told = text
    if told is not None and not isinstance(told, dict):
        said = Said("mapping 须为 JSON 对象。", "The mapping is to be a JSON object.")
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, said)
    return told
