"""How a domain type declares its fields, so that files, templates and database are all derived from one place."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cache
from typing import Any

from matcher.domain.terms import Kind
from matcher.wording import Said


def column(*headers: str, default: Any = "", needed: bool = False, refers: Kind | None = None) -> Any:
    """A field with the headers a file may use for it, the Chinese standard header first.

    Args:
        headers: what a file may call it.
        default: the value of a field that nobody fills; `dict` stands for an empty one.
        needed: whether a row of a register is nothing without it; it has no default then.
        refers: the table of the record (or of the records) that it names by id.
    """
    metadata = {"headers": headers, "needed": needed, "refers": refers}
    if needed:
        return dataclasses.field(metadata=metadata)
    if default is dict:
        return dataclasses.field(default_factory=dict, metadata=metadata)
    return dataclasses.field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a record was read: file name and row (the header is row 1; for JSON lines, the line)."""

    file: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that names records of a table by id; a row that needs it does not outlive the record."""

    field: str
    to: Kind
    needed: bool

    def ids(self, row: Any) -> tuple[str, ...]:
        """The ids that a row names there; none for an optional field that is empty."""
        value = getattr(row, self.field)
        if isinstance(value, tuple):
            return value
        return (value,) if value or self.needed else ()


def references(row_type: Any) -> tuple[Reference, ...]:
    """The fields of a domain type that name records."""
    return _references(row_type)


@cache
def _references(row_type: Any) -> tuple[Reference, ...]:
    return tuple(
        Reference(field.name, field.metadata["refers"], field.metadata["needed"])
        for field in dataclasses.fields(row_type)
        if field.metadata.get("refers")
    )


def label(row_type: Any, name: str) -> Said:
    """What a field of a domain type is called; a name that is no field of it stays as it is."""
    found = next((field for field in dataclasses.fields(row_type) if field.name == name), None)
    if found is None:
        return Said(name, name)
    headers = found.metadata.get("headers", (name,))
    return Said(str(headers[0]), name.replace("_", " "))


def needed(row_type: Any) -> tuple[str, ...]:
    """The fields without which a row of the type is nothing."""
    return tuple(field.name for field in dataclasses.fields(row_type) if field.metadata.get("needed"))
