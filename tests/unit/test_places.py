from __future__ import annotations

import csv

import pytest

from matcher.domain.places import HEAD, Gazetteer, Landmark, Region, within
from matcher.resources import data_folder
from tests.builders import gazetteer


def table(name: str) -> list[dict[str, str]]:
    with (data_folder("taxonomy") / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


TONGLIAO = ("中国", "内蒙古自治区", "通辽市")


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("通辽市", TONGLIAO),
        ("通辽", TONGLIAO),
        ("Tongliao", TONGLIAO),
        ("ＴＯＮＧＬＩＡＯ", TONGLIAO),
        (" 内蒙古通辽市 ", TONGLIAO),
        ("内蒙古", TONGLIAO[:2]),
        ("全国", TONGLIAO[:1]),
        ("开鲁", (*TONGLIAO, "开鲁县")),
        ("中国/内蒙古/通辽/科尔沁区", (*TONGLIAO, "科尔沁区")),
    ],
)
def test_one_place_has_one_path_however_it_is_written(written: str, path: tuple[str, ...]) -> None:
    assert gazetteer().path(written) == path


def test_what_follows_the_deepest_known_name_is_one_more_level() -> None:
    assert gazetteer().path("通辽市科尔沁区明仁街道") == (*TONGLIAO, "科尔沁区", "明仁街道")
    assert gazetteer().path("通辽市/科尔沁区 明仁街道（东）") == (*TONGLIAO, "科尔沁区", "明仁街道")


def test_a_rest_too_short_or_too_long_for_a_name_is_no_level() -> None:
    assert gazetteer().path("通辽市内") == TONGLIAO
    assert gazetteer().path("通辽市" + "很" * 17) == TONGLIAO


def test_the_deepest_name_wins_over_one_that_comes_first() -> None:
    assert gazetteer().path("北京大学通辽研究院")[:3] == TONGLIAO


def test_an_unknown_place_is_split_at_slashes() -> None:
    assert gazetteer().path("CA / San Francisco") == ("ca", "san francisco")
    assert gazetteer().path("/") == gazetteer().path("") == ()


def test_the_first_of_two_rows_with_one_name_keeps_it() -> None:
    regions = [Region("1", "甲省", ""), Region("2", "同名市", "1"), Region("3", "同名市", "")]

    assert Gazetteer(regions).path("同名市") == ("甲省", "同名市")


def test_a_gazetteer_without_rows_still_splits() -> None:
    assert Gazetteer([]).path("通辽市/开鲁县") == ("通辽市", "开鲁县")


def test_a_place_lies_in_itself_and_in_what_is_above_it() -> None:
    assert within(TONGLIAO, TONGLIAO)
    assert within((*TONGLIAO, "开鲁县"), TONGLIAO)
    assert within(TONGLIAO, ("中国",))


def test_a_place_lies_neither_in_a_part_of_it_nor_beside_it_nor_in_the_unknown() -> None:
    assert not within(TONGLIAO, (*TONGLIAO, "开鲁县"))
    assert not within(TONGLIAO, ("中国", "内蒙古自治区", "赤峰市"))
    assert not within(TONGLIAO, ())
    assert not within((), TONGLIAO)


NEIMENG = "中国/内蒙古自治区"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("通辽的玉米加工", [NEIMENG, f"{NEIMENG}/通辽市"]),
        ("开鲁县红干椒", [NEIMENG, f"{NEIMENG}/通辽市", f"{NEIMENG}/通辽市/开鲁县"]),
        ("西辽河流域", [NEIMENG, f"{NEIMENG}/通辽市", f"{NEIMENG}/赤峰市"]),
        ("塔里木河与天山", ["中国/新疆维吾尔自治区"]),
        ("上海南部", ["中国/上海市"]),
        ("ＩＮＮＥＲ　ＭＯＮＧＯＬＩＡ grassland", [NEIMENG]),
        ("Chinatown 与 Beijing2", []),
        ("全国推广", []),
        ("", []),
    ],
)
def test_a_text_names_places_and_what_is_above_them(text: str, named: list[str]) -> None:
    assert gazetteer().named(text) == named


