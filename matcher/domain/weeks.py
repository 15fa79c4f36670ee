"""The ISO week: Monday to Sunday, `2026-W47`."""

from __future__ import annotations

import re
from datetime import date, timedelta

_WRITTEN = re.compile(r"[0-9]{4}-W[0-9]{2}")


class Week(str):
    """A week is its text, and nothing else can be one. By text they sort in time."""

    __slots__ = ()

    def __new__(cls, text: str) -> Week:
        """Take the text over. Raises ValueError for any other text, and for a week that its year does not have."""
        if not _WRITTEN.fullmatch(text):
            raise ValueError(f"{text!r} is no week")
        date.fromisocalendar(int(text[:4]), int(text[6:]), 1)
        return super().__new__(cls, text)

    @classmethod
    def of(cls, day: date) -> Week:
        """The week a day lies in."""
        year, number, _ = day.isocalendar()
        return cls(f"{year:04}-W{number:02}")

    @property
    def monday(self) -> date:
        """Its first day."""
        return date.fromisocalendar(int(self[:4]), int(self[6:]), 1)

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + timedelta(days=6)

    def back(self, weeks: int) -> Week:
        """The week so many weeks before."""
        return Week.of(self.monday - timedelta(weeks=weeks))
