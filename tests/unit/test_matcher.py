"""The whole ranking on pasts in which the truth is known because the test made it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from matcher.domain.controls import Question
from matcher.domain.matches import Answer, Match
from matcher.domain.records import (
    Achievement,
    FundKind,
    Incubator,
    Left,
    Outcome,
    PairKind,
    Result,
    Visibility,
    name_of,
)
from matcher.domain.visibility import Viewer
from matcher.encoder.model import Role
from matcher.ranking.calibration import ASSUMED
from matcher.ranking.corpus import Side
from matcher.ranking.matcher import Matcher
from matcher.ranking.ranker import DEFAULT_MIX, Direction, Ranker
from matcher.ranking.screening import POOL
from tests.builders import (
    TODAY,
    achievement,
    fund,
    incubator,
    matcher,
    outcome,
    project,
    side,
)

TOPICS = {
    "corn": ["玉米", "淀粉", "发酵", "赖氨酸", "秸秆", "青贮"],
    "wind": ["风电", "叶片", "储能", "光伏", "逆变器", "电池"],
    "drug": ["蒙药", "制剂", "药材", "方剂", "针灸", "诊疗"],
}
CARRIERS = {topic: f"I-{topic}" for topic in TOPICS}


def result(id: str, topic: str, **changes: object) -> Achievement:
    """A result that speaks of four things of its topic, which ones depends on its id."""
    random = np.random.default_rng(list(id.encode()))
    words = "".join(random.choice(TOPICS[topic], 4, replace=False))
    return achievement(id, **({"title": f"{words}技术", "summary": "", "industry": ()} | changes))


def carriers(**changes: dict[str, object]) -> list[Incubator]:
    """One carrier a topic, none of which says what it is for."""
    return [
        incubator(id, **({"name": f"{id[-1]}号载体", "focus": "", "industries": ()} | changes.get(topic, {})))
        for topic, id in CARRIERS.items()
    ]


def checkerboard() -> tuple[list[Achievement], list[Outcome]]:
    """Eight past results of each topic, all taken by the topic's carrier and refused by the next one."""
    results, outcomes = [], []
    for topic in TOPICS:
        for number in range(8):
            results.append(result(f"{topic}{number}", topic))
            day = TODAY - timedelta(days=30 + number)
            outcomes.append(outcome(results[-1].id, CARRIERS[topic], decided_on=day))
            other = next(name for name in CARRIERS.values() if name != CARRIERS[topic])
            outcomes.append(outcome(results[-1].id, other, result=Result.REJECTED, decided_on=day))
    return results, outcomes


NEW = [result(f"{topic}-new{number}", topic) for topic in TOPICS for number in range(2)]


def ready(
    new: Sequence[Achievement] = NEW, rights: Sequence[Incubator] | None = None, more: Sequence[Outcome] = ()
) -> Matcher:
    past, outcomes = checkerboard()
    return matcher([*past, *new], carriers() if rights is None else rights, [*outcomes, *more])


def query(asked: Matcher, id: str) -> Side[Left]:
    left = asked.known.left
    return left.take([left.rows[id]])


def match(asked: Matcher, id: str, k: int = 10, viewer: Viewer = Viewer.PUBLIC) -> Answer:
    return asked.match(query(asked, id), k, viewer)


def ids(answer: Answer) -> list[str]:
    return [found.id for found in answer.matches]


@pytest.mark.parametrize("topic", TOPICS)
def test_a_new_result_is_recommended_to_the_carrier_that_took_its_like(topic: str) -> None:
    answer = match(ready(), f"{topic}-new0")

    assert ids(answer)[0] == CARRIERS[topic]
    assert sorted(ids(answer)) == sorted(CARRIERS.values())
    assert answer.ranked == 3


@pytest.mark.parametrize("topic", TOPICS)
def test_a_carrier_is_shown_the_new_results_of_its_topic_first(topic: str) -> None:
    answer = ready().screen(CARRIERS[topic], 2, Viewer.PUBLIC)

    assert sorted(ids(answer)) == [f"{topic}-new0", f"{topic}-new1"]
    assert answer.excluded == {}, "what was decided with this carrier is not even asked about"


def test_a_text_that_is_no_record_finds_its_carrier_too() -> None:
    text = side(achievement("", title="", summary="一种蒙药制剂", industry=()), role=Role.QUERY)

    assert ids(ready().match(text, 1, Viewer.PUBLIC)) == [CARRIERS["drug"]]


