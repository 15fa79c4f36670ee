"""From a header row to columns: which field each feeds, which of two that claim one field, and what is left over."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from matcher.domain.columns import label
from matcher.domain.records import TYPES, Kind, PairKind
from matcher.intake.amounts import NO_UNIT, Unit, read_amount
from matcher.intake.cells import as_text
from matcher.intake.guesses import guess
from matcher.intake.headers import (
    METRIC,
    OPEN,
    PAIR_HINTS,
    SEVERAL,
    has_metrics,
    header_key,
    is_nameless,
    known_headers,
    metric_name,
    nameless,
    split_unit,
)
from matcher.intake.issues import Remark, tell, warn
from matcher.intake.templates import ADVICE, COMPANIONS
from matcher.intake.values import parsers
from matcher.wording import Said


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file. `field` is empty where nobody knows it; `metric` names a figure of a carrier."""

    position: int
    header: str
    field: str = ""
    unit: Unit = NO_UNIT
    metric: str = ""
    hint: PairKind | None = None
    loose: bool = False
    """Whether it is only taken for a figure because nobody knows it."""
    ours: bool = False
    """Whether we wrote it ourselves, for people to read."""
    settled: bool = False
    """Whether somebody said that no field is meant: it is kept without a word."""
    guess: str = ""
    """The field that an unknown header may mean; nothing is read by it."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a file, and what is to be said about its headers."""

    columns: tuple[Column, ...]
    remarks: tuple[tuple[str, Remark], ...] = ()

    @property
    def fields(self) -> frozenset[str]:
        """The fields that some column feeds."""
        return frozenset(column.field for column in self.columns if column.field)


def lay_out(headers: Sequence[object], kind: Kind, mapping: Mapping[str, str], unit: Unit = NO_UNIT) -> Layout:
    """Give every column its field. `unit` is the one stated for the whole table."""
    names = _unique_names([as_text(header) for header in headers])
    wishes = [_wish(position, name, kind, mapping) for position, name in enumerate(names)]
    winners = _winners(wishes)
    columns = _guessed([_settle(column, kind, winners, unit) for column, _ in wishes], [w for w, _ in wishes], kind)
    remarks = [
        (column.header, _remark(column, wished, columns, kind))
        for column, (wished, _) in zip(columns, wishes, strict=True)
        if column.loose or not column.field
    ]
    remarks += _unused(mapping, [as_text(header) for header in headers])
    return Layout(tuple(columns), tuple((name, remark) for name, remark in remarks if remark))


def _unique_names(headers: Sequence[str]) -> list[str]:
    """The headers on one line each, so that no two columns share a name; a blank one is named by position."""
    names: dict[str, None] = {}
    for position, header in enumerate(headers):
        base = " ".join(header.split()) or nameless(position)
        name, count = base, 2
        while name in names:
            name, count = f"{base} ({count})", count + 1
        names[name] = None
    return list(names)


def _wish(position: int, header: str, kind: Kind, mapping: Mapping[str, str]) -> tuple[Column, int]:
    """The column with the field it would feed, and the rank of its claim; the user's mapping ranks first."""
    base = re.sub(r" \([0-9]+\)$", "", header)
    mapped = next((field for name, field in mapping.items() if header_key(name) == header_key(base)), None)
    key, unit = split_unit(base)
    if base == ADVICE:
        return Column(position, header, ours=True), 0
    metric = METRIC.fullmatch(base if mapped is None else mapped) if has_metrics(kind) else None
    if metric and key not in known_headers(kind):
        return Column(position, header, "metrics", unit, metric_name(metric[1])), -1
    if mapped is not None:
        return Column(position, header, mapped, unit, hint=PAIR_HINTS.get(key), settled=not mapped), -1
    field, rank = known_headers(kind).get(key, ("", 0))
    if not field and kind in OPEN and not is_nameless(header) and key not in COMPANIONS:
        return Column(position, header, "metrics", unit, metric_name(header), loose=True), 0
    return Column(position, header, field, unit, hint=PAIR_HINTS.get(key) if field in SEVERAL else None), rank


