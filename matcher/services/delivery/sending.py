"""Sending a week's digests: each claimed, looked at once more, noted, handed over, and only then marked as told.

Killed anywhere, the next run does what is still to do. Only between the handing over and the mark nobody can know what
the mail server did: the same message is handed over again, and a mailbox shows it once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from matcher.domain.deliveries import BACK_OFF, Attempt, Bounce, Delivery, Hardness, Way, delivery_of
from matcher.domain.digests import Digest, Silence
from matcher.domain.weeks import Week
from matcher.errors import (
    MailboxError,
    MailDelayedError,
    MailError,
    MailUncertainError,
    RecordNotFoundError,
    UnservedError,
)
from matcher.services.delivery.claim import Claim, ClaimLostError
from matcher.services.delivery.letter import Reader
from matcher.services.delivery.rehearsal import rehearsed
from matcher.services.delivery.standing import Standing
from matcher.services.delivery.suppressing import Suppressing
from matcher.services.delivery.tally import Sent, Tally, skipped
from matcher.services.delivery.ways import Carrier, Prepared
from matcher.store import Database, Deliveries, Digests
from matcher.wording import Said

SLICE = 0.5
"""Seconds after which a run that waits for its turn asks whether it is to stop."""
Tell = Callable[[str, int, int | None], None]

_log = logging.getLogger(__name__)


class Step(StrEnum):
    """Where the sending of one digest is."""

    CLAIMED = "claimed"
    NOTED = "noted"
    HANDED = "handed"
    CLOSED = "closed"


class Sending:
    """The use case of sending on one installation."""

    def __init__(
        self,
        database: Database,
        standing: Standing,
        suppressing: Suppressing,
        carriers: Mapping[Way, Carrier],
        *,
        per_minute: int,
        new_id: Callable[[], str],
        clock: Callable[[], datetime],
        pause: Callable[[float], object],
        heard: Callable[[Step, Delivery], None] = lambda step, delivery: None,
    ) -> None:
        self._database = database
        self._standing = standing
        self._suppressing = suppressing
        self._carriers = carriers
        self._per_minute = per_minute
        self._new_id = new_id
        self._clock = clock
        self._pause = pause
        self._heard = heard

    def run(self, week: Week, tell: Tell = lambda *_: None) -> Sent:
        """Send what is due of a week. One recipient's failure is noted and stops nobody else's letter.

        Raises:
            RecordNotFoundError: the week is not composed.
        """
        waiting, tally = self._queue(week), Tally()
        while not tally.hopeless and (claim := self._claim(week)) is not None:
            tell("deliver", tally.done, waiting)
            self._heard(Step.CLAIMED, claim.delivery)
            self._one(claim, tally, tell)
        with self._database.read() as connection:
            counts = Deliveries(connection).counts(week)
            silent = _silences(connection, week)
        return Sent(tally.sent, skipped(counts, silent, tally), tally.failed, tally.closed)

    def rehearse(self, week: Week) -> Sent:
        """What a run would send now, and what not and why; nothing is claimed or written.

        Raises:
            RecordNotFoundError: the week is not composed.
        """
        with self._database.read() as connection:
            _require_composed(connection, week)
        return rehearsed(self._database, self._standing, self._carriers.keys(), week, self._clock())

    def awaits(self, week: Week) -> bool:
        """Whether a run would find something to do."""
        with self._database.read() as connection:
            deliveries = Deliveries(connection)
            there = sum(deliveries.counts(week).values())
            wanted = _silences(connection, week).get("", 0) * len(self._carriers)
            return wanted > there or deliveries.awaits(week, self._clock())

    def log(self, week: Week) -> list[tuple[Delivery, list[Attempt]]]:
        """The deliveries of a week by account, each with every attempt."""
        with self._database.read() as connection:
            deliveries = Deliveries(connection)
            return [(one, deliveries.attempts(one.id)) for one in deliveries.of(week)]

    def _queue(self, week: Week) -> int:
        """Put what is composed into the queue, and what was withheld; how many deliveries there are."""
        now = self._clock()
        with self._database.begin() as connection:
            _require_composed(connection, week)
            deliveries = Deliveries(connection)
            composed = list(Digests(connection).composed(week))
            deliveries.queue(delivery_of(digest, way, now) for digest in composed for way in self._carriers)
            deliveries.reconsider(week, now)
            return len(composed) * len(self._carriers)

    def _claim(self, week: Week) -> Claim | None:
        holder = self._new_id()
        with self._database.begin() as connection:
            delivery = Deliveries(connection).claim(week, holder, self._clock())
        return Claim(self._database, delivery, holder, self._clock) if delivery else None

    def _one(self, claim: Claim, tally: Tally, tell: Tell) -> None:
        tally.done += 1
        try:
            found = self._prepared(claim.delivery)
        except UnservedError:
            raise
        except Exception:
            _log.exception("delivery %s cannot be made", claim.delivery.id)
            tally.failed += not claim.unmade()
            return
        if isinstance(found, Silence):
            claim.withheld(found)
            return
        digest, reader, prepared = found
        try:
            self._wait_for_its_turn(claim, prepared, tell)
        except ClaimLostError:
            _log.warning("delivery %s was taken over by another process", claim.delivery.id)
            return
        self._heard(Step.NOTED, claim.delivery)
        if self._handed(claim, reader, prepared, tally):
            self._heard(Step.HANDED, claim.delivery)
            claim.told(digest, prepared.items)
            tally.passed()
            self._heard(Step.CLOSED, claim.delivery)

    def _prepared(self, delivery: Delivery) -> tuple[Digest, Reader, Prepared] | Silence:
        """What is handed over as things stand now."""
        now = self._clock()
        with self._database.read() as connection:
            digest = Digests(connection).get(delivery.digest_id)
        if digest is None or delivery.way not in self._carriers:
            return Silence.NOTHING
        found = self._standing.look(digest, delivery.way, now.astimezone().date())
        if isinstance(found, Silence):
            return found
        reader, left = found
        return digest, reader, self._carriers[delivery.way].prepare(left, delivery, reader, now)

    def _wait_for_its_turn(self, claim: Claim, prepared: Prepared, tell: Tell) -> None:
        try:
            while (seconds := claim.note(prepared, self._per_minute)) is not None:
                tell("deliver", 0, None)
                self._pause(min(SLICE, max(seconds, 0.01)))
        except BaseException:
            claim.released()
            raise

    def _handed(self, claim: Claim, reader: Reader, prepared: Prepared, tally: Tally) -> bool:
        """Hand it over, and note why where it did not pass."""
        try:
            prepared.hand()
        except MailUncertainError as error:
            tally.shut(error)
            tally.failed += not claim.delayed("uncertain", str(error.message), sure=False)
        except MailError as error:
            self._not_taken(claim, reader, tally, error)
        except Exception:
            _log.exception("delivery %s was not handed over", claim.delivery.id)
            tally.failed += not claim.delayed("error", "", sure=False)
        else:
            return True
        return False

    def _not_taken(self, claim: Claim, reader: Reader, tally: Tally, error: MailError) -> None:
        said = str(error.message)
        if error.closed:
            tally.shut(error)
            claim.shut_out(said, BACK_OFF)  # every other letter would fail alike: the attempt does not count
            return
        tally.opened()
        if isinstance(error, MailDelayedError):
            tally.failed += not claim.delayed("delayed", said, sure=True)
            return
        claim.failed(said)
        tally.failed += 1
        if isinstance(error, MailboxError):
            hardness = Hardness.HARD if error.gone else Hardness.SOFT
            name = f"{claim.delivery.id}-{claim.delivery.attempts}"
            address = reader.account.email
            self._suppressing.take(Bounce(id=name, address=address, hardness=hardness, at=self._clock(), said=said))


def _require_composed(connection: Any, week: Week) -> None:
    if Digests(connection).receipt(week) is None:
        raise RecordNotFoundError(
            Said(f"{week} 的简报还没有生成。", f"The digests of {week} are not composed."),
            Said(
                f"请先执行 matcher digest compose --week {week}。",
                f"Run `matcher digest compose --week {week}` first.",
            ),
        )


def _silences(connection: Any, week: Week) -> dict[str, int]:
    """How many digests of the week there are by silence; empty: to be sent."""
    return Digests(connection).counts(week.back(-1), 1).get(week, {})
