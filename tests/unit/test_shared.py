"""The terms and places that are told as shared."""

from __future__ import annotations

import pytest

from matcher.ranking.shared import PLACES, TERMS, Rarity, shared_places, shared_terms
from tests.builders import achievement, fund, gazetteer, incubator, project, side, side_builder, word_cutter


def test_shared_terms_are_words_of_both_longest_first_and_at_most_five() -> None:
    left = achievement(title="2024 淀粉 玉米淀粉 发酵 蒙药 玉米 环保 风电", summary="", industry=())
    right = incubator(name="玉米 淀粉 玉米淀粉 发酵 环保 风电 2024", focus="", industries=())

    found = shared_terms(left, right, str.split)

    assert found == ("玉米淀粉", "淀粉", "发酵", "玉米", "环保")
    assert len(found) == TERMS
    assert shared_terms(left, incubator(name="无", focus="", industries=()), word_cutter().telling) == ()


@pytest.mark.parametrize(
    "text", ["完成、需要", "产品", "车间", "现代", "承接", "两成", "团队", "三年 12 2026", "our platform and services"]
)
def test_what_anybody_in_the_trade_writes_is_no_shared_term(text: str) -> None:
    one = achievement(title=text, summary="", industry=())

    assert shared_terms(one, incubator(name=text, focus="", industries=()), word_cutter().telling) == ()


def test_the_things_themselves_are_shared_terms() -> None:
    text = "发酵车间完成蒙医药制剂和玉米芯木糖的中试，需要团队承接；perovskite solar cells"
    one = achievement(title=text, summary="", industry=())

    found = shared_terms(one, incubator(name=text, focus="", industries=()), word_cutter().telling)

    assert found == ("perovskite", "solar", "cells", "蒙医药", "玉米芯")


def test_a_word_of_most_records_tells_nothing_and_a_rare_one_comes_first() -> None:
    lefts = [achievement(f"A{number}", title="玉米 发酵", summary="", industry=()) for number in range(60)]
    special = achievement("B", title="玉米 发酵 黄酮", summary="", industry=())
    carriers = [incubator("I1", name="玉米 黄酮", focus="", industries=())]
    carriers += [incubator(f"I{number}", name="黄酮", focus="", industries=()) for number in range(2, 9)]
    rare = Rarity(side(*lefts, special), side_builder().build(carriers))

    assert shared_terms(special, carriers[0], word_cutter().telling, rare) == ("黄酮",)


def test_in_a_handful_of_records_words_of_both_sides_still_tell() -> None:
    left, right = (
        achievement(title="黄酮 提取", summary="", industry=()),
        incubator(name="黄酮", focus="", industries=()),
    )
    rare = Rarity(side(left), side_builder().build([right]))

    assert shared_terms(left, right, word_cutter().telling, rare) == ("黄酮",)


def test_shared_places_are_the_lowest_that_both_name_in_the_order_of_the_text() -> None:
    text = achievement(title="呼伦贝尔、赤峰与通辽的草原", summary="在内蒙古开鲁、沈阳试验。")
    here = incubator(name="草业园", focus="面向通辽、呼伦贝尔。", region="开鲁县")
    fund_of = fund(name="甲", thesis="", regions=("辽宁", "赤峰", "通辽", "呼伦贝尔"))

    assert shared_places(text, here, gazetteer()) == ("呼伦贝尔市", "开鲁县")
    assert shared_places(text, fund_of, gazetteer()) == ("呼伦贝尔市", "赤峰市", "通辽市")
    assert len(shared_places(text, fund_of, gazetteer())) == PLACES
    assert shared_places(text, incubator(name="乙", focus="", region="北京"), gazetteer()) == ()
    assert shared_places(project(name="甲", summary="风电"), fund_of, gazetteer()) == ()
