"""Which cases somebody asks for, as conditions of a query: those that concern them, and what they are narrowed by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self

import sqlalchemy as sa

from matcher.domain.phases import Phase
from matcher.domain.records import Kind, PairKind
from matcher.domain.visibility import Viewer
from matcher.store.case_tables import case_events, case_tasks, cases, introductions
from matcher.store.rows import can_be_kept
from matcher.store.seen import seen_by
from matcher.store.tables import TABLES


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
    viewer: Viewer | None = None
    """Who must be able to see the left record; None: whether they can is looked at later."""

    def worked(self) -> Self:
        """Without the cases in which they are only a side."""
        return replace(self, institutions=frozenset(), carriers=frozenset(), funds=frozenset())


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
    pairing: PairKind | None = None
    owner: str = ""
    """The account that works on it."""
    organisation_id: str = ""
    late: date | None = None
    """With a task that was due before this day and is not done."""
    still_since: datetime | None = None
    """Nothing happened on it since."""
    answerable: date | None = None
    """With an introduction that can be answered on this day."""


@dataclass(frozen=True, slots=True)
class Span:
    """Which tasks that are not done are asked for: due before a day, from a day on, somebody's."""

    before: date
    since: date | None = None
    assignee: str = ""


def fitting(wanted: Wanted, mine: Mine | None) -> Iterator[sa.ColumnElement[bool]]:
    """The conditions of a list of cases; `after` and `limit` are not looked at. Without `mine` it is everybody's."""
    if not can_be_kept(wanted.record_id):
        yield sa.false()
        return
    if mine is not None:
        yield _concerns(mine)
        if mine.viewer is not None:
            yield _seen(mine.viewer)
    if wanted.phases:
        yield cases.c.phase.in_(sorted(phase.value for phase in wanted.phases))
    if wanted.record_id:
        yield sa.or_(cases.c.left_id == wanted.record_id, cases.c.right_id == wanted.record_id)
    named = {"pairing": wanted.pairing, "owner": wanted.owner, "organisation_id": wanted.organisation_id}
    yield from (cases.c[name] == str(value) for name, value in named.items() if value)
    if wanted.late is not None:
        yield sa.exists().where(case_tasks.c.case_id == cases.c.id, *falling(Span(wanted.late)))
    if wanted.still_since is not None:
        moved = sa.exists().where(case_events.c.case_id == cases.c.id, case_events.c.at >= wanted.still_since)
        yield sa.not_(moved)
    if wanted.answerable is not None:
        waiting = sa.or_(introductions.c.left_reply.is_(None), introductions.c.right_reply.is_(None))
        yield _introduced(introductions.c.expires_on >= wanted.answerable, waiting)


def falling(span: Span) -> Iterator[sa.ColumnElement[bool]]:
    """The conditions of tasks."""
    yield case_tasks.c.done_at.is_(None)
    yield case_tasks.c.due < span.before
    if span.since is not None:
        yield case_tasks.c.due >= span.since
    if span.assignee:
        yield case_tasks.c.assignee == span.assignee


def own(mine: Mine) -> sa.ColumnElement[bool]:
    """The cases that somebody works on: their own, and their organisation's."""
    owner = cases.c.owner == mine.account_id
    return sa.or_(owner, cases.c.organisation_id == mine.organisation_id) if mine.organisation_id else owner


def _concerns(mine: Mine) -> sa.ColumnElement[bool]:
    if not (mine.institutions or mine.carriers or mine.funds):
        return own(mine)
    results, projects = TABLES[Kind.ACHIEVEMENTS].c, TABLES[Kind.PROJECTS].c
    result_ids = sa.select(results.id).where(results.institution.in_(mine.institutions))
    project_ids = sa.select(projects.id).where(projects.incubator_id.in_(mine.carriers))
    taking, funding = (cases.c.pairing == pairing.value for pairing in PairKind)
    theirs = sa.or_(
        sa.and_(taking, sa.or_(cases.c.left_id.in_(result_ids), cases.c.right_id.in_(mine.carriers))),
        sa.and_(funding, sa.or_(cases.c.left_id.in_(project_ids), cases.c.right_id.in_(mine.funds))),
    )
    return sa.or_(own(mine), sa.and_(theirs, _introduced()))


def _introduced(*more: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """That the case has an introduction that was not withdrawn."""
    return sa.exists().where(introductions.c.case_id == cases.c.id, sa.not_(introductions.c.withdrawn), *more)


def _seen(viewer: Viewer) -> sa.ColumnElement[bool]:
    """That the viewer may see the left record; the right ones are public."""
    lefts = {pairing: TABLES[pairing.left] for pairing in PairKind}
    return sa.or_(
        *(
            sa.and_(
                cases.c.pairing == pairing.value,
                sa.exists().where(left.c.id == cases.c.left_id, seen_by(viewer, pairing.left)),
            )
            for pairing, left in lefts.items()
        )
    )
