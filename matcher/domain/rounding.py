"""Shares and amounts as people say them: as exact as a decision needs, so that two figures can be compared at a glance.

A probability is another thing, see `chances`. What somebody signs for, as the sum of a contract, is not rounded.
"""

from __future__ import annotations

import math
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

DIGITS, ALL = 4, 15
"""Significant digits of an amount, 1235万 of 12,345,678; and of one that somebody signed for or paid."""


def share(value: float, *, least: bool = False) -> str:
    """A part of a whole in per cent with one decimal, two digits below 1 %; `least` never says more than there is."""
    return f"{_rounded(value * 100, least=least)}%"


def points(value: float) -> str:
    """A distance between two shares, as 0.024 in points of per cent: 2.4."""
    return _rounded(value * 100)


def yuan(amount: float | None, digits: int = DIGITS) -> str:
    """An amount as people write it: 50万, 1.2亿."""
    if amount is None:
        return "—"
    for unit, name in ((1e8, "亿"), (1e4, "万")):
        if abs(amount) >= unit:
            return f"{_significant(amount / unit, digits)}{name}"
    return f"{amount:.0f}"


def _rounded(number: float, *, least: bool = False) -> str:
    decimals = 1 if abs(number) >= 1 or number == 0 else 1 - math.floor(math.log10(abs(number)))
    # What a computer makes of 0.29 * 100 is 28.999999999999996; to cut that would lose a tenth.
    exact = Decimal(f"{number:.12g}")
    cut = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_FLOOR if least else ROUND_HALF_EVEN)
    return f"{cut:f}".rstrip("0").rstrip(".")


def _significant(number: float, digits: int) -> str:
    if not math.isfinite(number):
        return f"{number:g}"
    whole = math.floor(math.log10(abs(number))) + 1
    return f"{round(number, max(digits - whole, 0)):.15g}"
