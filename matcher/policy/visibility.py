"""Who may see what. Every list, snippet, count and explanation asks this one function."""

from __future__ import annotations

from enum import StrEnum

from matcher.domain.records import Record, Register, Visibility
from matcher.errors import NotEntitledError
from matcher.wording import Said


class Viewer(StrEnum):
    """Who asks: anybody, a signed-in broker, or somebody the owner of restricted records has entitled."""

    PUBLIC = "public"
    BROKERS = "brokers"
    ENTITLED = "restricted"


SEES = {
    Viewer.PUBLIC: {Visibility.PUBLIC},
    Viewer.BROKERS: {Visibility.PUBLIC, Visibility.BROKERS},
    Viewer.ENTITLED: set(Visibility),
}


def visible(record: Record | Register, viewer: Viewer) -> bool:
    """Whether this viewer may learn that it exists. What has no visibility, as carriers and funds, is public."""
    return getattr(record, "visibility", Visibility.PUBLIC) in SEES[viewer]


def require_visible(record: Record | Register, viewer: Viewer) -> None:
    """Raise NotEntitledError unless the viewer may see the record, or the row of a register that has an id."""
    if not visible(record, viewer):
        enough = next(each for each in Viewer if visible(record, each))
        name = getattr(record, "id", "")
        raise NotEntitledError(
            Said(f"记录 {name} 不在当前可见范围内。", f"Record {name} is not visible to this viewer."),
            Said(f"如已获授权，请加 --viewer {enough}。", f"If you are entitled to it, add --viewer {enough}."),
        )
