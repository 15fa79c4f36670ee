from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.likeness import Likeness, alike, likeness


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("玉穗生物有限公司", "玉穗 生物", Likeness.SAME_FORM),
        ("銀杏創投", "银杏创投", Likeness.SCRIPT),
        ("朔风（杭州）基金", "朔风基金", Likeness.BRACKET),
        ("朔风创投（Shuofeng Ventures）", "Shuofeng Ventures", Likeness.BRACKET),
        ("内蒙古民族大学", "内蒙古民族大学（通辽校区）", Likeness.BRACKET),
        ("红杉资本中国", "红杉资本中国基金", Likeness.SUFFIX),
        ("马莲滩天使投资基金(有限合伙)", "马莲滩天使投资基金", Likeness.SUFFIX),
        ("梅花生物科技集团", "梅花生物科技（通辽）有限公司", Likeness.SUFFIX),
        ("银杏创投", "银杏创业投资管理有限公司", Likeness.SUFFIX),
        ("黑曜能源", "黑曜能源集团总公司", Likeness.SUFFIX),
        ("Larkspur", "Larkspur Capital Partners", Likeness.SUFFIX),
        ("通辽市玉米研究所", "内蒙古通辽市玉米研究所", Likeness.CONTAINS),
        ("平原科技大学", "中国平原科技大学", Likeness.CONTAINS),
        ("玉穗生物科技", "玉穗生物科技服务", Likeness.CONTAINS),
        ("通辽市农科所", "通辽农科所", Likeness.EDIT),
        ("Larkspur Hutchison", "Larkspur Hutchinson", Likeness.EDIT),
    ],
)
def test_what_may_be_one_is_named_with_its_reason(one: str, other: str, reason: Likeness) -> None:
    assert likeness(one, other) is likeness(other, one) is reason


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("红杉一期", "红杉二期"),
        ("红杉", "红杉一期"),
        ("红杉1期基金", "红杉二期基金"),
        ("Larkspur Fund I", "Larkspur Fund II"),
        ("Larkspur Fund 2", "Larkspur Fund 3"),
        ("First Larkspur Capital", "Second Larkspur Capital"),
        ("内蒙古大学", "内蒙古工业大学"),
        ("内蒙古大学", "内蒙古大学创业学院"),
        ("北京大学", "北京大学第一医院"),
        ("平原科技大学", "西原平原科技大学"),
        ("东华理工大学", "华东理工大学"),
        ("江东大学", "江西大学"),
        ("雪鹞银行", "雪鹞银行通辽分行"),
        ("铁马集团有限公司", "铁马集团有限公司通辽分公司"),
        ("铁马集团", "铁马集团分公司"),
        ("平原农科院玉米研究所", "平原农科院大豆研究所"),
        ("沙柳原孵化器", "沙柳原众创空间"),
        ("朔风（杭州）基金", "朔风（北京）基金"),
        ("马莲滩天使投资基金", "马莲滩种子投资基金"),
        ("Summit Partners", "Summit Ventures"),
        ("Jim Young", "Tim Young"),
        ("TL Ventures", "TI Ventures"),
        ("Larkspur University", "Larkspur University Hospital"),
        ("基金", "资本"),
        ("", "玉穗生物"),
    ],
)
def test_what_tells_two_apart_is_never_called_alike(one: str, other: str) -> None:
    assert likeness(one, other) is None
    assert likeness(other, one) is None


def test_every_reason_is_said_in_both_languages() -> None:
    assert all(reason.said.zh and reason.said.en for reason in Likeness)


PIECES = [
    "红杉",
    "平原",
    "大学",
    "基金",
    "资本",
    "第一",
    "二期",
    "（通辽）",
    "集团",
    "医院",
    "有限公司",
    "Fund",
    "II",
    "市",
]
parts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=5).map(" ".join)


@given(parts, parts)
def test_likeness_is_symmetric(one: str, other: str) -> None:
    assert likeness(one, other) is likeness(other, one)


@given(parts, st.sampled_from(["一", "二", "三"]), st.sampled_from(["四", "五", "六"]))
def test_another_period_is_always_another_one(name: str, one: str, other: str) -> None:
    assert likeness(f"{name}{one}期", f"{name}{other}期") is None


@given(parts, st.sampled_from(["分院", "分公司", "研究所", "医院", "学院", "支行"]))
def test_a_branch_is_never_its_house(name: str, branch: str) -> None:
    assert likeness(name, name + branch) is None


@given(st.lists(parts, max_size=12, unique=True))
def test_blocking_loses_no_pair(names: list[str]) -> None:
    everything = {
        (a, b, reason)
        for a in range(len(names))
        for b in range(a + 1, len(names))
        if (reason := likeness(names[a], names[b]))
    }
    assert set(alike(names)) == everything


def test_many_records_of_one_name_are_all_found() -> None:
    found = list(alike(["玉穗生物"] * 100))
    assert {other for _, other, _ in found} == set(range(1, 100))
