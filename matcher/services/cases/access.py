"""Who has to do with a case, and what they may do with it. What somebody may not see does not exist for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from matcher.domain.accounts import OVERSEEING, Actor, Role
from matcher.domain.cases import Case
from matcher.domain.introductions import Introduction, Side, current
from matcher.domain.records import Left, PairKind, Record, Right
from matcher.domain.visibility import visible
from matcher.errors import MatcherError, NotAllowedError, RecordNotFoundError
from matcher.store import Cases, Mine, Organisations, Outcomes, Papers, Records, Wanted
from matcher.store.versions import ANY, require_version
from matcher.store.versions import Seen as Version
from matcher.wording import Said, Word

OPENING = frozenset({Role.ADMINISTRATOR, Role.BROKER, Role.INCUBATOR})
"""Who may open cases; the brokers' workstations are the carriers'."""


Key = tuple[PairKind, str]


class Part(Word):
    """What somebody has to do with a case."""

    WORKS = "works", "经办", "works on it"
    OVERSEES = "oversees", "监督", "oversees it"
    SIDE = "side", "当事方", "is one of its sides"


@dataclass(frozen=True, slots=True)
class Desk:
    """The tables that a use case works with, in one transaction."""

    cases: Cases
    papers: Papers
    records: Records
    outcomes: Outcomes
    organisations: Organisations

    @classmethod
    def of(cls, connection: Any) -> Self:
        """The tables behind a connection of the database."""
        return cls(
            Cases(connection), Papers(connection), Records(connection), Outcomes(connection), Organisations(connection)
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """A case as somebody who has to do with it came to it."""

    case: Case
    left: Left
    right: Right
    introductions: tuple[Introduction, ...]
    part: Part
    sides: frozenset[Side]
    """The sides that the actor's organisation speaks for."""

    @property
    def introduction(self) -> Introduction | None:
        """The introduction that counts."""
        return current(self.introductions)


def sides_of(actor: Actor, left: Record, right: Record) -> frozenset[Side]:
    """The sides an actor speaks for. A record that was only opened to somebody is not theirs to speak for."""
    told = {Side.LEFT: actor.viewer.owns(left), Side.RIGHT: actor.speaks_for(right.table, right.id)}
    return frozenset(side for side, speaks in told.items() if speaks)


def found(desk: Desk, case: Case, actor: Actor) -> Seen | None:
    """The case as this actor may come to it; None where it does not exist for them."""
    return next(found_among(desk, [case], actor), None)


def found_among(desk: Desk, cases: Sequence[Case], actor: Actor) -> Iterator[Seen]:
    """Those of the cases that exist for this actor."""
    lefts, rights = _records(desk, cases)
    told = desk.papers.introductions([case.id for case in cases])
    for case in cases:
        left, right = lefts.get((case.pairing, case.left_id)), rights.get((case.pairing, case.right_id))
        if left is None or right is None or not visible(left, actor.viewer):
            continue
        introductions, sides = tuple(told.get(case.id, ())), sides_of(actor, left, right)
        part = _part(case, actor, bool(sides) and current(introductions) is not None)
        if part is not None:
            yield Seen(case, left, right, introductions, part, sides)


def pairs_of(desk: Desk, cases: Sequence[Case]) -> list[tuple[Left | None, Right | None]]:
    """The two records of each case."""
    lefts, rights = _records(desk, cases)
    return [(lefts.get((one.pairing, one.left_id)), rights.get((one.pairing, one.right_id))) for one in cases]


def _records(desk: Desk, cases: Sequence[Case]) -> tuple[dict[Key, Left], dict[Key, Right]]:
    """Both sides of cases, by pairing and id."""
    lefts: dict[Key, Any] = {}
    rights: dict[Key, Any] = {}
    for pairing in {case.pairing for case in cases}:
        mine = [case for case in cases if case.pairing is pairing]
        left = desk.records.many(pairing.left, [case.left_id for case in mine])
        right = desk.records.many(pairing.right, [case.right_id for case in mine])
        lefts |= {(pairing, name): record for name, record in left.items()}
        rights |= {(pairing, name): record for name, record in right.items()}
    return lefts, rights


def seen(desk: Desk, case_id: str, actor: Actor, version: Version = ANY, *, lock: bool = False) -> Seen:
    """The case of an id, at the version the actor saw, where they name one.

    Raises:
        RecordNotFoundError: there is none, or none for this actor.
        ConflictError: somebody else changed it meanwhile.
    """
    case = desk.cases.get(case_id, lock=lock)
    come = found(desk, case, actor) if case else None
    if come is None:
        raise no_case(case_id)
    require_version(version, come.case.version)
    return come


def worked(desk: Desk, case_id: str, actor: Actor, version: Version = ANY, *, lock: bool = True) -> Seen:
    """The case, locked against other writers unless it is only looked at, for somebody who works on it.

    Raises:
        NotAllowedError: the actor may only look at it.
    """
    come = seen(desk, case_id, actor, lock=lock)
    if come.part is not Part.WORKS:
        raise NotAllowedError(
            Said("只有经办方可以处理该案件。", "Only those who work on the case may do this."),
            Said("请联系经办的技术经纪人。", "Ask the broker who works on it."),
        )
    require_version(version, come.case.version)
    return come


def mine(actor: Actor) -> Mine:
    """Whose cases to look for."""
    organisation = actor.organisation
    return Mine(
        account_id=actor.id,
        organisation_id=organisation.id if organisation else "",
        institutions=frozenset(organisation.institutions if organisation else ()),
        carriers=frozenset(organisation.incubator_ids if organisation else ()),
        funds=frozenset(organisation.fund_ids if organisation else ()),
        viewer=actor.viewer,
    )


def whose(actor: Actor) -> Mine | None:
    """Whose cases exist for them; None: everybody's."""
    return None if actor.role in OVERSEEING else mine(actor)


def worked_by(actor: Actor) -> Mine | None:
    """Whose cases they work on or oversee; None: everybody's."""
    return None if actor.role in OVERSEEING else mine(actor).worked()


def asked_of(actor: Actor, wanted: Wanted) -> Mine | None:
    """Whose cases a list is asked of; None: everybody's. Of overdue tasks, and of when something happened at all, the
    sides of a case are not told, so that a list narrowed by these holds none of theirs."""
    narrowed = wanted.late is not None or wanted.still_since is not None
    return worked_by(actor) if narrowed else whose(actor)


def as_side(actor: Actor) -> Mine:
    """Whose cases to look for, where it is one of the sides. Of a record that one may not see yet one may be told that
    there is something."""
    return replace(mine(actor), account_id="", organisation_id="", viewer=None)


def no_case(case_id: str) -> MatcherError:
    """The error for a case that does not exist, for this actor or at all."""
    name = ascii(case_id)[1:-1][:80]
    return RecordNotFoundError(
        Said(f"没有编号为 {name} 的案件。", f"There is no case {name}."),
        Said("请检查编号：matcher case list。", "Check the id: `matcher case list`."),
    )


def _part(case: Case, actor: Actor, introduced: bool) -> Part | None:
    organisation = actor.organisation.id if actor.organisation else ""
    own = case.owner == actor.id or (organisation and organisation == case.organisation_id)
    if actor.role is Role.ADMINISTRATOR or own:
        return Part.WORKS
    if actor.role in OVERSEEING:
        return Part.OVERSEES
    return Part.SIDE if introduced else None
