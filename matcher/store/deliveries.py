"""Deliveries, claimed one by one. Whatever a process writes of one names its claim, as with jobs."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from matcher.domain.deliveries import LEASE, Attempt, Delivery, DeliveryState, Way
from matcher.domain.weeks import Week
from matcher.store.delivery_tables import deliveries, delivery_attempts
from matcher.store.upserts import insert_new

_RATE_LOCK = 0x6D617261
"""Held on PostgreSQL while it is counted how many letters went out lately."""
_WAITING = [DeliveryState.QUEUED.value, DeliveryState.DELAYED.value]
_OURS = ("holder", "claimed_at")


class Deliveries:
    """The tables of deliveries and attempts."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def queue(self, wanted: Iterable[Delivery]) -> int:
        """Put deliveries into the queue; those that are there already stay as they are. How many are new."""
        return sum(insert_new(self._connection, deliveries, _row(one)) for one in wanted)

    def reconsider(self, week: Week, now: datetime) -> None:
        """Queue again what was withheld: the reason may have gone."""
        withheld = (deliveries.c.week == str(week), deliveries.c.state == DeliveryState.WITHHELD.value)
        again = {"state": DeliveryState.QUEUED.value, "withheld": "", "due_at": now, "attempts": 0}
        self._connection.execute(sa.update(deliveries).where(*withheld).values(again))

    def awaits(self, week: Week, now: datetime) -> bool:
        """Whether something of the week is due, or left by a process that died; it only reads."""
        return self._connection.scalar(sa.select(sa.exists().where(_due(week, now)))) or False

    def due(self, week: Week, now: datetime) -> set[str]:
        """The ids of what `claim` would give; it only reads."""
        return set(self._connection.scalars(sa.select(deliveries.c.id).where(_due(week, now))))

    def claim(self, week: Week, holder: str, now: datetime) -> Delivery | None:
        """Take the delivery of the week that has been due longest. No two callers ever get the same one."""
        first = sa.select(deliveries.c.id).where(_due(week, now)).order_by(deliveries.c.due_at, deliveries.c.id)
        # SQLite writes no such clause: there the transaction has the database to itself from its beginning.
        delivery_id = self._connection.scalar(first.limit(1).with_for_update(skip_locked=True))
        if delivery_id is None:
            return None
        taken = {"state": DeliveryState.SENDING.value, "holder": holder, "claimed_at": now}
        mine = sa.update(deliveries).where(deliveries.c.id == delivery_id)
        self._connection.execute(mine.values(taken | {"attempts": deliveries.c.attempts + 1}))
        return self.get(delivery_id)

    def recent(self, way: Way, since: datetime) -> list[datetime]:
        """When letters were handed over by a way after a moment, the earliest first. Who asks is alone until the
        commit."""
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_RATE_LOCK)))
        lately = (delivery_attempts.c.way == way.value, delivery_attempts.c.at > since)
        query = sa.select(delivery_attempts.c.at).where(*lately).order_by(delivery_attempts.c.at)
        return list(self._connection.scalars(query))

    def hand(self, delivery: Delivery, holder: str, items: Collection[str], now: datetime) -> bool:
        """Note that it is about to be handed over, and with which items; False, and nothing is written, without the
        claim."""
        if not self._write(delivery.id, holder, {"handed": sorted({*delivery.handed, *items}), "claimed_at": now}):
            return False
        self.note(delivery, "", "", now)
        return True

    def close(
        self,
        delivery: Delivery,
        holder: str,
        state: DeliveryState,
        *,
        due_at: datetime | None = None,
        withheld: str = "",
        sent_at: datetime | None = None,
        counted: bool = True,
        handed: Collection[str] | None = None,
    ) -> bool:
        """Note how the claim ended; False, and nothing is written, when it is lost."""
        values: dict[str, Any] = {"state": state.value, "holder": "", "withheld": withheld, "sent_at": sent_at}
        if due_at is not None:
            values["due_at"] = due_at
        if not counted:
            values["attempts"] = deliveries.c.attempts - 1
        if handed is not None:
            values["handed"] = sorted(handed)
        return self._write(delivery.id, holder, values)

    def note(self, delivery: Delivery, outcome: str, said: str, now: datetime) -> None:
        """Write an attempt; its outcome is empty while it is not known."""
        row = {"delivery_id": delivery.id, "number": self._next(delivery.id), "way": delivery.way.value, "at": now}
        self._connection.execute(sa.insert(delivery_attempts).values(row | {"outcome": outcome, "said": said}))

    def log(self, delivery: Delivery, outcome: str, said: str = "") -> None:
        """Write the outcome of the attempt that was begun last."""
        last = sa.select(sa.func.max(delivery_attempts.c.number)).where(delivery_attempts.c.delivery_id == delivery.id)
        mine = (delivery_attempts.c.delivery_id == delivery.id, delivery_attempts.c.number == last.scalar_subquery())
        self._connection.execute(sa.update(delivery_attempts).where(*mine).values(outcome=outcome, said=said))

    def get(self, delivery_id: str) -> Delivery | None:
        """The delivery of an id."""
        row = self._connection.execute(_DELIVERIES.where(deliveries.c.id == delivery_id)).one_or_none()
        return _delivery(row._mapping) if row else None

    def attempts(self, delivery_id: str) -> list[Attempt]:
        """Every attempt of a delivery, the first one first."""
        columns = [delivery_attempts.c[name] for name in Attempt.__dataclass_fields__]
        query = sa.select(*columns).where(delivery_attempts.c.delivery_id == delivery_id)
        return [Attempt(**row._mapping) for row in self._connection.execute(query.order_by(columns[1]))]

    def of(self, week: Week) -> list[Delivery]:
        """The deliveries of a week by account."""
        query = _DELIVERIES.where(deliveries.c.week == str(week))
        ordered = query.order_by(deliveries.c.account_id, deliveries.c.way)
        return [_delivery(row._mapping) for row in self._connection.execute(ordered)]

    def counts(self, week: Week) -> dict[tuple[DeliveryState, str], int]:
        """How many deliveries of a week stand where, the withheld ones by their reason."""
        by = (deliveries.c.state, deliveries.c.withheld)
        query = sa.select(*by, sa.func.count()).where(deliveries.c.week == str(week)).group_by(*by)
        return {(DeliveryState(state), why): count for state, why, count in self._connection.execute(query)}

    def _next(self, delivery_id: str) -> int:
        of_it = delivery_attempts.c.delivery_id == delivery_id
        return int(self._connection.scalar(sa.select(sa.func.count()).where(of_it)) or 0) + 1

    def _write(self, delivery_id: str, holder: str, values: dict[str, Any]) -> bool:
        held = (deliveries.c.id == delivery_id, deliveries.c.holder == holder, deliveries.c.state == "sending")
        return self._connection.execute(sa.update(deliveries).where(*held).values(values)).rowcount > 0


