"""What is asked on behalf of each reader: by role, of the records that are theirs or that they work on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from matcher.domain.accounts import Role
from matcher.domain.cases import Case
from matcher.domain.controls import PLAIN, Question
from matcher.domain.digests import Topic
from matcher.domain.mandates import Mandate
from matcher.domain.records import Kind, PairKind
from matcher.services.digests.readers import Addressee

TOPICS: Mapping[Kind, Topic] = {
    Kind.ACHIEVEMENTS: Topic.RESULTS,
    Kind.PROJECTS: Topic.PROJECTS,
    Kind.INCUBATORS: Topic.CARRIERS,
    Kind.FUNDS: Topic.FUNDS,
}
"""What an item is about, by the table of what it recommends."""
OWNING = frozenset({Role.BROKER, Role.INCUBATOR, Role.FUND})
"""Who is told of results for their carriers and of projects for their funds."""


@dataclass(frozen=True, slots=True)
class Asking:
    """One question of a reader: who suits this record?"""

    reader: str
    record_kind: Kind
    record_id: str
    question: Question = PLAIN

    @property
    def pairing(self) -> PairKind:
        """The pairing it belongs to."""
        return PairKind.of(self.record_kind)

    @property
    def about(self) -> Kind:
        """The table of the answers."""
        pairing = self.pairing
        return pairing.left if self.record_kind is pairing.right else pairing.right


@dataclass(frozen=True, slots=True)
class Desk:
    """What people have in hand: open cases, and standing queries about a record."""

    cases: Sequence[Case]
    mandates: Sequence[Mandate]

    def cases_of(self, who: Addressee) -> list[Case]:
        """The open cases that somebody works on."""
        home = who.actor.account.organisation_id
        return [one for one in self.cases if one.owner == who.id or (home and one.organisation_id == home)]


def askings(who: Addressee, desk: Desk) -> list[Asking]:
    """The questions of one reader, each once, without those whose answers they do not want."""
    asked = dict.fromkeys(_askings(who, desk))
    return [one for one in asked if TOPICS[one.about] not in who.settings.left_out]


def _askings(who: Addressee, desk: Desk) -> Iterator[Asking]:
    if who.actor.role not in OWNING:
        return
    cases = desk.cases_of(who)
    for kind, ids in _own(who, cases):
        for record_id in ids:
            yield Asking(who.id, kind, record_id)
    for case in cases:
        yield Asking(who.id, case.pairing.left, case.left_id)
    home = who.actor.account.organisation_id
    for mandate in desk.mandates:
        mine = mandate.owner == who.id or (home and mandate.organisation_id == home)
        if mine and mandate.record_kind is not None:
            asked = mandate.asked.question
            yield Asking(who.id, mandate.record_kind, mandate.asked.record_id, Question(asked.must, asked.ban))


def _own(who: Addressee, cases: Iterable[Case]) -> Iterator[tuple[Kind, tuple[str, ...]]]:
    """Carriers and funds that are the reader's; a broker's are those of the cases, too."""
    home = who.actor.organisation
    if home is not None:
        yield Kind.INCUBATORS, home.incubator_ids
        yield Kind.FUNDS, home.fund_ids
    if who.actor.role is Role.BROKER:
        for case in cases:
            yield case.pairing.right, (case.right_id,)
