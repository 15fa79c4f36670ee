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
    TERMS,
    Case,
    missing_facts,
    past_cases,
    reasons,
    shared_terms,
)
from matcher.ranking.kinds import KINDS
from matcher.wording import Said
from tests.builders import achievement, incubator, rulebook, word_cutter


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
    assert "+0.30" in told[4].said.en


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
