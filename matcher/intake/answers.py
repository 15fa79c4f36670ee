"""What somebody typed into a form for a figure, read in the unit that the form names."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matcher.intake.amounts import Unit, read_amount, read_ratio, read_whole
from matcher.intake.cells import Reading, unread
from matcher.intake.values import read_bool

WAN = Unit(factor=10_000)
PERCENT = Unit(percent=True)


def read_answer(text: str, measure: str) -> Reading:
    """The value of a figure, in its own unit: money typed in ten thousands of yuan, shares in per cent.

    A reading with a remark has no value that may be kept: on a form nothing is guessed.
    """
    reading = READERS.get(measure, read_whole)(text)
    if reading.remark and reading.value is None:
        return Reading(remark=reading.remark, keep=True)
    negative = isinstance(reading.value, int | float) and reading.value < 0
    # What says more than a number (约300, 面议) is not one.
    return _unfit(text) if negative or reading.keep or reading.currency not in ("", "CNY") else reading


def _share(text: str) -> Reading:
    # The form asks for per cent: 0.5 is half a per cent, which a cell of a list would leave in doubt.
    return read_ratio(f"{text.strip()}%" if text.strip()[-1:].isdigit() else text, PERCENT)


READERS: Mapping[str, Callable[[str], Reading]] = {
    "yuan": lambda text: read_amount(text, WAN),
    "share": _share,
    "flag": read_bool,
}
"""By the measure of the figure; a number is a count."""


def _unfit(text: str) -> Reading:
    return unread(
        "bad_figure",
        (f"“{text[:40]}”不能用作这个数。", f"'{text[:40]}' cannot be this figure."),
        ("请按所列单位填写不小于 0 的数；不清楚的留空。", "Write a number of zero or more; leave it empty if unknown."),
    )
