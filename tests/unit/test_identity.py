"""What follows from decisions: who stands for whom, whose outcomes count where."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from matcher.domain.controls import Aim, Control, Wish
from matcher.domain.identity import Decision, Identities
from matcher.domain.names import Organisations
from matcher.domain.records import IdentityKind, Kind
from matcher.services.duplicates import Profile, compare
from tests.builders import achievement, fund, incubator, outcome, project

FUND = IdentityKind.FUND
FUNDS = [fund(f"F{n}", name=name) for n, name in enumerate(("红柳基金", "红柳资本", "白桦基金", "白桦基金"), 1)]


@pytest.mark.parametrize(
    ("said", "standing"),
    [
        ([], {}),
        ([("F2", "F1")], {"F2": "F1"}),
        ([("红柳资本", "F1")], {"F2": "F1"}),
        ([("红柳 资本有限公司", "红柳基金")], {"F2": "F1"}),
        ([("F2", "F1"), ("F1", "F3")], {"F1": "F3", "F2": "F3"}),
        ([("F2", "红柳集团"), ("F1", "红柳集团")], {"F2": "F1"}),
        ([("白桦基金", "F1")], {}),
        ([("F1", "F2"), ("F2", "F1")], {"F1": "F2"}),
        ([("F9", "F1")], {}),
        ([("F2", "F9")], {}),
    ],
    ids=str,
)
def test_a_record_stands_for_another_by_id_by_a_name_of_its_own_or_through_others(
    said: list[tuple[str, str]], standing: dict[str, str]
) -> None:
    decided = Identities(Decision(FUND, alias, canonical) for alias, canonical in said)
    assert decided.standing(FUND, FUNDS) == standing


def test_decisions_of_another_kind_or_that_two_differ_join_nothing() -> None:
    decided = Identities([Decision(IdentityKind.PROJECT, "F2", "F1"), Decision(FUND, "F2", "F1", same=False)])
    assert decided.standing(FUND, FUNDS) == {}


def test_where_the_one_that_should_stand_is_hidden_another_of_its_group_stands() -> None:
    decided = Identities([Decision(FUND, "F2", "F1"), Decision(FUND, "F3", "F1")])
    assert decided.standing(FUND, FUNDS[1:]) == {"F3": "F2"}


def test_pooling_counts_all_outcomes_for_the_one_that_stands_and_deletes_nothing() -> None:
    said = [Decision(FUND, "F2", "F1"), Decision(IdentityKind.PROJECT, "P2", "P1")]
    outcomes = [outcome("P1", "F2"), outcome("P2", "F1", decided_on=date(2025, 5, 5)), outcome("P3", "F3")]
    pooled = Identities(said).pool([project(f"P{n}") for n in (1, 2, 3)], FUNDS, outcomes)
    assert [record.id for record in pooled.lefts] == ["P1", "P3"]
    assert [record.id for record in pooled.rights] == ["F1", "F3", "F4"]
    assert [(each.left_id, each.right_id) for each in pooled.outcomes] == [("P1", "F1"), ("P1", "F1"), ("P3", "F3")]
    assert outcomes[0].right_id == "F2"


def test_what_records_and_wishes_say_of_another_leads_to_whoever_stands_for_it() -> None:
    twins = [project("P1", incubator_id="I2"), project("P2", incubator_id="I1")]
    funds = [*FUNDS[:2], fund("F3", managed_by_incubator_id="I2")]
    references = {Kind.INCUBATORS: {"I2": "I1"}}
    pooled = Identities([Decision(FUND, "F2", "F1")]).pool(twins, funds, [], references)
    assert [each.incubator_id for each in pooled.lefts] == ["I1", "I1"]
    assert {each.id: each.managed_by_incubator_id for each in pooled.rights} == {"F1": "", "F3": "I1"}
    wish = Control(
        wish=Wish.EXCLUDE, asker_kind=Kind.FUNDS, asker="F2", aim=Aim.INSTITUTION, target="I2", made_on=date(2026, 1, 1)
    )
    assert (pooled.wished(wish).asker, pooled.wished(wish).target) == ("F1", "I1")
    aimed = replace(wish, asker_kind=Kind.PROJECTS, asker="P1", aim=Aim.RECORD, target="F2")
    assert (pooled.wished(aimed).asker, pooled.wished(aimed).target) == ("P1", "F1")


def test_carriers_decided_to_be_one_are_one_by_name_too() -> None:
    decided = Identities([Decision(IdentityKind.INCUBATOR, "I2", "I1")])
    known = decided.organisations([incubator("I1", name="平原农业大学"), incubator("I2", name="农大科创园")])
    assert known.same("平原农业大学", "农大科创园")


# near-duplicates

LONG = "以玉米浆为补料选育耐高渗菌株，三十立方米罐上赖氨酸达到每升一百九十八克，糖酸转化率百分之七十一。"
OTHER = "退役风电叶片经热解回收玻璃纤维，用作水泥掺合料，每吨成本低于填埋处置费用，已在两座风场试验。"


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, True),
        ({"title": "耐高渗菌株玉米浆补料生产赖氨酸"}, True),
        ({"title": "全新的名字毫无关系"}, True),
        ({"summary": OTHER}, False),
        ({"summary": OTHER, "title": "退役风电叶片回收"}, False),
        ({"title": "玉米浆补料生产赖氨酸（二期）"}, False),
        ({"summary": ""}, True),
        ({"summary": "", "institution": "别的大学"}, False),
        ({"summary": "", "institution": ""}, True),
    ],
    ids=str,
)
def test_results_of_one_text_or_one_title_may_be_one(changes: dict[str, str], found: bool) -> None:
    one = achievement("A1", title="玉米浆补料生产赖氨酸", summary=LONG)
    other = achievement("A2", **{"title": one.title, "summary": LONG, **changes})
    pair = compare(Profile(other), Profile(one), Organisations())
    assert (pair is not None) is found
    if pair:
        assert (pair.alias.id, pair.canonical.id) == ("A2", "A1")
        assert set(pair.differs) == set(changes)


def test_companies_are_compared_as_names_of_organisations() -> None:
    one, other = (project(name, name=name, summary="") for name in ("玉穗生物（通辽）有限公司", "玉穗生物"))
    assert compare(Profile(one), Profile(other), Organisations()) is not None
    third = project("3", name="玉穗生物通辽分公司", summary="")
    assert compare(Profile(one), Profile(third), Organisations()) is None
