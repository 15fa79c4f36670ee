from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date

import pytest

from matcher.domain.controls import Aim, Control, Question, Wish
from matcher.domain.matches import Confidence, State, Verdict
from matcher.domain.names import Organisations
from matcher.domain.records import Fund, FundKind, Incubator, Kind, Left, Outcome, Project, Record, Result, Right, Stage
from matcher.domain.rounding import yuan
from matcher.policy.eligibility import CHECKS, check, eligible
from matcher.policy.facts import stated
from matcher.policy.pairs import NO_WISHES, Holding, Pair, PairRule
from matcher.policy.wishes import Wishes
from tests.builders import TODAY, achievement, fund, gazetteer, incubator, industries, outcome, project, rulebook

PASS, FAIL, UNKNOWN = State.PASS, State.FAIL, State.UNKNOWN
MEASURED = {"already_decided", "capacity", "trl_window", "stage", "ticket", "money_left", "region"}
"""Rules whose failure has something that would change it."""
SOFT = {"industry", "own_conflict", "portfolio_competitor"}
"""Rules that warn and keep nobody out; return investment too, but a project that fails it lies outside the region."""


@dataclass(frozen=True)
class Case:
    """A pair, and what one rule says of it; None: the rule is silent."""

    rule: str
    left: Left
    right: Right
    state: State | None
    margin: float | None = None
    outcomes: tuple[Outcome, ...] = ()
    accepted: tuple[date, ...] = ()
    wishes: Wishes = NO_WISHES
    shown: Record | None = None
    holdings: tuple[Holding, ...] = ()


def wished(wish: Wish, target: str) -> Wishes:
    """The carrier wishes something of a result."""
    control = Control(
        wish=wish, asker_kind=Kind.INCUBATORS, asker="I1", aim=Aim.RECORD, target=target, made_on=date(2026, 1, 2), id=7
    )
    return Wishes(Question(controls=(control,)))


def held(similarity: float) -> Holding:
    """A company of the usual project's industry that the fund took on."""
    return Holding(project("P9"), date(2025, 1, 2), similarity)


ASKED = Wishes(Question(must=("风电",), ban=("褐煤",)))
A, P = achievement, project
I, F = incubator, fund  # noqa: E741 - short names keep the table readable

