"""The ledger of grants: events and rules tell who is entitled, the register of grants how far each is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from matcher.domain.places import Gazetteer
from matcher.domain.records import IdentityKind, Incubator, Kind
from matcher.domain.registers import Event, Grant
from matcher.domain.visibility import Viewer
from matcher.policy.grants import Carried, GrantRule
from matcher.policy.ledger import Entry, doubted, entries
from matcher.policy.rules import Rulebook
from matcher.services.identity import Identity
from matcher.services.pooling import register
from matcher.services.roll import Roll, carrier_on_roll, carriers_on_roll
from matcher.store import Database

RowT = TypeVar("RowT", Event, Grant)


@dataclass(frozen=True, slots=True)
class Ledger:
    """All entries of a day, and the rows of the register that name a rule nobody knows, with their carriers."""

    day: date
    entries: tuple[Entry, ...]
    strays: tuple[tuple[Grant, Incubator], ...] = ()


class Grants:
    """The ledger of one installation."""

    def __init__(self, database: Database, book: Rulebook, gazetteer: Gazetteer, identity: Identity) -> None:
        self._database = database
        self.book = book
        self._gazetteer = gazetteer
        self._identity = identity

    def ledger(self, viewer: Viewer, day: date, carrier: str | None = None) -> Ledger:
        """Who is entitled to what on a day, how far it is, and what is wrong; of all carriers or of one."""
        roll = carriers_on_roll(self._database, viewer)
        only = carrier_on_roll(self._database, roll, carrier, viewer).id if carrier is not None else None
        grants = _by_carrier(self._rows(Kind.GRANTS, roll, viewer, Grant))
        rules = {rule.id for rule in self.book.of(GrantRule)}
        strays = [row for rows in grants.values() for row in rows if row.rule not in rules]
        return Ledger(
            day,
            tuple(one for one in self._entries(roll, grants, viewer, day) if only in (None, one.carried.carrier.id)),
            tuple((row, roll.carriers[row.carrier_id]) for row in strays if only in (None, row.carrier_id)),
        )

    def _entries(self, roll: Roll, grants: dict[str, list[Grant]], viewer: Viewer, day: date) -> list[Entry]:
        events = _by_carrier(self._rows(Kind.EVENTS, roll, viewer, Event))
        carried = {
            name: Carried(carrier, events.get(name, []), self._gazetteer) for name, carrier in roll.carriers.items()
        }
        found = entries(self.book, carried, grants, day)
        pairs = [(one.alias.id, one.canonical.id) for one in self._identity.review(viewer, IdentityKind.INCUBATOR)]
        return doubted(found, pairs)

    def _rows(self, kind: Kind, roll: Roll, viewer: Viewer, row_type: type[RowT]) -> list[RowT]:
        found = (row for row in register(self._database, kind, viewer) if isinstance(row, row_type))
        return [row for row in found if row.carrier_id in roll.carriers]


def _by_carrier(rows: Iterable[RowT]) -> dict[str, list[RowT]]:
    found: dict[str, list[RowT]] = defaultdict(list)
    for row in rows:
        found[row.carrier_id].append(row)
    return dict(found)
