"""A year's figures from what was submitted for it and its parts."""

from __future__ import annotations

from datetime import date

import pytest

from matcher.domain.periods import Length, Period
from matcher.domain.registers import Submission
from matcher.policy.facts import Facts, stated
from matcher.policy.scorecards import Indicator
from matcher.policy.year_figures import figures, traits
from tests.builders import incubator, rulebook

BOOK = rulebook()


def told(**periods: dict[str, float]) -> dict[Period, Facts]:
    """Submissions by period, written `Q2025Q1={…}`."""
    return {
        Period(name[1:]): stated(Submission(carrier_id="I1", period=Period(name[1:]), metrics=metrics), BOOK)
        for name, metrics in periods.items()
    }


def year(**periods: dict[str, float]) -> Facts:
    return figures(Period("2025"), told(**periods), BOOK)


def test_a_stock_has_the_last_value_told_and_says_of_when() -> None:
    found = year(P2025Q1={"在孵企业数": 30}, P2025Q3={"在孵企业数": 34}).find("tenants")

    assert found
    assert (found.value, found.least) == (34, False)
    assert found.origin.zh == "2025Q3 填报“在孵企业数”"


def test_a_flow_is_the_sum_of_its_parts_and_a_lower_bound_while_one_is_missing() -> None:
    quarters = {f"P2025Q{n}": {"活动场次": float(n)} for n in (1, 2, 3, 4)}
    whole = year(**quarters).find("events")
    gone = quarters.pop("P2025Q2")
    part = year(**quarters).find("events")

    assert gone
    assert whole
    assert part
    assert (whole.value, whole.least) == (10, False)
    assert (part.value, part.least) == (8, True)


def test_halves_and_quarters_make_a_year_together() -> None:
    found = year(P2025H1={"活动场次": 7}, P2025Q1={"活动场次": 3}, P2025Q3={"活动场次": 4}, P2025Q4={"活动场次": 5})

    assert found.number("events") == 16


def test_what_is_stated_for_the_year_itself_counts() -> None:
    found = year(P2025={"活动场次": 14}, **{f"P2025Q{n}": {"活动场次": 9.0} for n in (1, 2, 3, 4)})

    assert found.number("events") == 14


def test_who_was_there_at_some_time_is_at_least_the_largest_part() -> None:
    found = year(P2025Q1={"创业团队数": 20}, P2025Q2={"创业团队数": 17}).find("residents")

    assert found
    assert (found.value, found.least) == (20, True)


def test_other_years_tell_nothing() -> None:
    assert not year(P2024Q4={"在孵企业数": 30}, P2026Q1={"在孵企业数": 31}).known


def test_a_ratio_is_made_of_the_year_figures_of_its_parts() -> None:
    found = year(P2025Q4={"在孵企业数": 40, "有效知识产权企业数": 20})

    assert found.number("tenants_with_ip_share") == 0.5


def test_an_undated_record_tells_traits_only() -> None:
    record = incubator(metrics={"公共服务平台": 1.0, "在孵企业数": 41.0, "面积": 900.0})

    assert set(traits(stated(record, BOOK)).known) >= {"controllable_platform"}
    assert not {"tenants", "area"} & set(traits(stated(record, BOOK)).known)


@pytest.mark.parametrize(
    ("text", "length"), [("2026Q3", Length.QUARTER), ("2026H2", Length.HALF), ("2026", Length.YEAR)]
)
def test_a_period_knows_its_length_and_its_halves(text: str, length: Length) -> None:
    period = Period(text)

    assert (period.length, period.year) == (length, 2026)
    assert all(period.holds(half) for half in period.halves)
    assert [half.start for half in period.halves][:1] == ([period.start] if period.halves else [])
    assert (Period("2026").holds(Period("2025Q4")), Period("2026").end) == (False, date(2026, 12, 31))


def test_every_figure_of_a_carrier_tells_how_it_runs_over_time() -> None:
    """A number of a carrier without a course would be taken from a record that has no date."""
    asked = {rule.metric for rule in BOOK.of(Indicator) if rule.score}
    undated = {name for name in asked if BOOK.metrics[name].course is None}

    assert undated == {"controllable_platform", "torch_statistics"}
