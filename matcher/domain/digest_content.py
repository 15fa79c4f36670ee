"""What a digest says as plain JSON values, and back: the same digest gives the same text, byte for byte."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import asdict
from typing import Any

from matcher.domain.digests import Item, Line, News, Topic
from matcher.domain.records import Kind, PairKind
from matcher.wording import Said

Plain = Mapping[str, Any]
READ = frozenset({"institution", "inventors"})


def item_json(item: Item) -> dict[str, Any]:
    """An item as plain values, without what is read from its record each time."""
    told = {name: value for name, value in asdict(item).items() if name not in READ}
    words = {name: str(getattr(item, name)) for name in ("topic", "kind", "about", "news")}
    return told | words | {"changed": list(item.changed)}


def item_of(told: Plain) -> Item:
    """The item of plain values."""
    words = {
        "topic": Topic(told["topic"]),
        "kind": PairKind(told["kind"]),
        "about": Kind(told["about"]),
        "news": News(told["news"]),
        "reason": Said(**told["reason"]),
        "clause": Said(**told["clause"]) if told["clause"] else None,
        "changed": tuple(told.get("changed", ())),
    }
    return Item(**{**told, **words})


def line_json(line: Line) -> dict[str, Any]:
    """A line as plain values."""
    return asdict(line) | {"topic": line.topic.value, "about": list(line.about)}


def line_of(told: Plain) -> Line:
    """The line of plain values."""
    return Line(topic=Topic(told["topic"]), said=Said(**told["said"]), path=told["path"], about=tuple(told["about"]))


def mentions(told: Plain, kind: Kind, ids: Container[str]) -> bool:
    """Whether the plain values of an item or a telling name one of the records on either side."""
    pair = PairKind(told["kind"])
    return (kind is pair.left and told["left_id"] in ids) or (kind is pair.right and told["right_id"] in ids)


def about(told: Plain, kind: Kind, ids: Container[str]) -> bool:
    """Whether the plain values of a line name one of the records."""
    named = (each.partition("/")[::2] for each in told["about"])
    return any(table == kind and record_id in ids for table, record_id in named)
