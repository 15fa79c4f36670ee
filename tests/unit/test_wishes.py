"""Standing wishes and the terms of a question: what they keep out, what they bring in, and what they say of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.controls import PLAIN, Aim, Control, Question, Wish
from matcher.domain.matches import Answer
from matcher.domain.names import Organisations
from matcher.domain.records import RECORD_KINDS, Kind, PairKind, Record, Visibility
from matcher.domain.visibility import Viewer
from matcher.policy.wish_fit import wished
from matcher.policy.wishes import Wishes, aims_at
from matcher.ranking.candidates import EACH
from tests.builders import TODAY, achievement, fund, incubator, matcher, outcome, project, side

A, I = achievement(), incubator()  # noqa: E741  # the letters of their ids


def wish(asker: Record = I, **changes: object) -> Control:
    """A wish of the carrier to see no more of the result."""
    usual = Control(
        wish=Wish.EXCLUDE,
        asker_kind=asker.table,
        asker=asker.id,
        aim=Aim.RECORD,
        target="A1" if asker.table is Kind.INCUBATORS else "I1",
        made_on=date(2026, 3, 1),
        id=7,
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def ids(answer: Answer) -> list[str]:
    return [found.id for found in answer.matches]


@pytest.mark.parametrize(
    ("aim", "target", "record", "named"),
    [
        (Aim.RECORD, "A1", A, True),
        (Aim.RECORD, "A", A, False),
        (Aim.INSTITUTION, "内蒙古民族大学", A, True),
        (Aim.INSTITUTION, "内蒙古民族大学（本部）", A, False),
        (Aim.INSTITUTION, "内蒙古大学", A, False),
        (Aim.INSTITUTION, "", achievement(institution=""), False),
        (Aim.INSTITUTION, "I9", project(incubator_id="I9"), True),
        (Aim.INSTITUTION, "通辽新能源基金", fund(), True),
        (Aim.INSTITUTION, "I9", fund(managed_by_incubator_id="I9"), True),
        (Aim.INSTITUTION, "通辽玉米生物产业孵化器", I, True),
        (Aim.TERM, "淀粉", A, True),
        (Aim.TERM, "AI", achievement(summary="maize"), False),
        (Aim.TERM, "ＡＩ", achievement(summary="用ai识别病害"), True),
        (Aim.TERM, "蒙药", A, False),
    ],
)
def test_a_wish_names_a_record_an_institution_or_a_term(aim: Aim, target: str, record: Record, *, named: bool) -> None:
    assert aims_at(wish(aim=aim, target=target), record) is named


def test_an_institution_is_named_by_each_spelling_that_was_decided_to_be_it() -> None:
    decided = Organisations(same=[("民大", "内蒙古民族大学")])
    assert aims_at(wish(aim=Aim.INSTITUTION, target="民大"), A, decided)
    assert Wishes(PLAIN, decided).institution(achievement(institution="民大")) == Wishes(PLAIN, decided).institution(A)
    assert Wishes(PLAIN).institution(achievement(institution="民大")) != Wishes(PLAIN).institution(A)


@pytest.mark.parametrize("asker", [I, A], ids=["carrier", "result"])
@pytest.mark.parametrize("direction", ["match", "screen"])
def test_an_exclusion_binds_the_pair_whoever_states_it_and_whoever_asks(asker: Record, direction: str) -> None:
    ready, question = matcher([A, achievement("A2")], [I, incubator("I2")]), Question(controls=(wish(asker),))
    if direction == "match":
        answer = ready.match(ready.known.left.take([0]), 10, Viewer.PUBLIC, question)
        assert ids(answer) == ["I2"]
    else:
        answer = ready.screen("I1", 10, Viewer.PUBLIC, question)
        assert ids(answer) == ["A2"]
    assert answer.excluded == {"excluded": 1}


def test_a_wish_of_another_asker_or_of_another_table_changes_nothing() -> None:
    ready = matcher([A], [I])
    others = (wish(incubator("I9")), wish(asker_kind=Kind.FUNDS), wish(target="A9"))
    plain = ready.screen("I1", 10, Viewer.PUBLIC)
    assert ready.screen("I1", 10, Viewer.PUBLIC, Question(controls=others)) == plain
    assert ids(plain) == ["A1"]


def test_why_names_the_wish_its_reason_and_how_to_undo_it() -> None:
    ready = matcher([A], [I])
    told = wish(A, wish=Wish.DISMISS, reason="已面谈", until=date(2026, 12, 31))
    found = ready.why(ready.known.left, "I1", Viewer.PUBLIC, Question(controls=(told,)))
    [verdict] = [one for one in found.verdicts if one.rule == "dismissed"]
    assert not found.eligible
    assert "已面谈" in verdict.said.zh
    assert "2026-12-31" in verdict.said.en
    assert verdict.change is not None
    assert "matcher control undo 7" in verdict.change.zh


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (wish(I), "甲孵化器 排除了记录 玉米淀粉"),
        (wish(I, aim=Aim.INSTITUTION, target="某大学"), "甲孵化器 排除了单位 某大学"),
        (wish(I, aim=Aim.TERM, target="淀粉"), "甲孵化器 排除了词 淀粉"),
    ],
)
def test_a_wish_is_told_by_the_names_of_records_not_by_their_ids(told: Control, said: str) -> None:
    left, right = achievement(title="玉米淀粉", institution="某大学"), replace(I, name="甲孵化器")
    found = matcher([left], [right]).why(side(left), "I1", Viewer.PUBLIC, Question(controls=(told,)))
    [verdict] = [one for one in found.verdicts if one.rule == "excluded"]
    assert verdict.said.zh.startswith(said)


def test_a_carrier_that_a_fund_excludes_is_told_by_its_name() -> None:
    told = wish(fund("F1"), asker_kind=Kind.FUNDS, aim=Aim.INSTITUTION, target="I1")
    assert wished(told, project(incubator_id="I1"), {"I1": "甲孵化器"}) == "甲孵化器"
    assert wished(told, project(incubator_id="I1"), {}) == "I1"


@pytest.mark.parametrize(("days", "holds"), [(-1, False), (0, True), (1, True), (None, True)])
def test_a_wish_holds_until_the_end_of_its_last_day(days: int | None, *, holds: bool) -> None:
    until = None if days is None else TODAY + timedelta(days=days)
    assert wish(until=until).holds_on(TODAY) is holds


def test_the_target_is_always_of_the_other_side() -> None:
    for kind in RECORD_KINDS:
        assert PairKind.of(wish(asker_kind=kind).target_kind) is PairKind.of(kind)
        assert wish(asker_kind=kind).target_kind is not kind


TEXTS = [
    achievement("A1"),
    achievement("A2", summary="蒙药制剂"),
    achievement("A3", title="只有题名", summary="", industry=()),
]


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        (PLAIN, {"A1", "A2", "A3"}),
        (Question(must=("蒙药",)), {"A2", "A3"}),
        (Question(must=("玉米", "收率")), {"A1", "A3"}),
        (Question(ban=("蒙药",)), {"A1", "A3"}),
        (Question(must=("玉米",), ban=("蒙药",)), {"A1", "A3"}),
        (Question(ban=("玉米", "题名")), set()),
    ],
)
def test_a_question_may_ask_for_terms_and_what_says_nothing_is_asked_not_excluded(
    question: Question, shown: set[str]
) -> None:
    answer = matcher(TEXTS, [I]).screen("I1", 10, Viewer.PUBLIC, question)
    assert set(ids(answer)) == shown
    if question.must and "A3" in shown:
        [silent] = [found for found in answer.matches if found.id == "A3"]
        assert any("必含词" in said.zh for said in silent.missing)


def test_terms_look_at_what_is_shown_not_at_who_asks() -> None:
    ready = matcher([A], [incubator("I1", focus="蒙药"), incubator("I2", focus="风电")])
    answer = ready.match(ready.known.left, 10, Viewer.PUBLIC, Question(must=("蒙药",)))
    assert ids(answer) == ["I1"]
    assert answer.excluded == {"asked_must": 1}


def crowd() -> list[Record]:
    """Far more results about corn than all retrievers name, and one about something else."""
    corn = [achievement(f"C{number:04}", title=f"玉米淀粉{number}") for number in range(12 * EACH)]
    return [*corn, achievement("Z", title="叶片", summary="叶片", industry=("新能源",), region="赤峰市", trl=None)]


def test_what_is_watched_becomes_a_candidate_and_is_marked_but_scored_as_ever() -> None:
    ready = matcher(crowd(), [I])  # type: ignore[arg-type]
    watched = Question(controls=(wish(wish=Wish.WATCH, aim=Aim.TERM, target="叶片"),))
    [plain] = [one for one in ready.screen("I1", 2000, Viewer.PUBLIC).matches if one.id == "Z"]
    assert plain.retrievers == (), "no retriever names it by itself"
    found = {one.id: one for one in ready.screen("I1", 2000, Viewer.PUBLIC, watched).matches}
    assert (found["Z"].retrievers, found["Z"].score) == (("watch_list",), plain.score)
    assert [reason.evidence for reason in found["Z"].reasons][-1] == "watch_list"
    assert not any("watch_list" in one.retrievers for id, one in found.items() if id != "Z")
    why = ready.why(ready.known.left.take([ready.known.left.rows["Z"]]), "I1", Viewer.PUBLIC, watched)
    assert "watch_list" not in why.retrievers, "a watch-list serves its asker's own questions"


def test_a_watched_carrier_is_a_candidate_of_the_result_that_watches() -> None:
    ready = matcher([A], [I, incubator("I2")])
    watched = Question(controls=(wish(A, wish=Wish.WATCH, target="I2"),))
    plain, found = (ready.match(ready.known.left, 2, Viewer.PUBLIC, question) for question in (PLAIN, watched))
    assert [(one.id, one.score) for one in found.matches] == [(one.id, one.score) for one in plain.matches]
    assert {one.id for one in found.matches if "watch_list" in one.retrievers} == {"I2"}
    assert "watch_list" in ready.why(ready.known.left, "I2", Viewer.PUBLIC, watched).retrievers


def test_a_watched_record_that_is_not_eligible_stays_out() -> None:
    ready = matcher([A], [I], [outcome()])
    assert ids(ready.match(ready.known.left, 2, Viewer.PUBLIC, Question(controls=(wish(A, wish=Wish.WATCH),)))) == []


@pytest.mark.parametrize("visibility", [Visibility.BROKERS, Visibility.RESTRICTED])
def test_watching_does_not_reveal_what_the_viewer_may_not_see(visibility: Visibility) -> None:
    ready = matcher([achievement(visibility=visibility)], [I])
    assert ids(ready.screen("I1", 5, Viewer.PUBLIC, Question(controls=(wish(wish=Wish.WATCH),)))) == []


@given(
    excluded=st.sets(st.integers(0, 11)),
    watched=st.sets(st.integers(0, 11)),
    k=st.integers(1, 12),
)
def test_what_is_excluded_is_never_shown_not_even_when_watched(excluded: set[int], watched: set[int], k: int) -> None:
    told = [(Wish.EXCLUDE, one) for one in excluded] + [(Wish.WATCH, one) for one in watched]
    controls = tuple(wish(wish=kind, target=f"A{one:02}") for kind, one in told)
    found = ids(MANY.screen("I1", k, Viewer.PUBLIC, Question(controls=controls)))
    assert not {f"A{one:02}" for one in excluded} & set(found)
    assert len(found) == min(k, 12 - len(excluded))


MANY = matcher([achievement(f"A{number:02}", title=f"玉米淀粉{number}") for number in range(12)], [I])


def test_nothing_is_said_where_nothing_is_wished() -> None:
    told = {"excluded", "dismissed", "asked_must", "asked_ban"}
    for question in (PLAIN, Question(must=("玉米",))):
        [found] = matcher([A], [I]).screen("I1", 1, Viewer.PUBLIC, question).matches
        assert not told & {verdict.rule for verdict in found.verdicts}


def test_what_somebody_has_dealt_with_is_left_out_without_a_word() -> None:
    ready = matcher([A, achievement("A2")], [I, incubator("I2")])
    answer = ready.screen("I1", 10, Viewer.PUBLIC, Question(without=frozenset({"A1"})))
    assert (ids(answer), answer.excluded) == (["A2"], {})
    answer = ready.match(ready.known.left.take([0]), 10, Viewer.PUBLIC, Question(without=frozenset({"I2"})))
    assert (ids(answer), answer.excluded) == (["I1"], {})
