"""Cases and the events that tell their history. Who may see them is decided above."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from matcher.domain.cases import Case, Event, Happening
from matcher.domain.phases import Phase
from matcher.domain.records import Kind, Outcome, PairKind
from matcher.errors import ConflictError
from matcher.store.case_tables import case_events, cases, introductions
from matcher.store.rows import OUTCOME_PLAN, can_be_kept
from matcher.store.tables import TABLES
from matcher.store.upserts import chunks
from matcher.store.versions import overwrite
from matcher.wording import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """Whose cases are asked for: the account's, its organisation's, and those on records that are theirs."""

    account_id: str
    organisation_id: str = ""
    institutions: frozenset[str] = frozenset()
    """Names of the institutions whose results are theirs."""
    carriers: frozenset[str] = frozenset()
    """Ids of the carriers that are theirs, whose projects are theirs too."""
    funds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases a list is asked for."""

    phases: frozenset[Phase] = frozenset()
    """Empty: all of them."""
    record_id: str = ""
    """On either side."""
    after: str = ""
    """The last case of the page before."""
    limit: int = 100


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
        if not can_be_kept(wanted.record_id):
            return []
        where = [sa.true() if mine is None else _concerns(mine)]
        if wanted.phases:
            where.append(cases.c.phase.in_(sorted(phase.value for phase in wanted.phases)))
        if wanted.record_id:
            where.append(sa.or_(cases.c.left_id == wanted.record_id, cases.c.right_id == wanted.record_id))
        if after is not None:
            same = sa.and_(cases.c.opened_at == after.opened_at, cases.c.id > after.id)
            where.append(sa.or_(cases.c.opened_at < after.opened_at, same))
        return self._select(*where, limit=wanted.limit)

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


def own(mine: Mine) -> sa.ColumnElement[bool]:
    """The cases that somebody works on: their own, and their organisation's."""
    owner = cases.c.owner == mine.account_id
    return sa.or_(owner, cases.c.organisation_id == mine.organisation_id) if mine.organisation_id else owner


def _concerns(mine: Mine) -> sa.ColumnElement[bool]:
    results, projects = TABLES[Kind.ACHIEVEMENTS].c, TABLES[Kind.PROJECTS].c
    result_ids = sa.select(results.id).where(results.institution.in_(mine.institutions))
    project_ids = sa.select(projects.id).where(projects.incubator_id.in_(mine.carriers))
    taking, funding = (cases.c.pairing == pairing.value for pairing in PairKind)
    theirs = sa.or_(
        sa.and_(taking, sa.or_(cases.c.left_id.in_(result_ids), cases.c.right_id.in_(mine.carriers))),
        sa.and_(funding, sa.or_(cases.c.left_id.in_(project_ids), cases.c.right_id.in_(mine.funds))),
    )
    introduced = sa.exists().where(introductions.c.case_id == cases.c.id)
    return sa.or_(own(mine), sa.and_(theirs, introduced))


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
