from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from matcher.domain.records import CarrierKind, Fund, FundKind, Left, Project, Right
from matcher.policy.priority import NONE, Tier, tier, tiers
from tests.builders import achievement, fund, incubator, project, rulebook

CITY_SEED = fund(city_owned=True, kind=FundKind.SEED)
CARRIERS = {"I1": CarrierKind.INCUBATOR, "M1": CarrierKind.MAKERSPACE, "P1": CarrierKind.PARK, "N1": None}
EXCELLENT, UNDERTAKEN, OTHER = 1, 2, 3


def tier_of(left: Left, right: Right, day: date | None = None) -> Tier:
    return tier(left, right, CARRIERS, rulebook(), day)


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
    left: Project, expected: int, kind: FundKind
) -> None:
    assert tier_of(left, fund(city_owned=True, kind=kind)).level == expected


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
    assert tier_of(project(incubator_id="I1", excellent=True), right) is NONE


@pytest.mark.parametrize(
    ("city", "says", "level"), [(True, "否", 0), (False, "是", 1), (None, "是", 1), (True, "也许", 0)]
)
def test_a_fund_may_switch_the_priority_for_itself(city: bool | None, says: str, level: int) -> None:
    """What it says stands above whose it is; what cannot be read gives no priority."""
    right = fund(city_owned=city, kind=FundKind.SEED, extra={"优先支持": says})

    assert tier_of(project(incubator_id="I1", excellent=True), right).level == level


@pytest.mark.parametrize(("left", "right"), [(achievement(), incubator()), (achievement(), CITY_SEED)])
def test_only_a_project_before_a_fund_has_a_tier(left: Left, right: Right) -> None:
    assert tier_of(left, right) is NONE


def test_each_tier_of_the_notice_names_its_clause_and_no_clause_speaks_of_what_is_not_known() -> None:
    first, second, last = (
        tier_of(project(incubator_id=carrier, excellent=excellent), CITY_SEED)
        for carrier, excellent in (("I1", True), ("I1", False), ("", True))
    )

    assert [first.clause, second.clause, last.clause] == ["通创办发〔2023〕2号 三(三)"] * 2 + [""]
    assert NONE.clause == ""
    assert all(one.said.zh and one.said.en for one in (first, second, last))


def test_a_carrier_must_be_known_to_be_an_incubator_or_a_makerspace() -> None:
    """The clause names these two; a park, or a name that nobody knows, gives no priority."""
    told = project(excellent=True)
    levels = [tier_of(replace(told, incubator_id=name), CITY_SEED).level for name in ("M1", "P1", "N1", "nobody")]

    assert levels == [EXCELLENT, OTHER, OTHER, OTHER]


def test_before_the_notice_there_was_no_priority() -> None:
    told = project(incubator_id="I1", excellent=True)

    assert tier_of(told, CITY_SEED, date(2023, 3, 26)) is NONE
    assert tier_of(told, CITY_SEED, date(2023, 3, 27)).level == EXCELLENT


def test_the_queue_is_told_from_its_first_place_to_its_last() -> None:
    levels = (EXCELLENT, UNDERTAKEN, OTHER)
    assert tuple(one.level for one in tiers(rulebook())) == levels
    examples = (project(incubator_id="I1", excellent=True), project(incubator_id="I1"), project(incubator_id=""))
    assert [tier_of(one, CITY_SEED) for one in examples] == list(tiers(rulebook()))
