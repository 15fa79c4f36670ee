"""Bare small numbers among amounts of money: "60" below "300万元" is hardly sixty yuan."""

from __future__ import annotations

import re
from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from matcher.domain.columns import label
from matcher.domain.records import TYPES, Kind, Source
from matcher.intake.amounts import read_amount
from matcher.intake.cells import as_text, plain
from matcher.intake.issues import Remark, RowIssue, issue_at, warn
from matcher.intake.layout import Column, Layout
from matcher.intake.values import parsers

SMALL = 10_000
"""Yuan below which an amount that stands without a unit may have lost one."""
TIMES = 1000
"""How many times larger the others are, where they have no unit either."""
FEWEST = 3
"""Amounts without a unit among which one can be told to be small."""
MOST = 1000
"""Small amounts of a column that are remembered."""

_BARE = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_SCALE = re.compile(r"[0-9.][^0-9]*([万亿])")


@dataclass(slots=True)
class _Amounts:
    """What one column holds."""

    column: Column
    scales: Counter[str] = field(default_factory=Counter)
    bare: array[float] = field(default_factory=lambda: array("d"))
    small: list[tuple[int, str, float]] = field(default_factory=list)


class SmallAmounts:
    """Watches the columns of money of one table that state no unit."""

    def __init__(self, kind: Kind, layout: Layout) -> None:
        self._type = TYPES[kind]
        self._columns = [
            _Amounts(column)
            for column in layout.columns
            if parsers(kind).get(column.field) is read_amount and column.unit.factor == 1
        ]

    def see(self, number: int, row: Sequence[object]) -> None:
        """Look at a row that was taken in."""
        for amounts in self._columns:
            text = as_text(row[amounts.column.position]) if amounts.column.position < len(row) else ""
            if _BARE.fullmatch(text):
                value = float(text)
                amounts.bare.append(value)
                if 0 < value < SMALL and len(amounts.small) < MOST:
                    amounts.small.append((number, text, value))
            elif text and (scale := _SCALE.search(plain(text))):
                amounts.scales[scale[1]] += 1

    def issues(self, file: str) -> Iterator[RowIssue]:
        """The numbers that may have lost their unit, once all rows were seen."""
        for one in self._columns:
            scaled = one.scales.total() >= max(1, len(one.small))
            usual = median(one.bare) if len(one.bare) >= FEWEST else 0.0
            unit = max(one.scales, key=lambda scale: (one.scales[scale], scale == "万"), default="万")
            called = label(self._type, one.column.field)
            for number, text, value in one.small:
                if scaled or usual >= TIMES * value:
                    yield issue_at(Source(file, number), one.column.field, text, _unitless(text, unit), called)


def _unitless(text: str, unit: str) -> Remark:
    return warn(
        "amount_without_unit",
        (
            f"“{text}”没有单位，按 {text} 元读取，远小于同列其他金额；是否为 {text} {unit}元？",
            f"'{text}' has no unit and was read as {text} yuan, far below the column's others; is it {text}{unit}?",
        ),
        ("请在格内写明单位，如 60万元；确为元的写成“60元”。", "Write the unit into the cell, as 60万元 or 60元."),
    )
