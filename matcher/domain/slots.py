"""When in the week something is done: `Mon 08:00 Asia/Shanghai`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from matcher.domain.weeks import Week

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HERE = "Asia/Shanghai"
_WRITTEN = re.compile(r"([A-Za-z]{3})\s+([0-2]?[0-9]):([0-5][0-9])(?:\s+(\S+))?")


@dataclass(frozen=True, slots=True)
class Slot:
    """A day of the week and a time of that day, where people live."""

    weekday: int
    at: time
    zone: ZoneInfo

    @classmethod
    def parse(cls, text: str) -> Self:
        """The slot of a text; without a zone it is in China. Raises ValueError for any other text."""
        found = _WRITTEN.fullmatch(text.strip())
        if found is None or found[1].casefold() not in DAYS or int(found[2]) > 23:
            raise ValueError(f"{text!r} is no time of the week")
        try:
            zone = ZoneInfo(found[4] or HERE)
        except (ZoneInfoNotFoundError, OSError, ValueError):
            raise ValueError(f"{found[4]!r} is no time zone") from None
        return cls(DAYS.index(found[1].casefold()), time(int(found[2]), int(found[3])), zone)

    def week(self, now: datetime) -> Week:
        """The week it is there."""
        return Week.of(now.astimezone(self.zone).date())

    def moment(self, week: Week) -> datetime:
        """When it is in a week."""
        return datetime.combine(week.monday + timedelta(days=self.weekday), self.at, self.zone)
