"""Lists on their way into the database: looked at, told which column is which, corrected, taken in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matcher.domain.accounts import Actor
from matcher.domain.jobs import Job
from matcher.domain.records import TABLE_LABELS, Kind, Visibility
from matcher.errors import ConflictError, IntakeError
from matcher.intake import ADVICE, Refused, Seen, Severity, preview, refused_rows, template
from matcher.reporting.spreadsheets import Sheet, xlsx_content
from matcher.services.jobs import ImportOrder, JobQueue
from matcher.services.uploads import Uploads
from matcher.wording import Language, Said

NOT_OF_ROWS = frozenset({"duplicate_header", "mapped_column_missing", "total_row"})
"""Codes of what is said of columns at the row of the header, and of a sum, which is no row to correct."""


@dataclass(frozen=True, slots=True)
class Column:
    """What somebody says a column is: a field of the table, or none of them (empty)."""

    table: str
    header: str
    field: str


class Drafts:
    """The use cases of uploaded lists on one installation."""

    def __init__(self, jobs: JobQueue, uploads: Uploads) -> None:
        self._jobs = jobs
        self._uploads = uploads

    def look(self, job_id: str, actor: Actor | None) -> list[Seen]:
        """The tables of the files of an import, as they are understood with its mapping.

        Raises:
            RecordNotFoundError: there is no such job for this actor.
            IntakeError: a file cannot be opened, or is no longer kept.
        """
        told = self._import(job_id, actor).arguments
        path = self._uploads.path(job_id, told["files"])
        return preview(path, kind=_kind(told), mapping=told["mapping"], limits=self._uploads.limits)

    def again(
        self, job_id: str, columns: Iterable[Column], kind: Kind | None, actor: Actor | None, now: datetime, *,
        dry_run: bool, visibility: Visibility | None = None,
    ) -> Job:  # fmt: skip
        """Import the files of an earlier import once more with what was said of columns since, as a trial or in
        earnest; without a kind or a visibility it stays with its own. Raises as `look`."""
        job = self._import(job_id, actor)
        mapping = {name: dict(named) for name, named in (job.arguments["mapping"] or {}).items()}
        for one in columns:
            mapping.setdefault(one.table, {})[one.header] = one.field
        told = job.arguments.get("visibility")
        unstated = visibility or (Visibility(told) if told else None)
        order = ImportOrder(kind or _kind(job.arguments), mapping, dry_run, unstated)
        return self._jobs.resubmit_import(job, order, actor, now)

    def corrections(
        self, job_id: str, actor: Actor | None, language: Language, severity: Severity = Severity.ERROR
    ) -> bytes:
        """The rows of an import that were refused, or taken in with a warning, as `.xlsx`, each with what to do.

        Corrected, it can be imported itself. What was taken in comes with its id: a corrected name makes no new record.

        Raises:
            ConflictError: the job has no such row that could be shown.
            IntakeError: the files are no longer kept.
        """
        job = self._import(job_id, actor)
        advice = _advice(job.result or {}, language, severity)
        if not advice:
            raise ConflictError(
                Said("没有可更正的行。", "There is no row to correct."),
                Said("请查看任务的问题清单。", "Look at the issues of the job."),
            )
        told = job.arguments
        path = self._uploads.path(job_id, told["files"])
        found = refused_rows(
            path, advice, kind=_kind(told), mapping=told["mapping"], limits=self._uploads.limits,
            taken=severity is not Severity.ERROR,
        )  # fmt: skip
        return xlsx_content([_sheet(one, advice[one.file]) for one in found])

    def _import(self, job_id: str, actor: Actor | None) -> Job:
        job = self._jobs.get(job_id, actor)
        if "files" not in job.arguments:
            raise IntakeError(
                Said("这个任务不是导入。", "This job is no import."),
                Said("请从导入页面进入。", "Begin at the import page."),
            )
        return job


def empty_table(kind: Kind) -> bytes:
    """A table of one line, the headers, as `.xlsx`."""
    return xlsx_content([Sheet(TABLE_LABELS[kind][0], tuple(template(kind)), ())])


def _kind(told: Mapping[str, Any]) -> Kind | None:
    return Kind(told["kind"]) if told["kind"] else None


def correctable(issues: Iterable[Mapping[str, Any]], severity: Severity) -> Iterator[Mapping[str, Any]]:
    """The issues with rows of which the worst is of this severity."""
    told = [issue for issue in issues if issue["row"] and issue["code"] not in NOT_OF_ROWS]
    refused = {(issue["file"], issue["row"]) for issue in told if issue["severity"] == Severity.ERROR.value}
    of = (issue for issue in told if issue["severity"] == severity.value)
    return (each for each in of if severity is Severity.ERROR or (each["file"], each["row"]) not in refused)


def _advice(result: Mapping[str, Any], language: Language, severity: Severity) -> dict[str, dict[int, str]]:
    """What to do with each such row, by file and row."""
    told: dict[str, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for issue in correctable(result.get("issues", ()), severity):
        words = (issue["field"], issue["message"][language.value], issue["step"][language.value])
        told[issue["file"]][issue["row"]].append(" ".join(filter(None, words)))
    return {file: {row: "\n".join(said) for row, said in rows.items()} for file, rows in told.items()}


def _sheet(found: Refused, advice: Mapping[int, str]) -> Sheet:
    rows: Sequence[tuple[str, ...]] = [(*cells, advice[number]) for number, cells in found.rows]
    return Sheet(TABLE_LABELS[found.kind][0], (*found.headers, ADVICE), tuple(rows))
