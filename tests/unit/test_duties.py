"""What a carrier owes for a period and by when, and what a file of duties may not say."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from matcher.domain.matches import State
from matcher.domain.periods import Length, Period
from matcher.domain.records import CarrierKind, OperatorType
from matcher.domain.registers import Submission
from matcher.errors import PolicyError
from matcher.policy.criteria import judge
from matcher.policy.duties import Due, Owed, due, incomplete
from matcher.policy.facts import Fact, Facts, stated
from matcher.policy.loading import load_rulebook
from matcher.resources import data_folder
from matcher.wording import Said
from tests.builders import incubator, rulebook

BOOK = rulebook()
HERE = Said("测试", "test")
NOBODY = Facts(BOOK.metrics, {})


def owed(kind: CarrierKind | None, period: str, traits: Facts = NOBODY) -> Due | None:
    return due(kind, traits, Period(period), BOOK)


def metrics(found: Due | None) -> set[str]:
    return {rule.metric for rule in found.owed} if found else set()


@pytest.mark.parametrize(
    ("kind", "period", "day"),
    [
        (CarrierKind.INCUBATOR, "2026Q3", date(2026, 10, 15)),
        (CarrierKind.ACCELERATOR, "2026Q3", date(2026, 10, 15)),
        (CarrierKind.MAKERSPACE, "2026Q4", date(2027, 1, 15)),
        (CarrierKind.AGRI_MAKERSPACE, "2026Q1", date(2026, 4, 15)),
        (CarrierKind.INCUBATOR, "2026", date(2027, 2, 14)),
        (CarrierKind.PLATFORM, "2026H1", date(2026, 7, 20)),
        (CarrierKind.PLATFORM, "2026Q3", None),
        (CarrierKind.INCUBATOR, "2026H1", None),
        (CarrierKind.PARK, "2026Q3", None),
        (None, "2026Q3", None),
        (CarrierKind.INCUBATOR, "2022Q4", None),
    ],
)
def test_who_owes_figures_and_by_when(kind: CarrierKind | None, period: str, day: date | None) -> None:
    found = owed(kind, period)

    assert (found.day if found else None) == day


def test_what_is_owed_differs_by_kind_and_by_length() -> None:
    quarter, year = owed(CarrierKind.INCUBATOR, "2026Q3"), owed(CarrierKind.INCUBATOR, "2026")

    assert metrics(quarter) < metrics(year)
    assert "tenants_with_ip" in metrics(quarter)
    assert "residents" not in metrics(quarter)
    assert "residents" in metrics(owed(CarrierKind.MAKERSPACE, "2026Q3"))
    assert "service_income_share" in metrics(year) - metrics(quarter)


def test_only_makerspaces_of_universities_owe_teams_of_teachers_and_students() -> None:
    asked = {
        operator: metrics(owed(CarrierKind.MAKERSPACE, "2026", stated(incubator(operator_type=operator), BOOK)))
        for operator in (*OperatorType, None)
    }

    assert {one for one, names in asked.items() if "campus_teams" in names} == {OperatorType.UNIVERSITY}


def test_what_is_owed_and_not_told_is_named_with_clause_and_source() -> None:
    found = owed(CarrierKind.MAKERSPACE, "2026Q3")
    assert found
    told = {rule.metric: Fact(0.0, HERE) for rule in found.owed if rule.metric != "mentors"}
    [lacking] = incomplete(found.owed, Facts(BOOK.metrics, told), NOBODY, BOOK)

    assert (lacking.rule, lacking.state) == ("REPORT-CARRIER.mentors", State.UNKNOWN)
    assert (lacking.basis.clause, lacking.basis.cites.zh) == ("四(三)", "通创办发〔2023〕2号")
    assert len(incomplete(found.owed, NOBODY, NOBODY, BOOK)) == len(found.owed)


@pytest.mark.parametrize("rule", BOOK.of(Owed), ids=lambda rule: rule.id)
def test_nought_is_told_and_less_than_nought_is_not_right(rule: Owed) -> None:
    flag = BOOK.metrics[rule.metric].measure == "flag"
    told = [Fact(value, HERE) for value in ((True, False) if flag else (0.0, -1.0))]
    states = [
        judge(BOOK, rule.model_copy(update={"when": {}}), Facts(BOOK.metrics, {rule.metric: one})) for one in told
    ]

    assert [one.state for one in states if one] == [State.PASS, State.PASS if flag else State.FAIL]


@pytest.mark.parametrize("rule", BOOK.of(Owed), ids=lambda rule: rule.id)
def test_a_heading_of_the_form_is_a_name_of_its_figure(rule: Owed) -> None:
    row = Submission(carrier_id="I1", period=Period("2026Q3"), metrics={rule.name.zh: 0.5})

    assert set(stated(row, BOOK).known) == {rule.metric}


@pytest.mark.parametrize(
    ("old", "new", "told", "at"),
    [
        ("zh: 在孵企业数, en: tenants}, metric", "zh: 在孵, en: t}, metric", "no name of tenants", "zh: 在孵, en"),
        ("tenants, note: {zh: 期末登记", "tenants, remark: {zh: 期末登记", "Extra inputs", "remark: {zh"),
        ("metric: mentors,", "metric: nobody,", "unknown metric nobody", "metric: nobody"),
        ("due: {half: 20}", "due: {half: -1}", "before it ends", "id: REPORT-PLATFORM\n"),
        ("due: {half: 20}", "due: {month: 5}", "half", "due: {month: 5}"),
        ("carriers: [platform]", "carriers: []", "names the kinds", "id: REPORT-PLATFORM\n"),
        ("graduates_new, periods: [year]", "graduates_new, periods: [decade]", "periods", "periods: [decade]"),
        ("of: [flow]\n", "of: [flood]\n", "of", "of: [flood]"),
    ],
)  # fmt: skip
def test_a_duty_with_an_error_is_refused_with_file_and_line(
    tmp_path: Path, old: str, new: str, told: str, at: str
) -> None:
    folder = shutil.copytree(data_folder("policy"), tmp_path / "policy")
    path = folder / "reporting.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    line = text[: text.index(at)].count("\n") + 1

    with pytest.raises(PolicyError, match=re.escape(told)) as refused:
        load_rulebook(folder)

    assert f"reporting.yaml, line {line}:" in refused.value.message.en


def test_a_day_of_a_duty_is_configuration(tmp_path: Path) -> None:
    folder = shutil.copytree(data_folder("policy"), tmp_path / "policy")
    path = folder / "reporting.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("due: {half: 20}", "due: {half: 5}"), encoding="utf-8")
    found = due(CarrierKind.PLATFORM, NOBODY, Period("2026H1"), load_rulebook(folder))

    assert found
    assert found.day == date(2026, 7, 5)
    assert Period("2026H1").length is Length.HALF
