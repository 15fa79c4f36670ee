"""Work outside the requests: how far it is, what came of it; and the list that an import is to take in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.pages.rendering import language_of, rendered
from api.pages.routing import PageRoute, led
from api.parts import Acting, Now, Parts, Workbook, saved_as
from matcher.bootstrap import Installation
from matcher.domain.accounts import Actor
from matcher.domain.jobs import Job, JobState
from matcher.domain.records import Kind, Visibility
from matcher.errors import IntakeError
from matcher.intake import Seen, Severity
from matcher.intake.headers import field_names, has_metrics, withdrawable
from matcher.intake.names import kind_of
from matcher.services.drafts import Column, correctable
from matcher.services.job_kinds import KINDS

router = APIRouter(prefix="/data/jobs", include_in_schema=False, route_class=PageRoute)

PART = 30
MOST_ISSUES = 100
"""Issues on the page; the list to download has them all."""

HIDEABLE = frozenset(kind for kind in Kind if "visibility" in field_names(kind))
"""Tables whose rows say who may see them."""

Id = Annotated[str, Path(min_length=1, max_length=64)]
Texts = Annotated[list[str] | None, Form(max_length=2000)]


@router.get("", name="page_jobs")
def jobs_page(
    request: Request, parts: Parts, actor: Acting,
    state: Annotated[str, Query(max_length=20)] = "", kind: Annotated[str, Query(max_length=20)] = "",
    after: Annotated[str, Query(max_length=64)] = "",
) -> HTMLResponse:  # fmt: skip
    """All jobs, the newest first."""
    chosen = JobState(state) if state in tuple(JobState) else None
    found = parts.jobs.page(actor, limit=PART, cursor=after, state=chosen, kind=kind if kind in KINDS else None)
    return rendered(request, "data/jobs.html", found=found, state=state, kind=kind, states=tuple(JobState), kinds=KINDS)


@router.get("/{job_id}", name="page_job")
def job_page(request: Request, job_id: Id, parts: Parts, actor: Acting) -> HTMLResponse:
    """One job: how far it is, and what came of it."""
    job = parts.jobs.get(job_id, actor)
    issues: Sequence[Mapping[str, Any]] = (job.result or {}).get("issues", ())
    order = [each.value for each in Severity]
    sorted_issues = sorted(issues, key=lambda issue: order.index(issue["severity"]))
    refused = len({(issue["file"], issue["row"]) for issue in issues if issue["severity"] == Severity.ERROR.value})
    counts = Counter(issue["severity"] for issue in issues)
    warned = len({(issue["file"], issue["row"]) for issue in correctable(issues, Severity.WARNING)})
    return rendered(
        request, "data/job.html", job=job, said=KINDS[job.kind].said, issues=sorted_issues[:MOST_ISSUES],
        many=len(issues), refused=refused, warned=warned, counts=counts, **_draft(parts, job, actor),
        table_of=_tables(job, issues),
    )  # fmt: skip


@router.get("/{job_id}/issues.csv", name="page_job_issues")
def issues_sent(request: Request, job_id: Id, parts: Parts, actor: Acting) -> Response:
    """What an import had to say about rows."""
    text = parts.jobs.issues(job_id, actor, language_of(request))
    return Response(text, media_type="text/csv; charset=utf-8", headers=saved_as("issues.csv"))


@router.get("/{job_id}/corrections.xlsx", name="page_corrections")
def corrections_sent(
    request: Request,
    job_id: Id,
    parts: Parts,
    actor: Acting,
    rows: Annotated[Literal["refused", "warned"], Query()] = "refused",
) -> Response:
    """The rows that were refused, or that were taken in with a warning, to correct and hand in again."""
    severity = Severity.WARNING if rows == "warned" else Severity.ERROR
    content = parts.drafts.corrections(job_id, actor, language_of(request), severity)
    return Workbook(content, headers=saved_as("warnings.xlsx" if rows == "warned" else "corrections.xlsx"))


@router.post("/{job_id}/again", name="page_import_again")
def again_sent(
    job_id: Id, parts: Parts, actor: Acting, now: Now,
    do: Annotated[Literal["check", "import"], Form()],
    kind: Annotated[str, Form(max_length=40)] = "", visibility: Annotated[str, Form(max_length=40)] = "",
    table: Texts = None, header: Texts = None, was: Texts = None, field: Texts = None,
) -> Response:  # fmt: skip
    """Take the same files with what was said about their columns: to look once more, or in earnest."""
    told = zip(table or (), header or (), was or (), field or (), strict=False)
    columns = [Column(of, name, now_is) for of, name, before, now_is in told if now_is != before]
    chosen = Kind(kind) if kind in tuple(Kind) else None
    seen_by = Visibility(visibility) if visibility in tuple(Visibility) else None
    job = parts.drafts.again(job_id, columns, chosen, actor, now, dry_run=do == "check", visibility=seen_by)
    return led(f"/data/jobs/{job.id}")


@router.post("/{job_id}/cancel", name="page_cancel_job")
def cancel_sent(job_id: Id, parts: Parts, actor: Acting, now: Now) -> Response:
    """Cancel a job."""
    return led(f"/data/jobs/{parts.jobs.cancel(job_id, actor, now).id}")


@router.post("/{job_id}/resume", name="page_resume_job")
def resume_sent(job_id: Id, parts: Parts, actor: Acting, now: Now) -> Response:
    """Take a job up again."""
    return led(f"/data/jobs/{parts.jobs.resume(job_id, actor, now).id}")


def _draft(parts: Installation, job: Job, actor: Actor) -> dict[str, Any]:
    """The files of an import that was only tried, as they are understood; nothing for any other job."""
    seen: list[Seen] = []
    problem: IntakeError | None = None
    if job.arguments.get("dry_run") and job.state in (JobState.DONE, JobState.FAILED):
        try:
            seen = parts.drafts.look(job.id, actor)
        except IntakeError as error:
            problem = error
    return {
        "visibilities": tuple(Visibility), "hideable": any(one.kind in HIDEABLE for one in seen),
        "seen": seen, "unseen": problem, "kinds": tuple(Kind), "alone": len(job.arguments.get("files", ())) == 1,
        "recalled": job.arguments.get("recalled", {}), "guesses": sum(len(one.guesses) for one in seen),
        "fields": {one.kind: _fields(one.kind) for one in seen if one.kind},
        "metric": {one.kind: has_metrics(one.kind) for one in seen if one.kind},
    }  # fmt: skip


def _tables(job: Job, issues: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The table of each file; known where the import took in one table, or a file tells it by its name."""
    taken = list((job.result or {}).get("tables", ()))
    files = {str(issue["file"]) for issue in issues}
    named = {file: kind_of(PurePath(file.partition("[")[0]).stem) for file in files}
    return {file: taken[0] if len(taken) == 1 else str(kind) for file, kind in named.items() if kind or len(taken) == 1}


def _fields(kind: Kind) -> list[str]:
    """What a column of the table may be."""
    return [name for name in field_names(kind) if name != "metrics"] + (["withdrawn"] if withdrawable(kind) else [])
