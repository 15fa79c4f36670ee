from __future__ import annotations

from datetime import date

import numpy as np

from matcher.domain.matches import Component, Quote, State, Verdict
from matcher.policy.priority import NONE, Tier
from matcher.ranking.explain import (
    CASES,
    NOTHING,
    SIGNALS,
    SIMILAR,
    Case,
    missing_facts,
    past_cases,
    reasons,
)
from matcher.ranking.kinds import KINDS, said_of, strength
from matcher.wording import Said
from tests.builders import achievement, rulebook


def test_cases_are_the_most_similar_by_name_ties_by_id() -> None:
    rows = [(achievement(name, title=f"成果{name}"), date(2025, 1, day)) for day, name in enumerate("dcba", start=1)]

    cases = past_cases(rows, np.array([0.5, 0.9, 0.5, 0.3], np.float32))

    assert [case.record.id for case in cases] == ["c", "b", "d"]
    assert cases[0] == Case(*rows[1])
    assert len(cases) == CASES
    assert past_cases([], np.zeros(0, np.float32)) == ()


def test_a_past_record_that_is_not_similar_is_no_case() -> None:
    rows = [(achievement("near"), date(2025, 1, 1)), (achievement("far"), date(2025, 1, 1))]

    cases = past_cases(rows, np.array([SIMILAR, SIMILAR - 0.01]))

    assert [case.record.id for case in cases] == ["near"]


def test_only_unknown_facts_are_missing() -> None:
    basis = rulebook().basis("stage")
    verdicts = [Verdict(basis, state, Said(state.value, state.value)) for state in State]

    assert missing_facts(verdicts) == (Said("unknown", "unknown"),)


def component(name: str, contribution: float, value: float | None = 1.0) -> Component:
    return Component(name, value, contribution)


def test_the_places_that_both_name_are_told_by_name() -> None:
    fitting = [component("place_fit", 0.8)]

    (told,) = reasons(None, ("造林",), (), fitting, NONE, lambda: ("通辽市", "赤峰市"))[1:]
    (bare,) = reasons(None, ("造林",), (), fitting, NONE)[1:]

    assert told.said == Said(
        "写到的地方与其相合（强）：通辽市、赤峰市", "names places where it is or looks (strong): 通辽市, 赤峰市"
    )
    assert bare.said.zh == "写到的地方与其相合（强）"
    assert told.to_taker == Said("材料写到贵单位所在或关注的地方。", "It names places where you are, or look.")


def test_reasons_are_told_most_telling_first_and_name_their_evidence() -> None:
    quote = Quote("玉米淀粉制备", "我们孵化风电。", 0.9)
    case = Case(achievement("A9", title="旧成果"), date(2024, 5, 6))

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
    assert told[4].said == Said("地区相近（弱）", "near in region (weak)")


def test_a_quote_from_a_past_case_names_the_case() -> None:
    (told,) = reasons(Quote("玉米淀粉制备", "淀粉糖制备", 0.5, "旧成果"), (), (), (), NONE)

    assert told.evidence == "case_sentences"
    assert told.said.zh == "“玉米淀粉制备” 与其曾承接的《旧成果》中 “淀粉糖制备” 用词最相近"
    assert "“旧成果”, which it took" in told.said.en


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
            component("dense_knn", 0.05),
            component("industry_fit", 0.1),
        ],
        NONE,
    )

    assert [reason.evidence for reason in told] == ["industry_fit"]


def test_the_strongest_facts_are_told_ties_by_name() -> None:
    parts = [component(name, 0.2) for name in ("trl_fit", "recent", "region_fit")] + [component("popularity", 0.9)]

    told = reasons(None, (), (), parts, NONE)

    assert [reason.evidence for reason in told] == ["no_content", "recent", "region_fit"]
    assert len(told) == SIGNALS


def test_where_nothing_but_activity_and_habits_speak_for_a_pair_that_is_said_first() -> None:
    told = reasons(None, (), (), [component("recent", 0.5), component("region_share", 0.9)], NONE)

    assert told[0].said.zh == "没有内容上的理由，主要因为近期活跃（中）"
    assert told[0].said.en == "nothing in the content speaks for it; mainly active lately (medium)"
    assert [reason.evidence for reason in reasons(None, (), (), [component("amount_share", 0.9)], NONE)] == [
        "no_content"
    ]


def test_closeness_in_content_is_told_where_no_sentence_shows_it_and_industries_are_content() -> None:
    close, active, industry = component("dense_knn", 0.2), component("recent", 0.9), component("industry_fit", 0.3)

    assert [one.evidence for one in reasons(None, (), (), [close, active], NONE)] == ["dense_knn", "recent"]
    assert [one.evidence for one in reasons(None, (), (), [industry, active], NONE)] == ["recent", "industry_fit"]
    assert [one.evidence for one in reasons(None, ("玉米",), (), [close, active], NONE)] == ["shared_terms", "recent"]


def test_contributions_are_told_in_words_and_refusals_by_their_sign() -> None:
    marks = [strength(one).zh for one in (0.1, 0.41, -0.5, 0.7, -1.41)]

    assert marks == ["弱", "中", "中", "强", "强"]
    assert said_of(component("refused_topic", -1.41, -0.6)).zh == "曾因方向拒绝过相近的成果或项目"
    assert "未曾" in said_of(component("refused_topic", 0.2, 0.0)).zh
    assert said_of(component("recent", -0.2)) == KINDS["recent"].said


def test_every_piece_of_evidence_has_words_in_both_languages() -> None:
    for kind in KINDS.values():
        assert kind.said.zh
        assert kind.said.en
        assert kind.against is None or (kind.against.zh and kind.against.en)
