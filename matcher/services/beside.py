"""Work beside a service: a thread that begins and ends with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread


@contextmanager
def beside(
    name: str, work: Callable[[], None], stop: Callable[[], None], patience: float | None = None
) -> Iterator[None]:
    """Run `work` in a thread while the block runs; then tell it to stop and wait, for so many seconds at most."""
    thread = Thread(target=work, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop()
        thread.join(patience)
