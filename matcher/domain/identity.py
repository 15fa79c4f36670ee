"""Decisions about who is who, and what follows from them: nothing is deleted, one record stands for another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from matcher.domain.columns import references
from matcher.domain.controls import Aim, Control, Question
from matcher.domain.names import Groups, Organisations, normal_name
from matcher.domain.records import IdentityKind, Kind, Left, Outcome, Record, Right, Row, name_of

LeftT = TypeVar("LeftT", bound=Left)
RightT = TypeVar("RightT", bound=Right)
AnyT = TypeVar("AnyT", bound=Row)

Standing = Mapping[Kind, Mapping[str, str]]
"""By table, the id of the record that stands for each that does not stand for itself."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Somebody's word on two spellings: `alias` counts as `canonical`, or the two are different.

    Each is the id of a record or the name of an organisation; of institutions always a name.
    """

    kind: IdentityKind
    alias: str
    canonical: str
    same: bool = True
    decided_by: str = ""
    decided_at: datetime | None = None


@dataclass(frozen=True)
class Pooled(Generic[LeftT, RightT]):
    """One pairing with every record counted under the one that stands for it."""

    lefts: list[LeftT]
    rights: list[RightT]
    outcomes: list[Outcome]
    standing: Mapping[str, str]
    """Id of the record that stands for each record left out."""
    references: Standing = field(default_factory=dict)
    """The same of other tables, to which records refer."""

    def wished(self, control: Control) -> Control:
        """A standing wish, with the records that stand for those it names."""
        target = self.standing.get(control.target, control.target) if control.aim is Aim.RECORD else control.target
        if control.aim is Aim.INSTITUTION:  # a project's or fund's is the id of its carrier
            target = self.references.get(Kind.INCUBATORS, {}).get(target, target)
        return replace(control, asker=self.standing.get(control.asker, control.asker), target=target)

    def wishing(self, question: Question, controls: Iterable[Control]) -> Question:
        """A question with standing wishes, about the records that stand for those it names."""
        without = frozenset(self.standing.get(name, name) for name in question.without)
        return replace(question, controls=tuple(map(self.wished, controls)), without=without)


NOWHERE: Standing = {}


class Identities:
    """All decisions, earlier ones first: of two that say `same` of one alias the later stands above."""

    def __init__(self, decisions: Iterable[Decision] = ()) -> None:
        self.decisions = tuple(decisions)

    def standing(self, kind: IdentityKind, records: Iterable[Record]) -> dict[str, str]:
        """Id of the record that stands for each of these records that does not stand for itself.

        A decision may name a record by id or by a name that only one record has. Where the one that should stand is
        not among the records (not there yet, or hidden from the viewer), the first by id stands for its group.
        """
        same = [each for each in self.decisions if each.same and each.kind is kind]
        return _standing(same, {record.id: name_of(record) for record in records}) if same else {}

    def pool(
        self,
        lefts: Sequence[LeftT],
        rights: Sequence[RightT],
        outcomes: Sequence[Outcome],
        references: Standing = NOWHERE,
    ) -> Pooled[LeftT, RightT]:
        """Leave out what another record stands for, and count its outcomes for that one.

        What records say of those of other tables (`references`) is led to whoever stands for them.
        """
        standing: dict[str, str] = {}
        for records in (lefts, rights):
            if records:
                standing |= self.standing(IdentityKind.of(records[0].table), records)
        return Pooled(
            [led(record, references) for record in lefts if record.id not in standing],
            [led(record, references) for record in rights if record.id not in standing],
            [_moved(outcome, standing) for outcome in outcomes],
            standing,
            references,
        )

    def organisations(self, records: Iterable[Record] = ()) -> Organisations:
        """What was decided about names, those of these carriers and funds among them."""
        names = {record.id: name_of(record) for record in records}
        about = [each for each in self.decisions if each.kind not in (IdentityKind.ACHIEVEMENT, IdentityKind.PROJECT)]
        said = [
            (each.same, names.get(each.alias, each.alias), names.get(each.canonical, each.canonical)) for each in about
        ]
        return Organisations(
            [(alias, name) for same, alias, name in said if same], [(a, b) for same, a, b in said if not same]
        )


def _standing(same: Iterable[Decision], names: Mapping[str, str]) -> dict[str, str]:
    by_name: dict[str, list[str]] = defaultdict(list)
    for record_id, name in names.items():
        by_name[normal_name(name)].append(record_id)

    def place(text: str) -> str:
        named = by_name.get(normal_name(text), [])
        return text if text in names or len(named) != 1 else named[0]

    groups = Groups((place(each.alias), place(each.canonical)) for each in same)
    members: dict[str, list[str]] = defaultdict(list)
    for record_id in sorted(names):
        members[groups.root(record_id)].append(record_id)
    chosen = ((root if root in names else ids[0], ids) for root, ids in members.items())
    return {record_id: stands for stands, ids in chosen for record_id in ids if record_id != stands}


def led(row: AnyT, standing: Standing) -> AnyT:
    """The row with every record that it names led to the one that stands for it; an empty one takes the name out."""
    changes: dict[str, Any] = {}
    for reference in references(type(row)):
        ids, stands = reference.ids(row), standing.get(reference.to, {})
        if any(each in stands for each in ids):
            told = tuple(dict.fromkeys(name for each in ids if (name := stands.get(each, each))))
            many = isinstance(getattr(row, reference.field), tuple)
            changes[reference.field] = told if many else "".join(told)
    return replace(row, **changes) if changes else row


def _moved(outcome: Outcome, standing: Mapping[str, str]) -> Outcome:
    if outcome.left_id not in standing and outcome.right_id not in standing:
        return outcome
    left, right = (standing.get(each, each) for each in (outcome.left_id, outcome.right_id))
    return replace(outcome, left_id=left, right_id=right)
