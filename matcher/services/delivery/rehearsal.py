"""What a run of sending would come to now: looked at with what it looks with, and nothing claimed or written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from matcher.domain.deliveries import Delivery, DeliveryState, Way, delivery_of
from matcher.domain.digests import Silence
from matcher.domain.weeks import Week
from matcher.services.delivery.standing import Standing
from matcher.services.delivery.tally import Sent, Skipped
from matcher.store import Database, Deliveries, Digests


def rehearsed(database: Database, standing: Standing, ways: Collection[Way], week: Week, now: datetime) -> Sent:
    """How many digests of a composed week would be handed over, and why the others would not."""
    sent, skipped = 0, Counter[str]()
    with database.read() as connection, database.joining(connection):
        deliveries, digests = Deliveries(connection), Digests(connection)
        there, due = {one.id: one for one in deliveries.of(week)}, deliveries.due(week, now)
        for digest in digests.composed(week, silent=True):
            if digest.silence:
                skipped[digest.silence.value] += 1
                continue
            for way in ways:
                one = there.get(delivery_of(digest, way, now).id)
                found = (one and _waiting(one, due)) or standing.look(digest, way, now.astimezone().date())
                if isinstance(found, Skipped | Silence):
                    skipped[found.value] += 1
                else:
                    sent += 1
    return Sent(sent, dict(sorted(skipped.items())), 0)


def _waiting(delivery: Delivery, due: Collection[str]) -> Skipped | None:
    """Why a run would not take a delivery up; what was withheld is looked at again."""
    match delivery.state:
        case DeliveryState.SENT:
            return Skipped.ALREADY_SENT
        case DeliveryState.FAILED:
            return Skipped.FAILED_BEFORE
        case DeliveryState.WITHHELD:
            return None
        case state:
            if delivery.id in due:
                return None
            return Skipped.ELSEWHERE if state is DeliveryState.SENDING else Skipped.DELAYED
