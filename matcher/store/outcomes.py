"""Outcomes, read and written through one connection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from matcher.domain.records import Kind, Outcome, PairKind, Result
from matcher.domain.visibility import Viewer
from matcher.store.facts import Upserted, remove, write_facts
from matcher.store.history import Replaced, past
from matcher.store.repositories import read
from matcher.store.rows import OUTCOME_PLAN, can_be_kept
from matcher.store.seen import pairs_seen_by
from matcher.store.tables import outcomes
from matcher.store.upserts import Revision, chunks

ORDER = (outcomes.c.decided_on, outcomes.c.left_id, outcomes.c.right_id, outcomes.c.kind)
"""By day and ids."""


class Outcomes:
    """What became of pairs, day by day."""

    def __init__(self, connection: sa.Connection, import_id: int | None = None) -> None:
        self._connection = connection
        self._import_id = import_id

    def upsert(self, rows: Sequence[Outcome], now: datetime) -> Upserted:
        """Write outcomes but those that name a record that does not exist, which the answer tells.

        Raises:
            StoreError: no database can keep a value of a row. Part of the rows may then be written: roll back.
        """
        return write_facts(self._connection, rows, now, self._import_id)

    def all(self, kind: PairKind | None = None) -> Iterator[Outcome]:
        """All outcomes, or those of one pairing, by day and ids, streamed."""
        query = OUTCOME_PLAN.select()
        if kind is not None:
            query = query.where(outcomes.c.kind == kind.value)
        return self._read(query)

    def count(self, kind: PairKind) -> int:
        """How many outcomes a pairing has."""
        counted = sa.select(sa.func.count()).select_from(outcomes).where(outcomes.c.kind == kind.value)
        return int(self._connection.execute(counted).scalar_one())

    def taken(self, kind: PairKind) -> set[str]:
        """Ids of the left records that somebody accepted."""
        accepted = (outcomes.c.kind == kind.value, outcomes.c.result == Result.ACCEPTED.value)
        return set(self._connection.scalars(sa.select(outcomes.c.left_id).where(*accepted).distinct()))

    def page(
        self, viewer: Viewer, after: tuple[date, str, str, str] | None, limit: int, named: Mapping[str, str]
    ) -> list[Outcome]:
        """Outcomes of pairs whose records the viewer may see, by day and ids, those after a day with its ids and kind.

        `named` holds what kind, left_id and right_id must be.
        """
        where = [pairs_seen_by(viewer, outcomes), *(outcomes.c[name] == value for name, value in named.items())]
        if after is not None:
            where.append(sa.tuple_(*ORDER) > sa.tuple_(*after))
        return list(self._read(OUTCOME_PLAN.select().where(*where).limit(limit)))

    def of(self, kind: PairKind, left_id: str, right_id: str) -> list[Outcome]:
        """The history of one pair, by day."""
        if not (can_be_kept(left_id) and can_be_kept(right_id)):
            return []
        pair = (outcomes.c.kind == kind.value, outcomes.c.left_id == left_id, outcomes.c.right_id == right_id)
        return list(self._read(OUTCOME_PLAN.select().where(*pair)))

    def take_back(self, outcome: Outcome, earlier: Outcome | None, now: datetime) -> bool:
        """Restore what was told of the pair on that day before; with nothing told then, forget the day.

        False where the day tells something else by now, which then stays.
        """
        revision = Revision(self._connection)
        key = (outcome.kind, outcome.left_id, outcome.right_id)
        told = next((one for one in self.of(*key) if one.decided_on == outcome.decided_on), None)
        if told is None or replace(told, source=outcome.source) != outcome:
            return False
        if earlier is not None:
            self.upsert([earlier], now)
            return True
        this = (outcome.kind.value, outcome.left_id, outcome.right_id, outcome.decided_on)
        remove(self._connection, Kind.OUTCOMES, sa.tuple_(*OUTCOME_PLAN.key_columns) == sa.tuple_(*this))
        revision.bump()
        return True

    def forget(self, keys: Iterable[tuple[Any, ...]]) -> int:
        """Delete outcomes by their whole keys with their history, and say how many there were."""
        revision = Revision(self._connection)
        columns = sa.tuple_(*OUTCOME_PLAN.key_columns)
        gone = sum(len(remove(self._connection, Kind.OUTCOMES, columns.in_(chunk))) for chunk in chunks(keys))
        if gone:
            revision.bump()
        return gone

    def history(self, outcome: Outcome) -> list[Replaced[Outcome]]:
        """What was said of the pair on that day before it was corrected, the oldest first."""
        return past(self._connection, OUTCOME_PLAN, OUTCOME_PLAN.key(outcome))

    def _read(self, query: sa.Select[Any]) -> Iterator[Outcome]:
        return read(self._connection, OUTCOME_PLAN, query.order_by(*ORDER))
