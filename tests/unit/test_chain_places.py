"""Where a record stands in the chains: by which word or code, at several nodes, at none; nothing is guessed."""

from __future__ import annotations

import shutil
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from matcher.domain.records import Record
from matcher.policy.chain_file import load_chains
from matcher.policy.chain_nodes import Chains
from matcher.policy.chain_places import Placed, Placer
from matcher.policy.loading import load_rulebook
from matcher.resources import data_folder
from tests.builders import achievement, fields, fund, incubator, industries, project, rulebook

DAY = date(2026, 7, 1)
BARE: dict[str, Any] = {"title": "", "summary": "", "keywords": (), "industry": ()}


@cache
def chains() -> Chains:
    """The shipped chains."""
    return load_chains(data_folder("taxonomy") / "chains.yaml", industries(), fields())


@cache
def placer() -> Placer:
    return Placer(chains(), industries(), fields(), rulebook(), DAY)


def placed(record: Record) -> Placed:
    return placer().place(record)


def result(**changes: Any) -> Placed:
    """Where a result stands that says nothing but this."""
    return placed(achievement(**BARE | changes))


def signs(found: Placed, node: str) -> dict[str, str]:
    return {sign.what: sign.where.value for sign in found.places[node].signs}


def rule(found: Placed, node: str) -> str:
    return found.places[node].basis.rule


def test_a_record_that_states_the_industry_is_placed_by_the_words_of_its_title() -> None:
    found = result(title="苏氨酸菌株选育", industry=("玉米生物",))

    assert set(found.places) == {"corn.ferment"}
    assert signs(found, "corn.ferment") == {"苏氨酸": "name"}
    assert rule(found, "corn.ferment") == "CHAIN-PLACE.named"
    assert found.places["corn.ferment"].told


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"title": "功能糖生产"}, "name"),
        ({"keywords": ("功能糖",)}, "keywords"),
        ({"industry": ("玉米生物", "功能糖")}, "industry"),
    ],
)
def test_the_place_of_the_word_is_told(changes: dict[str, Any], where: str) -> None:
    assert signs(result(**{"industry": ("玉米生物",)} | changes), "corn.sugar") == {"功能糖": where}


@pytest.mark.parametrize(("code", "node"), [("C1391", "corn.starch"), ("C2832", "corn.material")])
def test_an_industry_code_places_a_record_without_any_word(code: str, node: str) -> None:
    found = result(title="某技术", industry=("玉米生物", code))

    assert rule(found, node) == "CHAIN-PLACE.code"
    assert set(signs(found, node).values()) == {"code"}


def test_a_class_below_the_code_counts_as_well() -> None:
    assert "biomedicine.device" in result(title="某技术", industry=("C3581",)).places


def test_a_field_places_a_record_of_the_industry() -> None:
    found = result(title="某技术", field="作物学", industry=("玉米生物",))

    assert signs(found, "corn.seed")["0901"] == "field"


def test_a_field_that_lies_in_an_industry_tells_the_industry_where_none_is_stated() -> None:
    found = result(title="某方的微丸", field="中药学")

    assert found.told == {"tcm"}
    assert rule(found, "tcm.dosage") == "CHAIN-PLACE.named"


@pytest.mark.parametrize(("text", "there"), [("产物中含赖氨酸。", False), ("产物中含赖氨酸和苏氨酸。", True)])
def test_running_text_must_name_the_node_twice(text: str, there: bool) -> None:
    found = result(title="某技术", summary=text, industry=("玉米生物",))

    assert ("corn.ferment" in found.places) is there


def test_a_word_and_a_part_of_it_are_one_word() -> None:
    found = result(title="某技术", summary="采用传感器；传感稳定。", industry=("电子信息",))

    assert "electronics.sensing" not in found.places


def test_a_word_inside_a_longer_one_of_the_chain_is_not_that_word() -> None:
    assert set(result(title="环糊精的制备", industry=("玉米生物",)).places) == {"corn.highvalue"}


def test_latin_words_count_only_as_whole_words() -> None:
    assert "corn.material" in result(title="PLA resin", industry=("玉米生物",)).places
    assert "corn.material" not in result(title="a plan", industry=("玉米生物",)).places


def test_what_follows_the_lead_of_a_long_text_is_not_read() -> None:
    told = "赖氨酸和苏氨酸"
    inside, outside = ("字" * (chains().lead - distance) + told for distance in (len(told), len(told) - 1))

    assert "corn.ferment" in result(title="某技术", summary=inside, industry=("玉米生物",)).places
    assert "corn.ferment" not in result(title="某技术", summary=outside, industry=("玉米生物",)).places