CASES = [
    # A carrier's places.
    Case("capacity", A(), I(capacity=20, occupied=19), PASS, 0),
    Case("capacity", A(), I(capacity=20, occupied=20), FAIL, -1),
    Case("capacity", A(), I(capacity=20, occupied=23), FAIL, -4),
    Case("capacity", A(), I(capacity=0, occupied=0), FAIL, -1),
    Case("capacity", A(), I(capacity=None), UNKNOWN),
    Case("capacity", A(), I(occupied=None), UNKNOWN),
    Case("capacity", P(), F(), None),
    # Its window of readiness.
    Case("trl_window", A(trl=4), I(trl_min=4, trl_max=6), PASS, 0),
    Case("trl_window", A(trl=6), I(trl_min=4, trl_max=6), PASS, 0),
    Case("trl_window", A(trl=5), I(trl_min=4, trl_max=6), PASS, 1),
    Case("trl_window", A(trl=3), I(trl_min=4, trl_max=6), FAIL, -1),
    Case("trl_window", A(trl=9), I(trl_min=4, trl_max=6), FAIL, -3),
    Case("trl_window", A(trl=9), I(trl_min=4), PASS, 0),
    Case("trl_window", A(trl=1), I(trl_max=6), PASS, 0),
    Case("trl_window", A(trl=7), I(trl_max=6), FAIL, -1),
    Case("trl_window", A(trl=None), I(trl_min=4), UNKNOWN),
    Case("trl_window", A(trl=1), I(), None),
    # The result of the carrier's own institution.
    Case("own_institution", A(institution="内蒙古民族大学"), I(name="通辽孵化器"), PASS),
    Case("own_institution", A(institution="内蒙古民族大学"), I(name="内蒙古民族大学"), FAIL),
    Case("own_institution", A(institution="梅花生物科技有限公司"), I(name="梅花生物 科技股份有限公司"), FAIL),
    Case("own_institution", A(institution="梅花生物科技（通辽）有限公司"), I(name="梅花生物 科技集团"), UNKNOWN),
    Case("own_institution", A(institution=""), I(), UNKNOWN),
    Case("own_institution", P(), F(), None),
    # A fund's stages.
    Case("stage", P(stage=Stage.ANGEL), F(stages=(Stage.SEED, Stage.ANGEL)), PASS, 0),
    Case("stage", P(stage=Stage.PRE_A), F(stages=(Stage.SEED, Stage.ANGEL)), FAIL, -1),
    Case("stage", P(stage=Stage.LATER), F(stages=(Stage.ANGEL,)), FAIL, -3),
    Case("stage", P(stage=None), F(stages=(Stage.ANGEL,)), UNKNOWN),
    Case("stage", P(stage=Stage.LATER), F(), None),
    # Its ticket.
    Case("ticket", P(funding_sought=5e6), F(ticket_min=1e6, ticket_max=5e6), PASS, 0),
    Case("ticket", P(funding_sought=1e6), F(ticket_min=1e6, ticket_max=5e6), PASS, 0),
    Case("ticket", P(funding_sought=2e6), F(ticket_min=1e6, ticket_max=5e6), PASS, 1e6),
    Case("ticket", P(funding_sought=5e6 + 1), F(ticket_min=1e6, ticket_max=5e6), FAIL, -1),
    Case("ticket", P(funding_sought=1e6 - 1), F(ticket_min=1e6, ticket_max=5e6), FAIL, -1),
    Case("ticket", P(funding_sought=4e5), F(ticket_min=1e6), FAIL, -6e5),
    Case("ticket", P(funding_sought=9e6), F(ticket_max=5e6), FAIL, -4e6),
    Case("ticket", P(funding_sought=9e9), F(ticket_min=1e6), PASS),
    Case("ticket", P(funding_sought=1.0), F(ticket_max=5e6), PASS),
    Case("ticket", P(funding_sought=None), F(ticket_max=5e6), UNKNOWN),
    Case("ticket", P(currency="USD"), F(ticket_max=5e6), UNKNOWN),
    Case("ticket", P(funding_sought=9e9), F(ticket_max=5e6, currency="USD"), UNKNOWN),
    Case("ticket", P(currency="CNY"), F(ticket_max=5e6), PASS),
    Case("ticket", P(currency="USD"), F(ticket_max=5e6, currency="USD"), PASS),
    Case("ticket", P(funding_sought=9e9), F(), None),
    # The money it has left.
    Case("money_left", P(), F(remaining=1e6, ticket_min=1e6), PASS, 0),
    Case("money_left", P(), F(remaining=1e6 - 1, ticket_min=1e6), FAIL, -1),
    Case("money_left", P(), F(remaining=0.0), FAIL, -1),
    Case("money_left", P(), F(remaining=10.0), PASS, 9),
    Case("money_left", P(), F(remaining=None), UNKNOWN),
    Case("money_left", A(), I(), None),
    # Its regions.
    Case("region", P(region="开鲁县"), F(regions=("通辽",)), PASS),
    Case("region", P(region="通辽市"), F(regions=("辽宁", "Inner Mongolia")), PASS),
    Case("region", P(region="赤峰市"), F(regions=("通辽",)), FAIL),
    Case("region", P(region="沈阳"), F(regions=("内蒙古", "吉林")), FAIL),
    Case("region", P(region=""), F(regions=("通辽",)), UNKNOWN),
    Case("region", P(region="沈阳"), F(), None),
    # Its words.
    Case("ban_terms", P(summary="烟草加工"), F(ban_terms=("房地产", "烟草")), FAIL),
    Case("ban_terms", P(keywords=("ＣＲＹＰＴＯ",)), F(ban_terms=("crypto",)), FAIL),
    Case("ban_terms", P(summary="风电"), F(ban_terms=("烟草",)), None),
    Case("must_terms", P(summary="风电"), F(must_terms=("光伏", "风电")), None),
    Case("must_terms", P(summary="煤炭", name="甲", industry=()), F(must_terms=("光伏", "风电")), FAIL),
    Case("must_terms", P(), F(), None),
    # What it has taken on this year: TODAY is in 2026.
    Case("new_this_period", P(), F(max_new_per_period=2), PASS, 0, accepted=(date(2026, 1, 1), date(2025, 12, 31))),
    Case("new_this_period", P(), F(max_new_per_period=1), FAIL, -1, accepted=(date(2026, 1, 1),)),
    Case("new_this_period", P(), F(max_new_per_period=0), FAIL, -1),
    Case("new_this_period", P(), F(), None),
    # Its industries: a warning.
    Case("industry", P(industry=("风电",)), F(industries=("新能源",)), PASS),
    Case("industry", P(industry=("文化旅游",)), F(industries=("新能源",)), FAIL),
    Case("industry", P(industry=("战略性新兴产业",)), F(industries=("新能源",)), UNKNOWN),
    Case("industry", P(industry=("没人知道的行业",)), F(industries=("新能源",)), UNKNOWN),
    Case("industry", P(industry=()), F(industries=("新能源",)), UNKNOWN),
    Case("industry", P(), F(industries=()), None),
    # A tenant of the carrier that manages it: a warning.
    Case("own_conflict", P(incubator_id="I1"), F(managed_by_incubator_id="I1"), FAIL),
    Case("own_conflict", P(incubator_id="I2"), F(managed_by_incubator_id="I1"), PASS),
    Case("own_conflict", P(incubator_id=""), F(managed_by_incubator_id="I1"), UNKNOWN),
    Case("own_conflict", P(incubator_id="I1"), F(), None),
    # What it owes a place: a warning.
    Case("return_multiple", P(region="开鲁县"), F(regions=("通辽",), extra={"返投倍数": "1.5"}), PASS),
    Case("return_multiple", P(region="沈阳"), F(regions=("通辽",), extra={"返投倍数": "2"}), FAIL),
    Case("return_multiple", P(region="沈阳"), F(regions=(), extra={"返投倍数": "1.5"}), UNKNOWN),
    Case("return_multiple", P(), F(extra={"返投倍数": "0"}), None),
    Case("return_multiple", P(), F(), None),
    # What it holds already: a warning.
    Case("portfolio_competitor", P(), F(), FAIL, -0.01, holdings=(held(0.36),)),
    Case("portfolio_competitor", P(), F(), None, holdings=(held(0.35),)),
    Case("portfolio_competitor", P(industry=("文化旅游",)), F(), None, holdings=(held(0.9),)),
    Case("portfolio_competitor", P(), F(kind=FundKind.BANK), None, holdings=(held(0.9),)),
    Case("portfolio_competitor", P(), F(), None),
    # What people wish.
    Case("excluded", A(), I(), FAIL, wishes=wished(Wish.EXCLUDE, "A1")),
    Case("excluded", A(), I(), None, wishes=wished(Wish.EXCLUDE, "A2")),
    Case("dismissed", A(), I(), FAIL, wishes=wished(Wish.DISMISS, "A1")),
    Case("dismissed", A(), I(), None, wishes=wished(Wish.WATCH, "A1")),
    Case("asked_must", A(), I(), FAIL, wishes=ASKED, shown=A(title="煤", summary="化工", keywords=(), industry=())),
    Case("asked_must", A(), I(), UNKNOWN, wishes=ASKED, shown=P(name="甲", summary="", keywords=(), industry=())),
    Case("asked_must", A(), I(), None, wishes=ASKED, shown=A(title="风电叶片")),
    Case("asked_must", A(), I(), None, wishes=ASKED),
    Case("asked_ban", A(), I(), FAIL, wishes=ASKED, shown=A(title="风电", summary="褐煤改性")),
    Case("asked_ban", A(), I(), None, wishes=ASKED, shown=A(title="风电")),
    Case("asked_ban", A(summary="褐煤"), I(), None, wishes=ASKED),
    # What was decided before.
    Case("already_decided", A(), I(), None),
    *(
        Case("already_decided", A(), I(), FAIL, outcomes=(outcome(result=result, decided_on=date(2025, 3, 2)),))
        for result in Result
    ),
]


