"""The roll of carriers: each once, as one viewer may know them, found by id or by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from matcher.domain.identity import Identities
from matcher.domain.names import normal_name
from matcher.domain.records import IdentityKind, Incubator, Kind
from matcher.domain.visibility import Viewer, require_visible, visible
from matcher.errors import StoreError
from matcher.store import Database, Decisions, Records
from matcher.wording import Said


@dataclass(frozen=True)
class Roll:
    """The carriers that stand for themselves, and who stands for the others."""

    carriers: Mapping[str, Incubator]
    standing: Mapping[str, str]
    """Of each id that another carrier stands for, that carrier's id."""
    spelled: Mapping[str, tuple[str, ...]]
    """The ids of the carriers on the roll that have just this name."""
    named: Mapping[str, tuple[str, ...]]
    """Those that a normal name may mean."""
    apart: frozenset[frozenset[str]] = frozenset()
    """Pairs of ids that were decided to be different carriers."""

    def get(self, text: str) -> Incubator | None:
        """The carrier of an id, or of a name that only one has: just so, else but for its spelling."""
        if not text:
            return None
        if found := self.carriers.get(self.standing.get(text, text)):
            return found
        meant = self.meant(text)
        return self.carriers[meant[0]] if len(meant) == 1 else None

    def meant(self, name: str) -> tuple[str, ...]:
        """The ids of the carriers that a name may mean."""
        return self.spelled.get(name) or self.named.get(normal_name(name), ())

    def members(self, carrier_id: str) -> tuple[str, ...]:
        """All ids under which a carrier of the roll may stand in a register."""
        return (carrier_id, *(alias for alias, stands in self.standing.items() if stands == carrier_id))


def carriers_on_roll(database: Database, viewer: Viewer) -> Roll:
    """Every carrier the viewer may know, those that were decided to be one counted once."""
    with database.read() as connection:
        stored = [
            one for one in database.remembered.all(Records(connection), Kind.INCUBATORS) if isinstance(one, Incubator)
        ]
        decisions = Identities(Decisions(connection).all())
    shown = [one for one in stored if visible(one, viewer)]
    standing = decisions.standing(IdentityKind.INCUBATOR, shown)
    by_id = {one.id: one for one in shown if one.id not in standing}
    named = [(one.name, standing.get(one.id, one.id)) for one in shown]
    apart = frozenset(frozenset((one.alias, one.canonical)) for one in decisions.decisions if not one.same)
    return Roll(by_id, standing, _grouped(named), _grouped([(normal_name(name), one) for name, one in named]), apart)


def carrier_on_roll(database: Database, roll: Roll, text: str, viewer: Viewer) -> Incubator:
    """The carrier somebody means by an id or a name.

    Raises:
        RecordNotFoundError: no record has the id; ids that look alike are named.
        StoreError: it is a record of another table, or a name of several carriers.
    """
    if found := roll.get(text):
        return found
    if meant := roll.meant(text):
        raise StoreError(
            Said(f"名称 {text} 对应多家载体：{'、'.join(meant)}。", f"Several carriers are called {text}."),
            Said("请改用编号。", f"Use an id: {', '.join(meant)}."),
        )
    with database.read() as connection:
        record = Records(connection).find(text, lambda record: visible(record, viewer))
        require_visible(record, viewer)
    raise StoreError(
        Said(f"{text} 不是孵化载体。", f"{text} is not a carrier."),
        Said("请给出载体编号或全称。", "Give the id or the name of a carrier."),
    )


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """By name the ids that share it, each once."""
    found: dict[str, dict[str, None]] = {}
    for name, one in pairs:
        found.setdefault(name, {})[one] = None
    return {name: tuple(ids) for name, ids in found.items()}
