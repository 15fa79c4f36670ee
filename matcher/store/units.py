"""Units of work: what several use cases do together is one transaction, begun at once or by the first that writes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import sqlalchemy as sa

from matcher.store.failures import Place, translated


class Unit:
    """One transaction, for as long as the unit lasts. Its methods may be called from different threads in turn."""

    def __init__(self, engine: sa.Engine, place: Place, connection: sa.Connection | None = None) -> None:
        self.engine = engine
        self.connection = connection
        """None before it has begun."""
        self.begun: Callable[[], object] = _nothing
        """Called when it has: what was read before may have changed meanwhile."""
        self._place = place
        self._transaction: AbstractContextManager[sa.Connection] | None = None

    def begin(self) -> sa.Connection:
        """Begin, unless it has."""
        if self.connection is None:
            with translated(self._place):
                self._transaction = self.engine.begin()
                self.connection = self._transaction.__enter__()
            self.begun()
        return self.connection

    def end(self, error: BaseException | None = None) -> None:
        """Keep what was done, or undo it after an error."""
        if self._transaction is not None:
            with translated(self._place):
                self._transaction.__exit__(
                    type(error) if error else None, error, error.__traceback__ if error else None
                )


def _nothing() -> None:
    """Nothing was read before."""
