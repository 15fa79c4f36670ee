"""Standing wishes: state, list and undo them. Nobody learns of a wish about a record they may not see."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from matcher.domain.controls import Aim, Control, Wish
from matcher.domain.names import Organisations
from matcher.domain.records import Incubator, Kind, PairKind, Record, name_of
from matcher.domain.visibility import Viewer, require_visible, visible
from matcher.errors import StoreError
from matcher.policy.wishes import aims_at
from matcher.services.pooling import organisations
from matcher.store import Controls, Database, Records
from matcher.wording import Said

PART = 500
"""Wishes that are read at a time."""

Key = tuple[Kind, str]
Whose = Callable[[Control, Record | None], bool]
"""Whether a wish is asked for: the wish, and the record whose it is, if it is still there."""


def anybodys(_control: Control, _asker: Record | None) -> bool:
    """Every wish is asked for."""
    return True


@dataclass(frozen=True, slots=True)
class Note:
    """What goes with a wish: why, from when, the last day it holds (None: until undone), and whose account it is of."""

    made_on: date
    reason: str = ""
    until: date | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Stated:
    """A kept wish with the names of its records, and how many records the viewer may see it names today."""

    control: Control
    asker: str
    target: str
    names: int | None = None


class StandingWishes:
    """The use cases on one installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def state(
        self, wish: Wish, asker_id: str, aims: Sequence[tuple[Aim, str]], note: Note, viewer: Viewer
    ) -> list[Stated]:
        """Keep one wish of the asker for each aim, all of them or none."""
        named = organisations(self._database)
        with self._database.begin() as connection:
            records = Records(connection)
            asker = _seen(records, asker_id, viewer)
            kept = []
            for aim, target in aims:
                told = Control(
                    wish=wish,
                    asker_kind=asker.table,
                    asker=asker.id,
                    aim=aim,
                    target=_target(records, asker, aim, target.strip(), viewer, named),
                    made_on=note.made_on,
                    reason=note.reason.strip(),
                    until=note.until,
                    owner=note.owner,
                )
                kept.append(_stated(records, asker, Controls(connection).add(told), viewer, named))
            return kept

    def dismiss(self, one_id: str, other_id: str, note: Note, viewer: Viewer) -> list[Stated]:
        """Not this pair again, in whichever order the two are named."""
        with self._database.read() as connection:
            one = _seen(Records(connection), one_id, viewer)
        if one.table is not PairKind.of(one.table).left:
            one_id, other_id = other_id, one_id
        return self.state(Wish.DISMISS, one_id, [(Aim.RECORD, other_id)], note, viewer)

    def listed(
        self, asker_id: str | None, viewer: Viewer, *, of: Whose = anybodys, after: int = 0, limit: int | None = None
    ) -> list[Stated]:
        """The wishes of one record and those aimed at it, or all; by number, those after one; `of` says whose."""
        found: list[Stated] = []
        with self._database.read() as connection:
            records, controls = Records(connection), Controls(connection)
            asker = _seen(records, asker_id, viewer) if asker_id is not None else None
            while (limit is None or len(found) < limit) and (part := controls.all(after, PART)):
                after = part[-1].id
                kept = [one for one in part if asker is None or _concerns(one, asker)]
                known = _named(records, kept)
                seen = (one for one in kept if of(one, known.get((one.asker_kind, one.asker))))
                found += [shown for one in seen if (shown := _shown(known, one, viewer)) is not None]
        return found[:limit]

    def undo(self, numbers: Iterable[int], viewer: Viewer) -> list[Stated]:
        """Take wishes back, all of them or none.

        Raises:
            StoreError: the viewer sees no wish of one of the numbers.
        """
        known = {one.control.id: one for one in self.listed(None, viewer)}
        wanted = list(dict.fromkeys(numbers))
        if unknown := [str(number) for number in wanted if number not in known]:
            zh, en = f"没有编号为 {'、'.join(unknown)} 的控制项。", f"There is no control number {', '.join(unknown)}."
            raise StoreError(
                Said(zh, en), Said("用 matcher control list 查看编号。", "See `matcher control list` for the numbers.")
            )
        with self._database.begin() as connection:
            Controls(connection).remove(wanted)
        return [known[number] for number in wanted]


