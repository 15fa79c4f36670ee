"""What a service counts ahead, beside the questions: the neighbours' votes that a first screen would wait for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from queue import SimpleQueue
from threading import Event

from matcher.ranking.votes import Votes
from matcher.services.beside import beside

PAUSE = 0.01
"""Seconds between two blocks, in which whoever asks goes first."""
Stale = Callable[[], bool]
"""Whether what is counted for has left the memory."""


class Ahead:
    """One thread that counts for what was loaded last, while the service runs; without one nothing is counted."""

    def __init__(self) -> None:
        self._asked: SimpleQueue[tuple[Votes, Stale] | None] = SimpleQueue()
        self._stop = Event()
        self._running = False

    def count(self, votes: Votes, stale: Stale) -> None:
        """Count these votes when there is time for it."""
        if self._running:
            self._asked.put((votes, stale))

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Count as long as this lasts."""
        self._running = True
        with beside("ahead", self._work, self._end):
            yield

    def _end(self) -> None:
        self._running = False
        self._stop.set()
        self._asked.put(None)

    def _work(self) -> None:
        while (asked := self._asked.get()) is not None:
            votes, stale = asked
            votes.ahead(partial(self._over, stale))

    def _over(self, stale: Stale) -> bool:
        return stale() or self._stop.wait(PAUSE)
