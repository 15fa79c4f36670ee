"""Use cases of filings: how each service stands before the duty to file first, and whether a planned one may start."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from matcher.domain.names import normal_name
from matcher.domain.places import Gazetteer
from matcher.domain.records import Incubator, Kind
from matcher.domain.registers import Filing, ServiceKind
from matcher.domain.visibility import Viewer
from matcher.errors import PolicyError
from matcher.policy.filings import REGION_COLUMNS, Filed, FilingState, Service, examine
from matcher.policy.rules import Rulebook
from matcher.services.pooling import register
from matcher.services.roll import Roll, carrier_on_roll, carriers_on_roll
from matcher.store import Database
from matcher.wording import Said


@dataclass(frozen=True, slots=True)
class Planned:
    """A service that somebody plans."""

    carrier: str
    kind: ServiceKind
    receiver: str
    start: date
    region: str = ""
    """Where the receiver sits, if it is no carrier of the table."""


@dataclass(frozen=True, slots=True)
class Prior:
    """What the register says to a planned service."""

    filed: Filed
    """The planned service, with the filing that covers it or without one."""
    covering: Filing | None
    others: tuple[Filing, ...]
    """Filings of the same two and kind that do not cover it: they ended before, or bear no day."""


class Filings:
    """The filings of one installation."""

    def __init__(self, database: Database, book: Rulebook, gazetteer: Gazetteer) -> None:
        self._database = database
        self.book = book
        self._gazetteer = gazetteer

    def listed(self, viewer: Viewer, day: date, carrier: str | None = None) -> list[Filed]:
        """Every service of the register on a day, or those a carrier gives or gets; what is worst comes first."""
        roll = carriers_on_roll(self._database, viewer)
        only = carrier_on_roll(self._database, roll, carrier, viewer).id if carrier is not None else None
        services = [self._service(row, roll) for row in self._rows(roll, viewer)]
        found = [
            self._examined(one, day)
            for one in services
            if only is None or only in (one.carrier.id, one.receiver.id if one.receiver else "")
        ]
        order = list(FilingState)
        return sorted(found, key=lambda one: (order.index(one.state), one.service.carrier.id, one.service.filing.id))

    def check(self, planned: Planned, viewer: Viewer, day: date) -> Prior:
        """Whether a planned service may start: the filing that covers it, or what has to be filed."""
        roll = carriers_on_roll(self._database, viewer)
        carrier = carrier_on_roll(self._database, roll, planned.carrier, viewer)
        receiver = roll.get(planned.receiver)
        wanted = Filing(
            id="",
            carrier_id=carrier.id,
            receiver_id=receiver.id if receiver else "",
            receiver=receiver.name if receiver else planned.receiver,
            kind=planned.kind,
            started_on=planned.start,
            extra={REGION_COLUMNS[0]: planned.region} if planned.region else {},
        )
        same = [row for row in self._rows(roll, viewer) if _about(row, wanted, roll)]
        covering, others = _covering(same, planned.start, day)
        if covering:
            wanted = replace(
                wanted,
                id=covering.id,
                filed_on=covering.filed_on,
                document=covering.document,
                extra={**covering.extra, **wanted.extra},
            )
        found = self._examined(self._service(wanted, roll), day)
        return Prior(found, covering, others)

    def _rows(self, roll: Roll, viewer: Viewer) -> list[Filing]:
        found = (row for row in register(self._database, Kind.FILINGS, viewer) if isinstance(row, Filing))
        return [row for row in found if row.carrier_id in roll.carriers]

    def _service(self, row: Filing, roll: Roll) -> Service:
        receiver = _receiver(row, roll)
        apart = receiver is not None and frozenset((row.carrier_id, receiver.id)) in roll.apart
        return Service(row, roll.carriers[row.carrier_id], receiver, self._gazetteer, apart)

    def _examined(self, service: Service, day: date) -> Filed:
        if found := examine(self.book, service, day):
            return found
        raise PolicyError(
            Said("规则文件中没有备案规则（kind: filing）。", "The rule files hold no rules of kind filing."),
            Said("写法见 data/policy/filings.yaml。", "See data/policy/filings.yaml for how to write them."),
        )


def _receiver(row: Filing, roll: Roll) -> Incubator | None:
    return roll.get(row.receiver_id) or roll.get(row.receiver)


def _about(row: Filing, wanted: Filing, roll: Roll) -> bool:
    """Whether a row is about the same kind of service of the same two."""
    if (row.carrier_id, row.kind) != (wanted.carrier_id, wanted.kind):
        return False
    receiver = _receiver(row, roll)
    if receiver or wanted.receiver_id:
        return receiver is not None and receiver.id == wanted.receiver_id
    return normal_name(row.receiver) == normal_name(wanted.receiver)


def _covering(rows: Sequence[Filing], start: date, day: date) -> tuple[Filing | None, tuple[Filing, ...]]:
    """The filing that a service from a day on can rest on, and the others: the earliest day of filing counts.

    One that ended before the start covers nothing; one with a document and no day may cover it, which is not known.
    """
    open_ = [row for row in rows if row.ended_on is None or row.ended_on >= start]
    known = (row for row in open_ if row.filed_on and row.filed_on <= day)
    dated = sorted(known, key=lambda row: (row.filed_on, row.id))
    undated = [row for row in open_ if row.filed_on is None and row.document]
    chosen = next(iter([*dated, *undated]), None)
    return chosen, tuple(row for row in rows if row is not chosen)
