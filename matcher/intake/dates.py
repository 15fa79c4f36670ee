"""Dates as offices write them. A month or a year alone means its first day."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, timedelta

from matcher.intake.cells import NOTHING, Reading, as_text, is_blank, unread
from matcher.intake.issues import tell

FIRST_YEAR, LAST_YEAR = 1900, 2100
SERIALS = range(10_000, 73_051)
"""Excel's day numbers from 1927 to 2099; a bare number of five digits can be nothing else."""
LONGEST = 60
_EPOCH = date(1899, 12, 30)

_TIME = re.compile(r"(?:T|\s+)\s*[0-9]{1,2}(?::|时|点).*$", re.IGNORECASE | re.DOTALL)
_DATE = re.compile(
    r"(?P<year>[0-9]{4})(?:年|(?:[-/.]|年)(?P<month>[0-9]{1,2})(?:月|(?:[-/.]|月)(?P<day>[0-9]{1,2})[日号]?)?)?"
)
_COMPACT = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})?")


def read_date(cell: object) -> Reading:
    """A date: `2023年3月5日`, `2023-03`, `2023.3.5`, `20230305`, `2023`, or a cell Excel knows as a date."""
    if isinstance(cell, datetime):
        return _within(cell.date())
    if isinstance(cell, date):
        return _within(cell)
    if isinstance(cell, float) and not cell.is_integer():
        return _from_fraction(cell)
    text = as_text(cell)
    return NOTHING if is_blank(text) else _from_text(text)


def _from_text(text: str) -> Reading:
    # Nothing longer is a date; the limit also keeps long runs of spaces away from the pattern.
    bare = "" if len(text) > LONGEST else _TIME.sub("", unicodedata.normalize("NFKC", text).strip())
    bare = "".join(bare.split())
    if len(bare) == 5 and bare.isdecimal() and int(bare) in SERIALS:
        return _from_serial(int(bare))
    found = _COMPACT.fullmatch(bare) or _DATE.fullmatch(bare)
    if not found:
        return unread(
            "bad_date",
            (f"看不懂日期“{text[:40]}”。", f"The date '{text[:40]}' cannot be read."),
            ("请写成 2023-03-05 或 2023年3月。", "Write 2023-03-05 or 2023年3月."),
        )
    try:
        return _within(date(int(found["year"]), int(found["month"] or 1), int(found["day"] or 1)))
    except ValueError:
        return unread(
            "impossible_date",
            (f"日历上没有“{text[:40]}”这一天。", f"There is no day '{text[:40]}' in the calendar."),
            ("请改正日期。", "Correct the date."),
        )


def _from_serial(days: int) -> Reading:
    day = _EPOCH + timedelta(days=days)
    remark = tell(
        "date_from_serial",
        (f"数字 {days} 按 Excel 日期读作 {day}。", f"The number {days} was read as the Excel date {day}."),
        ("如果不对，请把该列设为日期格式。", "If that is wrong, format the column as dates."),
    )
    return Reading(day, remark)


def _from_fraction(number: float) -> Reading:
    if not math.isfinite(number):
        return NOTHING if math.isnan(number) else _from_text(str(number))
    if int(number) in SERIALS:
        return _from_serial(int(number))
    text = repr(number)
    # A spreadsheet shows October typed as 2023.10 and January typed as 2023.1 as the same number.
    if re.fullmatch(r"[0-9]{4}\.1", text):
        return unread(
            "date_unclear",
            (f"数字 {text} 可能是 1 月，也可能是 10 月。", f"The number {text} may mean January or October."),
            ("请把该列改成文本或日期，如 2023-10。", "Make the column text or dates, such as 2023-10."),
        )
    return _from_text(text)


def _within(day: date) -> Reading:
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return Reading(day)
    return unread(
        "date_out_of_range",
        (
            f"日期 {day} 不在 {FIRST_YEAR}–{LAST_YEAR} 年之间。",
            f"The date {day} is not between {FIRST_YEAR} and {LAST_YEAR}.",
        ),
        ("请改正年份。", "Correct the year."),
    )
