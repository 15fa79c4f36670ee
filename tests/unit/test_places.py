from __future__ import annotations

import pytest

from matcher.domain.places import Gazetteer, Region, within
from tests.builders import gazetteer

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
