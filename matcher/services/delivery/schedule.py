"""Digests by themselves: composed when the week's time has come, sent until everybody has theirs. No week but this."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from matcher.domain.slots import Slot
from matcher.domain.weeks import Week
from matcher.services.jobs import JobQueue
from matcher.store import Database, Digests

AGAIN = {"digest": timedelta(hours=1), "deliver": timedelta(minutes=5)}
"""How long after a job of a kind was handed in another one may be: one that fails would fail all the time."""


class Schedule:
    """Hands in the jobs of the week that it is. What was missed in earlier weeks is not made up for."""

    def __init__(self, database: Database, slot: Slot, jobs: JobQueue, awaits: Callable[[Week], bool]) -> None:
        self._database = database
        self._slot = slot
        self._jobs = jobs
        self._awaits = awaits

    def tick(self, now: datetime) -> None:
        """Hand in what is to be done now. Asked by several processes at once, it is handed in once."""
        week = self._slot.week(now)
        if now < self._slot.moment(week):
            return
        with self._database.read() as connection:
            composed = Digests(connection).receipt(week) is not None
        kind = "deliver" if composed else "digest"
        if composed and not self._awaits(week):
            return
        last = next(iter(self._jobs.page(None, limit=1, kind=kind).jobs), None)
        if last is None or (not last.unfinished and last.created_at <= now - AGAIN[kind]):
            self._jobs.submit(kind, {"week": str(week)}, None, now)
