"""Reporting periods and years as offices write them."""

from __future__ import annotations

import re

from matcher.domain.periods import Period
from matcher.intake.amounts import NO_UNIT, Unit
from matcher.intake.cells import NOTHING, Reading, as_text, is_blank, plain, unread

_YEAR = r"(?P<year>(?:19|20)[0-9]{2})"
_PERIOD = re.compile(
    _YEAR + r"(?:\.0|年度?)?[-/._]?"
    r"(?:(?:第|q|第?q)?(?P<quarter>[1-4一二三四])(?:季度?)|q(?P<q>[1-4])|(?P<half>[上下])半年度?|h(?P<h>[12])|全年|年度)?"
)
_TURNED = re.compile(r"([qh][1-4])[-/._]?((?:19|20)[0-9]{2})年?")
_ONE_YEAR = re.compile(_YEAR + r"(?:\.0)?(?:年度?|学年)?")
_QUARTERS = {"一": "1", "二": "2", "三": "3", "四": "4"}
_HALVES = {"上": "H1", "下": "H2"}


def read_period(cell: object, _: Unit = NO_UNIT) -> Reading:
    """A period: `2026Q3`, `2026年第三季度`, `2026年3季度`, `Q3 2026`, `2026H1`, `2026年上半年`, `2026`, `2026年度`.

    Sums over several quarters (`1-9月`, `前三季度`) and single months are none, and are refused rather than guessed at.
    """
    text = plain(as_text(cell))
    if is_blank(text):
        return NOTHING
    found = _PERIOD.fullmatch(_TURNED.sub(r"\2\1", text))
    if found is None:
        return unread(
            "bad_period",
            (f"看不懂填报期“{text[:40]}”。", f"The period '{text[:40]}' cannot be read."),
            (
                "请写成 2026Q3、2026年第三季度、2026年上半年 或 2026年度。",
                "Write 2026Q3, 2026H1 or 2026: a quarter, a half or a whole year.",
            ),
        )
    quarter = found["quarter"] or found["q"]
    half = _HALVES.get(found["half"] or "", f"H{found['h']}" if found["h"] else "")
    return Reading(Period(found["year"] + (f"Q{_QUARTERS.get(quarter, quarter)}" if quarter else half)))


def read_year(cell: object, _: Unit = NO_UNIT) -> Reading:
    """A year: `2025`, `2025年`, `2025年度`."""
    text = plain(as_text(cell))
    if is_blank(text):
        return NOTHING
    if found := _ONE_YEAR.fullmatch(text):
        return Reading(int(found["year"]))
    return unread(
        "bad_year",
        (f"“{text[:40]}”不是一个年份。", f"'{text[:40]}' is no year."),
        ("请写成 2025 或 2025年。", "Write it as 2025."),
    )
