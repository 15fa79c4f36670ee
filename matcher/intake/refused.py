"""Rows of files that were refused or warned of, as they stand there: for a table to correct and hand in again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from matcher.domain.records import KEYS, TYPES, Kind
from matcher.intake.amounts import read_amount
from matcher.intake.cells import as_text
from matcher.intake.headers import header_key, stated_unit, unit_line
from matcher.intake.identity import Registry
from matcher.intake.issues import Remark
from matcher.intake.layout import Column
from matcher.intake.limits import Limits
from matcher.intake.reader import plans_of
from matcher.intake.rows import RowBuilder
from matcher.intake.tables import Plan
from matcher.intake.values import parsers


@dataclass(frozen=True, slots=True)
class Refused:
    """Such rows of one table, under headers that `read` understands without a mapping."""

    kind: Kind
    file: str
    headers: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    """The number of each row in its file, and its cells."""


def refused_rows(
    path: Path,
    places: Mapping[str, Collection[int]],
    *,
    kind: Kind | None = None,
    mapping: Mapping[str, object] | None = None,
    limits: Limits | None = None,
    taken: bool = False,
) -> list[Refused]:
    """The rows at these places (row numbers by file, as issues name them). Raises IntakeError like `read`.

    Rows that were `taken` in after all come with the id they have by now, where the file gives them none.
    """
    plans, _ = plans_of(path, kind=kind, mapping=mapping, limits=limits or Limits())
    try:
        found = [_of(item, places[item.table.file]) for item in plans if item.table.file in places]
        return [_identified(one, item, limits or Limits()) if taken else one for one, item in found]
    finally:
        for item in plans:
            item.table.close()


def _of(item: Plan, numbers: Collection[int]) -> tuple[Refused, Plan]:
    line = unit_line(row for number, row in item.table.head() if number < item.header_row)
    headers = tuple(_header(column, item.kind, line) for column in item.layout.columns)
    found = [
        (number, () if isinstance(row, Remark) else tuple(map(as_text, row[: len(headers)])))
        for number, row in item.table.rows()
        if number in numbers
    ]
    padded = ((number, cells + ("",) * (len(headers) - len(cells))) for number, cells in found)
    return Refused(item.kind, item.table.file, headers, tuple(padded)), item


def _identified(found: Refused, item: Plan, limits: Limits) -> Refused:
    """The rows with the ids that are derived for them: to correct a name then makes no other record of a row."""
    if KEYS[item.kind] != ("id",):
        return found
    place = next((column.position for column in item.layout.columns if column.field == "id"), None)
    ids = {number: _id(item, number, cells, limits) for number, cells in found.rows}
    if place is None:
        rows = ((number, (ids[number], *cells)) for number, cells in found.rows)
        return replace(found, headers=(_standard(item.kind, "id"), *found.headers), rows=tuple(rows))
    rows = (
        (number, (*cells[:place], cells[place] or ids[number], *cells[place + 1 :])) for number, cells in found.rows
    )
    return replace(found, rows=tuple(rows))


def _id(item: Plan, number: int, cells: tuple[str, ...], limits: Limits) -> str:
    row, _ = RowBuilder(item.kind, item.layout, item.table.file, limits, Registry()).build(number, cells)
    return str(getattr(row, "id", ""))


def _header(column: Column, kind: Kind, line: str) -> str:
    """The column's header, or the standard one where only a mapping tells what it is; with the unit of the table."""
    unit, header = stated_unit(column.header), column.header
    if column.field and not column.metric and header_key(header) not in _known(kind, column.field):
        header = _standard(kind, column.field) + (f"（{unit}）" if unit else "")
    elif column.metric and header_key(header) == header_key(column.metric):
        header = f"指标:{column.header}"
    if line and not unit and parsers(kind).get(column.field) is read_amount:
        header += f"（{line}）"
    return header


def _known(kind: Kind, field: str) -> set[str]:
    metadata = TYPES[kind].__dataclass_fields__[field].metadata if field in TYPES[kind].__dataclass_fields__ else {}
    return {header_key(header) for header in (field, *metadata.get("headers", ()))}


def _standard(kind: Kind, field: str) -> str:
    fields = TYPES[kind].__dataclass_fields__
    return str(fields[field].metadata["headers"][0]) if field in fields else field
