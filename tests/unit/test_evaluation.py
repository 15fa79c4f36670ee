"""A carrier's class, score, grade and place: exact where all is known, a range where something is not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.records import CarrierKind, FocusType, Incubator, Level, OperatorType
from matcher.domain.registers import Grade
from matcher.policy.evaluation import Score, cards, classify, located, places, score
from matcher.policy.facts import Fact, Facts, stated
from matcher.policy.scales import Span
from matcher.policy.scorecards import ClassRule, Scorecard
from matcher.policy.vocabulary import Measure
from matcher.wording import Said
from tests.builders import gazetteer, incubator, rulebook

BOOK = rulebook()
HERE = Said("测试", "test")
DAY = date(2025, 12, 31)
CARDS = [one for one in BOOK.rulesets.values() if isinstance(one, Scorecard) and not one.official]


def class_of(carrier: Incubator, day: date = DAY) -> tuple[str, list[str]]:
    facts = stated(carrier, BOOK).with_(located(carrier, gazetteer()))
    found = classify(facts, BOOK, day)
    missing = found.verdict.missing if found.verdict else ()
    return found.rule.id.removeprefix("EV-CLASS.") if found.rule else "", [name.zh for name in missing]


def carrier(kind: CarrierKind | None, region: str = "通辽市科尔沁区", **changes: Any) -> Incubator:
    return incubator(kind=kind, region=region, **changes)


def known(card: Scorecard, **changes: float | bool | None) -> Facts:
    """Facts that earn all points, except for those named; None takes one away."""
    full = {rule.metric: _full(rule.metric, card) for rule in card.rules}
    values = {name: value for name, value in (full | changes).items() if value is not None}
    return Facts(BOOK.metrics, {name: Fact(value, HERE) for name, value in values.items()})


def _full(metric: str, card: Scorecard) -> float | bool:
    leaf = next(rule.criterion for rule in card.rules if rule.metric == metric)
    value = getattr(leaf, "value")  # noqa: B009  # every indicator of ours compares one metric
    assert isinstance(value, float | bool)
    return value


def scored(card: Scorecard, facts: Facts) -> Score:
    return score(card, facts, BOOK, DAY)


@pytest.mark.parametrize(
    ("of", "name"),
    [
        (carrier(CarrierKind.INCUBATOR, focus_type=FocusType.COMPREHENSIVE), "comprehensive"),
        (carrier(CarrierKind.INCUBATOR, focus_type=FocusType.PROFESSIONAL), "professional"),
        (carrier(CarrierKind.MAKERSPACE, operator_type=OperatorType.SOCIAL), "social"),
        (carrier(CarrierKind.MAKERSPACE, operator_type=OperatorType.UNIVERSITY), "university"),
        (carrier(CarrierKind.MAKERSPACE, operator_type=OperatorType.ENTERPRISE), "enterprise"),
        (carrier(CarrierKind.AGRI_MAKERSPACE), "agri_makerspace"),
        (carrier(CarrierKind.ACCELERATOR), "accelerator"),
        (carrier(CarrierKind.PARK), "park"),
        (carrier(CarrierKind.PLATFORM), "platform"),
        (carrier(CarrierKind.INCUBATOR, "赤峰市", focus_type=FocusType.COMPREHENSIVE), "elsewhere"),
    ],
)
def test_a_carrier_is_in_the_class_that_the_text_names(of: Incubator, name: str) -> None:
    assert class_of(of) == (name, [])


def test_only_the_four_classes_of_the_text_have_a_set_and_the_others_say_why() -> None:
    with_set = {name for card in CARDS for name in card.of}

    assert with_set == {f"EV-CLASS.{one}" for one in ("comprehensive", "professional", "social", "university")}
    for rule in BOOK.of(ClassRule):
        assert (rule.id in with_set) != bool(rule.without)


@pytest.mark.parametrize(
    ("of", "missing"),
    [
        (carrier(CarrierKind.INCUBATOR), "综合或专业"),
        (carrier(CarrierKind.MAKERSPACE), "建设主体"),
        (carrier(None), "载体类型"),
        (carrier(CarrierKind.PARK, region=""), "载体所在地区"),
        (carrier(CarrierKind.PARK, region="内蒙古自治区"), "载体所在地区"),
    ],
)
def test_a_class_that_cannot_be_told_is_left_open_and_says_what_is_missing(of: Incubator, missing: str) -> None:
    name, lacking = class_of(of)

    assert name == ""
    assert missing in lacking


def test_before_the_notice_there_are_no_classes() -> None:
    of = carrier(CarrierKind.INCUBATOR, focus_type=FocusType.COMPREHENSIVE)

    assert class_of(of, date(2022, 12, 31)) == ("", [])
    assert class_of(of, date(2023, 12, 31)) == ("comprehensive", [])


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_everything_reached_is_100_and_the_bonus_comes_on_top_up_to_its_cap(card: Scorecard) -> None:
    bonus = next(rule.metric for rule in card.rules if rule.bonus)

    assert scored(card, known(card, **{bonus: 0.0})).span == Span(100, 100)
    assert scored(card, known(card, **{bonus: 3.0})).span == Span(103, 103)
    assert scored(card, known(card, **{bonus: 5.0})).span == Span(105, 105)
    assert scored(card, known(card, **{bonus: 6.0})).span == Span(105, 105)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card.id)
def test_nothing_known_is_the_whole_range_and_no_grade(card: Scorecard) -> None:
    found = scored(card, Facts(BOOK.metrics, {}))

    assert (found.span, found.coverage, found.grade, found.told) == (Span(0, 105), 0, None, False)
    assert len(found.missing) == len(card.rules)


def test_one_unknown_figure_makes_a_range_of_its_weight_names_itself_and_lowers_the_coverage() -> None:
    card = BOOK.rulesets["EV-MS-SOCIAL"]
    assert isinstance(card, Scorecard)
    found = scored(card, known(card, featured_services=0.0, mentoring_sessions=None))

    assert (found.span, found.coverage) == (Span(92, 100), 0.92)
    assert [name.zh for name in found.missing] == ["创业导师辅导次数"]
    assert found.grade
    assert found.grade.grade is Grade.EXCELLENT


@pytest.mark.parametrize(
    ("events", "grades"),
    [
        (None, [Grade.EXCELLENT, Grade.GOOD]),  # 80 to 95
        (16.0, [Grade.EXCELLENT]),  # 90
        (4.0, [Grade.GOOD]),  # 82.5
    ],
)
def test_a_grade_is_told_only_where_the_whole_range_lies_in_it(events: float | None, grades: list[Grade]) -> None:
    card = BOOK.rulesets["EV-MS-SOCIAL"]
    assert isinstance(card, Scorecard)
    found = scored(card, known(card, featured_services=0.0, events=events, residents=20.0))

    assert [rule.grade for rule in found.grades] == grades
    assert (found.grade is None) == (len(grades) > 1)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(CARDS), st.data())
def test_telling_a_fact_never_leaves_the_range_that_was_told_before(card: Scorecard, data: st.DataObject) -> None:
    """Unknown in, unknown out: what comes to be known only narrows the range."""
    names = sorted({rule.metric for rule in card.rules})
    values: dict[str, float | bool] = {}
    for name in names:
        flag = BOOK.metrics[name].measure is Measure.FLAG
        values[name] = data.draw(st.booleans() if flag else st.floats(0, 1e7, allow_nan=False))
    hidden = data.draw(st.sets(st.sampled_from(names)))
    least = data.draw(st.sets(st.sampled_from(names)))
    whole = scored(card, Facts(BOOK.metrics, {name: Fact(value, HERE) for name, value in values.items()}))
    told = {
        name: Fact(value, HERE, least=name in least and not isinstance(value, bool))
        for name, value in values.items()
        if name not in hidden
    }
    part = scored(card, Facts(BOOK.metrics, told))

    assert part.span.low <= whole.span.low == whole.span.high <= part.span.high
    assert not part.grade or part.grade == whole.grade
    assert whole.grades[0] in part.grades
    for mark in part.marks:
        basis = mark.verdict.basis
        assert basis.clause
        assert basis.source in BOOK.sources


def test_ranks_are_ranges_where_scores_overlap_and_the_median_is_one_too() -> None:
    found = places({"A": Span(90, 90), "B": Span(60, 80), "C": Span(70, 75), "D": Span(10, 20)})

    assert {name: (one.best, one.worst) for name, one in found.items()} == {
        "A": (1, 1), "B": (2, 3), "C": (2, 3), "D": (4, 4),
    }  # fmt: skip
    assert {(one.of, one.median) for one in found.values()} == {(4, Span(65, 77.5))}
    assert places({}) == {}


@given(st.dictionaries(st.text("abcdef", min_size=1), st.tuples(st.floats(0, 50), st.floats(0, 50)), min_size=1))
def test_the_true_rank_lies_between_the_best_and_the_worst(drawn: dict[str, tuple[float, float]]) -> None:
    spans = {name: Span(low, low + more) for name, (low, more) in drawn.items()}
    found = places(spans)
    for end in (0, 1):  # all at their lowest, all at their highest
        true = {name: (span.low, span.high)[end] for name, span in spans.items()}
        for name, place in found.items():
            better = sum(other > true[name] for other in true.values())
            assert place.best <= better + 1 <= place.worst


def test_an_official_table_counts_for_its_levels_only() -> None:
    rule = BOOK.rules["EV-CLASS.professional"]
    assert isinstance(rule, ClassRule)
    named = {
        level: [card.id for card in cards(rule, BOOK, DAY, official=True, level=level)]
        for level in (Level.NATIONAL, Level.REGION, Level.CITY, None)
    }

    assert named == {
        Level.NATIONAL: ["EV-OFFICIAL-NATIONAL"],
        Level.REGION: ["EV-OFFICIAL-REGION"],
        Level.CITY: [],
        None: [],
    }