def verdicts_on(case: Case) -> tuple[Verdict, ...]:
    figures = dict(stated(case.right, rulebook()).known)
    pair = Pair(case.left, case.right, case.outcomes, gazetteer(), industries(), case.accepted, TODAY, figures)
    pair = replace(pair, wishes=case.wishes, shown=case.shown, holdings=case.holdings)
    return check(pair, rulebook())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{case.state}")
def test_each_rule_passes_fails_or_does_not_know(case: Case) -> None:
    said = [verdict for verdict in verdicts_on(case) if verdict.rule == case.rule]

    assert [verdict.state for verdict in said] == ([] if case.state is None else [case.state])
    if case.margin is not None:
        assert said[0].margin == pytest.approx(case.margin)
    kept = case.state is not FAIL or case.rule in SOFT
    assert eligible(verdicts_on(case)) is kept


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{case.state}")
def test_every_verdict_is_told_in_both_languages_and_a_failure_with_what_would_change_it(case: Case) -> None:
    for verdict in verdicts_on(case):
        assert verdict.said.zh
        assert verdict.said.en
        if verdict.state is FAIL and verdict.rule in MEASURED:
            assert verdict.change is not None
            assert verdict.change.zh
            assert verdict.change.en
        if verdict.state is not FAIL:
            assert verdict.change is None


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule}-{case.state}")
def test_a_margin_is_negative_exactly_where_the_rule_fails_by_measure(case: Case) -> None:
    for verdict in verdicts_on(case):
        if verdict.margin is not None:
            assert (verdict.state is FAIL) is (verdict.margin < 0)


