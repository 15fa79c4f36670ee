from __future__ import annotations

from dataclasses import replace

import pytest

from matcher.domain.records import CarrierKind, Fund, FundKind, Left, Project, Right
from matcher.policy.priority import CLAUSE, EXCELLENT, NONE, OTHER, UNDERTAKEN, Tier, tier
from tests.builders import achievement, fund, incubator, project

CITY_SEED = fund(city_owned=True, kind=FundKind.SEED)


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (project(incubator_id="I1", excellent=True), EXCELLENT),
        (project(incubator_id="I1", excellent=False), UNDERTAKEN),
        (project(incubator_id="I1", excellent=None), UNDERTAKEN),
        (project(incubator_id="", excellent=True), OTHER),
        (project(incubator_id=""), OTHER),
    ],
)
@pytest.mark.parametrize("kind", [FundKind.SEED, FundKind.ANGEL])
def test_city_seed_and_angel_funds_serve_what_carriers_undertake_first(
    left: Project, expected: Tier, kind: FundKind
) -> None:
    assert tier(left, fund(city_owned=True, kind=kind)) is expected


@pytest.mark.parametrize(
    "right",
    [
        fund(city_owned=True, kind=FundKind.VENTURE),
        fund(city_owned=True, kind=FundKind.BANK),
        fund(city_owned=True, kind=None),
        fund(city_owned=False, kind=FundKind.SEED),
        fund(city_owned=None, kind=FundKind.ANGEL),
    ],
)
def test_other_funds_know_no_priority(right: Fund) -> None:
    assert tier(project(incubator_id="I1", excellent=True), right) is NONE


@pytest.mark.parametrize(("left", "right"), [(achievement(), incubator()), (achievement(), CITY_SEED)])
def test_only_a_project_before_a_fund_has_a_tier(left: Left, right: Right) -> None:
    assert tier(left, right) is NONE


def test_the_order_of_the_tiers_is_the_order_of_the_notice_and_each_names_its_clause() -> None:
    assert EXCELLENT.level < UNDERTAKEN.level < OTHER.level
    assert NONE.level == 0
    assert NONE.clause == ""
    assert OTHER.clause == "", "no clause speaks of what is not known"
    for one in (EXCELLENT, UNDERTAKEN, OTHER):
        assert one.clause == ("" if one is OTHER else CLAUSE)
        assert one.said.zh
        assert one.said.en


def test_a_carrier_must_be_known_to_be_an_incubator_or_a_makerspace() -> None:
    """The clause names these two; a park, or a name that nobody knows, gives no priority."""
    city = fund(city_owned=True, kind=FundKind.ANGEL)
    told = project(incubator_id="I1", excellent=True)
    carriers = {"I1": CarrierKind.MAKERSPACE, "I2": CarrierKind.PARK}

    assert tier(told, city, carriers) is EXCELLENT
    assert tier(replace(told, incubator_id="I2"), city, carriers) is OTHER
    assert tier(replace(told, incubator_id="nobody"), city, carriers) is OTHER