def test_who_may_not_have_it_is_left_out_and_counted() -> None:
    asked = ready(rights=carriers(corn={"capacity": 3, "occupied": 3}, wind={"trl_min": 8}))

    answer = match(asked, "corn-new0")

    assert ids(answer) == [CARRIERS["drug"]]
    assert answer.excluded == {"capacity": 1, "trl_window": 1}
    assert answer.ranked == 3


def test_the_first_who_may_not_have_it_are_named_with_what_keeps_them_out() -> None:
    asked = ready(rights=carriers(corn={"capacity": 3, "occupied": 3}, wind={"trl_min": 8}))

    passed = match(asked, "corn-new0").passed

    assert {one.id: [verdict.rule for verdict in one.verdicts] for one in passed} == {
        "I-corn": ["capacity"],
        CARRIERS["wind"]: ["trl_window"],
    }
    assert match(ready(), "corn-new0").passed == ()


def test_of_many_who_may_not_have_it_the_best_three_are_named() -> None:
    full = [incubator(f"I{n}", focus="玉米淀粉。" * (5 - n), capacity=1, occupied=1) for n in range(5)]
    asked = ready(rights=[*carriers(), *full])

    answer = match(asked, "corn-new0")

    order = {one: asked.why(query(asked, "corn-new0"), one, Viewer.PUBLIC).score for one in (i.id for i in full)}
    assert answer.excluded == {"capacity": 5}
    assert [one.id for one in answer.passed] == sorted(order, key=lambda one: (-order[one], one))[:3]


@pytest.mark.parametrize("chosen", [[], [0], [2, 0], [1, 2]])
def test_what_is_chosen_of_a_list_is_told_as_in_the_whole_of_it(chosen: list[int]) -> None:
    asked = ready(rights=[*carriers(), incubator("I-full", capacity=1, occupied=1)])
    listing = asked.match_listing(query(asked, "wind-new0"), 10, Viewer.PUBLIC)
    whole = match(asked, "wind-new0")

    assert [record.id for record in listing.records] == ids(whole)
    assert listing.answer(chosen) == replace(whole, matches=tuple(whole.matches[place] for place in chosen))


def test_a_full_carrier_is_never_shown_new_results() -> None:
    answer = ready(rights=carriers(corn={"capacity": 3, "occupied": 3})).screen("I-corn", 5, Viewer.PUBLIC)

    assert ids(answer) == []
    assert answer.excluded["capacity"] == answer.ranked
    assert [[verdict.rule for verdict in one.verdicts] for one in answer.passed] == [["capacity"]] * 3


def test_a_pair_in_talks_is_not_recommended_again() -> None:
    asked = ready(more=[outcome("corn-new0", "I-corn", result=Result.IN_TALKS, decided_on=TODAY - timedelta(days=1))])

    assert "I-corn" not in ids(match(asked, "corn-new0"))
    assert match(asked, "corn-new0").excluded == {"already_decided": 1}
    assert ids(match(asked, "corn-new1"))[0] == "I-corn"


def test_only_as_many_as_asked_for_are_given_best_first() -> None:
    everything = ids(match(ready(), "wind-new0", k=10))

    assert ids(match(ready(), "wind-new0", k=2)) == everything[:2]
    assert match(ready(), "wind-new0", k=0).matches == ()
    scores = [found.score for found in match(ready(), "wind-new0").matches]
    assert scores == sorted(scores, reverse=True)


def test_equals_stand_in_the_order_of_their_ids() -> None:
    same = {"name": "玉米孵化器", "focus": "玉米淀粉。", "industries": ()}
    rights = [incubator("I-z", **same), incubator("I-a", **same), incubator("I-m", **same)]
    other = incubator("I-b", name="风电园区", focus="风电叶片。", industries=())

    answer = match(matcher([result("q", "corn")], [*rights, other]), "q")

    assert [name for name in ids(answer) if name != "I-b"] == ["I-a", "I-m", "I-z"]
    assert len({found.score for found in answer.matches if found.id != "I-b"}) == 1


def test_equals_stand_in_the_order_of_their_ids_in_screening_too() -> None:
    same = [replace(result("corn", "corn"), id=name) for name in ("c", "a", "b")]
    answer = matcher([*same, result("drug", "drug")], carriers(corn={"focus": "玉米淀粉"})).screen(
        "I-corn", 3, Viewer.PUBLIC
    )

    assert ids(answer) == ["a", "b", "c"]