def test_every_rule_has_a_case_for_each_thing_it_can_say() -> None:
    told = {(case.rule, case.state) for case in CASES}
    named = {case.rule for case in CASES}

    assert named == set(CHECKS) == {rule.id for rule in rulebook().of(PairRule)}
    assert {rule for rule, state in told if state is FAIL} == named
    assert {rule for rule, state in told if state is None} >= named - {"own_institution"}
    silent = {"already_decided", "ban_terms", "must_terms", "new_this_period", "portfolio_competitor"}
    silent |= {"excluded", "dismissed", "asked_ban"}
    assert {rule for rule, state in told if state is UNKNOWN} == named - silent


def test_every_verdict_names_its_clause_its_source_and_how_well_it_is_known() -> None:
    told = {verdict.rule: verdict.basis for case in CASES for verdict in verdicts_on(case)}
    assert set(told) == set(CHECKS)
    for basis in told.values():
        assert basis.clause
        assert basis.cites.zh
        assert basis.confidence is Confidence.STATED


def checked(left: Left, right: Right, *outcomes: Outcome) -> tuple[Verdict, ...]:
    return check(Pair(left, right, outcomes, gazetteer()), rulebook())


def only(rule: str, left: Left, right: Right, *outcomes: Outcome) -> Verdict:
    (found,) = (verdict for verdict in checked(left, right, *outcomes) if verdict.rule == rule)
    return found


@pytest.mark.parametrize(
    ("decided", "state"),
    [
        (Organisations(), UNKNOWN),
        (Organisations(same=[("科右农大", "科右平原农业大学科技园")]), UNKNOWN),
        (Organisations(same=[("科右平原农业大学", "科右平原农业大学科技园")]), FAIL),
        (Organisations(different=[("科右平原农业大学科技园", "科右平原农业大学")]), PASS),
    ],
)
def test_what_was_decided_about_two_names_settles_whether_the_carrier_is_the_institutions_own(
    decided: Organisations, state: State
) -> None:
    left, right = achievement(institution="科右平原农业大学"), incubator(name="科右平原农业大学科技园")
    told = check(Pair(left, right, (), gazetteer(), organisations=decided), rulebook())
    assert next(verdict.state for verdict in told if verdict.rule == "own_institution") is state


def test_a_full_carrier_says_how_many_places_it_needs() -> None:
    verdict = only("capacity", achievement(), incubator(capacity=20, occupied=22))

    assert "容量 20，在孵 22" in verdict.said.zh
    assert verdict.change is not None
    assert "3" in verdict.change.zh
    assert "3" in verdict.change.en
    assert (verdict.value, verdict.threshold) == (22, 20)


