"""Cases and the events that tell their history. Who may see them is decided above."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from matcher.domain.cases import Case, Event, Happening, Task
from matcher.domain.phases import Phase
from matcher.domain.records import Kind, Outcome, PairKind
from matcher.errors import ConflictError
from matcher.store.case_queries import Mine, Span, Wanted, falling, fitting
from matcher.store.case_tables import case_events, case_tasks, cases
from matcher.store.rows import OUTCOME_PLAN, can_be_kept
from matcher.store.upserts import chunks
from matcher.store.versions import overwrite
from matcher.wording import Said


class Cases:
    """The tables of cases and their events."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, case: Case) -> None:
        """Keep a new case.

        Raises:
            ConflictError: the pair has an open one already.
        """
        try:
            with self._connection.begin_nested():
                self._connection.execute(sa.insert(cases).values(_values(case)))
        except sa.exc.IntegrityError:
            raise _open_already() from None

    def get(self, case_id: str, *, lock: bool = False) -> Case | None:
        """The case of an id; locked against other writers of it until the transaction ends."""
        if not can_be_kept(case_id):
            return None
        query = sa.select(cases).where(cases.c.id == case_id)
        row = self._connection.execute(query.with_for_update() if lock else query).one_or_none()
        return _case(row._mapping) if row else None

    def many(self, ids: Iterable[str]) -> list[Case]:
        """The cases of these ids."""
        return [case for chunk in chunks(ids) for case in self._select(cases.c.id.in_(chunk))]

    def save(self, case: Case, now: datetime) -> Case:
        """Write a case over the version it names, and give it back with its new one.

        Raises:
            ConflictError: somebody else changed it meanwhile, or its pair has another open case.
        """
        changed = replace(case, changed_at=now)
        try:
            with self._connection.begin_nested():
                return replace(changed, version=overwrite(self._connection, cases, _values(changed)))
        except sa.exc.IntegrityError:
            raise _open_already() from None

    def of_record(self, kind: Kind, record_id: str) -> list[Case]:
        """The cases of a record on either side, the newest first."""
        pairing = PairKind.of(kind)
        side = cases.c.left_id if kind is pairing.left else cases.c.right_id
        return self._select(cases.c.pairing == pairing.value, side == record_id)

    def page(self, wanted: Wanted, mine: Mine | None, after: Case | None = None) -> list[Case]:
        """Cases that may concern somebody (None: all), the newest first: their own, and those with an introduction
        that lie on a record of theirs. `wanted.after` is not looked at: the case itself is given."""
        where = [*fitting(wanted, mine)]
        if after is not None:
            same = sa.and_(cases.c.opened_at == after.opened_at, cases.c.id > after.id)
            where.append(sa.or_(cases.c.opened_at < after.opened_at, same))
        return self._select(*where, limit=wanted.limit)

    def counts(self, wanted: Wanted, mine: Mine | None) -> dict[Phase, int]:
        """How many cases there are at each stage; stages without any are not named."""
        query = sa.select(cases.c.phase, sa.func.count()).where(*fitting(wanted, mine)).group_by(cases.c.phase)
        return {Phase(phase): count for phase, count in self._connection.execute(query)}

    def leading(self, wanted: Wanted, mine: Mine | None, each: int) -> list[Case]:
        """The first cases of each stage, those that changed last before the others."""
        order = (cases.c.changed_at.desc(), cases.c.id)
        place = sa.func.row_number().over(partition_by=cases.c.phase, order_by=order)
        ranked = sa.select(cases.c.id, place.label("place")).where(*fitting(wanted, mine)).subquery()
        first = sa.select(ranked.c.id).where(ranked.c.place <= each)
        query = sa.select(cases).where(cases.c.id.in_(first)).order_by(*order)
        return [_case(row._mapping) for row in self._connection.execute(query)]

    def tasks(self, wanted: Wanted, mine: Mine | None, span: Span, limit: int) -> list[Task]:
        """Tasks of the cases, those that are due first before the others."""
        query = sa.select(case_tasks).join(cases).where(*fitting(wanted, mine), *falling(span))
        query = query.order_by(case_tasks.c.due, case_tasks.c.id).limit(limit)
        return [Task(**row._mapping) for row in self._connection.execute(query)]

    def count_tasks(self, wanted: Wanted, mine: Mine | None, span: Span) -> int:
        """How many of them there are."""
        query = sa.select(sa.func.count()).select_from(case_tasks.join(cases))
        return int(self._connection.execute(query.where(*fitting(wanted, mine), *falling(span))).scalar_one())

    def phases(self, pairing: PairKind) -> list[tuple[str, Phase]]:
        """The left record and the phase of every case of a pairing."""
        query = sa.select(cases.c.left_id, cases.c.phase).where(cases.c.pairing == pairing.value)
        return [(left_id, Phase(phase)) for left_id, phase in self._connection.execute(query)]

    def log(self, event: Event) -> Event:
        """Add to the history of a case that is locked, and give the event back with its number."""
        last = sa.select(sa.func.max(case_events.c.id)).where(case_events.c.case_id == event.case_id)
        number = (self._connection.scalar(last) or 0) + 1
        said = {
            "id": number,
            "case_id": event.case_id,
            "at": event.at,
            "by": event.by,
            "what": event.what.value,
            "said": dict(event.said),
            "outcome": _archived(event.outcome),
            "replaced": _archived(event.replaced),
            "undoes": event.undoes,
        }
        self._connection.execute(sa.insert(case_events).values(said))
        return replace(event, id=number)

    def events(self, case_id: str) -> list[Event]:
        """Everything that happened on a case, in its order."""
        query = sa.select(case_events).where(case_events.c.case_id == case_id).order_by(case_events.c.id)
        return [_event(row._mapping) for row in self._connection.execute(query)]

    def moved(self, case_ids: Sequence[str]) -> list[Event]:
        """The events that tell how cases moved, and what was taken back, by case and in their order."""
        kinds = [Happening.MOVED.value, Happening.UNDONE.value]
        told = []
        for chunk in chunks(case_ids):
            where = case_events.c.case_id.in_(chunk), case_events.c.what.in_(kinds)
            query = sa.select(case_events).where(*where).order_by(case_events.c.case_id, case_events.c.id)
            told += [_event(row._mapping) for row in self._connection.execute(query)]
        return told

    def _select(self, *where: sa.ColumnElement[bool], limit: int | None = None) -> list[Case]:
        query = sa.select(cases).where(*where).order_by(cases.c.opened_at.desc(), cases.c.id).limit(limit)
        return [_case(row._mapping) for row in self._connection.execute(query)]


