"""Garbage collection beside millions of records that stay: they are not looked through again and again."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def settled() -> Iterator[None]:
    """Whatever is loaded within the block stays and is left alone from then on, until the next such block.

    Python looks through all objects now and then, which takes a third of a second among 100,000 records, in the middle
    of somebody's question. What was loaded before and is gone by now is collected here.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        if running:
            gc.enable()