def test_the_same_question_has_the_same_answer_to_the_last_bit() -> None:
    assert match(ready(), "corn-new0") == match(ready(), "corn-new0")
    assert ready().screen("I-wind", 5, Viewer.PUBLIC) == ready().screen("I-wind", 5, Viewer.PUBLIC)


def test_the_order_in_which_records_and_outcomes_are_given_does_not_matter() -> None:
    past, outcomes = checkerboard()
    forward = matcher([*past, *NEW], carriers(), outcomes)
    backward = matcher([*NEW[::-1], *past[::-1]], carriers()[::-1], outcomes[::-1])

    assert match(forward, "drug-new0") == match(backward, "drug-new0")


def all_matches() -> list[Match]:
    asked = ready()
    return [
        *(found for new in NEW for found in match(asked, new.id).matches),
        *(found for name in CARRIERS.values() for found in asked.screen(name, 10, Viewer.PUBLIC).matches),
    ]


def test_the_components_sum_to_the_score() -> None:
    for found in all_matches():
        assert sum(part.contribution for part in found.components) == pytest.approx(found.score, abs=1e-4)
        assert all(part.contribution == 0 for part in found.components if part.value is None)


def test_the_probability_is_the_calibrated_score() -> None:
    for found in all_matches():
        assert found.probability == pytest.approx(float(ASSUMED.probability(np.array(found.score))))


def test_each_match_is_named_by_a_retriever_and_explained() -> None:
    for found in all_matches():
        assert found.retrievers
        assert found.eligible
        assert found.name
        assert found.reasons
        for reason in found.reasons:
            assert reason.said.zh
            assert reason.said.en


@pytest.mark.parametrize("right", CARRIERS.values())
def test_why_tells_the_numbers_that_match_shows(right: str) -> None:
    asked = ready()
    shown = {found.id: found for found in match(asked, "corn-new0").matches}

    assert asked.why(query(asked, "corn-new0"), right, Viewer.PUBLIC) == shown[right]


def test_why_explains_a_pair_that_is_not_eligible_with_what_failed() -> None:
    asked = ready(rights=carriers(corn={"capacity": 3, "occupied": 4}))

    found = asked.why(query(asked, "corn-new0"), "I-corn", Viewer.PUBLIC)

    assert not found.eligible
    assert [verdict.rule for verdict in found.verdicts if verdict.state == "fail"] == ["capacity"]
    assert found.components


def test_a_match_says_what_nobody_told() -> None:
    found = match(ready(new=[result("q", "corn", trl=None)], rights=carriers(corn={"trl_min": 3})), "q").matches[0]

    assert found.id == "I-corn"
    assert [said.en for said in found.missing] == ["readiness unknown (the carrier wants TRL 3–9)"]


def test_a_recommendation_names_similar_cases_but_never_the_result_itself() -> None:
    asked = ready()
    (found,) = match(asked, "corn-new0", k=1).matches
    itself = asked.why(query(asked, "corn0"), "I-corn", Viewer.PUBLIC)

    told = {reason.evidence: reason.said.zh for reason in found.reasons}
    assert any(record.title in told["past_dense_top"] for record in checkerboard()[0] if record.id.startswith("corn"))
    case = next(reason.said.zh for reason in itself.reasons if reason.evidence == "past_dense_top")
    assert f"《{name_of(query(asked, 'corn0').records[0])}》" not in case


def test_a_case_is_told_with_the_last_day_it_came_about() -> None:
    again = [outcome("corn0", "I-corn", decided_on=TODAY - timedelta(days=days)) for days in (3, 400)]
    asked = ready(new=[replace(result("corn0", "corn"), id="q")], more=again)

    (found,) = match(asked, "q", k=1).matches

    case = next(reason.said.zh for reason in found.reasons if reason.evidence == "past_dense_top")
    assert f"《{name_of(query(asked, 'corn0').records[0])}》（{TODAY - timedelta(days=3)}）" in case


HIDDEN = [
    (Viewer.PUBLIC, Visibility.BROKERS, False),
    (Viewer.PUBLIC, Visibility.RESTRICTED, False),
    (Viewer.BROKERS, Visibility.BROKERS, True),
    (Viewer.BROKERS, Visibility.RESTRICTED, False),
    (Viewer.ENTITLED, Visibility.RESTRICTED, True),
]


