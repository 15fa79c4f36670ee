"""What does the work: claims one job after the other, runs it, and writes down how it ended."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from typing import Any

from matcher.domain.jobs import MOST_ATTEMPTS, Job, JobError, JobState
from matcher.errors import MatcherError, StoreError, UnservedError
from matcher.services.beside import beside
from matcher.services.job_faults import OF_THE_MACHINE, fault
from matcher.services.job_kinds import KINDS, JobKind, Parts
from matcher.services.pulse import CancelAsked, ClaimLost, Pulse, Stopping
from matcher.store import Jobs

IDLE, AWAY = 1.0, 10.0
"""Seconds between two looks at an empty queue, and after the database could not serve."""
BACK_OFF = timedelta(seconds=5)
"""Before a job that the database failed is tried again; twice as long each time."""
SWEEP, TICK = timedelta(hours=1), timedelta(minutes=1)
REMEMBERED = timedelta(days=90)
"""How long ended jobs can be looked at."""
PATIENCE = 10.0
"""Seconds that a process which is to end waits for its job to put itself back; then the lease has to do it."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended. A job that is queued again may be due later, and its attempt may not count."""

    state: JobState
    result: Mapping[str, Any] | None = None
    error: JobError | None = None
    then: str = ""
    keep_files: bool = False
    due_in: timedelta = timedelta(0)
    counted: bool = True


class Worker:
    """Works through the queue, one job at a time. Several may work at once, in threads, processes or machines."""

    def __init__(
        self,
        parts: Parts,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        stop: Event,
        sleep: Callable[[float], object] | None = None,
        tick: Callable[[datetime], None] | None = None,
        kinds: Mapping[str, JobKind] = KINDS,
    ) -> None:
        self._parts = parts
        self._clock = clock
        self._new_id = new_id
        self._stop = stop
        self._sleep = sleep or stop.wait
        self._kinds = kinds
        self._tick = tick
        self._swept_at: datetime | None = None
        self._ticked_at: datetime | None = None

    def run(self) -> None:
        """Work until told to stop. Whatever goes wrong with the queue itself is logged, and tried again later."""
        while not self._stop.is_set():
            try:
                worked = self.once()
            except StoreError as error:
                _log.warning("the queue of jobs cannot be read: %s", error)
                self._sleep(AWAY)
            except Exception:
                _log.exception("the worker failed")
                self._sleep(AWAY)
            else:
                if worked is None:
                    self._sleep(IDLE)

    def beside(self) -> AbstractContextManager[None]:
        """Work in a thread of its own while the block runs; at its end a running job goes back into the queue."""
        return beside("jobs", self.run, self._stop.set, PATIENCE)

    def once(self) -> Job | None:
        """Do one job if there is one, and return it as it then stands. Raises StoreError."""
        self._sweep()
        self._hand_in()
        holder = self._new_id()
        job = self._claim(holder)
        if job is None:
            return None
        _log.info("job %s (%s) begins, attempt %d", job.id, job.kind, job.attempts)
        with Pulse(self._parts.database, job.id, holder, clock=self._clock, stop=self._stop) as pulse:
            ending = self._ending(job, pulse)
        return self._close(job, holder, pulse, ending) if ending else None

    def _claim(self, holder: str) -> Job | None:
        database, now = self._parts.database, self._clock()
        with database.read() as connection:
            if not Jobs(connection).awaits(self._kinds, now):
                return None
        with database.begin() as connection:
            Jobs(connection).reclaim(now)
            return Jobs(connection).claim(self._kinds, holder, now)

    def _ending(self, job: Job, pulse: Pulse) -> Ending | None:
        """Run the job; None when it is no longer ours to say how it ended."""
        try:
            outcome = self._kinds[job.kind].run(self._parts, job, pulse.progress)
        except CancelAsked:
            return Ending(JobState.CANCELLED)
        except Stopping:
            return Ending(JobState.QUEUED, counted=False)
        except ClaimLost:
            _log.warning("job %s was taken over by another process", job.id)
            return None
        except Exception as error:
            _log_failure(job, error)
            if isinstance(error, UnservedError) and job.attempts < MOST_ATTEMPTS:
                return Ending(JobState.QUEUED, due_in=BACK_OFF * 2**job.attempts)
            return Ending(JobState.FAILED, error=fault(error, self._parts.uploads.folder(job.id)))
        return Ending(JobState.DONE, outcome.result, then=outcome.then, keep_files=outcome.keep_files)

    def _close(self, job: Job, holder: str, pulse: Pulse, ending: Ending) -> Job | None:
        """Write down how the job ended, and what follows it, in one transaction; None when the claim was lost."""
        now = self._clock()
        with self._parts.database.begin() as connection:
            jobs = Jobs(connection)
            if jobs.beat(job.id, holder, now, *pulse.told) is None:
                return None
            if ending.state is JobState.QUEUED:
                jobs.release(job.id, holder, now + ending.due_in, counted=ending.counted)
            else:
                jobs.finish(job.id, holder, ending.state, now, result=ending.result, error=ending.error)
            # One that runs already may have begun before what this job did; one that waits has not.
            if ending.then and not jobs.same(ending.then, {}, [JobState.QUEUED]):
                follower = Job(id=self._new_id(), kind=ending.then, created_by=job.created_by, created_at=now)
                jobs.add(follower)
            closed = jobs.get(job.id)
        if ending.state is JobState.DONE and not ending.keep_files:
            self._parts.uploads.discard(job.id)
        _log.info("job %s (%s) is %s", job.id, job.kind, ending.state.value)
        return closed

    def _hand_in(self) -> None:
        """Once a minute let the schedule hand in what has come due. Where it fails, the jobs that are there go on."""
        now = self._clock()
        if self._tick is None or (self._ticked_at is not None and now - self._ticked_at < TICK):
            return
        self._ticked_at = now
        try:
            self._tick(now)
        except MatcherError as error:
            _log.error("the schedule could not hand in its jobs: %s", error)

    def _sweep(self) -> None:
        """Now and then delete files without a job, and jobs that ended long ago."""
        now = self._clock()
        if self._swept_at is not None and now - self._swept_at < SWEEP:
            return
        self._swept_at = now
        database = self._parts.database
        with database.read() as connection:
            unfinished = Jobs(connection).unfinished_ids()
        if swept := self._parts.uploads.sweep(unfinished, now):
            _log.info("%d folders of uploads without an unfinished job were deleted", swept)
        with database.begin() as connection:
            Jobs(connection).forget(now - REMEMBERED)


def _log_failure(job: Job, error: Exception) -> None:
    """What the administrator needs. An error of the user's file is told to the user: its values are not for the log."""
    said = str(error) if isinstance(error, OF_THE_MACHINE) else type(error).__name__
    traced = not isinstance(error, MatcherError)
    _log.error("job %s (%s) failed, attempt %d: %s", job.id, job.kind, job.attempts, said, exc_info=traced)
