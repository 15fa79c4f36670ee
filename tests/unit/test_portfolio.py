"""What a fund's portfolio says of a new project: a warning, a plus, or nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from matcher.domain.called import Called
from matcher.domain.matches import Effect, Reason, State, Verdict
from matcher.domain.records import FundKind, PairKind, Project, Visibility
from matcher.domain.taxonomy import Node, Taxonomy
from matcher.domain.visibility import Viewer
from matcher.policy.eligibility import check
from matcher.policy.pairs import Holding, Pair
from matcher.policy.portfolio import MOST, RELATED, pluses
from tests.builders import achievement, fund, gazetteer, incubator, matcher, outcome, project, rulebook

TREE = Taxonomy(
    [
        Node("energy", "新能源"),
        Node("wind", "风电", parents=("energy",)),
        Node("solar", "光伏", parents=("energy",)),
        Node("corn", "玉米"),
    ]
)
COMPETING = 0.351
"""Just outside the rule's limit."""
NEW = project("P1", industry=("风电",), keywords=("叶片", "回收"))
DAY = date(2025, 5, 5)
NAMES = {"I1": "甲孵化器"}


def holding(similarity: float = COMPETING, id: str = "H1", **changes: Any) -> Holding:
    usual: dict[str, Any] = {"name": f"{id}公司", "industry": ("风电",), "keywords": ("塔筒",)}
    return Holding(project(id, **(usual | changes)), DAY, similarity)


def judged(*holdings: Holding, left: Project = NEW, **changes: Any) -> list[Verdict]:
    pair = Pair(left, fund(**changes), (), gazetteer(), TREE, holdings=holdings)
    return list(check(pair, rulebook()))


def warned(*holdings: Holding, **changes: Any) -> list[Verdict]:
    return [one for one in judged(*holdings, **changes) if one.rule == "portfolio_competitor"]


def told(*holdings: Holding, left: Project = NEW, **changes: Any) -> list[Reason]:
    return list(pluses(left, fund(**changes), holdings, judged(*holdings, left=left, **changes), TREE, NAMES))


def test_a_company_of_the_same_leaf_and_close_in_content_is_warned_of_by_name_and_never_rejects() -> None:
    [verdict] = warned(holding())
    assert (verdict.state, verdict.effect) == (State.FAIL, Effect.WARN)
    assert not verdict.rejects
    assert "H1公司" in verdict.said.zh
    assert "2025-05-05" in verdict.said.en


@pytest.mark.parametrize(
    "held",
    [
        holding(COMPETING - 0.001),
        holding(industry=("光伏",)),
        holding(industry=("玉米",)),
        holding(industry=()),
    ],
    ids=["not close", "another leaf", "another industry", "no industry"],
)
def test_other_companies_do_not_compete(held: Holding) -> None:
    assert warned(held) == []


@pytest.mark.parametrize("kind", [FundKind.BANK, FundKind.GUARANTEE])
def test_who_only_lends_has_no_conflict(kind: FundKind) -> None:
    assert warned(holding(), kind=kind) == []


def test_only_the_nearest_competitors_are_named_equals_by_id() -> None:
    many = [holding(0.9, "H3"), holding(0.5, "H0"), holding(0.9, "H2")]
    assert [verdict.value for verdict in warned(*many)] == ["H2", "H3"][:MOST]


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (holding(RELATED, industry=("光伏",)), "同一产业的不同环节"),
        (holding(RELATED), "塔筒"),
        (holding(-1.0, industry=("玉米",), incubator_id="I1"), "同在一家载体“甲孵化器”"),
    ],
    ids=["another node of the parent", "other keywords", "the same carrier"],
)
def test_a_complement_is_named_with_what_it_is(held: Holding, words: str) -> None:
    [reason] = told(held, left=project("P1", industry=("风电",), keywords=("叶片",), incubator_id="I1"))
    assert reason.evidence == "portfolio_complement"
    assert "H1公司" in reason.said.zh
    assert words in reason.said.zh


@pytest.mark.parametrize(
    "held",
    [
        holding(RELATED - 0.001, industry=("光伏",)),
        holding(RELATED, keywords=()),
        holding(RELATED, keywords=("叶片",)),
        holding(RELATED, industry=("玉米",)),
        holding(COMPETING),
    ],
    ids=["too far", "no keywords", "the same keywords", "another industry", "a competitor"],
)
def test_what_does_not_complement_is_not_named(held: Holding) -> None:
    assert told(held) == []