def forget_cases(connection: sa.Connection, kind: Kind, ids: Sequence[str]) -> None:
    """Drop the cases of these records, with all that belongs to them."""
    pairing = PairKind.of(kind)
    side = cases.c.left_id if kind is pairing.left else cases.c.right_id
    connection.execute(sa.delete(cases).where(cases.c.pairing == pairing.value, side.in_(ids)))


def _open_already() -> ConflictError:
    return ConflictError(
        Said("这一对已有未结的案件。", "This pair has an open case already."),
        Said("请在该案件中继续，或先将其办结或终止。", "Go on with that case, or close or stop it first."),
    )


def _values(case: Case) -> dict[str, Any]:
    return asdict(case) | {"pairing": case.pairing.value, "phase": case.phase.value, "facts": dict(case.facts)}


def _case(row: sa.RowMapping) -> Case:
    return Case(**{**row, "pairing": PairKind(row["pairing"]), "phase": Phase(row["phase"])})


def _archived(outcome: Outcome | None) -> dict[str, Any] | None:
    return OUTCOME_PLAN.archived(outcome) if outcome else None


def _restored(content: Mapping[str, Any] | None) -> Outcome | None:
    return OUTCOME_PLAN.restored(content) if content else None


def _event(row: sa.RowMapping) -> Event:
    told = {"outcome": _restored(row["outcome"]), "replaced": _restored(row["replaced"])}
    return Event(**{**row, **told, "what": Happening(row["what"])})
