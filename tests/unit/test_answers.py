"""What is typed into the form of figures: read in the form's unit, and never guessed."""

from __future__ import annotations

from datetime import date

import pytest

from matcher.domain.periods import begun, last_quarter
from matcher.intake.answers import read_answer


@pytest.mark.parametrize(
    ("text", "measure", "value"),
    [
        ("41", "number", 41), ("1,200", "number", 1200), ("４１", "number", 41), (" 98 家", "number", 98),
        ("600", "yuan", 6_000_000.0), ("12.5", "yuan", 125_000.0), ("300万", "yuan", 3_000_000.0),
        ("31", "share", 0.31), ("0.5", "share", 0.005), ("31%", "share", 0.31), ("0", "share", 0.0),
        ("是", "flag", True), ("否", "flag", False), ("0", "number", 0),
    ],
)  # fmt: skip
def test_a_figure_is_read_in_the_unit_of_its_form(text: str, measure: str, value: float) -> None:
    reading = read_answer(text, measure)
    assert (reading.value, reading.remark) == (pytest.approx(value), None)


@pytest.mark.parametrize("measure", ["number", "yuan", "share", "flag"])
@pytest.mark.parametrize("text", ["", "  ", "—", "不详"])
def test_what_is_left_empty_is_not_told_and_not_zero(text: str, measure: str) -> None:
    reading = read_answer(text, measure)
    assert (reading.value, reading.remark) == (None, None)


@pytest.mark.parametrize(
    ("text", "measure"),
    [("-3", "number"), ("3.5", "number"), ("很多", "number"), ("-1", "yuan"), ("面议", "yuan"), ("100美元", "yuan"),
     ("101", "share"), ("-5", "share"), ("也许", "flag"), ("约300", "yuan")],
)  # fmt: skip
def test_what_is_no_such_figure_is_refused_with_a_step(text: str, measure: str) -> None:
    remark = read_answer(text, measure).remark
    assert remark is not None
    assert remark.message.zh
    assert remark.step.en


def test_the_periods_that_have_begun_come_latest_first_and_a_year_before_its_parts() -> None:
    assert begun(date(2026, 5, 1), 2)[:4] == ["2026", "2026H1", "2026Q2", "2026Q1"]
    assert last_quarter(date(2026, 3, 31)) == "2025Q4"
    assert last_quarter(date(2026, 4, 1)) == "2026Q1"
