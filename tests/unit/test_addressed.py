"""Reasons as sentences to the taker, for letters."""

from __future__ import annotations

import re
from datetime import date

import pytest

from matcher.domain.matches import Component, Quote
from matcher.policy.priority import NONE
from matcher.ranking.explain import Case, reasons
from matcher.ranking.kinds import KINDS
from tests.builders import achievement

QUOTES = (Quote("木聚糖酶解。", "主攻功能糖。", 0.6), Quote("木聚糖酶解。", "酶法制糖。", 0.6, "旧成果"), None)


@pytest.mark.parametrize("quote", QUOTES)
def test_a_reason_for_the_taker_is_a_sentence_without_figures_or_the_other_side(quote: Quote | None) -> None:
    parts = [Component(name, 1.0, 0.3 + number / 100) for number, name in enumerate(KINDS)]
    case = Case(achievement("A9", title="旧成果"), date(2024, 5, 6))

    told = [one.to_taker for one in reasons(quote, ("木糖", "酶解"), [case], parts, NONE) if one.to_taker]

    assert told[0].zh == "贵单位2024年曾承接《旧成果》，与本成果相近。"
    assert told[0].en == "You took “旧成果” in 2024, which is much like this result."
    for one in told:
        assert one.zh.endswith("。")
        assert one.en.endswith((".", "”."))
        assert not re.search(r"[+-]\d\.\d|对方|（[强中弱]）", one.zh + one.en)


def test_a_single_term_and_activity_say_nothing_to_the_taker() -> None:
    told = reasons(None, ("木糖",), (), [Component("recent", 1.0, 0.9)], NONE)

    assert [one.to_taker for one in told] == [None, None]
    two = reasons(None, ("木糖", "酶解"), (), (), NONE)[0].to_taker
    assert two is not None
    assert two.zh == "与贵单位的方向都涉及木糖、酶解。"
    assert two.en == "Like your own work, it is about 木糖 and 酶解."
