"""When records came, unless so many came at once that it tells nothing of any of them."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa

from matcher.domain.records import Kind
from matcher.store.tables import TABLES


def arrivals(connection: sa.Connection, kind: Kind, since: datetime, most: int) -> dict[str, date]:
    """The day on which each record was first seen after a moment, of those of which no more than `most` came at once.

    Whoever imports an archive gives all its records the moment of the import, which is not when they became news.
    """
    table = TABLES[kind]
    together = sa.func.count().over(partition_by=table.c.first_seen_at).label("together")
    seen = sa.select(table.c.id, table.c.first_seen_at, together).where(table.c.first_seen_at > since).subquery()
    query = sa.select(seen.c.id, seen.c.first_seen_at).where(seen.c.together <= most)
    return {record_id: moment.date() for record_id, moment in connection.execute(query)}
