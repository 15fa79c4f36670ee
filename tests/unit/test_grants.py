"""Who is entitled to which one-off amount by which event; amounts and days are written by hand from the notice.

A grant rule without its cases fails `test_every_amount_has_its_cases`.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.matches import Confidence, State
from matcher.domain.records import CarrierKind, Incubator, Level
from matcher.domain.registers import Event, EventKind, Grade
from matcher.policy.grants import Carried, Entitlement, GrantRule, entitlement
from matcher.policy.loading import load_rulebook
from matcher.policy.rules import Rulebook
from matcher.resources import data_folder
from tests.builders import gazetteer, incubator, rulebook

PASS, FAIL, UNKNOWN = State.PASS, State.FAIL, State.UNKNOWN
BOOK = rulebook()
RULES = {rule.id: rule for rule in BOOK.of(GrantRule)}
NOTICE = date(2023, 3, 27)
"""The day of 通创办发〔2023〕2号."""
TODAY = date(2026, 10, 31)

NATIONAL, REGION, CITY = Level.NATIONAL, Level.REGION, Level.CITY
INCUBATOR, MAKERSPACE, AGRI = CarrierKind.INCUBATOR, CarrierKind.MAKERSPACE, CarrierKind.AGRI_MAKERSPACE


def approval(id: str = "E1", on: date | None = NOTICE, **changes: Any) -> Event:
    """A region-level incubator is recognised."""
    usual = Event(
        id=id, carrier_id="I1", event=EventKind.RECOGNISED, carrier_kind=INCUBATOR, level=REGION, decided_on=on
    )
    return replace(usual, **changes)


def evaluation(id: str = "E2", on: date | None = date(2025, 7, 8), **changes: Any) -> Event:
    """A region-level makerspace is judged excellent."""
    usual = Event(
        id=id,
        carrier_id="I1",
        event=EventKind.EVALUATED,
        carrier_kind=MAKERSPACE,
        level=REGION,
        grade=Grade.EXCELLENT,
        decided_on=on,
    )
    return replace(usual, **changes)


def revocation(id: str = "E9", on: date | None = date(2025, 1, 1), **changes: Any) -> Event:
    return approval(id, on, event=EventKind.REVOKED, **changes)


FILED = approval("E0", date(2023, 6, 1), event=EventKind.FILED, carrier_kind=MAKERSPACE)
"""A region-level makerspace is filed after the notice."""


def due(
    rule_id: str, *events: Event, day: date = TODAY, carrier: Incubator | None = None, book: Rulebook = BOOK
) -> Entitlement | None:
    """What the events say to a rule; the carrier lies in Tongliao."""
    rule = next(rule for rule in book.of(GrantRule) if rule.id == f"TL-GRANT.{rule_id}")
    return entitlement(book, rule, Carried(carrier or incubator(), events, gazetteer()), day)


def state(rule_id: str, *events: Event, **asked: Any) -> State | None:
    found = due(rule_id, *events, **asked)
    return found.verdict.state if found else None


def entitled(*events: Event, **asked: Any) -> set[str]:
    """The rules that give something for these events."""
    return {rule.partition(".")[2] for rule in RULES if state(rule.partition(".")[2], *events, **asked) is PASS}


@dataclass(frozen=True)
class Case:
    """An amount with an event just inside and events just outside; `before` happened first."""

    amount: int
    inside: Event
    outside: Sequence[Event]
    before: Sequence[Event] = ()


def agri(event: Event) -> Event:
    return replace(event, carrier_kind=AGRI)


DAY_BEFORE = NOTICE - timedelta(days=1)
CASES = {
    "incubator-national": Case(
        1_000_000,
        approval(level=NATIONAL),
        [
            approval(level=NATIONAL, on=DAY_BEFORE),
            approval(level=REGION),
            approval(level=NATIONAL, carrier_kind=MAKERSPACE),
        ],
    ),
    "incubator-region": Case(
        500_000,
        approval(),
        [approval(on=DAY_BEFORE), approval(level=CITY), approval(carrier_kind=CarrierKind.ACCELERATOR)],
    ),
    "makerspace-national": Case(
        300_000,
        approval(level=NATIONAL, carrier_kind=MAKERSPACE, event=EventKind.FILED),
        [
            approval(level=NATIONAL, carrier_kind=MAKERSPACE, event=EventKind.FILED, on=DAY_BEFORE),
            approval(level=REGION, carrier_kind=MAKERSPACE, event=EventKind.FILED),
            evaluation(level=NATIONAL),
        ],
    ),
    "agri-national": Case(
        300_000,
        approval(level=NATIONAL, carrier_kind=AGRI),
        [approval(level=NATIONAL, carrier_kind=AGRI, on=DAY_BEFORE), approval(level=REGION, carrier_kind=AGRI)],
    ),
    "makerspace-excellent": Case(
        200_000,
        evaluation(on=NOTICE),
        [
            evaluation(on=DAY_BEFORE, year=2022),
            evaluation(grade=Grade.GOOD),
            evaluation(level=CITY),
            evaluation(level=NATIONAL),
        ],
        [replace(FILED, decided_on=NOTICE)],
    ),
    "agri-excellent": Case(
        100_000,
        agri(evaluation(on=NOTICE)),
        [agri(evaluation(on=DAY_BEFORE)), agri(evaluation(grade=Grade.GOOD)), agri(evaluation(level=CITY))],
        [agri(replace(FILED, decided_on=NOTICE))],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_an_event_just_inside_entitles_to_the_amount_of_the_notice(name: str) -> None:
    case = CASES[name]
    found = due(name, *case.before, case.inside)

    assert found is not None
    assert (found.verdict.state, found.rule.amount, found.event) == (PASS, case.amount, case.inside)
    assert (found.verdict.basis.clause, found.verdict.basis.cites.zh) == ("三(一)", "通创办发〔2023〕2号")


@pytest.mark.parametrize(
    ("name", "number"), [(name, at) for name, case in CASES.items() for at in range(len(case.outside))]
)
def test_an_event_just_outside_does_not(name: str, number: int) -> None:
    case = CASES[name]

    assert state(name, *case.before, case.outside[number]) in (FAIL, None)


def test_every_amount_has_its_cases() -> None:
    """A grant rule added to `data/policy` without cases fails here."""
    assert {f"TL-GRANT.{name}" for name in CASES} == set(RULES)


def test_an_event_before_the_notice_gives_nothing_and_says_why() -> None:
    found = due("incubator-region", approval(on=DAY_BEFORE))

    assert found is not None
    assert found.verdict.state is FAIL
    assert found.verdict.said.zh == "2023-03-26 早于规则施行日 2023-03-27"
    assert "2023-03-26" in found.verdict.said.en


def test_that_the_nation_governs_the_last_name_too_is_marked_as_a_reading() -> None:
    rule = RULES["TL-GRANT.agri-national"]

    assert rule.confidence is Confidence.INFERRED
    assert rule.note is not None
    assert "读法" in rule.note.zh
    assert {one.confidence for one in RULES.values() if one is not rule} == {Confidence.SEEN_PRIMARY}


def test_filing_is_as_good_as_recognition_for_makerspaces_and_not_known_to_be_for_incubators() -> None:
    filed = approval(event=EventKind.FILED)
    found = due("incubator-region", filed)

    assert entitled(replace(filed, level=NATIONAL, carrier_kind=MAKERSPACE)) == {"makerspace-national"}
    assert found is not None
    assert found.verdict.state is UNKNOWN
    assert "备案是否等同" in found.verdict.said.zh


def test_national_after_region_pays_its_own() -> None:
    events = (approval("E1", date(2023, 6, 1)), approval("E2", date(2025, 6, 1), level=NATIONAL))

    assert entitled(*events) == {"incubator-region", "incubator-national"}


def test_a_second_recognition_of_the_same_level_is_not_new() -> None:
    old, new = approval("E1", date(2019, 1, 1)), approval("E2", date(2024, 1, 1))
    found = due("incubator-region", old, new)

    assert found is not None
    assert (found.verdict.state, found.event) == (FAIL, new)
    assert "此前已持有同级认定或备案 是" in found.verdict.said.zh


def test_of_two_recognitions_after_the_notice_the_first_entitles() -> None:
    events = (approval("E2", date(2025, 1, 1)), approval("E1", date(2024, 1, 1)))
    found = due("incubator-region", *events)

    assert found is not None
    assert (found.verdict.state, found.event.id) == (PASS, "E1")


def test_a_level_that_was_lost_and_won_again_after_the_notice_is_new() -> None:
    events = (approval("E1", date(2019, 1, 1)), revocation(on=date(2022, 1, 1)), approval("E2", date(2024, 1, 1)))

    assert entitled(*events) == {"incubator-region"}


@pytest.mark.parametrize(("day", "expected"), [(date(2024, 12, 31), PASS), (date(2025, 1, 1), FAIL)])
def test_what_is_revoked_entitles_no_more_from_that_day(day: date, expected: State) -> None:
    assert (
        state("incubator-region", approval(on=date(2024, 1, 1)), revocation(on=date(2025, 1, 1)), day=day) is expected
    )


def test_the_loss_of_another_level_takes_nothing_away() -> None:
    assert entitled(approval(), revocation(level=CITY)) == {"incubator-region"}


@pytest.mark.parametrize(
    ("region", "expected"),
    [
        ("内蒙古自治区/通辽市/开鲁县", PASS),
        ("通辽经济技术开发区", PASS),
        ("赤峰市", FAIL),
        ("吉林省/长春市", FAIL),
        ("内蒙古自治区", UNKNOWN),
        ("某某新区", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_only_a_carrier_of_the_city_is_entitled_and_a_place_not_known_is_unknown(region: str, expected: State) -> None:
    found = due("incubator-region", approval(), carrier=incubator(region=region))

    assert found is not None
    assert found.verdict.state is expected
    assert [name.zh for name in found.verdict.missing] == (["载体所在地区"] if expected is UNKNOWN else [])


def test_what_has_not_happened_by_the_day_is_not_known() -> None:
    assert state("incubator-region", approval(on=date(2024, 1, 2)), day=date(2024, 1, 1)) is None


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"decided_on": None}, "事件日期"),
        ({"level": None}, "事件所称级别"),
        ({"carrier_kind": None}, "事件所称载体类型"),
    ],
)
def test_an_event_that_lacks_a_fact_is_unknown_and_the_fact_is_named(changes: dict[str, Any], missing: str) -> None:
    found = due("incubator-region", approval(**changes))

    assert found is not None
    assert found.verdict.state is UNKNOWN
    assert missing in [name.zh for name in found.verdict.missing]


def test_a_grade_that_is_not_known_is_unknown() -> None:
    found = due("makerspace-excellent", FILED, evaluation(grade=None))

    assert found is not None
    assert found.verdict.state is UNKNOWN
    assert [name.zh for name in found.verdict.missing] == ["事件所载评价等级"]


def test_a_lacking_fact_decides_nothing_where_another_excludes_the_rule() -> None:
    assert state("incubator-region", approval(carrier_kind=None, level=CITY)) is None
    assert state("incubator-region", approval(level=None, on=DAY_BEFORE)) is None


@pytest.mark.parametrize("changes", [{"decided_on": None}, {"level": None}, {"carrier_kind": None}])
def test_an_incomplete_earlier_event_clouds_the_later_one(changes: dict[str, Any]) -> None:
    """The other may have been the first recognition, before the notice."""
    other = replace(approval("E0", date(2019, 1, 1)), **changes)

    assert state("incubator-region", other, approval(on=date(2024, 1, 1))) is UNKNOWN


def test_a_revocation_that_lacks_its_level_clouds_what_it_may_have_ended() -> None:
    assert state("incubator-region", approval(), revocation(level=None)) is UNKNOWN


# the first evaluation after approval


def test_an_excellent_second_evaluation_entitles_to_nothing() -> None:
    first = evaluation("E2", date(2024, 7, 8), grade=Grade.GOOD, year=2023)
    second = evaluation("E3", date(2025, 7, 8), year=2024)
    found = due("makerspace-excellent", FILED, first, second)

    assert found is not None
    assert (found.verdict.state, found.event.id) == (FAIL, "E3")
    assert found.verdict.said.zh == "获批后首次评价 否（要求是）"


def test_two_notices_on_one_year_are_one_evaluation() -> None:
    early = evaluation("E2", date(2025, 7, 1), year=2024)
    late = evaluation("E3", date(2025, 7, 8), year=2024)

    assert state("makerspace-excellent", FILED, early, late) is PASS


def test_an_approval_before_the_notice_leaves_open_whether_it_is_the_first_evaluation() -> None:
    before = replace(FILED, decided_on=date(2021, 9, 2))
    found = due("makerspace-excellent", before, evaluation())

    assert found is not None
    assert found.verdict.state is UNKNOWN
    assert "2021-09-02 获批，早于规则施行日" in found.verdict.said.zh
    assert "首次评价" in found.verdict.missing[0].zh


@pytest.mark.parametrize(("told", "expected"), [("是", PASS), ("否", FAIL), ("大概", UNKNOWN)])
def test_a_column_of_the_event_tells_what_the_register_cannot(told: str, expected: State) -> None:
    before = replace(FILED, decided_on=date(2021, 9, 2))

    assert state("makerspace-excellent", before, evaluation(extra={"首次评价": told})) is expected


def test_no_column_talks_away_an_earlier_evaluation() -> None:
    first = evaluation("E2", date(2024, 7, 8), grade=Grade.GOOD)
    second = evaluation("E3", extra={"首次评价": "是"})

    assert state("makerspace-excellent", FILED, first, second) is FAIL


def test_without_an_approval_on_record_it_is_unknown() -> None:
    found = due("makerspace-excellent", evaluation())

    assert found is not None
    assert found.verdict.state is UNKNOWN
    assert [name.zh for name in found.verdict.missing] == ["获批（认定或备案）的日期"]


def test_filing_again_what_was_held_does_not_begin_anew() -> None:
    old, again = replace(FILED, decided_on=date(2021, 1, 1)), replace(FILED, id="E1", decided_on=date(2024, 1, 1))

    assert state("makerspace-excellent", old, again, evaluation()) is UNKNOWN
    assert state("makerspace-excellent", old, evaluation("E2", date(2022, 7, 8)), again, evaluation("E3")) is FAIL


def test_a_level_lost_before_the_evaluation_entitles_to_nothing() -> None:
    lost = revocation(on=date(2025, 1, 1), carrier_kind=MAKERSPACE)

    assert state("makerspace-excellent", FILED, lost, evaluation()) is FAIL


def test_evaluations_of_another_level_or_kind_do_not_count() -> None:
    others = (
        evaluation("E3", date(2024, 1, 1), level=CITY, grade=Grade.GOOD),
        evaluation("E4", date(2024, 1, 1), carrier_kind=INCUBATOR, grade=Grade.GOOD),
    )

    assert entitled(FILED, *others, evaluation()) == {"makerspace-excellent"}


# what always holds


def some_event(number: int) -> st.SearchStrategy[Event]:
    """An event that may lack anything but its kind; years follow from days, as they do in the registers."""

    def built(kind: EventKind, carrier: Any, level: Any, grade: Any, on: date | None, told: str) -> Event:
        extra = {"首次评价": told} if told else {}
        return Event(
            id=f"E{number}", carrier_id="I1", event=kind, carrier_kind=carrier, level=level, grade=grade,
            decided_on=on, extra=extra,
        )  # fmt: skip

    return st.builds(
        built,
        st.sampled_from(EventKind),
        st.sampled_from([INCUBATOR, MAKERSPACE, AGRI, None]),
        st.sampled_from([NATIONAL, REGION, None]),
        st.sampled_from([Grade.EXCELLENT, Grade.GOOD, None]),
        st.none() | st.dates(date(2022, 12, 1), date(2024, 12, 31)),
        st.sampled_from(["", "", "", "是", "否"]),
    )


some_events = st.integers(1, 5).flatmap(lambda count: st.tuples(*(some_event(number) for number in range(count))))
some_region = st.sampled_from(["通辽市", "通辽市", "通辽市", "赤峰市", ""])


@settings(max_examples=300, deadline=None)
@given(some_events, some_region)
def test_no_verdict_without_clause_and_source_and_none_passes_on_what_is_not_known(
    events: tuple[Event, ...], region: str
) -> None:
    for rule in RULES.values():
        found = entitlement(BOOK, rule, Carried(incubator(region=region), events, gazetteer()), TODAY)
        if found is None:
            continue
        assert found.verdict.basis.clause
        assert found.verdict.basis.source in BOOK.sources
        assert found.verdict.said.zh
        assert found.verdict.said.en
        if found.verdict.state is UNKNOWN:
            assert found.verdict.missing or "条文未取得" in found.verdict.said.zh
        if found.verdict.state is PASS:
            event = found.event
            assert event.carrier_kind
            assert event.level
            assert event.decided_on
            assert rule.in_force(event.decided_on)
            assert event.grade or event.event is not EventKind.EVALUATED
            assert region == "通辽市"


@settings(max_examples=400, deadline=None)
@given(some_events, st.data())
def test_to_know_less_never_makes_anybody_entitled(events: tuple[Event, ...], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(events) - 1))
    field = data.draw(st.sampled_from(["carrier_kind", "level", "grade", "decided_on"]))
    fewer = (*events[:place], replace(events[place], **{field: None}), *events[place + 1 :])  # type: ignore[arg-type]
    for rule in RULES:
        name = rule.partition(".")[2]
        if state(name, *fewer) is PASS:
            assert state(name, *events) is PASS


# rules are data


def edited(tmp_path: Path, old: str, new: str) -> Rulebook:
    folder = shutil.copytree(data_folder("policy"), tmp_path / "policy")
    text = (folder / "grants.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (folder / "grants.yaml").write_text(text.replace(old, new), encoding="utf-8")
    return load_rulebook(folder)


def test_an_amount_changed_in_the_file_changes_what_is_due(tmp_path: Path) -> None:
    found = due("incubator-region", approval(), book=edited(tmp_path, "amount: 500000", "amount: 600000"))

    assert found is not None
    assert (found.verdict.state, found.rule.amount) == (PASS, 600_000)


def test_a_first_day_changed_in_the_file_changes_who_is_entitled(tmp_path: Path) -> None:
    book = edited(tmp_path, "effective_from: 2023-03-27", "effective_from: 2023-03-26")

    assert state("incubator-region", approval(on=DAY_BEFORE)) is FAIL
    assert state("incubator-region", approval(on=DAY_BEFORE), book=book) is PASS


def test_a_last_day_in_the_file_ends_it(tmp_path: Path) -> None:
    book = edited(tmp_path, "effective_from: 2023-03-27", "effective_from: 2023-03-27\n    effective_to: 2025-12-31")
    found = due("incubator-region", approval(on=date(2026, 1, 1)), book=book)

    assert found is not None
    assert found.verdict.said.zh == "2026-01-01 晚于规则失效日 2025-12-31"
    assert state("incubator-region", approval(on=date(2025, 12, 31)), book=book) is PASS


def test_that_filing_counts_can_be_decided_in_the_file(tmp_path: Path) -> None:
    book = edited(tmp_path, "op: in, value: [recognised]}", "op: in, value: [recognised, filed]}")

    assert state("incubator-region", approval(event=EventKind.FILED), book=book) is PASS
