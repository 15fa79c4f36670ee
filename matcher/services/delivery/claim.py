"""One delivery in the hands of one process: whatever is written of it names the claim."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from matcher.domain.accounts import LOCAL, Deed
from matcher.domain.deliveries import MOST_ATTEMPTS, Delivery, DeliveryState
from matcher.domain.digests import Digest, Silence
from matcher.services.delivery.ways import Prepared
from matcher.services.digests.reading import hidden_in
from matcher.services.journal import address
from matcher.store import Audit, Database, Deliveries, Digests

MINUTE = timedelta(minutes=1)
SENT, PERHAPS_SENT = "send_digest", "send_digest_uncertain"
"""What the audit calls a letter that was handed over, and one of which nobody knows whether it was."""

_log = logging.getLogger(__name__)


class Claim:
    """A claimed delivery, until one of its ends is written."""

    def __init__(self, database: Database, delivery: Delivery, holder: str, clock: Callable[[], datetime]) -> None:
        self.delivery = delivery
        self._database = database
        self._holder = holder
        self._clock = clock
        self._told: Digest | None = None

    def note(self, prepared: Prepared, per_minute: int) -> float | None:
        """Note what is about to be handed over. None: done; else the seconds until there is room for it.

        No more than so many are noted within a minute, by however many processes. Raises ClaimLostError.
        """
        with self._database.begin() as connection:
            deliveries, now = Deliveries(connection), self._clock()
            recent = deliveries.recent(self.delivery.way, now - MINUTE)
            if len(recent) >= per_minute:
                return (recent[0] + MINUTE - now).total_seconds()
            if not deliveries.hand(self.delivery, self._holder, prepared.items, now):
                raise ClaimLostError(self.delivery.id)
        self._told = prepared.told
        return None

    def told(self, digest: Digest, items: Collection[str]) -> None:
        """It was handed over: mark as told what is in it, and what an attempt may have told of which nobody knows."""
        now = self._clock()
        with self._database.begin() as connection:
            deliveries = Deliveries(connection)
            deliveries.log(self.delivery, "sent")
            self._end(deliveries, DeliveryState.SENT, sent_at=now)
            Digests(connection).mark_told(digest, {*self.delivery.handed, *items}, now)
            self._audited(connection, SENT, now)

    def withheld(self, why: Silence) -> None:
        """It is not to be sent as things stand."""
        with self._database.begin() as connection:
            self._end(Deliveries(connection), DeliveryState.WITHHELD, withheld=why.value)

    def released(self) -> None:
        """Nothing was tried: it goes back into the queue."""
        with self._database.begin() as connection:
            self._end(Deliveries(connection), DeliveryState.QUEUED, counted=False)

    def unmade(self) -> bool:
        """It could not be made, by a mistake of ours. True where it is tried again."""
        with self._database.begin() as connection:
            Deliveries(connection).note(self.delivery, "", "", self._clock())
        return self.delayed("error", "", sure=True)

    def shut_out(self, said: str, wait: timedelta) -> None:
        """The way was closed for everybody: the attempt does not count."""
        with self._database.begin() as connection:
            deliveries = Deliveries(connection)
            deliveries.log(self.delivery, "delayed", said)
            due_at, handed = self._clock() + wait, self.delivery.handed
            self._end(deliveries, DeliveryState.DELAYED, due_at=due_at, counted=False, handed=handed)

    def delayed(self, outcome: str, said: str, *, sure: bool) -> bool:
        """It did not pass, or nobody knows (not `sure`). True where it is tried again, False after the last time."""
        if self.delivery.attempts >= MOST_ATTEMPTS:
            self.failed(said, outcome, sure=sure)
            return False
        with self._database.begin() as connection:
            deliveries = Deliveries(connection)
            deliveries.log(self.delivery, outcome, said)
            due_at = self._clock() + self.delivery.next_wait
            handed = self.delivery.handed if sure else None
            self._end(deliveries, DeliveryState.DELAYED, due_at=due_at, handed=handed)
            if not sure:
                self._audited(connection, PERHAPS_SENT, self._clock())
        return True

    def failed(self, said: str, outcome: str = "failed", *, sure: bool = True) -> None:
        """It will not pass."""
        with self._database.begin() as connection:
            deliveries = Deliveries(connection)
            deliveries.log(self.delivery, outcome, said)
            self._end(deliveries, DeliveryState.FAILED, handed=self.delivery.handed if sure else None)
            if not sure:
                self._audited(connection, PERHAPS_SENT, self._clock())

    def _audited(self, connection: Any, operation: str, now: datetime) -> None:
        """Say in the audit to which account what was sent, by ids."""
        one = self.delivery
        named = hidden_in(connection, self._told) if self._told else ()
        deed = Deed(
            at=now,
            account_id=LOCAL,
            operation=operation,
            target=address("digests", str(one.week), one.way, one.account_id),
            record_ids=tuple(sorted(named)),
        )
        Audit(connection).add(deed)

    def _end(self, deliveries: Deliveries, state: DeliveryState, **more: Any) -> None:
        if not deliveries.close(self.delivery, self._holder, state, **more):
            _log.warning("delivery %s was taken over by another process", self.delivery.id)


class ClaimLostError(Exception):
    """Another process has taken the delivery over."""
