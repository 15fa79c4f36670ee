"""The first question without a wait: what matching needs is loaded beside the service as soon as it starts."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from threading import Event

from matcher.domain.records import Kind
from matcher.domain.visibility import Viewer
from matcher.errors import MatcherError
from matcher.services.beside import beside
from matcher.services.matching import Matching

PATIENCE = 10.0
"""Seconds that a service which is to end waits for what is being loaded."""
QUESTION = "技术转移"
"""Anything: it is asked for what has to be in memory to answer it."""

_log = logging.getLogger(__name__)


class Warming:
    """Asks one question of each pairing, as most who ask know it; others wait for their own records only."""

    def __init__(self, matching: Callable[[], Matching], stale: Callable[[], bool], today: Callable[[], date]) -> None:
        self._matching = matching
        self._stale = stale
        self._today = today
        self._done = Event()

    @property
    def done(self) -> bool:
        """Whether questions are answered at once by now."""
        return self._done.is_set()

    def run(self) -> None:
        """Load everything. What cannot be loaded is said by the question that needs it, with what to do; indexes that
        are behind the database are left to that question too."""
        try:
            if self._stale():
                return
            for kind in (Kind.INCUBATORS, Kind.FUNDS):
                self._matching().text_listing(QUESTION, kind, 1, Viewer.BROKERS, self._today()).answer()
        except MatcherError as error:
            _log.warning("not warmed: %s", error)
        finally:
            self._done.set()

    def beside(self) -> AbstractContextManager[None]:
        """Run it in a thread while a service starts; what is being loaded cannot be broken off."""
        return beside("warming", self.run, lambda: None, PATIENCE)
