"""Hand work in, look at how far it is, cancel it, take it up again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from matcher.domain.accounts import OVERSEEING, Actor
from matcher.domain.jobs import Job, JobState
from matcher.domain.records import Kind, Visibility
from matcher.errors import ConfigurationError, ConflictError, IntakeError, RecordNotFoundError
from matcher.intake import check_mapping, preview
from matcher.reporting.spreadsheets import Sheet, csv_text
from matcher.services.job_kinds import KINDS
from matcher.services.recalled import LATEST, Columns, recalled
from matcher.services.uploads import Upload, Uploads
from matcher.store import Database, Jobs
from matcher.wording import Language, Said

ISSUE_COLUMNS: Mapping[str, Said] = {
    "file": Said("文件", "file"),
    "row": Said("行", "row"),
    "field": Said("字段", "field"),
    "severity": Said("程度", "severity"),
    "value": Said("内容", "value"),
    "message": Said("问题", "message"),
    "step": Said("处理办法", "step"),
    "code": Said("代码", "code"),
}


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """How uploaded files are to be taken in."""

    kind: Kind | None = None
    mapping: Mapping[str, object] | None = None
    dry_run: bool = False
    visibility: Visibility | None = None
    """Who sees what does not say so itself; everybody if it is not given."""
    recall: bool = False
    """Whether columns are taken as whoever asks said when they last imported such headers."""


@dataclass(frozen=True, slots=True)
class JobPage:
    """Some jobs, the newest first, and the cursor of those that follow; empty at the end."""

    jobs: Sequence[Job]
    cursor: str


class JobQueue:
    """The use cases of jobs. `actor` is None for whoever has the command line of the server."""

    def __init__(self, database: Database, uploads: Uploads, new_id: Callable[[], str]) -> None:
        self._database = database
        self._uploads = uploads
        self._new_id = new_id

    def submit(self, kind: str, arguments: Mapping[str, Any], actor: Actor | None, now: datetime) -> Job:
        """Put a job into the queue. Of a kind of which one is enough, the unfinished one that there is comes back."""
        with self._database.begin() as connection:
            jobs = Jobs(connection)
            there = jobs.same(kind, arguments) if KINDS[kind].single else None
            made_by = actor.id if actor else ""
            new = Job(id=self._new_id(), kind=kind, arguments=arguments, created_by=made_by, created_at=now)
            return there or jobs.add(new)

    def submit_import(self, uploads: Sequence[Upload], order: ImportOrder, actor: Actor | None, now: datetime) -> Job:
        """Keep the files and put their import into the queue.

        Raises IntakeError for files that cannot be imported, or a mapping to fields that are not there.
        """
        columns = _columns(order)
        job_id = self._new_id()
        names = self._uploads.keep(job_id, uploads)
        known = self._recalled(self._uploads.path(job_id, names), order.kind, actor) if order.recall and actor else {}
        more = {"recalled": known} if known else {}
        return self._add_import(job_id, names, order, columns or known or None, actor, now, more)

    def resubmit_import(self, job: Job, order: ImportOrder, actor: Actor | None, now: datetime) -> Job:
        """Import the files of another import. Raises as `submit_import`, and IntakeError for files that are gone."""
        columns, names = _columns(order), job.arguments["files"]
        job_id = self._new_id()
        self._uploads.share(job.id, names, job_id)
        return self._add_import(job_id, names, order, columns, actor, now)

    def _add_import(
        self,
        job_id: str,
        names: Sequence[str],
        order: ImportOrder,
        columns: Mapping[str, Mapping[str, str]] | None,
        actor: Actor | None,
        now: datetime,
        more: Mapping[str, Any] = MappingProxyType({}),
    ) -> Job:
        kind = order.kind and order.kind.value
        arguments = {"files": names, "kind": kind, "mapping": columns, "dry_run": order.dry_run, **more}
        arguments |= {"visibility": order.visibility.value} if order.visibility else {}
        made_by = actor.id if actor else ""
        with self._database.begin() as connection:
            job = Job(id=job_id, kind="import", arguments=arguments, created_by=made_by, created_at=now)
            return Jobs(connection).add(job)

    def _recalled(self, path: Path, kind: Kind | None, actor: Actor) -> Columns:
        with self._database.read() as connection:
            imports = Jobs(connection).page(LATEST, created_by=actor.id, kind="import")
        try:
            return recalled(imports, preview(path, kind=kind, limits=self._uploads.limits))
        except IntakeError:
            return {}  # The job that is to take the file in says what is wrong with it.

    def get(self, job_id: str, actor: Actor | None) -> Job:
        """The job. Raises RecordNotFoundError for one that is not there or is not the actor's business."""
        with self._database.read() as connection:
            return _seen(Jobs(connection), job_id, actor)

    def issues(self, job_id: str, actor: Actor | None, language: Language) -> str:
        """What an import had to say about rows, as .csv. Raises ConflictError for a job that has no such result."""
        job = self.get(job_id, actor)
        if job.result is None or "issues" not in job.result:
            raise _ended(job)
        rows = (tuple(_cell(issue[name], language) for name in ISSUE_COLUMNS) for issue in job.result["issues"])
        return csv_text(Sheet("", tuple(said.to(language) for said in ISSUE_COLUMNS.values()), tuple(rows)))

    def page(
        self,
        actor: Actor | None,
        *,
        limit: int,
        cursor: str = "",
        state: JobState | None = None,
        kind: str | None = None,
    ) -> JobPage:
        """The newest jobs that the actor may see, or those after a cursor; without their results."""
        with self._database.read() as connection:
            jobs = Jobs(connection)
            before = _seen(jobs, cursor, actor) if cursor else None
            whose = None if _sees_all(actor) or actor is None else actor.id
            found = jobs.page(limit + 1, before=before, created_by=whose, state=state, kind=kind)
        return JobPage(found[:limit], found[limit - 1].id if len(found) > limit else "")

    def cancel(self, job_id: str, actor: Actor | None, now: datetime) -> Job:
        """Cancel a job that waits; ask a running one to stop at its next step.

        Raises ConflictError for a job that is done or has failed.
        """
        with self._database.begin() as connection:
            jobs = Jobs(connection)
            job = _seen(jobs, job_id, actor)
            if job.state in (JobState.DONE, JobState.FAILED):
                raise _ended(job)
            jobs.cancel(job_id, now)
            return _seen(jobs, job_id, actor)

    def resume(self, job_id: str, actor: Actor | None, now: datetime) -> Job:
        """Take up a job again that failed or was cancelled: it does what is still to do.

        Raises ConflictError for any other, IntakeError when the uploaded files are no longer kept.
        """
        with self._database.begin() as connection:
            jobs = Jobs(connection)
            job = _seen(jobs, job_id, actor)
            if job.state not in (JobState.FAILED, JobState.CANCELLED):
                raise _ended(job)
            if "files" in job.arguments:
                self._uploads.path(job_id, job.arguments["files"])
            jobs.resume(job_id, now)
            return _seen(jobs, job_id, actor)