def test_a_record_may_stand_at_several_nodes_of_several_chains() -> None:
    found = result(title="玉米皮制聚乳酸", industry=("玉米生物", "新材料"))

    assert set(found.places) == {"corn.material", "corn.recycle", "materials.polymer"}


def test_a_record_of_the_industry_that_names_no_node_is_not_guessed() -> None:
    found = result(title="一种提质增效的方法", summary="效果好。", industry=("玉米生物",))

    assert not found.places
    assert found.told == {"corn"}


UNTOLD = [
    ({"title": "赖氨酸发酵", "summary": "以玉米浆补料。"}, True),
    ({"title": "赖氨酸发酵", "summary": "以玉米为料。"}, False),  # one word of the node
    ({"title": "赖氨酸与苏氨酸发酵", "summary": "以糖蜜为料。"}, False),  # no word of the industry
    ({"title": "发酵", "summary": "以玉米浆补料，产赖氨酸和苏氨酸。"}, False),  # none in the title
]


@pytest.mark.parametrize("industry", [(), ("现代物流",)], ids=["none stated", "another one stated"])
@pytest.mark.parametrize(("changes", "there"), UNTOLD)
def test_without_the_industry_stated_title_text_and_industry_word_must_all_agree(
    changes: dict[str, Any], there: bool, industry: tuple[str, ...]
) -> None:
    found = result(**changes, industry=industry)

    assert ("corn.ferment" in found.places) is there
    if there:
        assert rule(found, "corn.ferment") == "CHAIN-PLACE.untold"
        assert not found.places["corn.ferment"].told


def test_an_industry_that_holds_several_chains_opens_all_of_them() -> None:
    found = result(title="芯片与储能", industry=("战略性新兴产业",))

    assert {"electronics.chip", "energy.storage"} <= set(found.places)


def test_a_part_of_that_industry_opens_only_its_own() -> None:
    assert result(title="某技术", industry=("新材料",)).told == {"strategic", "materials"}


def test_a_part_without_a_chain_belongs_to_the_industry_and_to_no_chain() -> None:
    assert result(title="某技术", industry=("新能源汽车",)).told == {"strategic"}


def test_a_carrier_is_placed_by_its_focus_and_not_by_what_it_refuses() -> None:
    found = placed(
        incubator(
            name="甲孵化器", focus="主攻氨基酸、功能糖，不做制种和育种服务，没有青贮条件。", industries=("玉米生物",)
        )
    )

    assert set(found.places) == {"corn.ferment", "corn.sugar"}
    assert signs(found, "corn.sugar") == {"功能糖": "focus"}


def test_a_service_alone_places_no_carrier() -> None:
    found = placed(incubator(name="甲", focus="孵化早期团队。", industries=("玉米生物",), services=("中试罐",)))

    assert not found.places


def test_a_fund_without_industries_is_for_all_of_them_and_at_no_node() -> None:
    found = placed(fund(name="甲基金", thesis="决策快。", industries=()))

    assert found.told == {code for chain in chains().all for code in (chain.industry, chain.code)}
    assert not found.places


def test_a_carrier_without_industries_is_for_none() -> None:
    assert not placed(incubator(name="甲", focus="孵化早期团队。", industries=())).told


def test_projects_are_read_like_results() -> None:
    found = placed(project(name="退役风机叶片回收", summary="", industry=("新能源",)))

    assert "energy.retire" in found.places


def test_a_limit_changed_in_the_file_changes_who_is_placed(tmp_path: Path) -> None:
    shutil.copytree(data_folder("policy"), tmp_path, dirs_exist_ok=True)
    rules = tmp_path / "chains.yaml"
    limit = '{metric: node_words_named, op: ">=", value: 1}\n      - id: CHAIN-PLACE.text'
    text = rules.read_text(encoding="utf-8")
    assert text.count(limit) == 1
    rules.write_text(text.replace(limit, limit.replace("value: 1", "value: 2")), encoding="utf-8")
    stricter = Placer(chains(), industries(), fields(), load_rulebook(tmp_path), DAY)
    record = achievement(**BARE | {"title": "苏氨酸菌株选育", "industry": ("玉米生物",)})

    assert placed(record).places
    assert not stricter.place(record).places
