"""What the fields of a file are called to its owner: by our standard header, with the owner's own where it differs."""

from __future__ import annotations

from collections.abc import Iterable

from matcher.domain.columns import label
from matcher.domain.records import TABLE_LABELS, TYPES, Kind
from matcher.intake.headers import header_key, split_unit
from matcher.intake.layout import Layout
from matcher.wording import Said


class Labels:
    """The names of one table's fields in one file."""

    def __init__(self, kind: Kind, layout: Layout) -> None:
        self._type = TYPES[kind]
        self._headers = {column.field: column.header for column in reversed(layout.columns) if not column.metric}

    def of(self, field: str) -> Said:
        """“成果简介（列“摘要说明”）”; without the owner's header where it says the same."""
        said, header = label(self._type, field), self._headers.get(field, "")
        if not header or split_unit(header)[0] in (header_key(field), header_key(said.zh)):
            return said
        return Said(f"{said.zh}（列“{header}”）", f"{said.en} (column '{header}')")


def either(names: Iterable[Said]) -> Said:
    """Fields of which one is enough."""
    told = list(names)
    return Said(" / ".join(one.zh for one in told), " / ".join(one.en for one in told))


def table_label(kind: Kind) -> Said:
    """What a table is called."""
    return Said(TABLE_LABELS[kind][0], kind.value)