@pytest.mark.parametrize(
    ("trl", "change"), [(2, "fits after 2 more level(s)"), (8, "2 level(s) too far; an accelerator or park suits")]
)
def test_a_result_too_raw_must_ripen_and_one_too_ripe_goes_elsewhere(trl: int, change: str) -> None:
    verdict = only("trl_window", achievement(trl=trl), incubator(trl_min=4, trl_max=6))

    assert verdict.change is not None
    assert verdict.change.en == change
    assert (verdict.value, verdict.threshold) == (trl, "4–6")


def test_the_last_decision_on_a_pair_is_told_with_its_day_and_reason() -> None:
    verdict = only(
        "already_decided",
        achievement(),
        incubator(),
        outcome(result=Result.IN_TALKS, decided_on=date(2024, 9, 1)),
        outcome(result=Result.REJECTED, decided_on=date(2025, 9, 1), reason="无中试条件"),
        outcome(result=Result.IN_TALKS, decided_on=date(2024, 10, 1)),
    )

    assert verdict.value == "rejected"
    assert "2025-09-01" in verdict.said.zh
    assert "无中试条件" in verdict.said.zh
    assert "refused" in verdict.said.en


def test_lists_are_told_in_the_manner_of_each_language() -> None:
    verdict = only("industry", project(industry=("文化旅游", "非遗")), fund(industries=("新能源", "新材料")))

    assert verdict.said.zh == "项目行业 文化旅游、非遗（基金投 新能源、新材料）"
    assert verdict.said.en == "industry 文化旅游, 非遗 (it funds 新能源, 新材料)"


@pytest.mark.parametrize(("sought", "change"), [(6e6, "100万 too much"), (5e5, "50万 below the smallest ticket")])
def test_a_ticket_missed_says_by_how_much(sought: float, change: str) -> None:
    verdict = only("ticket", project(funding_sought=sought), fund(ticket_min=1e6, ticket_max=5e6))

    assert verdict.change is not None
    assert change in verdict.change.en
    assert verdict.threshold == "100万–500万"


def test_a_stage_missed_says_how_far_it_is() -> None:
    verdict = only("stage", project(stage=Stage.A), fund(stages=(Stage.SEED, Stage.ANGEL)))

    assert verdict.change is not None
    assert "2" in verdict.change.en
    assert verdict.said.zh == "融资阶段 A轮（基金投 种子轮、天使轮）"


@pytest.mark.parametrize(
    ("term", "where"),
    [
        ("叶片", project(name="叶片", summary="", industry=())),
        ("叶片", project(name="", summary="叶片", industry=())),
        ("叶片", project(name="", summary="", industry=("叶片",))),
        ("叶片", project(name="", summary="", industry=(), keywords=("叶片",))),
    ],
)
def test_terms_are_looked_for_in_all_words_of_a_project(term: str, where: Project) -> None:
    assert only("ban_terms", where, fund(ban_terms=(term,))).value == term
    assert eligible(checked(where, fund(must_terms=("无关", term))))


def test_all_failures_of_a_pair_are_told_not_only_the_first() -> None:
    left = project(stage=Stage.LATER, region="沈阳", funding_sought=9e9)
    right: Fund = fund(stages=(Stage.SEED,), regions=("通辽",), ticket_max=1e6, remaining=0.0)

    failed = [verdict.rule for verdict in checked(left, right) if verdict.state is FAIL]

    assert failed == ["stage", "ticket", "money_left", "region"]


def test_what_nobody_knows_excludes_no_pair() -> None:
    left = achievement(institution="", trl=None)
    right: Incubator = incubator(capacity=None, trl_min=4)

    verdicts = checked(left, right)

    assert {verdict.state for verdict in verdicts} == {UNKNOWN}
    assert eligible(verdicts)


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (None, "—"),
        (0, "0"),
        (9999, "9999"),
        (10_000, "1万"),
        (500_000, "50万"),
        (1.2e8, "1.2亿"),
        (-2e4, "-2万"),
        (12_345_678, "1235万"),
        (123_456, "12.35万"),
        (math.inf, "inf亿"),
    ],
)
def test_amounts_are_written_as_people_write_them(amount: float | None, written: str) -> None:
    assert yuan(amount) == written
