"""A refusal moves the dimension it names and no other; what is not named moves nothing."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.records import Achievement, Outcome, PairKind, Refusal, Result
from matcher.ranking.corpus import Matrix
from matcher.ranking.evidence import gather
from matcher.ranking.kinds import KINDS, Family
from matcher.ranking.knowledge import Knowledge
from matcher.ranking.ranker import DEFAULT_MIX
from matcher.ranking.refusals import EVIDENCE
from tests.builders import TODAY, achievement, corpus, fund, incubator, outcome, project, with_outcomes

THIN = {"title": "沙棘", "summary": ""}
PAST = [
    achievement("A0", trl=3, asking_price=1_000_000.0),
    achievement("A1", trl=6, asking_price=9_000_000.0, title="蒙药微丸制备", summary="蒙药那如微丸的制备与质量标准。"),
    achievement("A2", trl=4, asking_price=3_000_000.0, **THIN),
    achievement("A3", trl=None, asking_price=None, title="风电叶片回收", summary="退役风电叶片的热解回收。"),
]
CARRIERS = [incubator("I1"), incubator("I2", name="奈曼蒙药孵化器", focus="蒙药制剂。")]
REASONS = {each: f"{each.label}：见会议记录" for each in Refusal}


def evidence(*facts: tuple[str, str, str, int], query: Achievement | None = None) -> dict[str, Matrix]:
    """Evidence for one query after some refusals: (left, right, reason, days ago)."""
    taken = [outcome("A0", "I1"), outcome("A1", "I2")]
    refused = [
        outcome(left, right, result=Result.REJECTED, reason=reason, decided_on=TODAY - timedelta(days=ago))
        for left, right, reason, ago in facts
    ]
    whole = corpus([*PAST, query or achievement("Q", asking_price=2_000_000.0)], CARRIERS, [*taken, *refused])
    known = Knowledge(whole, TODAY.toordinal())
    return gather(known, whole.left.take([whole.left.rows[query.id if query else "Q"]]))


@settings(max_examples=60, deadline=None)
@given(
    refusal=st.sampled_from(Refusal),
    left=st.sampled_from(["A0", "A1", "A2", "A3"]),
    right=st.sampled_from(["I1", "I2"]),
    ago=st.integers(1, 900),
)
def test_a_reason_moves_only_its_own_dimension(refusal: Refusal, left: str, right: str, ago: int) -> None:
    before, after = evidence(), evidence((left, right, REASONS[refusal], ago))

    moved = {name for name in before if not np.array_equal(before[name], after[name], equal_nan=True)}

    assert moved <= {EVIDENCE.get(refusal, "")}


@pytest.mark.parametrize(
    ("refusal", "left", "query"),
    [
        (Refusal.TOPIC, "A0", achievement("Q")),
        (Refusal.TOO_EARLY, "A0", achievement("Q", trl=2)),
        (Refusal.PRICE, "A0", achievement("Q", asking_price=2_000_000.0)),
        (Refusal.INCOMPLETE, "A3", achievement("Q", **THIN)),
        (Refusal.CAPACITY, "A3", achievement("Q")),
    ],
)
def test_what_is_refused_once_speaks_against_the_like(refusal: Refusal, left: str, query: Achievement) -> None:
    name = EVIDENCE[refusal]

    found = evidence((left, "I1", REASONS[refusal], 30), query=query)[name]

    assert found[0, 0] < found[0, 1] == 0


@pytest.mark.parametrize(
    ("refusal", "left", "query"),
    [
        (Refusal.TOO_EARLY, "A0", achievement("Q", trl=4)),
        (Refusal.PRICE, "A1", achievement("Q", asking_price=2_000_000.0)),
        (Refusal.INCOMPLETE, "A2", achievement("Q")),
    ],
)
def test_what_lies_on_the_better_side_of_a_refusal_is_not_touched(
    refusal: Refusal, left: str, query: Achievement
) -> None:
    assert evidence((left, "I1", REASONS[refusal], 30), query=query)[EVIDENCE[refusal]][0, 0] == 0


def test_a_refusal_fades_and_one_for_want_of_places_faster() -> None:
    topic, places = EVIDENCE[Refusal.TOPIC], EVIDENCE[Refusal.CAPACITY]
    fresh, old = (
        evidence(("A0", "I1", REASONS[Refusal.TOPIC], ago), ("A0", "I1", REASONS[Refusal.CAPACITY], ago))
        for ago in (1, 720)
    )

    assert fresh[topic][0, 0] < old[topic][0, 0] < 0
    assert old[topic][0, 0] == pytest.approx(fresh[topic][0, 0] / 2, rel=0.01)
    assert old[places][0, 0] > -0.07


def test_what_a_query_does_not_state_is_unknown_not_bad() -> None:
    blank = achievement("Q", trl=None, asking_price=None)
    found = evidence(("A0", "I1", REASONS[Refusal.TOO_EARLY], 9), ("A0", "I1", REASONS[Refusal.PRICE], 9), query=blank)

    assert np.isnan(found["refused_readiness"]).all()
    assert np.isnan(found["refused_amount"]).all()


def test_a_later_refusal_is_not_known_before_its_day() -> None:
    whole = corpus(PAST, CARRIERS)
    later = outcome("A0", "I1", result=Result.REJECTED, reason="方向不符", decided_on=TODAY + timedelta(days=1))
    known = Knowledge(with_outcomes(whole, [later]), TODAY.toordinal())

    assert not gather(known, whole.left)["refused_topic"].any()


def test_funds_refuse_amounts_of_projects() -> None:
    asked, cheap = project("P1", funding_sought=5e6), project("P2", funding_sought=1e6)
    refused = outcome("P0", "F1", kind=PairKind.PROJECT_FUND, result=Result.REJECTED, reason="估值过高")
    whole = corpus([project("P0", funding_sought=4e6), asked, cheap], [fund("F1"), fund("F2")], [refused])

    found = gather(Knowledge(whole, TODAY.toordinal()), whole.left)["refused_amount"]

    assert found[whole.left.rows["P1"], 0] < 0
    assert found[whole.left.rows["P2"], 0] == 0


@pytest.mark.parametrize(
    ("reason", "named"),
    [
        ("过早期：样机尚未完成", Refusal.TOO_EARLY),
        ("方向不符；价格不合", Refusal.TOPIC),
        ("对方认为估值过高", Refusal.PRICE),
        ("Too early for us", Refusal.TOO_EARLY),
        ("负责人更换", None),
        ("", None),
    ],
)
def test_the_class_named_first_counts(reason: str, named: Refusal | None) -> None:
    assert Refusal.of(reason) is named


def test_open_talks_are_those_nobody_decided_since() -> None:
    def told(left: str, ago: int, result: Result) -> Outcome:
        return outcome(left, "I1", result=result, decided_on=TODAY - timedelta(days=ago))

    facts = [
        told("A0", 20, Result.IN_TALKS),
        told("A1", 30, Result.IN_TALKS),
        told("A1", 10, Result.REJECTED),
        told("A2", 400, Result.IN_TALKS),
    ]
    whole = corpus(PAST, CARRIERS, facts)

    assert Knowledge(whole, TODAY.toordinal()).open_talks.tolist() == [1, 0]


def test_every_piece_of_evidence_of_refusals_has_a_weight_in_the_default_mix() -> None:
    names = {kind.name for kind in KINDS.values() if kind.family is Family.REFUSALS}

    assert names == set(EVIDENCE.values())
    for mix in DEFAULT_MIX.values():
        assert names <= set(mix)
