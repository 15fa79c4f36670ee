"""Errors as RFC 9457 problem documents, in Chinese and English."""

from __future__ import annotations

import errno
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, field_validator
from starlette.exceptions import HTTPException

from api import faults, steps
from api.observing import request_id
from matcher import errors
from matcher.services.access import ThrottledError
from matcher.services.records import InvalidRecordError
from matcher.wording import Said

MEDIA_TYPE = "application/problem+json"
URN = "urn:techtransfer-matcher:problem:"

STATUSES: Mapping[type[Exception], tuple[HTTPStatus, str]] = {
    errors.RecordNotFoundError: (HTTPStatus.NOT_FOUND, "not-found"),
    errors.NotEntitledError: (HTTPStatus.NOT_FOUND, "not-found"),
    errors.NotAllowedError: (HTTPStatus.FORBIDDEN, "not-allowed"),
    ThrottledError: (HTTPStatus.TOO_MANY_REQUESTS, "too-many-attempts"),
    errors.SignInError: (HTTPStatus.UNAUTHORIZED, "not-signed-in"),
    errors.ConflictError: (HTTPStatus.CONFLICT, "conflict"),
    errors.TransitionError: (HTTPStatus.CONFLICT, "transition"),
    errors.CaseError: (HTTPStatus.UNPROCESSABLE_ENTITY, "case"),
    errors.AccountError: (HTTPStatus.UNPROCESSABLE_ENTITY, "account"),
    InvalidRecordError: (HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-record"),
    errors.IntakeError: (HTTPStatus.UNPROCESSABLE_ENTITY, "intake"),
    errors.GrantError: (HTTPStatus.CONFLICT, "grant"),
    errors.MailError: (HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"),
    errors.EvaluationError: (HTTPStatus.UNPROCESSABLE_ENTITY, "evaluation"),
    errors.PolicyError: (HTTPStatus.UNPROCESSABLE_ENTITY, "policy"),
    errors.UnservedError: (HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"),
    errors.StoreError: (HTTPStatus.UNPROCESSABLE_ENTITY, "request"),
    errors.MatcherError: (HTTPStatus.SERVICE_UNAVAILABLE, "unavailable"),
}
"""The first class that an error is of decides; what is about a request stands before what is about the service."""

HIDDEN = Said("没有这样的记录，或您无权查看。", "There is no such record, or you may not see it.")
"""Said of both, so that the answer does not tell which: what may not be seen does not exist."""

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system says where no byte can be written any more."""

_log = logging.getLogger("matcher.api")


class Refused(HTTPException):
    """A request that is refused before any service is asked. Without a step the status says what to do."""

    def __init__(
        self, status: HTTPStatus, said: Said, step: Said | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(status, said.en, headers)
        self.said = said
        self.step = step


class Text(BaseModel):
    """A sentence in both languages."""

    zh: str
    en: str

    @classmethod
    def of(cls, said: Said) -> Text:
        """The sentence of the engine."""
        return cls(zh=said.zh, en=said.en)


class Step(Text):
    """What to do next, with operations where the engine names commands."""

    @field_validator("zh", "en")
    @classmethod
    def _over_http(cls, text: str) -> str:
        return steps.over_http(text)


class Fault(BaseModel):
    """What is wrong with one field. What a record says tells more: its value, and the step."""

    model_config = ConfigDict(extra="allow")

    field: str = Field(examples=["body.k"])
    code: str = Field(examples=["less_than_equal"])
    message: Text
    step: Step | None = None


class Problem(BaseModel):
    """What went wrong, and what to do."""

    type: str = Field(examples=[URN + "not-found"])
    title: str
    status: int
    detail: str
    detail_zh: str
    step: Step
    request_id: str = ""
    errors: list[Fault] = []


STATUSES_OF_ALL = (400, 401, 403, 404, 405, 409, 413, 422, 429, 503)
"""What every operation may answer beside its own."""
RESPONSES: dict[int | str, dict[str, Any]] = {
    code: {"model": Problem, "description": HTTPStatus(code).phrase} for code in STATUSES_OF_ALL
}


@dataclass(frozen=True, slots=True)
class Told:
    """What an error tells whoever asked, before it is written as a document or a page."""

    status: HTTPStatus
    slug: str
    said: Said
    own_step: Said | None = None
    headers: Mapping[str, str] | None = None
    found: Sequence[Fault] = ()

    @property
    def step(self) -> Said:
        """What to do; without a step of its own it says what the status leaves to do."""
        return self.own_step or steps.GENERAL.get(self.status, steps.GENERAL[HTTPStatus.BAD_REQUEST])


def document(told: Told) -> JSONResponse:
    """A problem document."""
    status = told.status
    content = Problem(
        type=URN + told.slug,
        title=status.phrase,
        status=status.value,
        detail=told.said.en,
        detail_zh=told.said.zh,
        step=Step(zh=told.step.zh, en=told.step.en),
        request_id=request_id(),
        errors=list(told.found),
    )
    asked = {"WWW-Authenticate": "Bearer"} if status is HTTPStatus.UNAUTHORIZED else {}
    return JSONResponse(
        content.model_dump(exclude_none=True),
        status_code=status,
        media_type=MEDIA_TYPE,
        headers={**asked, **(told.headers or {})},
    )


def told(error: Exception) -> Told:
    """What an error of the engine or of the framework tells whoever asked."""
    if isinstance(error, errors.MatcherError):
        return _of_engine(error)
    # The framework wraps what goes wrong while it puts a long form onto the disk.
    if any(isinstance(one, OSError) and one.errno in FULL for one in (error, error.__cause__)):
        return _unavailable(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", error.__cause__ or error)
    if isinstance(error, RequestValidationError):
        return _of_request(error)
    if isinstance(error, HTTPException):
        return _of_framework(error)
    _log.error("a mistake of ours: %s", type(error).__name__, exc_info=error)
    said = Said("服务内部出错，已记录。", "Something went wrong here; it was noted.")
    return Told(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", said)


def _of_engine(error: errors.MatcherError) -> Told:
    status, slug = next(found for kind, found in STATUSES.items() if isinstance(error, kind))
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        return _unavailable(status, slug, error)
    if status is HTTPStatus.NOT_FOUND:
        return Told(status, slug, HIDDEN)
    headers = {"Retry-After": "900"} if status is HTTPStatus.TOO_MANY_REQUESTS else None
    found = [Fault(**issue.to_json()) for issue in error.issues] if isinstance(error, InvalidRecordError) else []
    return Told(status, slug, error.message, error.step, headers, found)


def _unavailable(status: HTTPStatus, slug: str, error: BaseException) -> Told:
    # Anybody may read the answer; where the database is stands in the log only.
    _log.error("unavailable: %s", error)
    said = Said("服务暂时不可用，原因见日志。", "The service cannot answer now; the log says why.")
    return Told(status, slug, said, headers={"Retry-After": "5"})


def _of_request(error: RequestValidationError) -> Told:
    found = [
        Fault(field=faults.place(one), code=one["type"], message=Text.of(faults.said(one))) for one in error.errors()
    ]
    said = Said("请求内容有误。", "The request is not as it should be.")
    step = Said("请按 /openapi.json 改正所列字段。", "Correct the fields that are named; see /openapi.json.")
    if any(one.code == "json_invalid" for one in found):
        step = Said(
            "请发送 JSON，并带 Content-Type: application/json。", "Send JSON, with Content-Type: application/json."
        )
    return Told(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-request", said, step, found=found)


def _of_framework(error: HTTPException) -> Told:
    status = HTTPStatus(error.status_code)
    said, step = Said("请求无法处理。", status.description or status.phrase), None
    if isinstance(error, Refused):
        said, step = error.said, error.step
    return Told(status, status.phrase.lower().replace(" ", "-"), said, step, headers=error.headers)


def install(app: FastAPI) -> None:
    """Answer every error of the engine, of the framework and of ours with a problem document."""

    def answered(request: Request, error: Exception) -> JSONResponse:
        return document(told(error))

    for kind in (errors.MatcherError, RequestValidationError, HTTPException, OSError, Exception):
        app.add_exception_handler(kind, answered)
