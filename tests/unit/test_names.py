from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.names import normal_name, same_organisation


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("内蒙古民族大学", "内蒙古 民族大学（通辽校区）"),
        ("科尔沁牛业股份有限公司", "科尔沁牛业"),
        ("科尔沁牛业集团有限公司", "科尔沁牛业集团股份有限公司"),
        ("梅花生物科技集团", "梅花生物科技（通辽）有限公司"),
        ("Acme Robotics Co., Ltd.", "ＡＣＭＥ  robotics"),
        ("Acme Inc.", "Acme LLC"),
        ("“蒙医药”研究院", "蒙医药研究院"),
    ],
)
def test_two_spellings_of_one_organisation_are_one(one: str, other: str) -> None:
    assert same_organisation(one, other)
    assert same_organisation(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("内蒙古民族大学", "内蒙古大学"),
        ("通辽第一孵化器", "通辽第二孵化器"),
        ("公司", "集团"),
        ("", ""),
        ("", "内蒙古民族大学"),
    ],
)
def test_different_organisations_and_missing_names_are_not(one: str, other: str) -> None:
    assert not same_organisation(one, other)


def test_a_name_that_would_vanish_keeps_its_folded_form() -> None:
    assert normal_name("（测试）") == "(测试)"
    assert normal_name("有限公司") == "有限公司"


@given(st.text(alphabet="通辽大学公司有限集团()（） ．·Ab", max_size=12))
def test_spaces_and_width_never_matter(name: str) -> None:
    wide = name.replace("(", "（").replace(")", "）").replace("A", "Ａ")

    assert normal_name(f" {wide} ") == normal_name(name)