def test_a_fund_run_by_the_projects_own_carrier_is_a_plus() -> None:
    mine = project(incubator_id="I1")
    [reason] = told(left=mine, managed_by_incubator_id="I1")
    assert reason.evidence == "own_carrier_fund"
    assert "本载体基金" in reason.said.zh
    assert not told(left=mine, managed_by_incubator_id="I2")
    assert not told(left=project()), "two empty fields are no carrier"


def test_where_as_many_compete_as_are_told_no_third_of_their_industry_is_called_a_complement() -> None:
    third = holding(COMPETING, "H9")
    assert told(holding(0.9, "H1"), third) == []
    assert told(holding(0.9, "H1"), holding(0.8, "H2"), third) == []
    assert [
        one.evidence for one in told(holding(0.9, "H1"), holding(0.8, "H2"), holding(0.2, "H3", industry=("光伏",)))
    ]


TWIN = {"summary": "退役风电叶片的回收与再利用。", "industry": ("新能源",)}


def test_a_company_made_of_the_same_result_is_no_competitor() -> None:
    assert portfolio_of(Viewer.PUBLIC, achievement_id="A1")[1] == []
    assert len(portfolio_of(Viewer.PUBLIC, achievement_id="A2")[1]) == 1


def portfolio_of(viewer: Viewer, **changes: Any) -> tuple[bool, list[str]]:
    """Whether the fund stays eligible, and whom it warns of, when it took a twin of the project."""
    twin = project("H1", name="旧公司", **(TWIN | changes))
    taken = outcome("H1", "F1", kind=PairKind.PROJECT_FUND)
    ready = matcher(
        [project("P1", achievement_id="A1"), twin, project("P0", name="别的", summary="奶牛", industry=())],
        [fund()],
        [taken],
    )
    [found] = ready.match(ready.known.left.take([ready.known.left.rows["P1"]]), 1, viewer).matches
    return found.eligible, [one.said.zh for one in found.verdicts if one.warns]


def test_the_matcher_warns_of_a_twin_in_the_portfolio_and_still_recommends() -> None:
    eligible, warnings = portfolio_of(Viewer.PUBLIC)
    assert eligible
    assert len(warnings) == 1
    assert "旧公司" in warnings[0]


@pytest.mark.parametrize(("viewer", "seen"), [(Viewer.PUBLIC, 0), (Viewer.BROKERS, 0), (Viewer.ENTITLED, 1)])
def test_a_hidden_company_is_warned_of_to_nobody_below(viewer: Viewer, seen: int) -> None:
    assert len(portfolio_of(viewer, visibility=Visibility.RESTRICTED)[1]) == seen


def test_the_carrier_of_both_is_told_by_its_name_and_by_nothing_where_it_is_not_known() -> None:
    new, held = project(incubator_id="I1"), holding(0.0, incubator_id="I1")

    [named] = pluses(new, fund(), [held], (), TREE, NAMES)
    [unnamed] = pluses(new, fund(), [held], (), TREE, {})

    assert named.said.zh == "与已投企业《H1公司》同在一家载体“甲孵化器”"
    assert named.said.en == "with “H1公司” of the portfolio in one carrier “甲孵化器”"
    assert unnamed.said.zh == "与已投企业《H1公司》同在一家载体"


def test_a_conflict_with_the_carrier_that_runs_the_fund_names_it() -> None:
    left, right = project(incubator_id="I1"), fund(managed_by_incubator_id="I1")

    def said(names: Called) -> list[str]:
        pair = Pair(left, right, (), gazetteer(), TREE, names=names)
        return [one.said.zh for one in check(pair, rulebook()) if one.rule == "own_conflict"]

    assert said(NAMES) == ["项目在管理该基金的载体“甲孵化器”在孵"]
    assert said({}) == ["项目在管理该基金的载体在孵"]


def test_carriers_have_no_portfolio() -> None:
    ready = matcher([achievement(), achievement("A2")], [incubator()], [outcome("A2")])
    [found] = ready.match(ready.known.left.take([0]), 1, Viewer.PUBLIC).matches
    assert not any(one.rule == "portfolio_competitor" for one in found.verdicts)
