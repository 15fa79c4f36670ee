"""How carriers are run and who resides in them: one carrier, and the whole city by mode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import cast

from matcher.domain.identity import Identities
from matcher.domain.places import Gazetteer, within
from matcher.domain.records import Fund, IdentityKind, Incubator, Kind
from matcher.domain.registers import Arrangement, ArrangementKind
from matcher.domain.visibility import Viewer
from matcher.policy.arrangements import Arranged, arranged
from matcher.policy.rules import Rulebook
from matcher.services.pooling import register
from matcher.services.roll import carrier_on_roll, carriers_on_roll
from matcher.store import Database, Decisions, Records

MODES = tuple(kind for kind in ArrangementKind if kind is not ArrangementKind.RESIDENT)
"""Ways of running a carrier."""


@dataclass(frozen=True, slots=True)
class CarrierArrangements:
    """How one carrier is run, and who resides in it; what has ended is among them."""

    carrier: Incubator
    run: tuple[Arranged, ...]
    residents: tuple[Arranged, ...]


class Cooperation:
    """The register of arrangements of one installation."""

    def __init__(self, database: Database, book: Rulebook, gazetteer: Gazetteer) -> None:
        self._database = database
        self.book = book
        self._gazetteer = gazetteer

    def of_carrier(self, carrier_id: str, viewer: Viewer, day: date) -> CarrierArrangements:
        """One carrier, by id or name; of one that was decided to be another, that one."""
        _, funds, _ = self._records()
        carrier = carrier_on_roll(self._database, carriers_on_roll(self._database, viewer), carrier_id, viewer)
        return self._carrier(carrier, funds, self._rows(viewer), day)

    def all(self, viewer: Viewer, day: date, region: str = "") -> tuple[CarrierArrangements, ...]:
        """Every carrier (of a region, when one is named), by id; one of which nothing is told has no arrangement."""
        carriers, funds, standing = self._records()
        rows, area, place = self._rows(viewer), self._gazetteer.path(region), self._gazetteer.path
        asked = [one for one in carriers.values() if not region or within(place(one.region), area)]
        return tuple(self._carrier(one, funds, rows, day) for one in asked if one.id not in standing)

    def _carrier(
        self, carrier: Incubator, funds: Mapping[str, Fund], rows: list[Arrangement], day: date
    ) -> CarrierArrangements:
        mine = [row for row in rows if row.carrier_id == carrier.id]
        told = [arranged(row, carrier, funds.get(row.fund_id), self.book, day) for row in mine]
        ordered = sorted(told, key=_latest_first)
        resident = ArrangementKind.RESIDENT
        return CarrierArrangements(
            carrier,
            tuple(one for one in ordered if one.arrangement.kind is not resident),
            tuple(one for one in ordered if one.arrangement.kind is resident),
        )

    def _rows(self, viewer: Viewer) -> list[Arrangement]:
        return cast("list[Arrangement]", register(self._database, Kind.ARRANGEMENTS, viewer))

    def _records(self) -> tuple[dict[str, Incubator], dict[str, Fund], Mapping[str, str]]:
        """Carriers and funds by id, and which carrier stands for another."""
        with self._database.read() as connection:
            records = Records(connection)
            carriers = self._database.remembered.all(records, Kind.INCUBATORS)
            funds = {one.id: one for one in self._database.remembered.all(records, Kind.FUNDS) if isinstance(one, Fund)}
            standing = Identities(Decisions(connection).all()).standing(IdentityKind.INCUBATOR, carriers)
        return {one.id: one for one in carriers if isinstance(one, Incubator)}, funds, standing


def _latest_first(one: Arranged) -> tuple[bool, int, str]:
    since = one.arrangement.since or date.min
    return not one.when.holds, -since.toordinal(), one.arrangement.id