@pytest.mark.parametrize(
    "text",
    [
        *(
            "日照时数",
            "河源区",
            "普通化学",
            "大理石",
            "大理岩",
            "长春花",
            "北海道",
            "西南平原",
            "哈密顿",
            "天门冬",
            "入海口",
        ),
        *("复合肥减量", "助力乡村振兴和产业", "作物和田间", "森林西部", "最大连续", "加固原有", "平衡水分", "环保定位"),
        *("投资阳光", "推广安装", "开关中断", "每天水分", "木麻黄海防林", "黄河北岸", "长江西段", "越南海域", "四平路"),
    ],
)
def test_an_ordinary_word_is_no_place_in_a_text(text: str) -> None:
    assert gazetteer().named(text) == []


@pytest.mark.parametrize(
    ("cell", "path"),
    [
        ("日照", ("中国", "山东省", "日照市")),
        ("吉林", ("中国", "吉林省")),
        ("北京市朝阳区", ("中国", "北京市", "朝阳区")),
        ("武汉市青山区", ("中国", "湖北省", "武汉市", "青山区")),
        ("包头市青山区", ("中国", "内蒙古自治区", "包头市", "青山区")),
        ("青山区", ("青山区",)),
        ("山西大同", ("中国", "山西省", "大同市")),
        ("大同", ("中国", "山西省", "大同市")),
    ],
)
def test_an_unclear_name_is_a_place_where_a_cell_holds_nothing_else(cell: str, path: tuple[str, ...]) -> None:
    assert gazetteer().path(cell) == path


@pytest.mark.parametrize(
    ("cell", "path"),
    [
        ("黑龙江省甘南县", ("中国", "黑龙江省", "甘南县")),
        ("甘南县", ("甘南县",)),
        ("四川省峨眉山市", ("中国", "四川省", "峨眉山市")),
        ("上海市静安区延安中路", ("中国", "上海市", "静安区延安中路")),
        ("上海四平路", ("中国", "上海市", "四平路")),
        ("辽宁省朝阳市喀喇沁左翼蒙古族自治县", ("中国", "辽宁省", "朝阳市", "喀喇沁左翼蒙古族自治县")),
        ("云南红河州蒙自市", ("中国", "云南省", "红河哈尼族彝族自治州", "蒙自市")),
        ("广东佛山南海区", ("中国", "广东省", "佛山市", "南海区")),
        ("北京师范大学珠海校区", ("中国", "广东省", "珠海市", "校区")),
        ("美国德州", ("美国德州",)),
        ("赤峰市、通辽市", ("中国", "内蒙古自治区", "赤峰市")),
    ],
)
def test_a_later_name_only_tells_more_of_the_first(cell: str, path: tuple[str, ...]) -> None:
    assert gazetteer().path(cell) == path


def test_the_levels_of_a_cell_leave_the_country_and_the_unknown_out() -> None:
    assert gazetteer().levels("通辽市") == (NEIMENG, f"{NEIMENG}/通辽市")
    assert gazetteer().levels("全国") == gazetteer().levels("CA/San Francisco") == gazetteer().levels("") == ()


def test_where_names_overlap_the_first_then_the_longest_holds() -> None:
    regions = [Region("1", "国", ""), Region("2", "甲乙", "1"), Region("3", "乙丙", "1"), Region("4", "甲乙丙丁", "1")]
    read = Gazetteer(regions, [Landmark("丁戊山", ("2", "3"))])

    assert read.named("甲乙丙") == ["国/甲乙"]
    assert read.named("甲乙丙丁戊山") == ["国/甲乙丙丁"]
    assert read.named("丁戊山，乙丙") == ["国/甲乙", "国/乙丙"]


def test_the_tables_of_places_agree_with_each_other() -> None:
    regions, landmarks = table("regions.csv"), table("landmarks.csv")
    codes = {row["code"] for row in regions}

    assert len(codes) == len(regions)
    assert {row["parent"] for row in regions} <= codes | {""}
    assert {code for row in landmarks for code in row["regions"].split(";") if code} <= codes
    marks = [row["name"] for row in landmarks]
    clear = {row["name"] for row in regions} | {name for row in regions for name in row["aliases"].split(";") if name}
    assert len(set(marks)) == len(marks)
    assert not clear & set(marks)
    assert min(map(len, marks)) >= HEAD
    assert min(map(len, clear)) >= HEAD
