"""ISO weeks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.weeks import Week


@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_a_day_lies_in_its_week_and_weeks_sort_in_time(day: date) -> None:
    week = Week.of(day)
    assert week.monday <= day <= week.sunday
    assert week.back(1) < week < week.back(-1)
    assert week.back(1).monday == week.monday - timedelta(days=7)


@pytest.mark.parametrize("text", ["", "2026-47", "2026-W54", "2025-W53", "2026-W00", "W47", "2026-w47", "2026-W47 "])
def test_nothing_else_is_a_week(text: str) -> None:
    with pytest.raises(ValueError, match=r"week|Invalid"):
        Week(text)


def test_the_last_days_of_a_year_may_lie_in_the_next_ones_first_week() -> None:
    assert Week.of(date(2024, 12, 30)) == "2025-W01"
    assert Week.of(date(2027, 1, 3)) == "2026-W53"
