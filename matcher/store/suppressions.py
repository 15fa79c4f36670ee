"""Addresses that get no mail, and the letters that came back from them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from matcher.domain.deliveries import Bounce, Cause, Hardness, Suppression
from matcher.store.delivery_tables import bounces, suppressions
from matcher.store.upserts import insert_new


class Suppressions:
    """The tables of suppressed addresses and of bounces. The case of an address does not count."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, one: Suppression) -> bool:
        """Put an address on the list; False where it is on it already, and what is known of it stays."""
        row = asdict(one) | {"address": one.address.casefold(), "cause": one.cause.value}
        return insert_new(self._connection, suppressions, row)

    def get(self, address: str) -> Suppression | None:
        """The entry of an address."""
        row = self._connection.execute(
            sa.select(suppressions).where(suppressions.c.address == address.casefold())
        ).one_or_none()
        return _suppression(row._mapping) if row else None

    def all(self) -> list[Suppression]:
        """The whole list, by address."""
        query = sa.select(suppressions).order_by(suppressions.c.address)
        return [_suppression(row._mapping) for row in self._connection.execute(query)]

    def remove(self, address: str) -> bool:
        """Take an address off the list, and count its bounces no longer; False where it is not on it."""
        mine = address.casefold()
        self._connection.execute(sa.update(bounces).where(bounces.c.address == mine).values(forgiven=True))
        return self._connection.execute(sa.delete(suppressions).where(suppressions.c.address == mine)).rowcount > 0

    def note(self, bounce: Bounce) -> bool:
        """Keep a bounce; False for one that is known."""
        row: dict[str, Any] = asdict(bounce) | {"hardness": bounce.hardness.value, "forgiven": False}
        return insert_new(self._connection, bounces, row | {"address": bounce.address.casefold()})

    def soft_days(self, address: str, since: datetime) -> int:
        """On how many different days mail came back for now since a moment."""
        counts = (bounces.c.address == address.casefold(), bounces.c.at > since, bounces.c.forgiven.is_(False))
        query = sa.select(bounces.c.at).where(*counts, bounces.c.hardness == Hardness.SOFT.value)
        return len({at.date() for at in self._connection.scalars(query)})

    def bounced(self, address: str) -> list[Bounce]:
        """The bounces of an address by day."""
        columns = [bounces.c[name] for name in Bounce.__dataclass_fields__]
        query = sa.select(*columns).where(bounces.c.address == address.casefold()).order_by(bounces.c.at, bounces.c.id)
        rows = self._connection.execute(query)
        return [Bounce(**{**row._mapping, "hardness": Hardness(row.hardness)}) for row in rows]

    def forget(self, address: str) -> int:
        """Forget an address altogether; how many rows named it."""
        mine = address.casefold()
        return sum(
            self._connection.execute(sa.delete(table).where(table.c.address == mine)).rowcount
            for table in (suppressions, bounces)
        )


def _suppression(row: sa.RowMapping) -> Suppression:
    return Suppression(**{**row, "cause": Cause(row["cause"])})
