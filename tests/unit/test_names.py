from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.names import BY_SPELLING, Groups, Organisations, normal_name, number


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("内蒙古民族大学", "内蒙古 民族大学"),
        ("科尔沁牛业股份有限公司", "科尔沁牛业"),
        ("科尔沁牛业集团有限公司", "科尔沁牛业集团股份有限公司"),
        ("玉穗生物（通辽）有限公司", "玉穗生物(通辽)有限责任公司"),
        ("玉穗生物【通辽】", "玉穗生物通辽"),
        ("银杏第一医院", "银杏第1医院"),
        ("沙柳十二期基金", "沙柳12期基金"),
        ("Acme Robotics Co., Ltd.", "ＡＣＭＥ  robotics"),
        ("Acme Inc.", "Acme LLC"),
        ("The Acme Fund, L.P.", "Acme Fund"),
        ("“蒙医药”研究院", "蒙医药研究院"),
    ],
)
def test_two_spellings_of_one_organisation_are_one(one: str, other: str) -> None:
    assert BY_SPELLING.same(one, other)
    assert BY_SPELLING.same(other, one)
    assert BY_SPELLING.key(one) == BY_SPELLING.key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("内蒙古民族大学", "内蒙古大学"),
        ("内蒙古民族大学", "内蒙古民族大学（通辽校区）"),
        ("梅花生物科技集团", "梅花生物科技（通辽）有限公司"),
        ("红杉资本中国", "红杉资本中国基金"),
        ("通辽第一孵化器", "通辽第二孵化器"),
        ("铁马集团", "铁马集团分公司"),
        ("公司", "集团"),
        ("", ""),
        ("", "内蒙古民族大学"),
    ],
)
def test_different_organisations_and_missing_names_are_not(one: str, other: str) -> None:
    assert not BY_SPELLING.same(one, other)


def test_a_name_that_would_vanish_keeps_its_folded_form() -> None:
    assert normal_name("（）——") == "()——"
    assert normal_name("有限公司") == "有限公司"
    assert normal_name("The") == "the"


@pytest.mark.parametrize(
    ("numeral", "value"),
    [("一", 1), ("十", 10), ("十二", 12), ("二十", 20), ("三十五", 35), ("一百零八", 108), ("二〇", 20)],
)
def test_chinese_numerals_have_their_value(numeral: str, value: int) -> None:
    assert number(numeral) == value


names = st.text(alphabet="通辽大学公司有限集团第一二十期号()（）【】 ．·-AbcoltdincThe零百1", max_size=14)


@given(names | st.text(max_size=12))
def test_the_normal_form_of_a_normal_form_is_itself(name: str) -> None:
    assert normal_name(normal_name(name)) == normal_name(name)


@given(names)
def test_spaces_width_brackets_and_case_never_matter(name: str) -> None:
    wide = name.replace("(", "（").replace(")", "）").replace("A", "Ａ").replace("b", "B")

    assert normal_name(f" {wide} ") == normal_name(name)


@given(names, names)
def test_equality_is_symmetric(one: str, other: str) -> None:
    assert BY_SPELLING.same(one, other) == BY_SPELLING.same(other, one)


# decisions


def test_decided_spellings_share_a_key_through_any_chain() -> None:
    known = Organisations(same=[("农大", "平原农大"), ("平原农大", "科右平原农业大学"), ("科右农大", "平原农大")])
    assert {known.key(name) for name in ("农大", "平原 农大", "科右农大", "科右平原农业大学")} == {"科右平原农业大学"}
    assert known.same("农大", "科右农大")
    assert not known.same("农大", "内蒙古大学")
    assert not known.same("", "")


def test_what_was_told_apart_is_told_apart_under_all_its_spellings() -> None:
    known = Organisations(same=[("农大", "科右平原农业大学")], different=[("农大科技园", "科右平原农业大学")])
    assert known.told_apart("农大", "农大 科技园")
    assert not known.told_apart("农大", "内蒙古大学")


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde")), max_size=12))
def test_groups_end_whatever_was_said_and_hold_together_what_was_said(pairs: list[tuple[str, str]]) -> None:
    groups = Groups(pairs)
    assert all(groups.root(one) == groups.root(other) for one, other in pairs)
    assert all(groups.root(groups.root(name)) == groups.root(name) for name in "abcde")
