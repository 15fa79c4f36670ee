"""Garbage collection beside millions of objects that stay: they are not looked through again and again."""

from __future__ import annotations

import gc

MANY = 20_000
"""Records from which it is worth the tenth of a second that it takes."""


def settle(records: int) -> None:
    """Leave all that is in memory now alone until the next call, where so many records were loaded.

    Python looks through all objects now and then, which takes a quarter of a second among 100,000 records, in the
    middle of somebody's question. What was left alone before and is gone by now is collected first.
    """
    if records >= MANY:
        gc.unfreeze()
        gc.collect()
        gc.freeze()
