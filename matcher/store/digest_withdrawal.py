"""A record that is withdrawn leaves no text behind in digests, and an account that is erased leaves none at all."""

from __future__ import annotations

import json
from collections.abc import Sequence

import sqlalchemy as sa

from matcher.domain.digest_content import about, mentions
from matcher.domain.records import Kind, PairKind
from matcher.store.digest_tables import digest_settings, digest_told, digests

LOOKED_FOR = 50
"""Most ids that the database looks for in its rows; for more, all rows are read."""


def forget_digests(connection: sa.Connection, kind: Kind, ids: Sequence[str]) -> None:
    """Take these records out of all digests and receipts, and forget that anybody was told of them."""
    pair = PairKind.of(kind)
    side = digest_told.c.left_id if pair.left is kind else digest_told.c.right_id
    connection.execute(sa.delete(digest_told).where(digest_told.c.kind == pair.value, side.in_(ids)))
    gone = set(ids)
    query = sa.select(digests.c.id, digests.c["items"], digests.c.lines, digests.c.made_from)
    if len(ids) <= LOOKED_FOR:
        query = query.where(sa.or_(*(_names(record_id) for record_id in ids)))
    for row in connection.execute(query).all():
        made_from = dict(row.made_from)
        changed = {
            "items": [item for item in row.items if not mentions(item, kind, gone)],
            "lines": [line for line in row.lines if not about(line, kind, gone)],
            "made_from": made_from
            | {
                "tellings": [one for one in made_from.get("tellings", []) if not mentions(one, kind, gone)],
                "lines": [line for line in made_from.get("lines", []) if not about(line, kind, gone)],
            },
        }
        if any(changed[name] != row._mapping[name] for name in changed):
            connection.execute(sa.update(digests).where(digests.c.id == row.id).values(changed))


def forget_account(connection: sa.Connection, account_id: str) -> None:
    """Forget the digests of an account, and how it wanted them."""
    for table in (digest_told, digests, digest_settings):
        connection.execute(sa.delete(table).where(table.c.account_id == account_id))


def _names(record_id: str) -> sa.ColumnElement[bool]:
    # As JSON writes it; a `kind/id` of a line ends with it.
    written = json.dumps(record_id, ensure_ascii=False)[1:]
    columns = (digests.c.made_from, digests.c["items"], digests.c.lines)
    return sa.or_(*(sa.cast(column, sa.Text).contains(written, autoescape=True) for column in columns))