def _winners(wishes: Sequence[tuple[Column, int]]) -> set[int]:
    """Positions of the columns that keep their field: the best claim, the leftmost of equals."""
    best: dict[tuple[str, str], tuple[int, int]] = {}
    for column, rank in wishes:
        slot = (column.field, f"{column.position}" if column.field in SEVERAL else column.metric)
        best[slot] = min(best.get(slot, (rank, column.position)), (rank, column.position))
    return {position for _, position in best.values()}


def _settle(column: Column, kind: Kind, winners: set[int], unit: Unit) -> Column:
    if column.position not in winners:
        return dataclasses.replace(column, field="", metric="")
    # The unit of the whole table is meant for money, not for counts of firms or people.
    if column.unit == NO_UNIT and parsers(kind).get(column.field) is read_amount:
        return dataclasses.replace(column, unit=unit)
    return column


def _guessed(columns: Sequence[Column], wished: Sequence[Column], kind: Kind) -> list[Column]:
    """The columns, each that nobody knows with what it may mean; no two may mean the same."""
    taken = {column.field for column in columns}
    found: list[Column] = []
    for column, wish in zip(columns, wished, strict=True):
        stranger = not (wish.field or column.ours or column.settled or is_nameless(column.header))
        meant = guess(column.header, kind, taken) if stranger else ""
        taken.add(meant)
        found.append(dataclasses.replace(column, guess=meant) if meant else column)
    return found


def _remark(column: Column, wished: Column, columns: Sequence[Column], kind: Kind) -> Remark | None:
    if column.field:
        return _figure(column)
    if wished.field:
        taken = next(other for other in columns if (other.field, other.metric) == (wished.field, wished.metric))
        return _second(column.header, taken.header, label(TYPES[kind], wished.field))
    if (
        column.ours
        or column.settled
        or is_nameless(column.header)
        or (kind in OPEN and header_key(column.header) in COMPANIONS)
    ):
        return None  # A column without header is only worth a word where it holds something.
    return _unknown(column.header, column.guess and label(TYPES[kind], column.guess))


def _second(header: str, taken: str, field: Said) -> Remark:
    return warn(
        "duplicate_header",
        (
            f"列“{header}”和“{taken}”都表示{field.zh}，只用“{taken}”。",
            f"'{header}' and '{taken}' both mean {field.en}; '{taken}' is used.",
        ),
        ("另一列的内容保存在附加信息里；请删除或改名。", "The other column is kept as extra; delete or rename it."),
    )


def _figure(column: Column) -> Remark:
    return tell(
        "column_as_figure",
        (
            f"不认识列“{column.header}”：其中的数字读作指标“{column.metric}”，文字保存在附加信息里。",
            f"The column '{column.header}' is unknown: numbers are the figure '{column.metric}', texts are extra.",
        ),
        ("如果不是指标，请删除该列或改名。", "If it is no figure, delete or rename the column."),
    )


def _unknown(header: str, meant: Said | Literal[""]) -> Remark:
    hint = (f"是否指“{meant.zh}”？", f"Did you mean '{meant.en}'?") if meant else ("", "")
    return tell(
        "unknown_column",
        (
            f"不认识列“{header}”，内容保存在附加信息里。{hint[0]}",
            f"The column '{header}' is unknown and kept as extra. {hint[1]}".strip(),
        ),
        ("如需使用，请改列名或提供列名对照文件。", "To use it, rename the column or give a mapping file."),
    )


def _unused(mapping: Mapping[str, str], headers: Sequence[str]) -> list[tuple[str, Remark | None]]:
    seen = {header_key(header) for header in headers}
    return [
        (
            header,
            warn(
                "mapped_column_missing",
                (f"列名对照里的列“{header}”不在文件中。", f"The mapped column '{header}' is not in the file."),
                ("请检查列名对照里的写法。", "Check how the mapping spells it."),
            ),
        )
        for header in mapping
        if header_key(header) not in seen
    ]
