"""Reporting periods: what they span, and what offices write for them."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.periods import MONTHS, Period
from matcher.intake.periods import read_period, read_year

PERIODS = st.builds("{}{}".format, st.integers(1900, 2099), st.sampled_from(list(MONTHS))).map(Period)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("2026Q3", date(2026, 7, 1), date(2026, 9, 30)),
        ("2024H1", date(2024, 1, 1), date(2024, 6, 30)),
        ("2026H2", date(2026, 7, 1), date(2026, 12, 31)),
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_spans_its_months(text: str, start: date, end: date) -> None:
    assert (Period(text).start, Period(text).end) == (start, end)


@pytest.mark.parametrize("text", ["", "2026Q5", "2026H3", "2026-Q1", "26Q1", "2026q1", "1026", "2026Q1 "])
def test_nothing_else_is_a_period(text: str) -> None:
    with pytest.raises(ValueError, match="no period"):
        Period(text)


@given(st.integers(1900, 2099))
def test_quarters_and_halves_make_the_year_without_gap_or_overlap(year: int) -> None:
    for parts in (("Q1", "Q2", "Q3", "Q4"), ("H1", "H2")):
        spans = [Period(f"{year}{part}") for part in parts]
        assert (spans[0].start, spans[-1].end) == (Period(str(year)).start, Period(str(year)).end)
        assert [after.start - before.end for before, after in pairwise(spans)] == [timedelta(days=1)] * (len(parts) - 1)


@pytest.mark.parametrize(
    ("cell", "period"),
    [
        ("2026Q3", "2026Q3"),
        ("2026-Q3", "2026Q3"),
        ("2026 q3", "2026Q3"),
        ("２０２６Ｑ３", "2026Q3"),
        ("Q3 2026", "2026Q3"),
        ("2026年第三季度", "2026Q3"),
        ("2026年三季度", "2026Q3"),
        ("2026年3季度", "2026Q3"),
        ("2026年第3季", "2026Q3"),
        ("2026年度第一季度", "2026Q1"),
        ("2026年Q4", "2026Q4"),
        ("2026H1", "2026H1"),
        ("H2/2026", "2026H2"),
        ("2026年上半年", "2026H1"),
        ("2026下半年", "2026H2"),
        ("2026", "2026"),
        (2026, "2026"),
        (2026.0, "2026"),
        ("2026年", "2026"),
        ("2026年度", "2026"),
        ("2026年全年", "2026"),
    ],
)
def test_a_period_is_read_however_it_is_written(cell: object, period: str) -> None:
    reading = read_period(cell)
    assert reading.value == Period(period)
    assert isinstance(reading.value, Period)
    assert reading.remark is None


@pytest.mark.parametrize(
    "cell",
    ["第三季度", "2026年1-9月", "2026年前三季度", "2026年9月", "2026-09", "2026Q5", "20263", "半年", date(2026, 9, 1)],
)
def test_what_is_no_single_period_is_refused_with_examples(cell: object) -> None:
    reading = read_period(cell)
    assert reading.value is None
    assert reading.remark is not None
    assert reading.remark.code == "bad_period"
    assert "2026年第三季度" in reading.remark.step.zh


@given(PERIODS)
def test_the_canonical_text_is_read_as_itself(period: Period) -> None:
    assert read_period(str(period)).value == period


@given(st.text(alphabet="0123456789年第一二三四季度上下半QH-/. ", max_size=12))
def test_no_text_makes_the_reader_raise_or_invent_a_year(text: str) -> None:
    value = read_period(text).value
    assert value is None or str(value)[:4] in "".join(text.split())


@pytest.mark.parametrize(
    ("cell", "year"), [("2025", 2025), (2025, 2025), (2025.0, 2025), ("2025年", 2025), ("2025年度", 2025)]
)
def test_a_year_is_read_however_it_is_written(cell: object, year: int) -> None:
    assert read_year(cell).value == year


@pytest.mark.parametrize("cell", ["去年", "25", "2025-2026", "3025"])
def test_what_is_no_year_is_told(cell: object) -> None:
    remark = read_year(cell).remark
    assert remark is not None
    assert remark.code == "bad_year"
