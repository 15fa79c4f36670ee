"""The queue: a table of jobs that is claimed from, and in which every claim has a holder and a lease.

Whatever a holder writes names its claim, so that a process which was taken for dead and comes back changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from matcher.domain.jobs import EXHAUSTED, LEASE, MOST_ATTEMPTS, UNFINISHED, Job, JobError, JobState
from matcher.store.tables import IdText, UtcDateTime, metadata

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", IdText, primary_key=True),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("arguments", sa.JSON(), nullable=False),
    sa.Column("created_by", sa.Text(), nullable=False),
    sa.Column("created_at", UtcDateTime(), nullable=False),
    sa.Column("state", sa.Text(), nullable=False),
    sa.Column("due_at", UtcDateTime(), nullable=False),
    sa.Column("step", sa.Text(), nullable=False),
    sa.Column("done", sa.BigInteger(), nullable=False),
    sa.Column("total", sa.BigInteger(), nullable=True),
    sa.Column("attempts", sa.Integer(), nullable=False),
    sa.Column("holder", sa.Text(), nullable=False),
    sa.Column("cancel_asked", sa.Boolean(), nullable=False),
    sa.Column("started_at", UtcDateTime(), nullable=True),
    sa.Column("heartbeat_at", UtcDateTime(), nullable=True),
    sa.Column("finished_at", UtcDateTime(), nullable=True),
    sa.Column("result", sa.JSON(none_as_null=True), nullable=True),
    sa.Column("error", sa.JSON(none_as_null=True), nullable=True),
)
"""One row for each job. `holder` is the claim of the process that runs it; empty when none does."""
sa.Index("ix_jobs_state", jobs.c.state, jobs.c.due_at)
sa.Index("ix_jobs_created_at", jobs.c.created_at, jobs.c.id)

_SUBMIT_LOCK = 0x6D6A6F62
"""Held on PostgreSQL while a job is looked for that may be there already."""

_OPEN = [state.value for state in UNFINISHED]

_SHOWN = [column for column in jobs.c if column.name not in ("holder", "result")]


class Jobs:
    """The table of jobs."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, job: Job) -> Job:
        """Put a job into the queue."""
        row = {column.name: getattr(job, column.name) for column in jobs.c if column.name != "holder"}
        row |= {"state": job.state.value, "due_at": job.due_at or job.created_at, "holder": ""}
        self._connection.execute(sa.insert(jobs).values(row | {"error": job.error and job.error.to_json()}))
        return job

    def same(self, kind: str, arguments: Mapping[str, Any], states: Collection[JobState] = UNFINISHED) -> Job | None:
        """A job of this kind and these arguments that is in one of the states. Who asks is alone until the commit."""
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_SUBMIT_LOCK)))
        named = sa.and_(jobs.c.kind == kind, jobs.c.state.in_([state.value for state in states]))
        found = self._select(sa.select(*_SHOWN).where(named).order_by(jobs.c.created_at))
        return next((job for job in found if job.arguments == arguments and not job.cancel_asked), None)

    def get(self, job_id: str) -> Job | None:
        """The job with its result."""
        found = self._select(sa.select(jobs).where(jobs.c.id == job_id))
        return found[0] if found else None

    def page(
        self,
        limit: int,
        *,
        before: Job | None = None,
        created_by: str | None = None,
        state: JobState | None = None,
        kind: str | None = None,
    ) -> list[Job]:
        """The newest jobs, or those made before a job; without their results."""
        query = sa.select(*_SHOWN).order_by(jobs.c.created_at.desc(), jobs.c.id.desc()).limit(limit)
        if before is not None:
            older = sa.and_(jobs.c.created_at == before.created_at, jobs.c.id < before.id)
            query = query.where(sa.or_(jobs.c.created_at < before.created_at, older))
        for column, value in ((jobs.c.created_by, created_by), (jobs.c.state, state), (jobs.c.kind, kind)):
            if value is not None:
                query = query.where(column == str(value))
        return self._select(query)

    def unfinished_ids(self) -> set[str]:
        """The ids of all jobs that wait or run."""
        return set(self._connection.scalars(sa.select(jobs.c.id).where(jobs.c.state.in_(_OPEN))))

    def awaits(self, kinds: Collection[str], now: datetime) -> bool:
        """Whether there is something to claim or to take from a dead process; it only reads."""
        due = sa.and_(jobs.c.state == JobState.QUEUED.value, jobs.c.due_at <= now, jobs.c.kind.in_(kinds))
        return self._connection.scalar(sa.select(sa.exists().where(sa.or_(due, _lapsed(now))))) or False

    def reclaim(self, now: datetime) -> None:
        """Take jobs from processes that died: cancelled if asked, failed after the last attempt, else queued."""
        self._lapse(now, [jobs.c.cancel_asked], JobState.CANCELLED, finished_at=now)
        self._lapse(
            now, [jobs.c.attempts >= MOST_ATTEMPTS], JobState.FAILED, finished_at=now, error=EXHAUSTED.to_json()
        )
        self._lapse(now, [], JobState.QUEUED, due_at=now)

    def claim(self, kinds: Collection[str], holder: str, now: datetime) -> Job | None:
        """Take the job that has been due longest, or None. No two callers ever get the same one."""
        due = sa.and_(jobs.c.state == JobState.QUEUED.value, jobs.c.due_at <= now, jobs.c.kind.in_(kinds))
        first = sa.select(jobs.c.id).where(due).order_by(jobs.c.due_at, jobs.c.created_at, jobs.c.id).limit(1)
        # SQLite writes no such clause: there the transaction has the database to itself from its beginning.
        job_id = self._connection.scalar(first.with_for_update(skip_locked=True))
        if job_id is None:
            return None
        values = {"holder": holder, "attempts": jobs.c.attempts + 1, "started_at": now, "heartbeat_at": now}
        taken = sa.update(jobs).where(jobs.c.id == job_id).values(state=JobState.RUNNING.value, **values)
        self._connection.execute(taken)
        return self.get(job_id)

    def beat(self, job_id: str, holder: str, now: datetime, step: str, done: int, total: int | None) -> bool | None:
        """Say that the job goes on and how far it is. Whether to cancel it; None when the claim is lost."""
        values = {"heartbeat_at": now, "step": step, "done": done, "total": total}
        held = sa.update(jobs).where(*_held(job_id, holder)).values(values)
        asked: bool | None = self._connection.scalar(held.returning(jobs.c.cancel_asked))
        return asked

    def asked(self, job_id: str, holder: str) -> bool | None:
        """Whether to cancel the job; None when the claim is lost."""
        return self._connection.scalar(sa.select(jobs.c.cancel_asked).where(*_held(job_id, holder)))

    def finish(
        self,
        job_id: str,
        holder: str,
        state: JobState,
        now: datetime,
        *,
        result: Mapping[str, Any] | None = None,
        error: JobError | None = None,
    ) -> bool:
        """Note how the job ended. False, and nothing is written, when the claim is lost."""
        told = {"result": result, "error": error and error.to_json()}
        return self._close(job_id, holder, {"state": state.value, "finished_at": now, **told})

    def release(self, job_id: str, holder: str, due_at: datetime, *, counted: bool) -> bool:
        """Put the job back into the queue; an attempt that is not counted was broken off by us. False: claim lost."""
        attempts = jobs.c.attempts - (0 if counted else 1)
        return self._close(job_id, holder, {"state": JobState.QUEUED.value, "due_at": due_at, "attempts": attempts})

    def cancel(self, job_id: str, now: datetime) -> None:
        """Cancel a queued job, and ask for the cancellation of a running one."""
        mine = jobs.c.id == job_id
        waiting = sa.and_(mine, jobs.c.state == JobState.QUEUED.value)
        ended = {"state": JobState.CANCELLED.value, "cancel_asked": True, "finished_at": now}
        if not self._write(sa.update(jobs).where(waiting).values(ended)):
            running = sa.and_(mine, jobs.c.state == JobState.RUNNING.value)
            self._write(sa.update(jobs).where(running).values(cancel_asked=True))

    def resume(self, job_id: str, now: datetime) -> None:
        """Put a job that failed or was cancelled into the queue again, with all its attempts before it."""
        ended = jobs.c.state.in_([JobState.FAILED.value, JobState.CANCELLED.value])
        afresh = {"state": JobState.QUEUED.value, "due_at": now, "attempts": 0, "cancel_asked": False}
        none = {"finished_at": None, "error": None, "result": None}
        self._write(sa.update(jobs).where(jobs.c.id == job_id, ended).values(afresh | none))

    def imported(self) -> list[Job]:
        """The imports that have a result."""
        with_result = sa.select(jobs).where(jobs.c.kind == "import", jobs.c.result.is_not(None))
        return self._select(with_result.order_by(jobs.c.created_at, jobs.c.id))

    def correct(self, job_id: str, result: Mapping[str, Any]) -> None:
        """Write a result anew, where a person is taken out of it."""
        self._write(sa.update(jobs).where(jobs.c.id == job_id).values(result=dict(result)))

    def forget(self, before: datetime) -> int:
        """Delete jobs that ended before a moment; how many."""
        return self._write(sa.delete(jobs).where(jobs.c.finished_at < before))

    def _lapse(self, now: datetime, which: Sequence[sa.ColumnElement[bool]], state: JobState, **values: object) -> None:
        self._write(sa.update(jobs).where(_lapsed(now), *which).values(state=state.value, holder="", **values))

    def _close(self, job_id: str, holder: str, values: Mapping[str, object]) -> bool:
        return self._write(sa.update(jobs).where(*_held(job_id, holder)).values({"holder": "", **values})) > 0

    def _write(self, statement: sa.Update | sa.Delete) -> int:
        return self._connection.execute(statement).rowcount

    def _select(self, query: sa.Select[Any]) -> list[Job]:
        return [_job(row._mapping) for row in self._connection.execute(query)]


def _lapsed(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(jobs.c.state == JobState.RUNNING.value, jobs.c.heartbeat_at < now - LEASE)


def _held(job_id: str, holder: str) -> list[sa.ColumnElement[bool]]:
    return [jobs.c.id == job_id, jobs.c.holder == holder, jobs.c.state == JobState.RUNNING.value]


def _job(row: sa.RowMapping) -> Job:
    values = {name: value for name, value in row.items() if name != "holder"}
    error = JobError.from_json(values["error"]) if values["error"] else None
    state = next(each for each in JobState if each == values["state"])
    return Job(**values | {"state": state, "error": error})
