"""What each reader may know of an introduction, and who speaks for its sides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from matcher.domain.accounts import Actor, Organisation, Role
from matcher.domain.cases import Case
from matcher.domain.introductions import Introduction, Side, Standing
from matcher.domain.records import Achievement, Kind, Left, PairKind, Right, name_of
from matcher.errors import CaseError, MatcherError, NotAllowedError, RecordNotFoundError
from matcher.services.cases.access import Desk, Part, Seen, found, found_among, pairs_of, sides_of
from matcher.store import Organisations
from matcher.wording import Said


@dataclass(frozen=True, slots=True)
class Invitation:
    """An introduction as one of its sides, or somebody who works on it, may know it.

    Case, left record and its name are empty where they are not open to the reader yet.
    """

    introduction: Introduction
    standing: Standing
    pairing: PairKind
    left_id: str
    left: str
    right_id: str
    right: str
    sides: frozenset[Side]
    """Those the reader speaks for."""
    contacts: Mapping[Side, str]
    """Whom to call, once both have accepted."""

    @property
    def answerable(self) -> tuple[Side, ...]:
        """The sides of the reader that have not answered yet, in their order."""
        waits = self.standing is Standing.PROPOSED
        return tuple(side for side in Side if waits and side in self.sides and self.introduction.reply(side) is None)


@dataclass(frozen=True, slots=True)
class Matter:
    """What an introduction is about: a case with its records, and what it is to the reader; None: nothing."""

    case: Case
    left: Left
    right: Right
    come: Seen | None


def invitation(desk: Desk, case: Case, introduction: Introduction, actor: Actor, day: date) -> Invitation | None:
    """The introduction as this actor may know it; None where it does not exist for them."""
    [(left, right)] = pairs_of(desk, [case])
    if left is None or right is None:
        return None
    return as_known(Matter(case, left, right, found(desk, case, actor)), introduction, actor, day)


def invitations(desk: Desk, cases: Sequence[Case], actor: Actor, day: date) -> Iterator[Invitation]:
    """The introductions of cases that exist for this actor, as they may know them, the last of each case first."""
    come = {one.case.id: one for one in found_among(desk, cases, actor)}
    told = desk.papers.introductions([case.id for case in cases])
    for case, (left, right) in zip(cases, pairs_of(desk, cases), strict=True):
        if left is not None and right is not None:
            matter = Matter(case, left, right, come.get(case.id))
            for introduction in reversed(told.get(case.id, ())):
                if (one := as_known(matter, introduction, actor, day)) is not None:
                    yield one


def as_known(matter: Matter, introduction: Introduction, actor: Actor, day: date) -> Invitation | None:
    """The introduction as this actor may know it, of a matter that was read already."""
    if introduction.withdrawn:
        return None
    case, left, right, come = matter.case, matter.left, matter.right, matter.come
    standing, sides = introduction.standing(day), sides_of(actor, left, right)
    if come is not None:
        whole = come.part is not Part.SIDE
        told = introduction if whole else own(introduction, sides)
        contacts = _contacts(introduction, left, frozenset() if whole else sides) if both(standing) else {}
        names = (case.left_id, name_of(left), case.right_id, name_of(right))
        return Invitation(told, standing, case.pairing, *names, sides, contacts)
    # The owner of a record that the other side may not see is asked first. Then the other side learns that there is
    # something for it; what it is, only when it has accepted too.
    if Side.RIGHT not in sides or not (introduction.left and introduction.left.accepted):
        return None
    blind = replace(own(introduction, sides), case_id="")
    return Invitation(blind, standing, case.pairing, "", "", case.right_id, name_of(right), sides, {})


def both(standing: Standing) -> bool:
    """Whether both have accepted."""
    return standing is Standing.ACCEPTED


def own(introduction: Introduction, sides: frozenset[Side]) -> Introduction:
    """The introduction without what the other side answered: nobody is moved by it before both have answered."""
    for side in Side:
        if side not in sides:
            introduction = introduction.put(side, None)
    return introduction


def side_of(invited: Invitation, told: Side | None, actor: Actor) -> Side:
    """The side that the actor answers for.

    Raises:
        NotAllowedError: they do not speak for it.
        CaseError: they speak for both, and did not say for which.
    """
    may = frozenset(Side) if actor.role is Role.ADMINISTRATOR else invited.sides
    if not may or (told is not None and told not in may):
        raise NotAllowedError(
            Said("只有该方所属单位可以答复。", "Only the organisation of that side may answer."),
            Said("请由对方单位的账户答复，或请管理员代录。", "Let an account of it answer, or an administrator."),
        )
    if told is None and len(may) > 1:
        raise CaseError(
            Said("须指明代表哪一方答复。", "Say for which side you answer."),
            Said("请选 left（成果或项目方）或 right（载体或基金方）。", "It is left (the owner) or right (the taker)."),
        )
    return told or next(iter(may))


def speakers(organisations: Organisations, kind: Kind, record_id: str) -> Iterator[str]:
    """Ids of the organisations whose own a carrier or fund is."""
    after = ""
    while page := organisations.all(after):
        yield from (one.id for one in page if _speaks(one, kind, record_id))
        after = page[-1].id


def _speaks(one: Organisation, kind: Kind, record_id: str) -> bool:
    return record_id in (one.incubator_ids if kind is Kind.INCUBATORS else one.fund_ids)


def no_introduction(introduction_id: str) -> MatcherError:
    """The error for an introduction that does not exist, for this actor or at all."""
    name = ascii(introduction_id)[1:-1][:80]
    return RecordNotFoundError(
        Said(f"没有编号为 {name} 的引荐。", f"There is no introduction {name}."),
        Said("请检查编号；被撤回的引荐不再存在。", "Check the id; one that was withdrawn is gone."),
    )


def _contacts(introduction: Introduction, left: Left, but: frozenset[Side]) -> dict[Side, str]:
    """Whom to call on each side, but for the reader's own; empty where nobody told."""
    stated = {Side.LEFT: left.contact if isinstance(left, Achievement) else "", Side.RIGHT: ""}
    replies = {side: introduction.reply(side) for side in Side if side not in but}
    return {side: reply.contact or stated[side] for side, reply in replies.items() if reply}
