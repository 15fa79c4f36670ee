"""A time of the week as an administrator writes it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from matcher.domain.slots import Slot
from matcher.domain.weeks import Week


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Mon 08:00 Asia/Shanghai", datetime(2026, 11, 23, 0, tzinfo=UTC)),
        ("mon 8:00", datetime(2026, 11, 23, 0, tzinfo=UTC)),
        (" Sun 23:59 UTC ", datetime(2026, 11, 29, 23, 59, tzinfo=UTC)),
        ("FRI 00:00 Europe/Berlin", datetime(2026, 11, 26, 23, tzinfo=UTC)),
    ],
)
def test_a_time_of_the_week_is_where_people_live(text: str, moment: datetime) -> None:
    assert Slot.parse(text).moment(Week("2026-W48")) == moment


def test_the_week_is_the_one_it_is_there() -> None:
    sunday_evening = datetime(2026, 11, 29, 17, tzinfo=UTC)
    assert Slot.parse("Mon 08:00 Asia/Shanghai").week(sunday_evening) == "2026-W49"
    assert Slot.parse("Mon 08:00 UTC").week(sunday_evening) == "2026-W48"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Mon",
        "08:00",
        "Monday 08:00",
        "Mon 24:00",
        "Mon 08:60",
        "Mon 08:00 Nowhere/Town",
        "Mon 08:00 /etc",
        "周一 08:00",
    ],
)
def test_nothing_else_is_a_time_of_the_week(text: str) -> None:
    with pytest.raises(ValueError, match="is no time"):
        Slot.parse(text)
