"""What a job can be: a table of kinds. Another kind is another row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol

from matcher.domain.jobs import Job
from matcher.domain.records import Kind, Visibility
from matcher.domain.weeks import Week
from matcher.errors import ConflictError
from matcher.intake import Progress, RowIssue, Severity
from matcher.services.delivery.sending import Sending
from matcher.services.digests.composing import Composing
from matcher.services.importing import Files, ImportReport, import_files
from matcher.services.imports import ImportBook
from matcher.services.indexing import Indexer
from matcher.services.pairings import Pairings
from matcher.services.uploads import Uploads
from matcher.store import Database
from matcher.store.rehearsal import rehearsal
from matcher.wording import Said

Tell = Callable[[str, int, int | None], None]
"""Told the step's name, how many are done, and how many there are. It raises when the job is not to go on."""

MOST_ISSUES = 10_000
"""Issues kept with an import; whoever has more of them mends the cause first. Errors come before warnings."""


class Parts(Protocol):
    """What jobs work with; an installation has them all."""

    @property
    def database(self) -> Database:
        """The database."""

    @property
    def imports(self) -> ImportBook:
        """The journal of imports."""

    @property
    def indexer(self) -> Indexer:
        """Keeps the derived files in step."""

    @property
    def pairings(self) -> Pairings:
        """Fits the rankers."""

    @property
    def sending(self) -> Sending:
        """Sends digests."""

    @property
    def composing(self) -> Composing:
        """Composes digests."""

    @property
    def uploads(self) -> Uploads:
        """The files that were handed in."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job has to show, and the kind of job that now has to follow."""

    result: Mapping[str, Any]
    then: str = ""
    keep_files: bool = False
    """Whether the files are kept for a day more: to correct rows, or to import in earnest what was only tried."""


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind. Its function may be broken off anywhere and begun again: it must then do what is still to do."""

    said: Said
    run: Callable[[Parts, Job, Tell], Outcome]
    single: bool = False
    """Whether one is enough: asked for again while it waits or runs, it is the one there is."""


def import_uploads(parts: Parts, job: Job, tell: Tell) -> Outcome:
    """Take uploaded files in, or try it out. What an earlier attempt took in is found unchanged."""
    said = job.arguments
    path = parts.uploads.path(job.id, said["files"])
    unstated = Visibility(said["visibility"]) if said.get("visibility") else None
    files = Files([path], Kind(said["kind"]) if said["kind"] else None, said["mapping"], parts.uploads.limits, unstated)

    def heard(progress: Progress) -> None:
        tell(f"{progress.file} · {progress.table.value}", progress.rows, progress.total)

    tell(", ".join(said["files"]), 0, None)
    if said["dry_run"]:
        with rehearsal(parts.database, parts.uploads.scratch(job.id)) as database:
            tried = import_files(database, files, now=_begun(job), dry_run=True, progress=heard)
        return Outcome(_told(job, tried), keep_files=True)
    report = import_files(parts.database, files, now=_begun(job), progress=heard)
    return Outcome(_told(job, report), then="index", keep_files=any(map(_of_a_row, report.issues)))


def index(parts: Parts, job: Job, tell: Tell) -> Outcome:
    """Bring the indexes up to the database. Vectors that an earlier attempt made are in the cache."""
    _, report = parts.indexer.refresh(tell, rebuild=bool(job.arguments.get("rebuild")), compact=True)
    return Outcome(report.to_json())


def train(parts: Parts, job: Job, tell: Tell) -> Outcome:
    """Fit the rankers. It begins anew after an interruption; the model that served goes on serving until the end."""
    only_stale = bool(job.arguments.get("only_stale"))
    reports = parts.pairings.train(_begun(job), only_stale=only_stale, progress=tell)
    return Outcome({"pairings": [report.to_json() for report in reports]})


def undo(parts: Parts, job: Job, tell: Tell) -> Outcome:
    """Take an import back. An earlier attempt that was broken off is gone on with."""
    number = int(job.arguments["import"])
    step = f"#{number}"
    tell(step, 0, None)
    undone = parts.imports.undo(number, _begun(job), lambda done, total: tell(step, done, total))
    return Outcome(undone.to_json(), then="index")


def deliver(parts: Parts, job: Job, tell: Tell) -> Outcome:
    """Send what is due of the digests of a week, this one unless told. What was sent is not sent again."""
    sent = parts.sending.run(_week(job), tell)
    closed = sent.closed and {"zh": sent.closed.message.zh, "en": sent.closed.message.en}
    return Outcome({**sent.to_json(), "closed": closed})


def digest(parts: Parts, job: Job, tell: Tell) -> Outcome:
    """Compose the digests of a week, this one unless told. A week that is composed already stays as it is."""
    now, week = _begun(job), _week(job)
    try:
        made = parts.composing.compose(week, now, seed=int(job.arguments.get("seed", 0)), tell=tell)
    except ConflictError as error:
        return Outcome({"week": str(week), "written": False, "why": {"zh": error.message.zh, "en": error.message.en}})
    return Outcome({"week": str(week), "written": made.written, "digests": len(made.week.digests)})


KINDS: Mapping[str, JobKind] = {
    "import": JobKind(Said("导入", "import"), import_uploads),
    "index": JobKind(Said("建立索引", "indexing"), index, single=True),
    "undo": JobKind(Said("撤销导入", "undoing an import"), undo, single=True),
    "digest": JobKind(Said("生成简报", "composing digests"), digest, single=True),
    "train": JobKind(Said("训练", "training"), train, single=True),
    "deliver": JobKind(Said("发送简报", "sending digests"), deliver, single=True),
}


def _of_a_row(issue: RowIssue) -> bool:
    """Whether a row may be corrected because of it, for which its file is kept."""
    return issue.refuses or (issue.row > 0 and issue.severity is Severity.WARNING)


def _week(job: Job) -> Week:
    """The week that was asked for, or the one it is."""
    return Week(job.arguments["week"]) if job.arguments.get("week") else Week.of(_begun(job).date())


def _begun(job: Job) -> datetime:
    if job.started_at is None:
        raise ValueError(f"job {job.id} was not begun")
    return job.started_at


def _told(job: Job, report: ImportReport) -> dict[str, Any]:
    """The report, with no more issues than anybody reads, and how many there were."""
    issues = report.issues
    if len(issues) > MOST_ISSUES:
        issues = sorted(issues, key=lambda issue: list(Severity).index(issue.severity))[:MOST_ISSUES]
    # The journal knows several files by their folder, which is named after the job.
    names = [", ".join(job.arguments["files"]) if name == job.id else name for name in report.interrupted_before]
    shown = replace(report, issues=issues, interrupted_before=tuple(names))
    return {**shown.to_json(), "issues_in_all": len(report.issues)}
