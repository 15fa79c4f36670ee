"""Doubts about submitted figures, with a case just inside and just outside for each number of the checks."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.matches import Effect, State
from matcher.domain.periods import Period
from matcher.domain.registers import Submission
from matcher.policy.comparing import compare
from matcher.policy.criteria import judge
from matcher.policy.facts import Fact, Facts, stated
from matcher.policy.plausibility import Check, Doubt, doubts
from matcher.policy.trees import Compare, leaves
from matcher.policy.vocabulary import folded
from matcher.wording import Said
from tests.builders import rulebook

BOOK = rulebook()
HERE = Said("测试", "test")
NOW = Period("2026Q2")

CASES: Mapping[tuple[str, str], tuple[float, float]] = {
    ("REPORT-CHECK.negative", "figure_value"): (0, -1),
    ("REPORT-CHECK.share", "figure_value"): (1, 1.01),
    ("REPORT-CHECK.fall", "figure_change"): (0, -1),
    ("REPORT-CHECK.jump", "figure_times"): (1.99, 2),
    ("REPORT-CHECK.jump", "figure_step"): (9, 10),
    ("REPORT-CHECK.jump-flow", "figure_times"): (4.99, 5),
    ("REPORT-CHECK.jump-flow", "figure_step"): (19, 20),
    ("REPORT-CHECK.jump-share", "figure_step"): (0.29, 0.3),
    ("REPORT-CHECK.parts", "figure_beyond_parts"): (0, -1),
    ("REPORT-CHECK.professional_staff", "professional_staff_share"): (1, 1.01),
    ("REPORT-CHECK.tenant_area", "tenant_area_share"): (1, 1.01),
    ("REPORT-CHECK.ip", "tenants_with_ip_share"): (1, 1.01),
    ("REPORT-CHECK.applying", "tenants_applying_share"): (1, 1.01),
    ("REPORT-CHECK.financed", "tenants_financed_share"): (1, 1.01),
    ("REPORT-CHECK.growing", "tenants_growing_share"): (1, 1.01),
    ("REPORT-CHECK.same_field", "tenants_same_field_share"): (1, 1.01),
    ("REPORT-CHECK.registered", "registered_of_residents"): (1, 1.01),
    ("REPORT-CHECK.residents_financed", "financed_of_residents"): (1, 1.01),
    ("REPORT-CHECK.campus", "campus_of_residents"): (1, 1.01),
    ("REPORT-CHECK.graduates", "new_of_graduates"): (1, 1.01),
}
ENCODED = {
    (rule.id, leaf.metric): leaf
    for rule in BOOK.of(Check)
    for leaf in leaves(rule.criterion)
    if isinstance(leaf, Compare)
}


@pytest.mark.parametrize("key", CASES, ids="-".join)
def test_a_value_just_inside_is_right_and_one_just_outside_is_doubted(key: tuple[str, str]) -> None:
    told = [Facts(BOOK.metrics, {key[1]: Fact(float(value), HERE)}) for value in CASES[key]]

    assert [compare(ENCODED[key], facts).state for facts in told] == [State.PASS, State.FAIL]


def test_every_number_has_its_cases_and_no_case_is_left_over() -> None:
    assert set(CASES) == set(ENCODED)


def doubted(now: Mapping[str, float], before: Mapping[str, float] | None = None, period: Period = NOW) -> list[Doubt]:
    rows = {period: now} | ({Period("2026Q1"): before} if before is not None else {})
    return of(period, rows)


def of(period: Period, rows: Mapping[Period, Mapping[str, float]]) -> list[Doubt]:
    told = {one: stated(Submission(carrier_id="I1", period=one, metrics=row), BOOK) for one, row in rows.items()}
    raw = {BOOK.names[folded(name)]: float(value) for name, value in rows[period].items()}
    return list(doubts(period, told, raw, BOOK))


def names(found: list[Doubt]) -> list[str]:
    return [one.verdict.rule.removeprefix("REPORT-CHECK.") for one in found]


def test_digits_that_were_exchanged_show_against_the_last_period_with_both_values() -> None:
    [one] = doubted({"在孵企业数": 61}, {"在孵企业数": 14})

    assert (one.verdict.rule, one.metric, one.value, one.before, one.since) == (
        "REPORT-CHECK.jump", "tenants", 61, 14, Period("2026Q1"),
    )  # fmt: skip
    assert "4.36" in one.verdict.said.zh


@pytest.mark.parametrize(
    ("now", "before", "rules"),
    [
        ({"在孵企业数": 19}, {"在孵企业数": 10}, []),  # nine more
        ({"在孵企业数": 20}, {"在孵企业数": 10}, ["jump"]),
        ({"在孵企业数": 10}, {"在孵企业数": 20}, ["jump"]),
        ({"在孵企业数": 59}, {"在孵企业数": 30}, []),  # less than twice
        ({"在孵企业数": 12}, {"在孵企业数": 0}, ["jump"]),
        ({"活动场次": 24}, {"活动场次": 6}, []),
        ({"活动场次": 30}, {"活动场次": 6}, ["jump-flow"]),
        ({"毕业企业数": 6}, {"毕业企业数": 8}, ["fall"]),
        ({"毕业企业数": 8}, {"毕业企业数": 8}, []),
        ({"孵化资金": 4_200_000}, {"孵化资金": 420}, ["jump"]),
        ({"非房租收入占比": 0.7}, {"非房租收入占比": 0.3}, ["jump-share"]),
        ({"非房租收入占比": 1.3}, None, ["share"]),
        ({"在孵企业数": -3}, None, ["negative"]),
        ({"从业人员": 8, "专职服务人员": 9}, None, ["professional_staff"]),
        ({"在孵企业数": 9, "有效知识产权企业数": 10}, None, ["ip"]),
        ({"面积": 900, "在孵企业使用面积": 901}, None, ["tenant_area"]),
        ({"创业团队数": 3, "新注册企业数": 4}, None, ["registered"]),
        ({"毕业企业数": 3, "新增毕业企业数": 4}, None, ["graduates"]),
        ({"在孵企业数": 9, "有效知识产权企业数": 9}, None, []),
    ],
)
def test_what_cannot_well_be_right_is_doubted(
    now: Mapping[str, float], before: Mapping[str, float] | None, rules: list[str]
) -> None:
    assert names(doubted(now, before)) == rules


def test_a_year_below_the_sum_of_its_quarters_or_below_its_largest_part_is_doubted() -> None:
    quarters = {Period(f"2026Q{n}"): {"活动场次": 5.0, "创业团队数": 20.0} for n in (1, 2, 3, 4)}

    assert names(of(Period("2026"), quarters | {Period("2026"): {"活动场次": 19, "创业团队数": 19}})) == [
        "parts",
        "parts",
    ]
    assert names(of(Period("2026"), quarters | {Period("2026"): {"活动场次": 20, "创业团队数": 25}})) == []


def test_a_period_is_compared_with_the_last_one_of_its_length_and_never_with_a_later_one() -> None:
    rows = {
        Period("2026Q3"): {"在孵企业数": 30.0},
        Period("2026Q1"): {"在孵企业数": 90.0},
        Period("2025"): {"在孵企业数": 90.0},
        Period("2026Q4"): {"在孵企业数": 90.0},
        Period("2026Q2"): {"在孵企业数": 29.0},
    }

    assert of(Period("2026Q3"), rows) == []
    [one] = of(Period("2026Q2"), rows)
    assert one.since == "2026Q1"


def test_without_a_last_period_nothing_is_compared() -> None:
    assert doubted({"在孵企业数": 500, "毕业企业数": 0, "活动场次": 900}) == []


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(BOOK.metrics)), st.floats(-1e6, 1e6, allow_nan=False), max_size=12))
def test_a_doubt_names_clause_and_source_and_only_warns_and_what_is_unknown_is_not_doubted(
    known: dict[str, float],
) -> None:
    facts = Facts(BOOK.metrics, {name: Fact(value, HERE) for name, value in known.items()})
    for rule in BOOK.of(Check):
        verdict = judge(BOOK, rule, facts)
        assert verdict is not None
        assert verdict.effect is Effect.WARN
        assert verdict.basis.clause
        assert verdict.basis.source in BOOK.sources
        if not any(facts.find(leaf.metric) for leaf in leaves(rule.criterion) if isinstance(leaf, Compare)):
            assert verdict.state is State.UNKNOWN
