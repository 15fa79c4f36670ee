"""Shared resources beside needs: evidence, score, reasons."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from matcher.domain.matches import Component
from matcher.domain.records import Record
from matcher.domain.registers import Resource, ResourceKind
from matcher.ranking import offers
from tests.builders import achievement, gazetteer, incubator, industries, project, side_builder, word_cutter

REASONS = offers.Reasons(word_cutter().telling, industries(), gazetteer().path)
FERMENTER: dict[str, Any] = {
    "name": "发酵中试线",
    "summary": "五立方米发酵罐，可做菌种放大。",
    "keywords": ("发酵", "放大"),
    "industry": ("玉米生物",),
    "region": "内蒙古自治区/通辽市/开鲁县",
}


def resource(id: str = "R1", **changes: Any) -> Resource:
    usual: dict[str, Any] = {"id": id, "name": "仪器", "kind": ResourceKind.PILOT_LINE}
    return Resource(**(usual | changes))


def ranked(need: Record, *rows: Resource) -> tuple[list[str], list[tuple[Component, ...]], list[float]]:
    shown = side_builder().build([offers.offered(row) for row in rows])
    found = offers.evidence(side_builder().build([need]), shown)
    found |= {offers.STEP: np.full((1, len(rows)), np.nan, np.float32)}
    scores, parts = offers.ranked(found)
    order = [int(column) for column in np.argsort(-scores[0], kind="stable")]
    told = [offers.components(found, parts, column) for column in order]
    return [shown.ids[column] for column in order], told, [float(scores[0, column]) for column in order]


NEED = achievement(
    title="赖氨酸菌株",
    summary="发酵水平高，需要放大验证。",
    keywords=("发酵",),
    industry=("玉米生物",),
    region="通辽市开鲁县",
)


def test_the_resource_for_the_need_stands_first_and_its_components_sum_to_its_score() -> None:
    names, parts, scores = ranked(
        NEED, resource("R1", name="展厅", summary="文创展陈"), resource("R2", **FERMENTER), resource("R3", name="暗室")
    )

    assert names[0] == "R2"
    for told, score in zip(parts, scores, strict=True):
        assert sum(one.contribution for one in told) == pytest.approx(score, abs=1e-5)
        assert {one.name for one in told} == set(offers.MIX.weights) == set(offers.NAMES)


def test_what_is_not_known_counts_as_average() -> None:
    _, [told, *_], _ = ranked(NEED, resource("R1"), resource("R2", **FERMENTER))

    assert {one.name: one.value for one in told}[offers.STEP] is None
    assert {one.name: one.contribution for one in told}[offers.STEP] == 0


def reasons(need: Record, **changes: Any) -> dict[str, str]:
    told = REASONS.of(need, resource(**(FERMENTER | changes)), ())
    return {one.evidence: one.said.zh for one in told}


def test_reasons_name_the_terms_the_industry_and_the_place() -> None:
    found = reasons(NEED)

    assert found["shared_terms"].startswith("共同术语：发酵、放大")
    assert found["industry"] == "同属 玉米生物"
    assert found["region"] == "同在开鲁县"


def test_words_of_an_industrys_name_are_no_terms_and_a_single_term_may_be_chance() -> None:
    other = project(summary="玉米叶片回收，需要放大。", industry=("新能源",))

    assert reasons(other, industry=("玉米",), summary="玉米", keywords=("放大",)) == {}
    assert reasons(other, summary="叶片", keywords=("放大", "叶片"))["shared_terms"] == "共同术语：放大、叶片"


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("内蒙古自治区/通辽市/奈曼旗", "同在通辽市（资源在开鲁县）"),
        ("内蒙古自治区/通辽市", "同在通辽市（资源在开鲁县）"),
        ("内蒙古自治区/赤峰市", "资源在外地：通辽市开鲁县"),
        ("吉林省/长春市", "资源在外地：通辽市开鲁县"),
    ],
)
def test_the_place_is_told_as_far_as_both_share_it(where: str, expected: str) -> None:
    assert reasons(achievement(region=where))["region"] == expected


def test_nobody_is_told_of_a_place_that_is_not_known() -> None:
    assert "region" not in reasons(achievement(region=""))
    assert "region" not in reasons(NEED, region="")


@pytest.mark.parametrize(
    ("ours", "theirs", "expected"),
    [
        ("淀粉糖", "淀粉糖", "同属 淀粉糖"),
        ("淀粉糖", "氨基酸", "行业相合：淀粉糖（资源面向 氨基酸）"),
        ("石墨材料", "铝基材料", "行业相近（资源面向 铝基材料）"),
        ("新能源", "氨基酸", None),
    ],
)
def test_industries_are_told_as_near_as_the_tree_has_them(ours: str, theirs: str, expected: str | None) -> None:
    need = project(summary="发酵放大", keywords=("发酵",), industry=(ours,))

    assert reasons(need, industry=(theirs,)).get("industry") == expected


def test_a_carrier_is_matched_by_its_focus_and_industries() -> None:
    found = reasons(incubator(focus="发酵放大", region="开鲁县"))

    assert found["industry"] == "同属 玉米生物"
    assert "发酵" in found["shared_terms"]


def test_closeness_in_meaning_is_told_from_its_contribution_on() -> None:
    def told(contribution: float) -> list[str]:
        part = Component("dense", 0.9, contribution)
        return [one.evidence for one in REASONS.of(NEED, resource(**FERMENTER), [part])]

    assert "dense" in told(offers.TELLING)
    assert "dense" not in told(offers.TELLING - 0.01)