@pytest.mark.parametrize(("viewer", "visibility", "seen"), HIDDEN)
def test_a_hidden_result_is_shown_to_nobody_below(viewer: Viewer, visibility: Visibility, seen: bool) -> None:
    secret = result("secret", "corn", visibility=visibility, title="玉米淀粉发酵赖氨酸机密")

    answer = ready(new=[*NEW, secret]).screen("I-corn", 50, viewer)

    assert ("secret" in ids(answer)) is seen
    assert ("机密" in repr(answer)) is seen


@pytest.mark.parametrize(("viewer", "visibility", "seen"), HIDDEN)
def test_a_hidden_case_is_told_to_nobody_below(viewer: Viewer, visibility: Visibility, seen: bool) -> None:
    """The hidden result is word for word the one asked about, so it would be the first case."""
    words = "玉米淀粉青贮秸秆"
    secret = result("secret", "corn", visibility=visibility, title=words, summary="机密配方")
    asked = ready(
        new=[result("q", "corn", title=words, summary="机要"), secret],
        more=[outcome("secret", "I-corn", decided_on=TODAY - timedelta(days=9))],
    )

    for found in (match(asked, "q", viewer=viewer), asked.why(query(asked, "q"), "I-corn", viewer)):
        assert (f"《{words}》" in repr(found)) is seen
        assert "机密配方" not in repr(found)


@pytest.mark.parametrize("visibility", [Visibility.BROKERS, Visibility.RESTRICTED])
def test_hidden_results_leave_no_trace_in_the_counts_and_the_order_of_screening(visibility: Visibility) -> None:
    secret = result("secret", "corn", visibility=visibility, institution="")

    one = ready(new=[*NEW, secret]).screen("I-corn", 50, Viewer.PUBLIC)
    other = ready().screen("I-corn", 50, Viewer.PUBLIC)

    assert ids(one) == ids(other)
    assert (one.ranked, one.excluded) == (other.ranked, other.excluded)


@pytest.mark.parametrize(("viewer", "visibility", "seen"), HIDDEN)
def test_a_hidden_result_that_a_rule_keeps_out_is_named_to_nobody_below(
    viewer: Viewer, visibility: Visibility, seen: bool
) -> None:
    secret = result("secret", "corn", visibility=visibility, title="玉米淀粉发酵赖氨酸")
    full = carriers(corn={"focus": "玉米淀粉发酵赖氨酸", "capacity": 3, "occupied": 3})

    answer = ready(new=[secret, *NEW], rights=full).screen("I-corn", 50, viewer)

    assert ("secret" in [one.id for one in answer.passed]) is seen


def test_a_priority_tier_stands_above_the_score_and_is_told_with_its_clause() -> None:
    words = {"name": "风电叶片", "summary": "风电叶片回收", "industry": ("新能源",)}
    lefts = [
        project("best", **words),
        project("undertaken", name="肉牛", summary="肉牛育种", industry=("农业",), incubator_id="I1"),
        project("excellent", name="版画", summary="版画", industry=("文旅",), incubator_id="I1", excellent=True),
    ]
    city = fund("city", thesis="风电叶片", city_owned=True, kind=FundKind.ANGEL)
    other = fund("other", thesis="风电叶片", city_owned=False, kind=FundKind.ANGEL)
    asked = matcher(lefts, [city, other])

    tiered, plain = asked.screen("city", 5, Viewer.PUBLIC), asked.screen("other", 5, Viewer.PUBLIC)

    assert ids(tiered) == ["excellent", "undertaken", "best"]
    assert [found.tier for found in tiered.matches] == [1, 2, 3]
    assert tiered.matches[2].score == max(found.score for found in tiered.matches)
    assert "通创办发〔2023〕2号 三(三)" in tiered.matches[0].reasons[0].said.zh
    assert ids(plain)[0] == "best"
    assert {found.tier for found in plain.matches} == {0}
    assert {found.id: found.score for found in plain.matches} == {found.id: found.score for found in tiered.matches}


def test_among_many_results_the_right_ones_are_found() -> None:
    """More than the pool of one view; the two of the topic are found whatever their place."""
    crowd = [
        achievement(f"crowd{n:03d}", title=f"{n}号无关事物", summary="", industry=(), region="")
        for n in range(3 * POOL)
    ]

    answer = ready(new=[*crowd, *NEW]).screen("I-wind", 2, Viewer.PUBLIC)

    assert sorted(ids(answer)) == ["wind-new0", "wind-new1"]


