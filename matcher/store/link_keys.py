"""The keys that links in letters are signed with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from matcher.store.delivery_tables import link_keys


@dataclass(frozen=True, slots=True)
class LinkKey:
    """One key. It vouches for its links `until` a moment; None: until it is retired."""

    number: int
    secret: str
    made_at: datetime
    until: datetime | None = None

    def __repr__(self) -> str:
        return f"LinkKey({self.number})"


class LinkKeys:
    """The table of keys."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def newest(self) -> LinkKey | None:
        """The key that signs."""
        query = sa.select(link_keys).where(link_keys.c.until.is_(None)).order_by(link_keys.c.number.desc()).limit(1)
        row = self._connection.execute(query).one_or_none()
        return LinkKey(*row) if row else None

    def get(self, number: int) -> LinkKey | None:
        """The key of a number."""
        row = self._connection.execute(sa.select(link_keys).where(link_keys.c.number == number)).one_or_none()
        return LinkKey(*row) if row else None

    def add(self, secret: str, now: datetime) -> LinkKey:
        """Keep a new key."""
        row = {"secret": secret, "made_at": now, "until": None}
        number = self._connection.execute(sa.insert(link_keys).values(row).returning(link_keys.c.number)).scalar_one()
        return LinkKey(number, secret, now)

    def retire(self, until: datetime) -> int:
        """Let all keys end at a moment, those sooner that end sooner; how many had no end."""
        sooner = sa.or_(link_keys.c.until.is_(None), link_keys.c.until > until)
        endless = self._connection.scalar(sa.select(sa.func.count()).where(link_keys.c.until.is_(None))) or 0
        self._connection.execute(sa.update(link_keys).where(sooner).values(until=until))
        return int(endless)
