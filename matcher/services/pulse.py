"""The pulse of a running job: a thread that keeps its claim alive, writes how far it is and hears what is wanted."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Self

from matcher.errors import StoreError
from matcher.store import Database, Jobs

TICK = 0.5
"""Seconds between two looks: how often progress is written at most, and how soon a cancellation is heard."""
BEAT = timedelta(seconds=5)
"""How often a job that tells nothing says that it is alive."""

_log = logging.getLogger(__name__)


class Interruption(Exception):  # noqa: N818  # no errors: they lead out of a job at its next word of progress
    """The job is not to go on."""


class CancelAsked(Interruption):
    """Somebody cancelled it."""


class Stopping(Interruption):
    """The process is about to end."""


class ClaimLost(Interruption):
    """Another process has the job: this one was silent for too long."""


class Pulse:
    """Around the run of one claimed job.

    It writes from a thread and a connection of its own: the job may be within a transaction, or silent for minutes.
    """

    def __init__(
        self, database: Database, job_id: str, holder: str, *, clock: Callable[[], datetime], stop: Event
    ) -> None:
        self._database = database
        self._job_id = job_id
        self._holder = holder
        self._clock = clock
        self._stop = stop
        self._ended = Event()
        self._why: type[Interruption] | None = None
        self.told: tuple[str, int, int | None] = ("", 0, None)
        self._written: tuple[str, int, int | None] = self.told
        self._written_at = clock()
        self._thread = Thread(target=self._run, name=f"pulse of {job_id}", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join()

    def progress(self, step: str, done: int, total: int | None) -> None:
        """Hear how far the job is. Raises an Interruption when it is not to go on."""
        self.told = (step, done, total)
        if self._why is not None:
            raise self._why
        if self._stop.is_set():
            raise Stopping

    def _run(self) -> None:
        while not self._ended.wait(TICK):
            try:
                asked = self._look()
            except StoreError as error:
                # It may be back before the lease ends; if not, the claim is found lost when it is.
                _log.warning("job %s cannot tell how far it is: %s", self._job_id, error)
                continue
            if asked is None:
                self._why = ClaimLost
            elif asked:
                self._why = CancelAsked

    def _look(self) -> bool | None:
        told, now = self.told, self._clock()
        if told == self._written and now - self._written_at < BEAT:
            with self._database.read() as connection:
                return Jobs(connection).asked(self._job_id, self._holder)
        with self._database.begin() as connection:
            asked = Jobs(connection).beat(self._job_id, self._holder, now, *told)
        self._written, self._written_at = told, now
        return asked
