"""Every number of the evaluation with a case just inside and just outside, and the weights that were read in a source.

Written here by hand, so that a slip in `data/policy/evaluation.yaml` shows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import pytest

from matcher.domain.matches import Confidence, State
from matcher.policy.comparing import compare
from matcher.policy.facts import Fact, Facts
from matcher.policy.management import ManagementRule
from matcher.policy.scorecards import GradeRule, Indicator, Scorecard
from matcher.policy.trees import Compare, leaves
from matcher.wording import Said
from tests.builders import rulebook

BOOK = rulebook()
HERE = Said("测试", "test")

CASES: Mapping[tuple[str, str], tuple[float, float]] = {
    ("EV-GRADES-INTERNAL.A", "evaluation_points"): (85, 84.99),
    ("EV-GRADES-INTERNAL.B", "evaluation_points"): (70, 69.99),
    ("EV-GRADES-INTERNAL.C", "evaluation_points"): (60, 59.99),
    ("EV-GRADES-INTERNAL.D", "evaluation_points"): (59.99, 60),
    # 国科发区〔2018〕300号 第十四条: 连续2次
    ("EV-MANAGE.national-two", "unqualified_in_a_row"): (2, 1),
    ("EV-MANAGE.two", "unqualified_in_a_row"): (2, 1),
    ("EV-MANAGE.region-cycle", "years_since_evaluation"): (4, 3),
    ("EV-MANAGE.national-yearly", "years_since_evaluation"): (2, 1),
    ("EV-INC-COMPREHENSIVE.mentors", "tenants_per_mentor"): (10, 10.01),
    ("EV-INC-COMPREHENSIVE.staff", "tenants_per_professional"): (10, 10.01),
    ("EV-INC-COMPREHENSIVE.events", "events"): (16, 15),
    ("EV-INC-COMPREHENSIVE.fund", "incubation_fund"): (5_000_000, 4_999_999),
    ("EV-INC-COMPREHENSIVE.technical", "technical_service_times"): (30, 29),
    ("EV-INC-COMPREHENSIVE.tenants", "tenants"): (50, 49),
    ("EV-INC-COMPREHENSIVE.financed", "tenants_financed_share"): (0.2, 0.1999),
    ("EV-INC-COMPREHENSIVE.ip", "tenants_with_ip_share"): (0.5, 0.4999),
    ("EV-INC-COMPREHENSIVE.growing", "tenants_growing_share"): (0.3, 0.2999),
    ("EV-INC-COMPREHENSIVE.graduates", "graduates_new"): (5, 4),
    ("EV-INC-COMPREHENSIVE.matched", "achievements_matched"): (5, 4),
    ("EV-INC-COMPREHENSIVE.income", "service_income_share"): (0.3, 0.2999),
    ("EV-INC-COMPREHENSIVE.space", "tenant_area_share"): (0.75, 0.7499),
    ("EV-INC-COMPREHENSIVE.high_tech", "tenants_high_tech_new"): (5, 4),
    ("EV-INC-PROFESSIONAL.technical", "technical_service_times"): (50, 49),
    ("EV-INC-PROFESSIONAL.mentors", "tenants_per_mentor"): (10, 10.01),
    ("EV-INC-PROFESSIONAL.staff", "tenants_per_professional"): (10, 10.01),
    ("EV-INC-PROFESSIONAL.events", "events"): (12, 11),
    ("EV-INC-PROFESSIONAL.fund", "incubation_fund"): (5_000_000, 4_999_999),
    ("EV-INC-PROFESSIONAL.field", "tenants_same_field_share"): (0.75, 0.7499),
    ("EV-INC-PROFESSIONAL.matched", "achievements_matched"): (5, 4),
    ("EV-INC-PROFESSIONAL.financed", "tenants_financed_share"): (0.2, 0.1999),
    ("EV-INC-PROFESSIONAL.ip", "tenants_with_ip_share"): (0.6, 0.5999),
    ("EV-INC-PROFESSIONAL.tenants", "tenants"): (30, 29),
    ("EV-INC-PROFESSIONAL.graduates", "graduates_new"): (4, 3),
    ("EV-INC-PROFESSIONAL.income", "service_income_share"): (0.3, 0.2999),
    ("EV-INC-PROFESSIONAL.growing", "tenants_growing_share"): (0.3, 0.2999),
    ("EV-INC-PROFESSIONAL.contracts", "tech_contracts"): (5, 4),
    ("EV-MS-SOCIAL.residents", "residents"): (30, 29),
    ("EV-MS-SOCIAL.commercial", "residents_commercialised"): (10, 9),
    ("EV-MS-SOCIAL.technical", "technical_service_times"): (30, 29),
    ("EV-MS-SOCIAL.matched", "achievements_matched"): (5, 4),
    ("EV-MS-SOCIAL.financed", "residents_financed"): (6, 5),
    ("EV-MS-SOCIAL.money", "financing_amount"): (5_000_000, 4_999_999),
    ("EV-MS-SOCIAL.mentors", "mentors"): (15, 14),
    ("EV-MS-SOCIAL.mentoring", "mentoring_sessions"): (60, 59),
    ("EV-MS-SOCIAL.events", "events"): (24, 23),
    ("EV-MS-SOCIAL.featured", "featured_services"): (5, 4),
    ("EV-MS-UNIVERSITY.residents", "residents"): (30, 29),
    ("EV-MS-UNIVERSITY.campus", "campus_teams"): (15, 14),
    ("EV-MS-UNIVERSITY.commercial", "residents_commercialised"): (6, 5),
    ("EV-MS-UNIVERSITY.technical", "technical_service_times"): (30, 29),
    ("EV-MS-UNIVERSITY.matched", "achievements_matched"): (5, 4),
    ("EV-MS-UNIVERSITY.financed", "residents_financed"): (4, 3),
    ("EV-MS-UNIVERSITY.money", "financing_amount"): (2_000_000, 1_999_999),
    ("EV-MS-UNIVERSITY.mentors", "mentors"): (15, 14),
    ("EV-MS-UNIVERSITY.mentoring", "mentoring_sessions"): (60, 59),
    ("EV-MS-UNIVERSITY.events", "events"): (24, 23),
    ("EV-MS-UNIVERSITY.featured", "featured_services"): (5, 4),
}

ENCODED = {
    (rule.id, leaf.metric): leaf
    for rule in BOOK.rules.values()
    if isinstance(rule, Indicator | GradeRule | ManagementRule)
    for leaf in leaves(rule.criterion)
    if isinstance(leaf, Compare) and type(leaf.value) is float
}


@pytest.mark.parametrize("key", CASES, ids="-".join)
def test_a_value_just_inside_holds_and_one_just_outside_does_not(key: tuple[str, str]) -> None:
    told = [Facts(BOOK.metrics, {key[1]: Fact(float(value), HERE)}) for value in CASES[key]]

    assert [compare(ENCODED[key], facts).state for facts in told] == [State.PASS, State.FAIL]


def test_every_number_has_its_cases_and_no_case_is_left_over() -> None:
    assert set(CASES) == set(ENCODED)


def test_the_set_of_social_makerspaces_has_the_weights_of_the_table_that_was_seen() -> None:
    """湖州市众创空间评审表: 入驻15, 商业化运营15, 专业技术服务10, 成果撮合转化10, 融资20, 导师15, 培训活动15, ≤ 5."""
    card = BOOK.rulesets["EV-MS-SOCIAL"]
    assert isinstance(card, Scorecard)
    weights: dict[str, float] = defaultdict(float)
    for rule in card.rules:
        weights["bonus" if rule.bonus else rule.group] += rule.weight

    assert weights == {
        "residents": 15, "commercial": 15, "technical": 10, "matched": 10, "financing": 20, "mentors": 15,
        "training": 15, "bonus": 5,
    }  # fmt: skip
    assert (card.bonus_cap, card.weights, card.official) == (5, Confidence.SEEN, False)


def test_no_set_of_ours_claims_to_be_official_and_no_official_table_is_invented() -> None:
    cards = [one for one in BOOK.rulesets.values() if isinstance(one, Scorecard)]

    assert {one.id for one in cards if one.official} == {
        "EV-OFFICIAL-NATIONAL", "EV-OFFICIAL-REGION", "EV-OFFICIAL-MAKERSPACE",
    }  # fmt: skip
    assert not any(one.obtained for one in cards if one.official)
    assert all(rule.source != "E239" for one in cards if not one.official for rule in one.rules)
