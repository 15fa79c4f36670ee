"""What a fund's portfolio says of a new project: a warning, a plus, or nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from matcher.domain.matches import Reason, State, Verdict
from matcher.domain.records import FundKind, PairKind, Visibility
from matcher.domain.taxonomy import Node, Taxonomy
from matcher.policy.portfolio import COMPETING, MOST, RELATED, Holding, competitors, pluses
from matcher.policy.visibility import Viewer
from tests.builders import fund, incubator, matcher, outcome, project

TREE = Taxonomy(
    [
        Node("energy", "新能源"),
        Node("wind", "风电", parents=("energy",)),
        Node("solar", "光伏", parents=("energy",)),
        Node("corn", "玉米"),
    ]
)
NEW = project("P1", industry=("风电",), keywords=("叶片", "回收"))
DAY = date(2025, 5, 5)


def holding(similarity: float = COMPETING, id: str = "H1", **changes: Any) -> Holding:
    usual: dict[str, Any] = {"name": f"{id}公司", "industry": ("风电",), "keywords": ("塔筒",)}
    return Holding(project(id, **(usual | changes)), DAY, similarity)


def warned(*holdings: Holding, **changes: Any) -> list[Verdict]:
    return list(competitors(NEW, fund(**changes), holdings, TREE))


def told(*holdings: Holding, **changes: Any) -> list[Reason]:
    return list(pluses(NEW, fund(**changes), holdings, TREE))


def test_a_company_of_the_same_leaf_and_close_in_content_is_warned_of_by_name_and_never_rejects() -> None:
    [verdict] = warned(holding())
    assert (verdict.rule, verdict.state, verdict.effect) == ("portfolio_competitor", State.FAIL, "warn")
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
        (holding(-1.0, industry=("玉米",), incubator_id="I1"), "同在载体 I1"),
    ],
    ids=["another node of the parent", "other keywords", "the same carrier"],
)
def test_a_complement_is_named_with_what_it_is(held: Holding, words: str) -> None:
    found = pluses(project("P1", industry=("风电",), keywords=("叶片",), incubator_id="I1"), fund(), [held], TREE)
    [reason] = found
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
    [reason] = pluses(mine, fund(managed_by_incubator_id="I1"), [], TREE)
    assert reason.evidence == "own_carrier_fund"
    assert "本载体基金" in reason.said.zh
    assert not list(pluses(mine, fund(managed_by_incubator_id="I2"), [], TREE))
    assert not list(pluses(project(), fund(), [], TREE)), "two empty fields are no carrier"


TWIN = {"summary": "退役风电叶片的回收与再利用。", "industry": ("新能源",)}


def portfolio_of(viewer: Viewer, **changes: Any) -> tuple[bool, list[str]]:
    """Whether the fund stays eligible, and whom it warns of, when it took a twin of the project."""
    twin = project("H1", name="旧公司", **(TWIN | changes))
    taken = outcome("H1", "F1", kind=PairKind.PROJECT_FUND)
    ready = matcher([project("P1"), twin, project("P0", name="别的", summary="奶牛", industry=())], [fund()], [taken])
    [found] = ready.match(ready.known.left.take([ready.known.left.rows["P1"]]), 1, viewer).matches
    return found.eligible, [one.said.zh for one in found.verdicts if one.effect == "warn"]


def test_the_matcher_warns_of_a_twin_in_the_portfolio_and_still_recommends() -> None:
    eligible, warnings = portfolio_of(Viewer.PUBLIC)
    assert eligible
    assert len(warnings) == 1
    assert "旧公司" in warnings[0]


@pytest.mark.parametrize(("viewer", "seen"), [(Viewer.PUBLIC, 0), (Viewer.BROKERS, 0), (Viewer.ENTITLED, 1)])
def test_a_hidden_company_is_warned_of_to_nobody_below(viewer: Viewer, seen: int) -> None:
    assert len(portfolio_of(viewer, visibility=Visibility.RESTRICTED)[1]) == seen


def test_carriers_have_no_portfolio() -> None:
    from tests.builders import achievement

    ready = matcher([achievement(), achievement("A2")], [incubator()], [outcome("A2")])
    [found] = ready.match(ready.known.left.take([0]), 1, Viewer.PUBLIC).matches
    assert all(one.effect == "reject" for one in found.verdicts)
