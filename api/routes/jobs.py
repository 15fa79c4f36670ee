"""Work that runs outside the request: how far it is, what came of it, and how to stop it or take it up again."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field, field_validator

from api.guard import GuardedRoute
from api.parts import Acting, Cursor, Limit, Now, Page, Parts, created, from_cursor, saved_as, to_cursor
from api.problems import Step, Text
from api.texts import Moment
from matcher.domain.jobs import Job, JobState
from matcher.domain.weeks import Week
from matcher.wording import Language

router = APIRouter(prefix="/jobs", tags=["jobs"], route_class=GuardedRoute)

Id = Annotated[str, Path(min_length=1, max_length=64)]


class JobErrorShown(Text):
    """Why a job failed, and what to do."""

    step: Step


class JobListed(BaseModel):
    """A job and how far it is."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "5d41402abc4b2a76",
                    "kind": "import",
                    "arguments": {"files": ["成果清单.csv"], "kind": None, "mapping": None, "dry_run": False},
                    "state": "running",
                    "step": "成果清单.csv · achievements",
                    "done": 3000,
                    "total": 12000,
                    "attempts": 1,
                    "cancel_asked": False,
                    "created_by": "a1b2c3d4e5f60718",
                    "created_at": "2026-11-26T09:00:00Z",
                    "started_at": "2026-11-26T09:00:01Z",
                    "heartbeat_at": "2026-11-26T09:00:03Z",
                }
            ]
        }
    )

    id: str
    kind: str
    arguments: dict[str, Any]
    state: JobState
    step: str = Field(description="正在做什么。What is being done.")
    done: int
    total: int | None = Field(None, description="本步共多少，未知则为空。How many in this step, if that is known.")
    attempts: int
    cancel_asked: bool
    created_by: str
    created_at: Moment
    started_at: Moment | None = None
    heartbeat_at: Moment | None = None
    finished_at: Moment | None = None
    error: JobErrorShown | None = None

    @classmethod
    def of(cls, job: Job) -> JobListed:
        """What is shown of a job in a list."""
        return cls.model_validate(job.to_json())


class JobShown(JobListed):
    """A job with what came of it."""

    result: dict[str, Any] | None = None

    @classmethod
    def of(cls, job: Job) -> JobShown:
        """What is shown of a job."""
        return cls.model_validate(job.to_json())


class JobAsked(BaseModel):
    """What is to be done. Imports are asked for by sending their files."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["index", "train", "digest", "deliver"] = Field(examples=["index"])
    rebuild: bool = Field(False, description="index：全部重建。Build everything anew.")
    only_stale: bool = Field(False, description="train：只训练过时的。Only what is stale.")
    week: str = Field(
        "",
        pattern=r"^([0-9]{4}-W[0-9]{2})?$",
        description="digest、deliver：哪一周，空为本周。The week; this one.",
    )

    def arguments(self) -> dict[str, bool | str]:
        """What the kind takes, where it is not as usual."""
        name = {"index": "rebuild", "train": "only_stale"}.get(self.kind, "week")
        return {name: given} if (given := getattr(self, name)) else {}

    @field_validator("week")
    @classmethod
    def _there_is(cls, week: str) -> str:
        if week:
            Week(week)
        return week


def accepted(job: Job, response: Response) -> JobShown:
    """The answer to work that was handed in, and where to look for it."""
    created(response, "jobs", job.id)
    return JobShown.of(job)


@router.get("")
def list_jobs(
    parts: Parts,
    actor: Acting,
    cursor: Cursor = "",
    limit: Limit = 50,
    state: JobState | None = None,
    kind: Annotated[str | None, Query(max_length=40)] = None,
) -> Page[JobListed]:
    """Jobs, the newest first: one's own; all of them for administrators and the bureau."""
    found = parts.jobs.page(actor, limit=limit, cursor=from_cursor(cursor), state=state, kind=kind)
    items = [JobListed.of(job) for job in found.jobs]
    return Page[JobListed](items=items, next=to_cursor(found.cursor) if found.cursor else None)


@router.post("", status_code=202)
def submit_job(asked: JobAsked, parts: Parts, actor: Acting, now: Now, response: Response) -> JobShown:
    """Have the indexes brought up to date, or the rankers trained. An unfinished job of that sort comes back."""
    return accepted(parts.jobs.submit(asked.kind, asked.arguments(), actor, now), response)


@router.get("/{job_id}")
def read_job(job_id: Id, parts: Parts, actor: Acting) -> JobShown:
    """How far a job is and what came of it."""
    return JobShown.of(parts.jobs.get(job_id, actor))


@router.get("/{job_id}/issues", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
def read_job_issues(job_id: Id, parts: Parts, actor: Acting, language: Language = Language.ZH) -> Response:
    """What an import had to say about rows, as a .csv for Excel."""
    text = parts.jobs.issues(job_id, actor, language)
    return Response(text, media_type="text/csv; charset=utf-8", headers=saved_as("issues.csv"))


@router.post("/{job_id}/cancel", status_code=202)
def cancel_job(job_id: Id, parts: Parts, actor: Acting, now: Now) -> JobShown:
    """Cancel a job that waits; a running one stops at its next step."""
    return JobShown.of(parts.jobs.cancel(job_id, actor, now))


@router.post("/{job_id}/resume", status_code=202)
def resume_job(job_id: Id, parts: Parts, actor: Acting, now: Now) -> JobShown:
    """Take up a job again that failed or was cancelled: it does what is still to do."""
    return JobShown.of(parts.jobs.resume(job_id, actor, now))