def forget_deliveries(connection: sa.Connection, account_id: str) -> None:
    """Forget what went to an account."""
    mine = sa.select(deliveries.c.id).where(deliveries.c.account_id == account_id)
    connection.execute(sa.delete(delivery_attempts).where(delivery_attempts.c.delivery_id.in_(mine)))
    connection.execute(sa.delete(deliveries).where(deliveries.c.account_id == account_id))


_DELIVERIES = sa.select(*(column for column in deliveries.c if column.name not in _OURS))


def _due(week: Week, now: datetime) -> sa.ColumnElement[bool]:
    waiting = sa.and_(deliveries.c.state.in_(_WAITING), deliveries.c.due_at <= now)
    lapsed = sa.and_(deliveries.c.state == DeliveryState.SENDING.value, deliveries.c.claimed_at <= now - LEASE)
    return sa.and_(deliveries.c.week == str(week), sa.or_(waiting, lapsed))


def _row(one: Delivery) -> dict[str, Any]:
    plain = {column.name: getattr(one, column.name) for column in deliveries.c if column.name not in _OURS}
    words = {"week": str(one.week), "way": one.way.value, "state": one.state.value, "handed": list(one.handed)}
    return plain | words | {"holder": "", "claimed_at": None}


def _delivery(row: sa.RowMapping) -> Delivery:
    words = {"week": Week(row["week"]), "way": Way(row["way"]), "state": DeliveryState(row["state"])}
    return Delivery(**{**row, **words, "handed": tuple(row["handed"])})
