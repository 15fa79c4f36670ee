"""What carriers and funds say they do not take: seen in every form, and seen quickly where there is none."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matcher.text.declining import BEYOND_MEANS, UNWANTED, unwanting

PHRASES = (
    "不接收 不再受理 范围外 禁投 暂不支持 食品除外 谢绝 停止受理 缺设备 不具备 无法 没有 尚无 无车间 未配备 "
    "除食品外均可 not_accept won't_fund exclud out_of_scope outside_our_scope cannot can't doesn't unable except "
    "lacks without no_lab"
)
PIECES = [phrase.replace("_", " ") for phrase in PHRASES.split()]
SIGNS = sorted({*UNWANTED.pattern, *BEYOND_MEANS.pattern})


@pytest.mark.parametrize(
    ("text", "taker", "refused"),
    [
        ("不接收危化品项目。", False, True),
        ("食品加工除外。", False, True),
        ("缺中试设备。", False, True),
        ("We do not accept software.", False, True),
        ("本园没有中试车间。", True, True),
        ("本品没有添加剂。", False, False),
        ("暂无余位。", True, True),
        ("No wet laboratory.", True, True),
        ("面向玉米深加工与蒙药制剂。", True, False),
        ("无人机与无机材料。", True, False),
    ],
)
def test_what_is_not_wanted_or_not_there_is_no_reason_for_a_pair(text: str, *, taker: bool, refused: bool) -> None:
    assert unwanting((text,), taker=taker) == (refused,)


@pytest.mark.parametrize("piece", PIECES)
def test_each_form_is_seen_by_itself(piece: str) -> None:
    assert unwanting((f"{piece}。",), taker=True) == (True,)


@given(st.lists(st.sampled_from([*PIECES, *SIGNS, " "]), max_size=12).map("".join))
@example("Ｎｏｔ ａｃｃｅｐｔ")
@example("ſ won’t fund")
def test_the_quick_look_misses_nothing_that_the_patterns_find(text: str) -> None:
    assert unwanting((text,), taker=True)[0] == bool(UNWANTED.search(text) or BEYOND_MEANS.search(text))
    assert unwanting((text,), taker=False)[0] == bool(UNWANTED.search(text))
