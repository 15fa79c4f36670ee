"""Garbage collection beside millions of objects that stay: they are not looked through again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

MANY = 20_000
"""Records from which it is worth the tenth of a second that it takes."""


class _Loading:
    """How many threads are loading much just now."""

    count = 0
    lock = Lock()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Nothing is collected within, where very many objects are made that stay: looking through them again and again
    would take a fifth of the time. The last of several threads within turns collection on again."""
    with _Loading.lock:
        _Loading.count += 1
        gc.disable()
    try:
        yield
    finally:
        with _Loading.lock:
            _Loading.count -= 1
            if not _Loading.count:
                gc.enable()


def settle(records: int) -> None:
    """Leave all that is in memory now alone until the next call, where so many records were loaded.

    Python looks through all objects now and then, which takes a quarter of a second among 100,000 records, in the
    middle of somebody's question. What was left alone before and is gone by now is collected first.
    """
    if records >= MANY:
        if gc.get_freeze_count():  # the first time there is nothing yet that could be gone
            gc.unfreeze()
            gc.collect()
        gc.freeze()
