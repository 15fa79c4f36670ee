from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from matcher.domain.matches import Component, State, Verdict
from matcher.policy.priority import NONE, Tier
from matcher.ranking.evidence import KINDS
from matcher.ranking.explain import (
    CASES,
    NOTHING,
    SIGNALS,
    SIMILAR,
    TERMS,
    Case,
    closest_sentences,
    missing_facts,
    past_cases,
    reasons,
    shared_terms,
)
from matcher.wording import Said
from tests.builders import achievement, incubator, rulebook, side_builder, table_encoder, word_cutter

LEFT = achievement(title="玉米淀粉制备", industry=(), summary="废水处理技术。蒙药制剂技术。")
RIGHT = incubator(focus="我们孵化蒙医药。我们孵化风电。")


def test_the_quoted_sentences_are_the_pair_closest_in_meaning() -> None:
    encode = table_encoder(
        {
            "玉米淀粉制备": (1, 0, 0),
            "废水处理技术。": (0, 0.8, 0.6),
            "蒙药制剂技术。": (0, 0, 1),
            "我们孵化蒙医药。": (0, 0, 1),
            "我们孵化风电。": (0, 1, 0),
        }
    )

    (quote,) = closest_sentences([(LEFT, RIGHT)], encode)

    assert quote is not None
    assert (quote.left, quote.right) == ("蒙药制剂技术。", "我们孵化蒙医药。")
    assert quote.similarity == pytest.approx(1)


def test_nothing_is_quoted_from_a_side_without_words() -> None:
    silent = achievement("A2", title="", summary="")
    encode = side_builder().sentences

    quotes = closest_sentences([(silent, RIGHT), (LEFT, incubator("I2", focus="")), (LEFT, RIGHT)], encode)

    assert [quote is not None for quote in quotes] == [False, False, True]
    assert closest_sentences([], encode) == []
    assert closest_sentences([(silent, incubator("I2", focus=""))], encode) == [None]


def test_pairs_explained_together_are_quoted_as_alone() -> None:
    pairs = [(LEFT, RIGHT), (LEFT, incubator("I2", focus="我们孵化玉米淀粉企业。")), (achievement("A2"), RIGHT)]
    encode = side_builder().sentences

    together = closest_sentences(pairs, encode)

    for pair, quote in zip(pairs, together, strict=True):
        (alone,) = closest_sentences([pair], encode)
        assert quote is not None
        assert alone is not None
        assert (quote.left, quote.right) == (alone.left, alone.right)


def test_records_of_one_id_are_quoted_each_from_its_own_text() -> None:
    asked = [achievement("", title="", summary=text) for text in ("玉米淀粉制备技术研究。", "蒙药微丸制剂技术研究。")]
    quotes = closest_sentences([(one, RIGHT) for one in asked], side_builder().sentences)
    assert [quote.left for quote in quotes if quote] == [one.summary for one in asked]


@pytest.mark.parametrize(
    ("sentence", "quoted"),
    [
        ("县域配送、养殖类项目不在服务范围。", False),
        ("种植环节不在孵化范围，建议另找。", False),
        ("本轮不收电池材料和催化剂评价。", False),
        ("对研学和纯软件项目不接。", False),
        ("属基金合同禁投范围的不予受理。", False),
        ("Hardware is out of scope here.", False),
        ("We do not take mining projects.", False),
        ("主攻氨基酸和淀粉糖的中试。", True),
        ("织物遇水不收缩、不褪色。", True),
        ("服务范围覆盖全市各旗县。", True),
    ],
)
def test_a_sentence_that_says_what_is_not_wanted_is_no_reason(sentence: str, *, quoted: bool) -> None:
    (quote,) = closest_sentences([(LEFT, incubator(focus=sentence))], side_builder().sentences)
    assert (quote is not None) is quoted


