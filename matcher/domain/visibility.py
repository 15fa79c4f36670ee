"""Who may see what. Every list, snippet, count and explanation asks this one function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, ClassVar, Self, TypeVar

from matcher.domain.records import Achievement, Fund, Incubator, Kind, Project, Record, Register, Visibility
from matcher.errors import NotEntitledError
from matcher.wording import Said


class Clearance(StrEnum):
    """What a viewer sees of records that are not theirs: what is public, what brokers share, or everything."""

    PUBLIC = "public"
    BROKERS = "brokers"
    ENTITLED = "restricted"


RecordT = TypeVar("RecordT", bound=Record)

SEES = {
    Clearance.PUBLIC: {Visibility.PUBLIC},
    Clearance.BROKERS: {Visibility.PUBLIC, Visibility.BROKERS},
    Clearance.ENTITLED: set(Visibility),
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: a clearance, and the records that are the viewer's own or that their owner has opened to them."""

    clearance: Clearance
    institutions: frozenset[str] = frozenset()
    """Names, as results write them, of the institutions whose results are the viewer's own."""
    carriers: frozenset[str] = frozenset()
    """Ids of the carriers that are the viewer's own, with their projects and rows of registers."""
    opened: frozenset[tuple[Kind, str]] = frozenset()
    """Records that were opened to the viewer one by one."""
    funds: frozenset[str] = frozenset()
    """Ids of the funds that are the viewer's own."""
    introduces: bool = False
    """Whether the viewer brings owners and takers together, and so knows whom to call."""

    PUBLIC: ClassVar[Viewer]
    BROKERS: ClassVar[Viewer]
    ENTITLED: ClassVar[Viewer]

    @classmethod
    def of(cls, clearance: str) -> Self:
        """A viewer with nothing of their own; whoever is cleared for more than what is public introduces people."""
        known = Clearance(clearance)
        return cls(known, introduces=known is not Clearance.PUBLIC)

    def owns(self, record: Record | Register) -> bool:
        """Whether the record is the viewer's own."""
        match record:
            case Achievement():
                return record.institution in self.institutions
            case Project():
                return record.incubator_id in self.carriers
            case Incubator():
                return record.id in self.carriers
            case Fund():
                return record.id in self.funds
        return getattr(record, "carrier_id", "") in self.carriers

    def holds(self, record: Record | Register) -> bool:
        """Whether the record is the viewer's own, or was opened to them."""
        return self.owns(record) or (record.table, getattr(record, "id", "")) in self.opened

    def __str__(self) -> str:
        return self.clearance


VIEWERS = tuple(map(Viewer.of, Clearance))
"""A viewer of each clearance who owns nothing."""
Viewer.PUBLIC, Viewer.BROKERS, Viewer.ENTITLED = VIEWERS


def visible(record: Record | Register, viewer: Viewer) -> bool:
    """Whether this viewer may learn that it exists. What has no visibility, as carriers and funds, is public."""
    return getattr(record, "visibility", Visibility.PUBLIC) in SEES[viewer.clearance] or viewer.holds(record)


KEPT_BACK: Mapping[Kind, Mapping[str, Any]] = {
    Kind.ACHIEVEMENTS: {"contact": "", "extra": {}},
    Kind.PROJECTS: {"extra": {}},
    Kind.INCUBATORS: {"metrics": {}, "extra": {}},
    Kind.FUNDS: {"extra": {}},
}
"""What of a record not everybody who sees it may read, with what stands for it then.

Whom to call is exchanged once both sides have accepted an introduction; columns of a file that nobody knows may hold
anything, a telephone number too. What a carrier states of its business is its own and the bureau's.
"""


def withheld(record: Record, viewer: Viewer) -> tuple[str, ...]:
    """The fields of the record that are not for this viewer, whether they are filled or not.

    All of it is told to the record's own organisation and to those who see everything, and but for a carrier's figures
    to those who introduce people. That it was opened to somebody lets them read the rest.
    """
    entitled = viewer.clearance is Clearance.ENTITLED or viewer.owns(record)
    introduced = viewer.introduces and not isinstance(record, Incubator)
    return () if entitled or introduced else tuple(KEPT_BACK[record.table])


def told(record: RecordT, viewer: Viewer) -> RecordT:
    """The record, which the viewer may see, as they may read it: without what is withheld from them."""
    hidden = {name: KEPT_BACK[record.table][name] for name in withheld(record, viewer) if getattr(record, name)}
    return replace(record, **hidden) if hidden else record


def require_visible(record: Record | Register, viewer: Viewer) -> None:
    """Raise NotEntitledError unless the viewer may see the record, or the row of a register that has an id."""
    if not visible(record, viewer):
        enough = next(each for each in VIEWERS if visible(record, each))
        name = getattr(record, "id", "")
        raise NotEntitledError(
            Said(f"记录 {name} 不在当前可见范围内。", f"Record {name} is not visible to this viewer."),
            Said(f"如已获授权，请加 --viewer {enough}。", f"If you are entitled to it, add --viewer {enough}."),
        )
