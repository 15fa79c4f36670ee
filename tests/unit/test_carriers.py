"""Carriers before the next level, the path of what they incubate, and the ages that the path depends on."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from matcher.domain.matches import State
from matcher.domain.periods import Period
from matcher.domain.records import CarrierKind, FocusType, Incubator, Level
from matcher.domain.registers import Submission
from matcher.policy.carriers import Standing, Target, carrier_facts, next_target, standings, way
from matcher.policy.facts import stated
from matcher.policy.projects import months, project_facts
from tests.builders import incubator, industries, project, rulebook

BOOK = rulebook()
OLD, NEW = date(2024, 5, 1), date(2026, 5, 1)


def before(carrier: Incubator, to: Target, day: date, *, remote: bool = False, tenants: int = 0) -> dict[str, Standing]:
    projects = [project(f"P{n}", incubator_id="I1", industry=("玉米生物",)) for n in range(tenants)]
    facts = carrier_facts(carrier, projects, {"P0": OLD}, industries(), BOOK)
    found = standings(carrier, facts, to, BOOK, day, remote=remote)
    return {one.assessment.ruleset.id: one for one in found}


def professional(**changes: Any) -> Incubator:
    return incubator(kind=CarrierKind.INCUBATOR, focus_type=FocusType.PROFESSIONAL, **changes)


@pytest.mark.parametrize(
    ("kind", "level", "target"),
    [
        (CarrierKind.INCUBATOR, Level.CITY, Target.REGION),
        (CarrierKind.INCUBATOR, None, Target.REGION),
        (CarrierKind.MAKERSPACE, Level.REGION, Target.NATIONAL),
        (CarrierKind.INCUBATOR, Level.NATIONAL, Target.EXCELLENT),
        (CarrierKind.AGRI_MAKERSPACE, Level.REGION, Target.NATIONAL),
    ],
)
def test_the_next_level_is_the_one_above(kind: CarrierKind, level: Level | None, target: Target) -> None:
    assert next_target(incubator(kind=kind, level=level)) is target


def test_before_july_2025_the_old_measures_hold_and_after_it_they_are_history() -> None:
    then, now = (before(professional(), Target.NATIONAL, day) for day in (OLD, NEW))

    assert {name: one.in_force for name, one in then.items()} == {"NAT-INC-2018": True, "NM-INC-TYPE": True}
    assert {name: one.in_force for name, one in now.items()} == {
        "MIIT-INC-2025-STANDARD": True, "NM-INC-TYPE": True, "NAT-INC-2018": False,
    }  # fmt: skip


def test_what_is_short_is_told_once_with_the_greatest_need() -> None:
    """28 tenants want 2 more by number and 4 more by density: 4 more do for both."""
    carrier = professional(metrics={"在孵企业数": 28.0, "面积": 16_000.0, "毕业企业数": 9.0})
    [found] = [one for name, one in before(carrier, Target.NATIONAL, OLD).items() if name == "NAT-INC-2018"]

    assert [said.zh for said in found.shortfalls] == ["还差 4 家在孵企业", "还差 6 家毕业企业"]


def test_relief_is_a_switch() -> None:
    carrier = professional(metrics={"面积": 8_000.0})

    def area(*, remote: bool) -> State:
        verdicts = before(carrier, Target.NATIONAL, OLD, remote=remote)["NAT-INC-2018"].assessment.verdicts
        return next(one.state for one in verdicts if one.rule == "NAT-INC-2018.G2")

    assert (area(remote=False), area(remote=True)) == (State.FAIL, State.PASS)


def test_what_is_counted_from_records_proves_enough_and_never_too_little() -> None:
    carrier = professional(occupied=40)

    def states(tenants: int) -> dict[str, State]:
        verdicts = before(carrier, Target.NATIONAL, OLD, tenants=tenants)["NM-INC-TYPE"].assessment.verdicts
        return {one.rule: one.state for one in verdicts}

    assert states(27)["NM-INC-TYPE.share"] is State.UNKNOWN
    assert states(28)["NM-INC-TYPE.share"] is State.PASS


def test_thresholds_that_were_not_obtained_leave_the_level_unknown() -> None:
    for kind, name in ((CarrierKind.INCUBATOR, "NM-INC-2022"), (CarrierKind.MAKERSPACE, "NM-MS-2022")):
        assert before(incubator(kind=kind), Target.REGION, NEW)[name].assessment.state is State.UNKNOWN


def test_a_kind_without_rules_has_no_standing() -> None:
    assert before(incubator(kind=CarrierKind.PLATFORM), Target.REGION, NEW) == {}
    assert before(incubator(kind=None), Target.NATIONAL, NEW) == {}


@pytest.mark.parametrize(
    ("kind", "stations"),
    [
        (CarrierKind.MAKERSPACE, ["孵化器", "加速器/产业园区"]),
        (CarrierKind.INCUBATOR, ["加速器/产业园区"]),
        (CarrierKind.PARK, []),
        (CarrierKind.PLATFORM, []),
        (None, []),
    ],
)
def test_a_project_has_the_stations_ahead_of_its_carrier(kind: CarrierKind | None, stations: list[str]) -> None:
    found = way(project(), incubator(kind=kind), BOOK, NEW, industries())

    assert [station.to.zh for station in found.ahead] == stations


def test_one_condition_is_enough_to_graduate_and_the_rest_stays_open() -> None:
    carrier = incubator(kind=CarrierKind.INCUBATOR)

    def graduation(**extra: str) -> State:
        [station] = way(project(extra=extra), carrier, BOOK, OLD, industries()).ahead
        return station.standings[0].assessment.state

    assert graduation() is State.UNKNOWN
    assert graduation(高新技术企业="是") is State.PASS
    assert graduation(高新技术企业="否", 累计融资额="500万", 连续两年营业收入="900万", 被并购或上市="否") is State.FAIL
    assert graduation(高新技术企业="否", 累计融资额="501万") is State.PASS


def test_today_the_conditions_of_2018_are_history_and_those_of_2025_unknown() -> None:
    [station] = way(
        project(extra={"高新技术企业": "是"}), incubator(kind=CarrierKind.INCUBATOR), BOOK, NEW, industries()
    ).ahead
    found = {one.assessment.ruleset.id: (one.in_force, one.assessment.state) for one in station.standings}

    assert found == {"GRADUATION-2025": (True, State.UNKNOWN), "GRADUATION-2018": (False, State.PASS)}


@pytest.mark.parametrize(
    ("first", "last", "most"),
    [
        (date(2024, 1, 15), date(2026, 1, 15), 24),
        (date(2024, 1, 31), date(2024, 2, 29), 1),
        (date(2024, 12, 31), date(2025, 1, 31), 1),
    ],
)
def test_months_are_passed_only_after_the_day(first: date, last: date, most: int) -> None:
    assert months(first, last) <= most
    assert months(first, last + timedelta(days=1)) > most


def test_a_project_enters_on_the_day_its_column_tells() -> None:
    told = project(founded_on=date(2023, 1, 1), extra={"入孵日期": "2024-07-01"}, industry=("生物医药",))
    known = project_facts(told, BOOK, date(2026, 1, 1), industries()).known

    assert known["months_founded_at_entry"].value == 18
    assert known["incubation_months"].value == 18
    assert known["special_field"].value == "yes"
    unread = project(founded_on=date(2023, 1, 1), extra={"入孵日期": "去年夏天"})
    assert "months_founded_at_entry" not in project_facts(unread, BOOK, date(2026, 1, 1), industries()).known


def test_the_figures_of_a_submission_are_read_as_those_of_a_carrier() -> None:
    figures = {"在孵企业数": 41.0, "专职人员": 16.0, "谁也不认识": 7.0}
    facts = stated(Submission(carrier_id="I1", period=Period("2026Q3"), metrics=figures), BOOK)
    assert {name: fact.value for name, fact in facts.known.items()} == {"tenants": 41.0, "professional_staff": 16.0}
    assert facts.number("tenants_per_professional") == 41 / 16
