"""The periods for which carriers report: a quarter, half a year, a year."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date
from enum import StrEnum

MONTHS = {"": (1, 12), "H1": (1, 6), "H2": (7, 12), "Q1": (1, 3), "Q2": (4, 6), "Q3": (7, 9), "Q4": (10, 12)}
"""First and last month of each part of a year."""

HALVES = {"": ("H1", "H2"), "H1": ("Q1", "Q2"), "H2": ("Q3", "Q4")}
"""The two halves of each part of a year that has any."""


class Length(StrEnum):
    """How long a period is."""

    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


_WRITTEN = re.compile(r"(?:19|20)[0-9]{2}(?:H[12]|Q[1-4])?")


class Period(str):
    """A period is its text, `2026Q3`, `2026H1` or `2026`, and nothing else can be one. By date they sort by `end`."""

    __slots__ = ()

    def __new__(cls, text: str) -> Period:
        """Take the text over. Raises ValueError for any other text."""
        if not _WRITTEN.fullmatch(text):
            raise ValueError(f"{text!r} is no period")
        return super().__new__(cls, text)

    @property
    def start(self) -> date:
        """Its first day."""
        return date(int(self[:4]), MONTHS[self[4:]][0], 1)

    @property
    def end(self) -> date:
        """Its last day."""
        year, month = int(self[:4]), MONTHS[self[4:]][1]
        return date(year, month, monthrange(year, month)[1])

    @property
    def year(self) -> int:
        """The year it lies in."""
        return int(self[:4])

    @property
    def length(self) -> Length:
        """Whether it is a quarter, half a year or a year."""
        return {"": Length.YEAR, "H": Length.HALF, "Q": Length.QUARTER}[self[4:5]]

    @property
    def halves(self) -> tuple[Period, ...]:
        """The two shorter periods it is made of; a quarter has none."""
        return tuple(Period(self[:4] + part) for part in HALVES.get(self[4:], ()))

    def holds(self, other: Period) -> bool:
        """Whether the other one lies inside it, or is it."""
        return self.start <= other.start and other.end <= self.end


def begun(day: date, years: int) -> list[Period]:
    """Every period that has begun by a day, of its year and those before, the latest first; a whole before its last
    part."""
    every = (Period(f"{year:04}{part}") for year in range(day.year - years + 1, day.year + 1) for part in MONTHS)
    found = (one for one in every if one.start <= day)
    return sorted(found, key=lambda one: (one.end, -one.start.toordinal()), reverse=True)


def last_quarter(day: date) -> Period:
    """The last quarter that was over before a day."""
    return next(one for one in begun(day, 2) if one.length is Length.QUARTER and one.end < day)