def test_nothing_known_gives_nothing() -> None:
    nobody = matcher([achievement("q")], [])
    nothing = matcher([], carriers())
    secret = matcher([achievement("q", visibility=Visibility.RESTRICTED)], carriers())

    assert match(nobody, "q") == Answer((), 0, {})
    assert nothing.screen("I-corn", 5, Viewer.PUBLIC) == Answer((), 0, {})
    assert secret.screen("I-corn", 5, Viewer.PUBLIC) == Answer((), 0, {})
    assert matcher([], []).match(side(achievement("q")), 5, Viewer.PUBLIC) == Answer((), 0, {})


def test_a_text_is_matched_where_nothing_was_ever_recommended() -> None:
    asked = matcher([], carriers(corn={"focus": "玉米淀粉发酵"}, drug={"focus": "蒙药制剂"}))

    text = side(achievement("", title="", summary="蒙药制剂", industry=()))

    assert ids(asked.match(text, 1, Viewer.PUBLIC)) == ["I-drug"]


def test_one_direction_can_be_weighed_otherwise_than_the_other() -> None:
    past, outcomes = checkerboard()
    rankers = {
        Direction.RECOMMEND: Ranker("mix", DEFAULT_MIX[PairKind.ACHIEVEMENT_INCUBATOR]),
        Direction.SCREEN: Ranker("words only", {"bm25_profile": 2.0}),
    }
    asked = matcher([*past, *NEW], carriers(), outcomes, rankers=rankers)

    assert {part.name for part in match(asked, "corn-new0").matches[0].components} == set(
        DEFAULT_MIX[PairKind.ACHIEVEMENT_INCUBATOR]
    )
    assert [part.name for part in asked.screen("I-corn", 1, Viewer.PUBLIC).matches[0].components] == ["bm25_profile"]


def test_every_pair_has_a_probability() -> None:
    asked = ready()

    found = asked.scorer.probabilities(asked.known.left)

    assert found.shape == (len(asked.known.left), 3)
    assert ((found > 0) & (found < 1)).all()
    place = asked.known.left.rows["corn-new0"], asked.known.right.rows["I-corn"]
    assert found[place] == pytest.approx(match(asked, "corn-new0", k=1).matches[0].probability, abs=1e-5)


def test_a_list_is_never_short_while_somebody_is_eligible() -> None:
    """More carriers than a retriever may name are full; the one with room is found behind them."""
    full = [incubator(f"F{n:03d}", focus="玉米淀粉发酵", capacity=1, occupied=1) for n in range(130)]
    room = incubator("Z", name="另一载体", focus="版画与研学旅行", industries=(), capacity=9, occupied=1)
    asked = matcher([], [*full, room])

    assert ids(asked.match(side(achievement("q")), 3, Viewer.PUBLIC)) == ["Z"]


def test_what_was_decided_does_not_crowd_out_what_is_new() -> None:
    past = [achievement(f"A{n:03d}", title="玉米淀粉发酵") for n in range(POOL + 50)]
    new = [achievement(f"N{n}", title="草原文旅研学", summary="", industry=()) for n in range(5)]
    facts = [outcome(record.id, "I1") for record in past]

    assert len(matcher([*past, *new], [incubator("I1")], facts).screen("I1", 5, Viewer.PUBLIC).matches) == 5


def test_a_full_carrier_is_told_so_without_weighing_everybody() -> None:
    many = [achievement(f"A{n:04}", title="玉米淀粉发酵") for n in range(6 * POOL)]
    ready = matcher(many, [incubator("I1", capacity=5, occupied=5)])
    answer = ready.screen("I1", 10, Viewer.PUBLIC)
    assert (answer.matches, answer.ranked, answer.excluded) == ((), 6 * POOL, {"capacity": 6 * POOL})


def test_what_was_judged_moves_nobody_else_on_a_board() -> None:
    ready = matcher([achievement(f"A{n}", title=f"玉米{n}") for n in range(6)], [incubator("I1")])
    first, *others = ready.screen("I1", 6, Viewer.PUBLIC).matches
    assert ready.screen("I1", 6, Viewer.PUBLIC, Question(without=frozenset({first.id}))).matches == tuple(others)