def _columns(order: ImportOrder) -> dict[str, dict[str, str]] | None:
    try:
        checked = check_mapping(order.mapping, kind=order.kind) if order.mapping else {}
    except ConfigurationError as error:  # of a file on the server it is a setting; here it is what was sent
        raise IntakeError(error.message, error.step) from error
    return {table.value: dict(names) for table, names in checked.items()} or None


def _cell(value: Any, language: Language) -> str | int:
    return str(value[language.value]) if isinstance(value, Mapping) else value


def _sees_all(actor: Actor | None) -> bool:
    return actor is None or actor.role in OVERSEEING


def _seen(jobs: Jobs, job_id: str, actor: Actor | None) -> Job:
    job = jobs.get(job_id)
    if job is None or not (_sees_all(actor) or (actor is not None and job.created_by == actor.id)):
        shown = ascii(job_id)[1:41]
        raise RecordNotFoundError(
            Said(f"没有编号为 {shown} 的任务。", f"There is no job {shown}."),
            Said("请检查编号，见任务列表。", "Check the id against the list of jobs."),
        )
    return job


def _ended(job: Job) -> ConflictError:
    state = job.state.said
    return ConflictError(
        Said(
            f"任务 {job.id} 的状态是{state.zh}，不能这样做。", f"Job {job.id} is {state.en}; that cannot be done to it."
        ),
        Said("请查看任务的现状。", "Look at where the job stands."),
    )
