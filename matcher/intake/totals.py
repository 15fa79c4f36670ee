"""Rows that sum up a table: they tell of no record."""

from __future__ import annotations

from collections.abc import Sequence

from matcher.intake.cells import as_text, is_empty, plain
from matcher.intake.issues import Remark, warn
from matcher.intake.layout import Layout

TOTALS = frozenset({"合计", "小计", "总计", "共计", "总合计", "total", "totals", "subtotal", "sub-total", "grandtotal"})
NAMING = frozenset({"id", "title", "name"})
"""Fields that say who a row is."""
LONGEST = 24


class Totals:
    """Knows the rows of one table that are sums."""

    def __init__(self, layout: Layout) -> None:
        self._naming = [column.position for column in layout.columns if column.field in NAMING]

    def remark(self, row: Sequence[object]) -> Remark | None:
        """Why the row is left out: its first filled cell, its id or its name is nothing but a word for a sum."""
        first = next((cell for cell in row if not is_empty(cell)), None)
        for cell in (first, *(row[place] for place in self._naming if place < len(row))):
            # Spaced out ("合  计") and with a colon, as sheets write it; a longer text is a name.
            if isinstance(cell, str) and len(cell) <= LONGEST and plain(cell).rstrip(":") in TOTALS:
                return _total(as_text(cell))
        return None


def _total(word: str) -> Remark:
    return warn(
        "total_row",
        (
            f"这一行看起来是合计行（“{word}”），不是一条记录，没有导入。",
            f"The row looks like a sum ('{word}'), not a record; it is left out.",
        ),
        (
            "合计行无需处理；如果确是一条记录，请写出它的全名和编号后重新导入。",
            "A sum needs nothing; if it is a record, write its full name and id and import it again.",
        ),
    )
