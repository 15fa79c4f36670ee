"""What a service counts ahead, beside the questions, and only while it runs."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from matcher.ranking.votes import Votes
from matcher.services.ahead import Ahead
from tests.unit.test_votes import known


class Watched(Votes):
    """Votes that say when they were counted."""

    def __init__(self) -> None:
        super().__init__(known(70))
        self.done = Event()

    def ahead(self, stopped: Callable[[], bool]) -> None:
        super().ahead(stopped)
        self.done.set()


def test_votes_are_counted_while_the_service_runs_and_not_for_what_left_the_memory() -> None:
    ahead, idle, wanted, stale = Ahead(), Watched(), Watched(), Watched()
    ahead.count(idle, lambda: False)
    with ahead.beside():
        ahead.count(stale, lambda: True)
        ahead.count(wanted, lambda: False)
        assert wanted.done.wait(30)
    assert (len(idle._kept), len(stale._kept), len(wanted._kept)) == (0, 0, 70)


def test_the_service_ends_in_the_middle_of_a_count() -> None:
    ahead, endless = Ahead(), Watched()
    begun = Event()

    def go_on() -> bool:
        begun.set()
        return False

    with ahead.beside():
        ahead.count(endless, go_on)
        assert begun.wait(30)
    assert endless.done.is_set()
