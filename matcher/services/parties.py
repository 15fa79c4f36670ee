"""What one viewer knows of organisations and records by name: the ground on which identity is decided."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from matcher.domain.identity import Decision, Identities
from matcher.domain.names import Groups, normal_name
from matcher.domain.records import RECORD_KINDS, Achievement, IdentityKind, Kind, Outcome, Record, name_of
from matcher.domain.visibility import Viewer, require_visible, visible
from matcher.errors import RecordNotFoundError, StoreError
from matcher.store import Database, Decisions, Outcomes, Records
from matcher.wording import Said


@dataclass(frozen=True)
class Known:
    """What one viewer may know: records by table and id, how many outcomes each has, and all decisions."""

    records: Mapping[Kind, Mapping[str, Record]]
    outcomes: Counter[str]
    """Outcomes of each id, of those whose left record the viewer may see."""
    hidden: frozenset[str]
    """Ids and institutions' normal names that stand only in records the viewer may not see."""
    decisions: Sequence[Decision]

    @cached_property
    def results(self) -> dict[str, list[Achievement]]:
        """The results of each institution, by its normal name."""
        found: dict[str, list[Achievement]] = defaultdict(list)
        for record in self.records[Kind.ACHIEVEMENTS].values():
            if isinstance(record, Achievement) and record.institution:
                found[normal_name(record.institution)].append(record)
        return found

    @cached_property
    def identities(self) -> Identities:
        """The decisions, to be applied."""
        return Identities(self.decisions)

    def standing(self, kind: IdentityKind) -> dict[str, str]:
        """Of each record that is left out the one that stands for it."""
        return self.identities.standing(kind, self.records[kind.table].values()) if kind.table else {}

    def shows(self, decision: Decision) -> bool:
        """Whether the viewer knows both sides from other than hidden records."""
        sides = (decision.alias, decision.canonical)
        return not any(self.key(decision.kind, side) in self.hidden for side in sides)

    def key(self, kind: IdentityKind, text: str) -> str:
        """What a side of a decision is compared by: the normal name of an institution, else the text itself."""
        return text if kind.table else normal_name(text)

    def name(self, kind: IdentityKind, side: str) -> str:
        """What a person calls a side of a decision."""
        record = self.records[kind.table].get(side) if kind.table else None
        return name_of(record) if record else side

    def same_already(self, kind: IdentityKind, one: str, other: str) -> bool:
        """Whether earlier decisions, all together, make the two one."""
        same = [each for each in self.decisions if each.same and each.kind is kind]
        groups = Groups((self.key(kind, each.alias), self.key(kind, each.canonical)) for each in same)
        return groups.root(self.key(kind, one)) == groups.root(self.key(kind, other))

    def meant(self, kind: IdentityKind, text: str) -> list[str]:
        """The sides a decision of this kind can have that somebody means by an id or a name."""
        if kind.table:
            records = self.records[kind.table]
            wanted = normal_name(text)
            return [text] if text in records else [i for i, r in records.items() if normal_name(name_of(r)) == wanted]
        for table in (Kind.INCUBATORS, Kind.FUNDS):
            if text in self.records[table]:
                return [name_of(self.records[table][text])]
        named = self.meant(IdentityKind.INCUBATOR, text) + self.meant(IdentityKind.FUND, text)
        return [text] if normal_name(text) in self.results or named else []

    def pair(self, texts: tuple[str, str], kind: IdentityKind | None) -> tuple[IdentityKind, str, str]:
        """Which two are meant, and of what kind. Raises StoreError where that is not clear."""
        kinds = [kind] if kind else [*(each for each in IdentityKind if each.table), IdentityKind.INSTITUTION]
        for each in kinds:
            one, other = self.meant(each, texts[0]), self.meant(each, texts[1])
            if len(one) > 1 or len(other) > 1:
                raise _unclear(one if len(one) > 1 else other)
            if one and other and self.key(each, one[0]) == self.key(each, other[0]):
                raise _one_already(texts)
            if one and other:
                return each, one[0], other[0]
        raise StoreError(
            Said(f"{texts[0]} 与 {texts[1]} 不是同一类，无法判定。", f"{texts[0]} and {texts[1]} are not of one kind."),
            Said("请给出同一张表的两个编号，或两个单位名称。", "Name two ids of one table, or two institutions."),
        )


def known_to(viewer: Viewer, database: Database) -> Known:
    """Load what the viewer may know."""
    with database.read() as connection:
        stored, told, decisions = Records(connection), Outcomes(connection), Decisions(connection)

        def read() -> Known:
            everything = {kind: database.remembered.all(stored, kind) for kind in RECORD_KINDS}
            return _known_to(viewer, everything, list(told.all()), decisions.all())

        return database.remembered.made(stored, (known_to, viewer), read)


def _known_to(
    viewer: Viewer,
    everything: Mapping[Kind, Sequence[Record]],
    outcomes: Sequence[Outcome],
    decisions: Sequence[Decision],
) -> Known:
    shown: dict[Kind, dict[str, Record]] = {
        kind: {record.id: record for record in records if visible(record, viewer)}
        for kind, records in everything.items()
    }
    counted = Counter(
        name for each in outcomes if each.left_id in shown[each.kind.left] for name in (each.left_id, each.right_id)
    )
    marks = {kind: {mark for record in records for mark in _marks(record)} for kind, records in everything.items()}
    open_marks = {mark for records in shown.values() for record in records.values() for mark in _marks(record)}
    return Known(shown, counted, frozenset(set().union(*marks.values()) - open_marks), decisions)


def require_known(known: Known, text: str, viewer: Viewer, database: Database) -> None:
    """Raise RecordNotFoundError or NotEntitledError unless the viewer knows an id or a name like this."""
    if not any(known.meant(kind, text) for kind in IdentityKind):
        with database.read() as connection:
            try:
                require_visible(Records(connection).find(text, lambda record: visible(record, viewer)), viewer)
            except RecordNotFoundError as error:
                zh, en = (
                    f"没有编号或名称为 {text} 的记录或单位。",
                    f"No record or institution has the id or name {text}.",
                )
                raise RecordNotFoundError(Said(zh, en), error.step) from error


def _marks(record: Record) -> set[str]:
    """What a decision may know a record by."""
    institution = record.institution if isinstance(record, Achievement) else ""
    carrier = "" if isinstance(record, Achievement) else name_of(record)
    return {record.id, *(normal_name(name) for name in (institution, carrier) if name)}


def _one_already(texts: tuple[str, str]) -> StoreError:
    return StoreError(
        Said(f"{texts[0]} 与 {texts[1]} 本来就是同一个。", f"{texts[0]} and {texts[1]} are one already."),
        Said("无需判定；不同的记录请用编号指明。", "Nothing to decide; name different records by their ids."),
    )


def _unclear(found: Sequence[str]) -> StoreError:
    return StoreError(
        Said(f"名称对应多条记录：{'、'.join(found)}。", f"The name means several records: {', '.join(found)}."),
        Said("请改用编号，或用 --kind 指明类别。", "Use their ids, or say which with --kind."),
    )