def test_shared_terms_are_words_of_both_longest_first_and_at_most_five() -> None:
    left = achievement(title="2024 淀粉 玉米淀粉 发酵 蒙药 玉米 环保 风电", summary="", industry=())
    right = incubator(name="玉米 淀粉 玉米淀粉 发酵 环保 风电 2024", focus="", industries=())

    found = shared_terms(left, right, str.split)

    assert found == ("玉米淀粉", "淀粉", "发酵", "玉米", "环保")
    assert len(found) == TERMS
    assert shared_terms(left, incubator(name="无", focus="", industries=()), word_cutter().words) == ()


def test_cases_are_the_most_similar_by_name_ties_by_id() -> None:
    rows = [(achievement(name, title=f"成果{name}"), date(2025, 1, day)) for day, name in enumerate("dcba", start=1)]

    cases = past_cases(rows, np.array([0.5, 0.9, 0.5, 0.3], np.float32))

    assert [case.id for case in cases] == ["c", "b", "d"]
    assert cases[0] == Case("c", "成果c", date(2025, 1, 2))
    assert len(cases) == CASES
    assert past_cases([], np.zeros(0, np.float32)) == ()


def test_a_past_record_that_is_not_similar_is_no_case() -> None:
    rows = [(achievement("near"), date(2025, 1, 1)), (achievement("far"), date(2025, 1, 1))]

    cases = past_cases(rows, np.array([SIMILAR, SIMILAR - 0.01]))

    assert [case.id for case in cases] == ["near"]


def test_only_unknown_facts_are_missing() -> None:
    basis = rulebook().basis("stage")
    verdicts = [Verdict(basis, state, Said(state.value, state.value)) for state in State]

    assert missing_facts(verdicts) == (Said("unknown", "unknown"),)


def component(name: str, contribution: float, value: float | None = 1.0) -> Component:
    return Component(name, value, contribution)


def test_reasons_are_told_most_telling_first_and_name_their_evidence() -> None:
    encode = table_encoder(
        {
            "玉米淀粉制备": (1,),
            "废水处理技术。": (0,),
            "蒙药制剂技术。": (0,),
            "我们孵化蒙医药。": (0,),
            "我们孵化风电。": (1,),
        }
    )
    (quote,) = closest_sentences([(LEFT, RIGHT)], encode)
    case = Case("A9", "旧成果", date(2024, 5, 6))

    basis = rulebook().basis("TL-PF-1.excellent")
    tier = Tier(1, basis.name, basis)
    told = reasons(quote, ("玉米", "淀粉"), [case], [component("region_fit", 0.3)], tier)

    assert [reason.evidence for reason in told] == [
        "priority",
        "past_dense_top",
        "sentences",
        "shared_terms",
        "region_fit",
    ]
    assert "通创办发〔2023〕2号 三(三)" in told[0].said.zh
    assert "《旧成果》（2024-05-06）" in told[1].said.zh
    assert "玉米淀粉制备" in told[2].said.en
    assert "我们孵化风电。" in told[2].said.en
    assert "玉米、淀粉" in told[3].said.zh
    assert "+0.30" in told[4].said.en


def test_without_evidence_just_that_is_said() -> None:
    assert reasons(None, (), (), (), NONE) == (NOTHING,)


def test_only_known_facts_that_speak_for_the_pair_are_told() -> None:
    told = reasons(
        None,
        (),
        (),
        [
            component("region_fit", -0.5),
            component("stage_fit", 0.0),
            component("trl_fit", 0.5, value=None),
            component("dense_knn", 3.0),
            component("bm25_profile", 3.0),
            component("industry_fit", 0.1),
        ],
        NONE,
    )

    assert [reason.evidence for reason in told] == ["industry_fit"]


def test_the_strongest_facts_are_told_ties_by_name() -> None:
    parts = [component(name, 0.2) for name in ("trl_fit", "recent", "region_fit")] + [component("popularity", 0.9)]

    told = reasons(None, (), (), parts, NONE)

    assert [reason.evidence for reason in told] == ["popularity", "recent", "region_fit"]
    assert len(told) == SIGNALS


def test_every_piece_of_evidence_has_words_in_both_languages() -> None:
    for kind in KINDS.values():
        assert kind.said.zh
        assert kind.said.en
