"""Every number of the rules with a case just inside and just outside; a number without its cases fails the last test.

The values are written here by hand from the documents, so that a slip in a rule file shows.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from matcher.domain.matches import State
from matcher.policy.comparing import compare
from matcher.policy.duties import Owed
from matcher.policy.facts import Fact, Facts
from matcher.policy.management import ManagementRule
from matcher.policy.pairs import PairRule
from matcher.policy.plausibility import Check
from matcher.policy.rules import Rule
from matcher.policy.scorecards import GradeRule, Indicator
from matcher.policy.trees import Compare, leaves
from matcher.wording import Said
from tests.builders import rulebook

G, P, ANY = "comprehensive", "professional", ""
HERE = Said("测试", "test")

CASES: Mapping[tuple[str, str, str], tuple[float, float]] = {
    # 国科发区〔2018〕300号
    ("NAT-INC-2018.G1b", "years_operating", ANY): (3, 2.99),
    ("NAT-INC-2018.G1c", "years_of_statistics", ANY): (2, 1),
    ("NAT-INC-2018.G2", "area", ANY): (10_000, 9_999),
    ("NAT-INC-2018.G2b", "tenant_area_share", ANY): (0.75, 0.7499),
    ("NAT-INC-2018.G3", "incubation_fund", ANY): (5_000_000, 4_999_999),
    ("NAT-INC-2018.G3b", "tenants_financed_share", ANY): (0.10, 0.0999),
    ("NAT-INC-2018.G3c", "fund_use_cases", ANY): (3, 2),
    ("NAT-INC-2018.G4", "professional_staff_share", ANY): (0.80, 0.7999),
    ("NAT-INC-2018.G4b", "tenants_per_professional", ANY): (10, 10.01),
    ("NAT-INC-2018.G4c", "tenants_per_mentor", ANY): (10, 10.01),
    ("NAT-INC-2018.G5", "tenants_applying_share", ANY): (0.50, 0.4999),
    ("NAT-INC-2018.G5", "tenants_with_ip_share", ANY): (0.30, 0.2999),
    ("NAT-INC-2018.G6", "tenants", G): (50, 49),
    ("NAT-INC-2018.G6", "tenants", P): (30, 29),
    ("NAT-INC-2018.G6b", "tenants_per_1000_m2", G): (3, 2.99),
    ("NAT-INC-2018.G6b", "tenants_per_1000_m2", P): (2, 1.99),
    ("NAT-INC-2018.G7", "graduates", G): (20, 19),
    ("NAT-INC-2018.G7", "graduates", P): (15, 14),
    ("NAT-INC-2018.P1", "tenants_same_field_share", ANY): (0.75, 0.7499),
    ("TENANT-2018.T3", "months_founded_at_entry", ANY): (24, 24.03),
    ("TENANT-2018.T4", "incubation_months", ANY): (48, 48.03),
    ("TENANT-2018.T4x", "incubation_months", ANY): (60, 60.03),
    ("GRADUATION-2018.GR2", "venture_capital", ANY): (5_000_001, 5_000_000),
    ("GRADUATION-2018.GR3", "revenue_two_years", ANY): (10_000_001, 10_000_000),
    # 工信部科〔2025〕131号
    ("MIIT-INC-2025-STANDARD.S1", "tenants_with_own_equity_share", ANY): (0.10, 0.0999),
    ("MIIT-INC-2025-STANDARD.S1", "tenants_financed_last_year_share", ANY): (0.20, 0.1999),
    ("MIIT-INC-2025-STANDARD.S2", "tenants_growing_share", ANY): (0.30, 0.2999),
    ("MIIT-INC-2025-STANDARD.S3", "service_income_share", ANY): (0.30, 0.2999),
    # 国科火字〔2017〕120号
    ("NAT-MS-2017.M3", "months_operating", ANY): (18, 17),
    ("NAT-MS-2017.M4", "area", ANY): (500, 499),
    ("NAT-MS-2017.M4", "workstations", ANY): (30, 29),
    ("NAT-MS-2017.M4b", "workstation_public_area_share", ANY): (0.75, 0.7499),
    ("NAT-MS-2017.M5", "residents", ANY): (20, 19),
    ("NAT-MS-2017.M6", "residents_registered", ANY): (10, 9),
    ("NAT-MS-2017.M6", "residents_financed", ANY): (5, 4),
    ("NAT-MS-2017.M7", "typical_cases", ANY): (3, 2),
    ("NAT-MS-2017.M8", "professional_staff", ANY): (3, 2),
    ("NAT-MS-2017.M8b", "mentors", ANY): (3, 2),
    ("NAT-MS-2017.M9", "events", ANY): (10, 9),
    ("NAT-MS-2017.M11", "residence_months", ANY): (24, 25),
    # 内蒙古
    ("NM-INC-TYPE.share", "tenants_same_field_share", ANY): (0.70, 0.6999),
    ("NM-ACC-2022.A1", "years_as_region_incubator", ANY): (1, 0.99),
    # 科技型中小企业评价办法
    ("TECH-SME.TS2", "employees", ANY): (500, 501),
    ("TECH-SME.TS3", "revenue", ANY): (200_000_000, 200_000_001),
    ("TECH-SME.TS4", "assets", ANY): (200_000_000, 200_000_001),
    ("TECH-SME.TS7", "sme_score", ANY): (60, 59.9),
    ("TECH-SME.TS7", "sme_staff_score", ANY): (0.1, 0),
    # 财税〔2018〕55号，公告2023年第17号
    ("STARTUP-TECH-2018.C2", "employees_average", ANY): (200, 200.5),
    ("STARTUP-TECH-2018.C3", "assets_average", ANY): (30_000_000, 30_000_001),
    ("STARTUP-TECH-2018.C4", "sales_12_months", ANY): (30_000_000, 30_000_001),
    ("STARTUP-TECH.C2", "employees_average", ANY): (300, 300.5),
    ("STARTUP-TECH.C2b", "bachelor_share", ANY): (0.30, 0.2999),
    ("STARTUP-TECH.C3", "assets_average", ANY): (50_000_000, 50_000_001),
    ("STARTUP-TECH.C4", "sales_12_months", ANY): (50_000_000, 50_000_001),
    ("STARTUP-TECH.C5", "months_founded_at_investment", ANY): (60, 60.03),
    ("STARTUP-TECH.C7", "rd_share_this_year", ANY): (0.20, 0.1999),
    ("STARTUP-TECH.C7", "rd_share_next_year", ANY): (0.20, 0.1999),
    # 促进科技成果转化法 18, 45; the 15 days are from memory
    ("CONTRACT-PRICE.before", "publicity_days", ANY): (0, -1),
    ("CONTRACT-PRICE.days", "publicity_days", ANY): (15, 14),
    ("CONTRACT-REWARD.income", "reward_share", ANY): (0.50, 0.4999),
    ("CONTRACT-REWARD.equity", "reward_equity_share", ANY): (0.50, 0.4999),
    ("CONTRACT-REWARD.profit", "reward_profit_share", ANY): (0.05, 0.0499),
    ("CONTRACT-REWARD.years", "reward_profit_years", ANY): (3, 2),
    # what the owner of a shared resource states: the first and the last day belong to it
    ("RESOURCE-OPEN.from", "resource_days_open", ANY): (0, -1),
    ("RESOURCE-OPEN.until", "resource_days_left", ANY): (0, -1),
    # 技术合同认定登记（2000）
    ("CONTRACT-REGISTRATION-2000.days", "registration_days", ANY): (30, 31),
    # 产业链：归类、环节和衔接（本服务的约定和推定）
    ("CHAIN-PLACE.code", "node_codes", ANY): (1, 0),
    ("CHAIN-PLACE.named", "node_words_named", ANY): (1, 0),
    ("CHAIN-PLACE.text", "node_words_held", ANY): (2, 1),
    ("CHAIN-PLACE.untold", "node_words_named", ANY): (1, 0),
    ("CHAIN-PLACE.untold", "node_words_held", ANY): (2, 1),
    ("CHAIN-PLACE.untold", "chain_words_held", ANY): (1, 0),
    ("CHAIN-NODE.missing", "node_projects", ANY): (0, 1),
    ("CHAIN-NODE.missing", "node_results_taken", ANY): (0, 1),
    ("CHAIN-NODE.strong", "node_projects", ANY): (3, 2),
    ("CHAIN-NODE.strong", "node_projects_funded", ANY): (2, 1),
    ("CHAIN-NODE.strong", "node_carriers", ANY): (2, 1),
    ("CHAIN-NODE.strong", "node_funds", ANY): (2, 1),
    ("CHAIN-NODE.extendable", "node_projects", ANY): (1, 0),
    ("CHAIN-NODE.extendable", "node_carriers", ANY): (1, 0),
    ("CHAIN-NODE.extendable", "node_funds", ANY): (1, 0),
    ("CHAIN-NODE.extendable", "node_results_ready", ANY): (2, 1),
    ("CHAIN-NODE.weak", "node_projects", ANY): (1, 0),
    ("CHAIN-NODE.weak", "node_results_taken", ANY): (1, 0),
    ("CHAIN-LINK.extendable", "link_to_open", ANY): (1, 0),
    # 通创办发〔2023〕2号 三(二); the amounts of 三(一) have theirs in test_grants
    ("TL-OB-1.prior", "service_filed_ahead", ANY): (0, -1),
}

RELIEVED: Mapping[tuple[str, str, str], tuple[float, float]] = {
    ("NAT-INC-2018.G2", "area", ANY): (8_000, 7_999),
    ("NAT-INC-2018.G3", "incubation_fund", ANY): (4_000_000, 3_999_999),
    ("NAT-INC-2018.G5", "tenants_applying_share", ANY): (0.40, 0.3999),
    ("NAT-INC-2018.G5", "tenants_with_ip_share", ANY): (0.24, 0.2399),
    ("NAT-INC-2018.G6", "tenants", G): (40, 39),
    ("NAT-INC-2018.G6", "tenants", P): (24, 23),
    ("NAT-INC-2018.G7", "graduates", G): (16, 15),
    ("NAT-INC-2018.G7", "graduates", P): (12, 11),
}
"""国科发区〔2018〕300号, 第十条: 20 % less in remote areas."""


ELSEWHERE = (PairRule, Indicator, GradeRule, ManagementRule, Owed, Check)
"""Kinds of rules whose cases stand in files of their own."""


def numbers(rule: Rule) -> dict[tuple[str, str, str], Compare]:
    """The comparisons of a rule with a number, by metric and type."""
    return {
        (rule.id, leaf.metric, kind): leaf
        for leaf in leaves(rule.criterion)
        if isinstance(leaf, Compare)
        for kind, value in (leaf.value.items() if isinstance(leaf.value, Mapping) else [(ANY, leaf.value)])
        if type(value) is float
    }


ENCODED = {
    key: leaf
    for rule in rulebook().rules.values()
    if not isinstance(rule, ELSEWHERE)
    for key, leaf in numbers(rule).items()
}


def states(key: tuple[str, str, str], values: tuple[float, float], relief: float) -> list[State]:
    _, metric, kind = key
    leaf, known = ENCODED[key], {"focus_type": Fact(kind, HERE)} if kind else {}
    told = [Facts(rulebook().metrics, {**known, metric: Fact(float(value), HERE)}) for value in values]
    return [compare(leaf, facts, relief).state for facts in told]


@pytest.mark.parametrize("key", CASES, ids="-".join)
def test_a_value_just_inside_passes_and_one_just_outside_fails(key: tuple[str, str, str]) -> None:
    assert states(key, CASES[key], 1.0) == [State.PASS, State.FAIL]


@pytest.mark.parametrize("key", RELIEVED, ids="-".join)
def test_relief_for_remote_areas_cuts_what_the_article_names_by_a_fifth(key: tuple[str, str, str]) -> None:
    relief = rulebook().rulesets["NAT-INC-2018"].relief

    assert relief is not None
    assert states(key, RELIEVED[key], relief.factor) == [State.PASS, State.FAIL]


def test_relief_cuts_nothing_else() -> None:
    assert {key for key, leaf in ENCODED.items() if leaf.relief} == set(RELIEVED)


def test_every_number_of_the_rules_has_its_cases_and_no_case_is_left_over() -> None:
    """A rule added to `data/policy` without cases fails here; kinds of `ELSEWHERE` have their own."""
    assert set(CASES) == set(ENCODED)