def _seen(records: Records, record_id: str, viewer: Viewer) -> Record:
    found = records.find(record_id, lambda record: visible(record, viewer))
    require_visible(found, viewer)
    return found


def _target(records: Records, asker: Record, aim: Aim, target: str, viewer: Viewer, named: Organisations) -> str:
    """What is kept: the id of a record of the other side, the id of a project's or fund's carrier, or the words."""
    pairing = PairKind.of(asker.table)
    if aim is Aim.RECORD:
        found = _seen(records, target, viewer)
        if found.table not in (pairing.left, pairing.right) or found.table is asker.table:
            raise StoreError(
                Said(f"{asker.id} 与 {found.id} 不能构成一对。", f"{asker.id} and {found.id} do not make a pair."),
                Said(
                    "需一个成果和一个载体，或一个项目和一个基金。",
                    "It takes a result and a carrier, or a project and a fund.",
                ),
            )
        return found.id
    if aim is Aim.INSTITUTION and pairing is PairKind.PROJECT_FUND:
        carriers = [one for one in records.all(Kind.INCUBATORS) if isinstance(one, Incubator)]
        return next((one.id for one in carriers if named.same(one.name, target)), target)
    return target


def _stated(records: Records, asker: Record, control: Control, viewer: Viewer, named: Organisations) -> Stated:
    if control.aim is Aim.RECORD:
        return Stated(control, name_of(asker), _name(records, control.target_kind, control.target))
    others = (record for record in records.all(control.target_kind) if visible(record, viewer))
    target = _aimed_at(_named(records, [control]), control)
    return Stated(control, name_of(asker), target, sum(aims_at(control, record, named) for record in others))


def _named(records: Records, controls: Iterable[Control]) -> dict[Key, Record]:
    """The records that wishes name, by table and id, however many wishes there are, with one query a table."""
    ids: dict[Kind, list[str]] = {}
    for kind, name in dict.fromkeys(key for one in controls for key in (*_keys(one), *_carrier(one))):
        ids.setdefault(kind, []).append(name)
    return {(kind, name): one for kind, names in ids.items() for name, one in records.many(kind, names).items()}


def _keys(control: Control) -> list[Key]:
    keys = [(control.asker_kind, control.asker)]
    return [*keys, (control.target_kind, control.target)] if control.aim is Aim.RECORD else keys


def _carrier(control: Control) -> list[Key]:
    """The carrier that an institution may be; a name is no id of any."""
    return [(Kind.INCUBATORS, control.target)] if control.aim is Aim.INSTITUTION else []


def _aimed_at(known: Mapping[Key, Record], control: Control) -> str:
    """What a wish is aimed at that names no record of the other side: words, or a carrier by its name."""
    carriers = (known[key] for key in _carrier(control) if key in known)
    return next(map(name_of, carriers), control.target)


def _shown(known: Mapping[Key, Record], control: Control, viewer: Viewer) -> Stated | None:
    """The wish with its names; None when the viewer may not see one of its records, or it is gone."""
    found = [known.get(key) for key in _keys(control)]
    if any(record is None or not visible(record, viewer) for record in found):
        return None
    names = [name_of(record) for record in found if record is not None]
    return Stated(control, names[0], names[1] if len(names) > 1 else _aimed_at(known, control))


def _name(records: Records, kind: Kind, record_id: str) -> str:
    return name_of(records.get(kind, record_id))


def _concerns(control: Control, record: Record) -> bool:
    mine = (control.asker_kind, control.asker) == (record.table, record.id)
    return mine or (control.target_kind is record.table and control.aim is Aim.RECORD and control.target == record.id)
