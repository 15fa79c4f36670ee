"""Who may see what. Every list, snippet, count and explanation asks this one function."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import ClassVar, Self, TypeVar, cast

from matcher.domain.records import Achievement, Incubator, Kind, Project, Record, Register, Visibility
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

    PUBLIC: ClassVar[Viewer]
    BROKERS: ClassVar[Viewer]
    ENTITLED: ClassVar[Viewer]

    @classmethod
    def of(cls, clearance: str) -> Self:
        """A viewer with nothing of their own."""
        return cls(Clearance(clearance))

    def owns(self, record: Record | Register) -> bool:
        """Whether the record is the viewer's own, or was opened to them."""
        if isinstance(record, Achievement):
            mine = record.institution in self.institutions
        elif isinstance(record, Project):
            mine = record.incubator_id in self.carriers
        elif isinstance(record, Incubator):
            mine = record.id in self.carriers
        else:
            mine = getattr(record, "carrier_id", "") in self.carriers
        return mine or (record.table, getattr(record, "id", "")) in self.opened

    def __str__(self) -> str:
        return self.clearance


VIEWERS = tuple(map(Viewer, Clearance))
"""A viewer of each clearance who owns nothing."""
Viewer.PUBLIC, Viewer.BROKERS, Viewer.ENTITLED = VIEWERS


def visible(record: Record | Register, viewer: Viewer) -> bool:
    """Whether this viewer may learn that it exists. What has no visibility, as carriers and funds, is public."""
    return getattr(record, "visibility", Visibility.PUBLIC) in SEES[viewer.clearance] or viewer.owns(record)


def withheld(record: Record, viewer: Viewer) -> bool:
    """Whether the record holds figures that are not for this viewer.

    A carrier is public; what it states of its business, in named figures and in columns of its own, is told to the
    carrier itself and to those who see everything.
    """
    return isinstance(record, Incubator) and viewer.clearance is not Clearance.ENTITLED and not viewer.owns(record)


def told(record: RecordT, viewer: Viewer) -> RecordT:
    """The record, which the viewer may see, as they may read it: without what is withheld from them."""
    if isinstance(record, Incubator) and withheld(record, viewer):
        return cast("RecordT", replace(record, metrics={}, extra={}))
    return record


def require_visible(record: Record | Register, viewer: Viewer) -> None:
    """Raise NotEntitledError unless the viewer may see the record, or the row of a register that has an id."""
    if not visible(record, viewer):
        enough = next(each for each in VIEWERS if visible(record, each))
        name = getattr(record, "id", "")
        raise NotEntitledError(
            Said(f"记录 {name} 不在当前可见范围内。", f"Record {name} is not visible to this viewer."),
            Said(f"如已获授权，请加 --viewer {enough}。", f"If you are entitled to it, add --viewer {enough}."),
        )
