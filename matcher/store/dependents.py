"""What else hangs on rows: they are not to be taken away from under it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from matcher.domain.columns import references
from matcher.domain.controls import Aim
from matcher.domain.records import TYPES, Kind, PairKind
from matcher.store.case_tables import cases
from matcher.store.feedback import feedback
from matcher.store.mandates import mandates
from matcher.store.tables import TABLES, controls, outcomes

PAIRS = ((outcomes, "kind"), (cases, "pairing"), (feedback, "kind"))
"""Tables about a left and a right record, and the column that tells which pairing."""


def needed_by_others(connection: sa.Connection, kind: Kind, ids: Sequence[str]) -> set[str]:
    """Those of the rows that another row, a case, a judgement, a wish or a standing query names."""
    return {found for query in _named(kind, ids) for found in connection.scalars(query)}


def _named(kind: Kind, ids: Collection[str]) -> Iterator[sa.Select[Any]]:
    for of in Kind:
        for each in references(TYPES[of]):
            column = TABLES[of].c[each.field]
            if each.to is kind and not isinstance(column.type, sa.JSON):
                yield sa.select(column).where(column.in_(ids))
    for pairing in PairKind:
        if kind in (pairing.left, pairing.right):
            for table, name in PAIRS:
                side = table.c.left_id if kind is pairing.left else table.c.right_id
                yield sa.select(side).where(table.c[name] == pairing.value, side.in_(ids))
            other = pairing.right if kind is pairing.left else pairing.left
            wish = controls.c
            yield sa.select(wish.asker).where(wish.asker_kind == kind.value, wish.asker.in_(ids))
            aimed = (wish.asker_kind == other.value, wish.aim == Aim.RECORD.value, wish.target.in_(ids))
            yield sa.select(wish.target).where(*aimed)
            record_id = mandates.c.record_id
            yield sa.select(record_id).where(mandates.c.record_kind == kind.value, record_id.in_(ids))
