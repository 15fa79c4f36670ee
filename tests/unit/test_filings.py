"""Brand output and managed services: filed in time, late by so many days, unfiled, not begun, or a fact is missing."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.matches import State
from matcher.domain.records import Incubator
from matcher.domain.registers import Filing, ServiceKind
from matcher.policy.filings import Filed, FilingState, Service, examine
from matcher.policy.loading import load_rulebook
from matcher.policy.rules import Rulebook
from matcher.resources import data_folder
from tests.builders import gazetteer, incubator, rulebook

BOOK = rulebook()
NOTICE, START, DAY = date(2023, 3, 27), date(2025, 6, 1), date(2026, 1, 1)
ONE = timedelta(days=1)
GIVER = incubator("I1", name="甲孵化器")
GETTER = incubator("I2", name="乙众创空间", region="通辽市/开鲁县")


def filing(**changes: Any) -> Filing:
    """A managed service for a carrier of the city, filed in May, begun in June."""
    usual = Filing(
        id="B1",
        carrier_id="I1",
        receiver_id="I2",
        receiver="乙众创空间",
        kind=ServiceKind.MANAGED_SERVICE,
        filed_on=date(2025, 5, 1),
        started_on=START,
    )
    return replace(usual, **changes)


def examined(row: Filing, receiver: Incubator | None = GETTER, day: date = DAY, book: Rulebook = BOOK) -> Filed:
    found = examine(book, Service(row, GIVER, receiver, gazetteer()), day)
    assert found is not None
    return found


def outsider(**changes: Any) -> Filed:
    """A service to somebody who is no carrier of the table."""
    return examined(filing(receiver_id="", receiver="某合作社", **changes), None)


UNFILED: dict[str, Any] = {"filed_on": None}
STATES = {
    "filed a month before": (examined(filing()), FilingState.IN_TIME, 0),
    "filed on the day before": (examined(filing(filed_on=START - ONE)), FilingState.IN_TIME, 0),
    "filed on the very day": (examined(filing(filed_on=START)), FilingState.IN_TIME, 0),
    "filed on the day after": (examined(filing(filed_on=START + ONE)), FilingState.LATE, 1),
    "filed 45 days after": (examined(filing(filed_on=START + 45 * ONE)), FilingState.LATE, 45),
    "never filed": (examined(filing(**UNFILED)), FilingState.UNFILED, 214),
    "never filed and ended": (examined(filing(**UNFILED, ended_on=START + 9 * ONE)), FilingState.UNFILED, 9),
    "filed and not begun": (examined(filing(started_on=None)), FilingState.IN_TIME, 0),
    "neither filed nor begun": (examined(filing(**UNFILED, started_on=None)), FilingState.PENDING, 0),
    "not filed, to begin tomorrow": (examined(filing(**UNFILED, started_on=DAY + ONE)), FilingState.PENDING, 0),
    "not filed, begins today": (examined(filing(**UNFILED, started_on=DAY)), FilingState.UNFILED, 0),
    "filed tomorrow": (examined(filing(filed_on=DAY + ONE)), FilingState.UNFILED, 214),
    "outside the city": (examined(filing(**UNFILED), replace(GETTER, region="赤峰市")), FilingState.NOT_COVERED, 0),
    "for itself": (examined(filing(**UNFILED, receiver_id="I1", receiver=""), GIVER), FilingState.NOT_COVERED, 0),
    "for itself by another spelling": (
        examined(filing(**UNFILED, receiver_id="", receiver="甲孵化器有限公司"), None), FilingState.NOT_COVERED, 0,
    ),
    "begun before the notice": (
        examined(filing(**UNFILED, started_on=NOTICE - ONE)), FilingState.NOT_COVERED, 0,
    ),
    "begun on the day of the notice": (examined(filing(**UNFILED, started_on=NOTICE)), FilingState.UNFILED, 1011),
    "to somebody nobody knows, filed in time": (outsider(), FilingState.IN_TIME, 0),
    "to somebody nobody knows, unfiled": (outsider(**UNFILED), FilingState.UNKNOWN, 0),
    "to somebody of the city": (
        outsider(**UNFILED, extra={"接受方所在地区": "奈曼旗"}), FilingState.UNFILED, 214,
    ),
    "to somebody elsewhere": (outsider(**UNFILED, extra={"接受方所在地区": "沈阳市"}), FilingState.NOT_COVERED, 0),
}  # fmt: skip


@pytest.mark.parametrize("what", STATES)
def test_how_a_service_stands(what: str) -> None:
    found, state, days = STATES[what]

    assert (found.state, found.days) == (state, days)


@pytest.mark.parametrize(
    ("found", "missing"),
    [
        (outsider(**UNFILED), "接受方所在地区"),
        (examined(filing(**UNFILED, receiver_id="", receiver=""), None), "接受方"),
        (examined(filing(**UNFILED, document="示例〔2025〕1号")), "备案日期"),
        (examined(filing(started_on=None, ended_on=date(2025, 12, 1))), "服务开始日期"),
        (examined(filing(**UNFILED), replace(GETTER, name="甲孵化器有限公司")), "与甲孵化器有限公司是否同一载体"),
    ],
)
def test_an_unknown_names_the_fact_that_is_missing(found: Filed, missing: str) -> None:
    assert found.state is FilingState.UNKNOWN
    assert any(name.zh.startswith(missing) for name in found.missing)
    assert not found.due


def test_who_is_due_now_has_not_filed_and_runs_or_is_to_begin() -> None:
    due = {what for what, (found, _, _) in STATES.items() if found.due}

    assert due == {
        "never filed", "neither filed nor begun", "not filed, to begin tomorrow", "not filed, begins today",
        "filed tomorrow", "begun on the day of the notice", "to somebody of the city",
    }  # fmt: skip


def test_every_verdict_has_its_clause() -> None:
    for found, _, _ in STATES.values():
        assert {verdict.basis.clause for verdict in found.verdicts} == {"三(二)"}
        assert {verdict.basis.cites.zh for verdict in found.verdicts} == {"通创办发〔2023〕2号"}


def edited(tmp_path: Path, old: str, new: str) -> Rulebook:
    folder = shutil.copytree(data_folder("policy"), tmp_path / "policy")
    text = (folder / "filings.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    (folder / "filings.yaml").write_text(text.replace(old, new), encoding="utf-8")
    return load_rulebook(folder)


def test_that_a_day_has_to_lie_between_can_be_written_into_the_file(tmp_path: Path) -> None:
    book = edited(tmp_path, 'op: ">=", value: 0', 'op: ">=", value: 1')

    assert examined(filing(filed_on=START), book=book).state is FilingState.LATE
    assert examined(filing(filed_on=START - ONE), book=book).state is FilingState.IN_TIME


def test_that_only_managed_services_are_covered_can_be_written_into_the_file(tmp_path: Path) -> None:
    book = edited(tmp_path, "value: [brand_output, managed_service]", "value: [managed_service]")
    row = filing(**UNFILED, kind=ServiceKind.BRAND_OUTPUT)

    assert examined(row).state is FilingState.UNFILED
    assert examined(row, book=book).state is FilingState.NOT_COVERED


def test_without_such_rules_nothing_is_said(tmp_path: Path) -> None:
    folder = shutil.copytree(data_folder("policy"), tmp_path / "policy")
    (folder / "filings.yaml").unlink()

    assert examine(load_rulebook(folder), Service(filing(), GIVER, GETTER, gazetteer()), DAY) is None


some_day = st.none() | st.dates(date(2023, 1, 1), date(2026, 6, 30))
some_filing = st.builds(
    filing,
    receiver_id=st.just(""),
    receiver=st.sampled_from(["某合作社", "甲孵化器", ""]),
    kind=st.sampled_from(ServiceKind),
    filed_on=some_day,
    started_on=some_day,
    ended_on=some_day,
    document=st.sampled_from(["", "示例〔2025〕1号"]),
    extra=st.sampled_from([{}, {"接受方所在地区": "奈曼旗"}, {"接受方所在地区": "赤峰市"}]),
)


@settings(max_examples=300, deadline=None)
@given(some_filing)
def test_nothing_is_in_time_that_is_not_known_to_have_been_filed(row: Filing) -> None:
    found = examined(row, None)

    for verdict in found.verdicts:
        assert verdict.basis.clause
        assert verdict.basis.source in BOOK.sources
    if found.state is FilingState.IN_TIME:
        assert row.filed_on
        assert row.filed_on <= DAY
        assert row.started_on is None or row.filed_on <= row.started_on
    if found.state is FilingState.UNKNOWN:
        assert found.missing
    assert found.state is not FilingState.NOT_COVERED or State.FAIL in {one.state for one in found.verdicts}


@settings(max_examples=300, deadline=None)
@given(some_filing, st.sampled_from(["receiver", "extra", "filed_on"]))
def test_to_know_less_never_puts_a_service_in_order(row: Filing, field: str) -> None:
    fewer = replace(row, **{field: {"receiver": "", "extra": {}, "filed_on": None}[field]})  # type: ignore[arg-type]
    fine = (FilingState.IN_TIME, FilingState.NOT_COVERED)

    if examined(fewer, None).state in fine:
        assert examined(row, None).state in fine
