"""The check before a planned service: which filing covers it, and what has to be done where none does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from matcher.domain.identity import Decision
from matcher.domain.records import IdentityKind
from matcher.domain.registers import Filing, ServiceKind
from matcher.domain.visibility import Viewer
from matcher.errors import StoreError
from matcher.policy.filings import FilingState
from matcher.services.filings import Filings, Planned, Prior
from matcher.store import Database, Decisions, Records, Registers, open_database, upgrade
from tests.builders import gazetteer, incubator, rulebook

NOW = datetime(2026, 11, 20, tzinfo=UTC)
DAY, START = date(2026, 1, 1), date(2026, 3, 1)
FILED = Filing(
    id="B1",
    carrier_id="I1",
    receiver_id="I2",
    kind=ServiceKind.MANAGED_SERVICE,
    filed_on=date(2025, 5, 1),
    document="甲",
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """Three carriers: a giver, its other spelling, a getter."""
    opened = open_database(f"sqlite:///{tmp_path / 'matcher.db'}")
    upgrade(opened)
    with opened.begin() as connection:
        giver = incubator("I1", name="甲孵化器")
        getter = incubator("I2", name="乙众创空间", region="通辽市/开鲁县")
        Records(connection).upsert([giver, getter, incubator("I3", name="甲孵化器管理有限公司")], NOW)
    yield opened
    opened.close()


def keep(database: Database, *rows: Filing) -> None:
    with database.begin() as connection:
        Registers(connection).upsert(rows, NOW)


def check(database: Database, day: date = DAY, **changes: Any) -> Prior:
    usual = Planned("I1", ServiceKind.MANAGED_SERVICE, "I2", START)
    filings = Filings(database, rulebook(), gazetteer())
    return filings.check(replace(usual, **changes), Viewer.BROKERS, day)


@pytest.mark.parametrize("receiver", ["I2", "乙众创空间"])
def test_an_open_filing_of_the_same_two_covers_it(database: Database, receiver: str) -> None:
    keep(database, FILED)
    found = check(database, receiver=receiver)

    assert (found.filed.state, found.others) == (FilingState.IN_TIME, ())
    assert found.covering is not None
    assert found.covering.id == "B1"


def test_without_a_filing_it_has_to_be_filed_first(database: Database) -> None:
    found = check(database)

    assert (found.filed.state, found.filed.due, found.covering) == (FilingState.PENDING, True, None)


def test_a_day_that_is_past_is_overdue(database: Database) -> None:
    found = check(database, start=date(2025, 12, 22))

    assert (found.filed.state, found.filed.days) == (FilingState.UNFILED, 10)


@pytest.mark.parametrize(
    "other",
    [
        replace(FILED, ended_on=date(2026, 2, 28)),
        replace(FILED, filed_on=date(2026, 1, 2)),
        replace(FILED, kind=ServiceKind.BRAND_OUTPUT),
        replace(FILED, carrier_id="I3"),
        replace(FILED, receiver_id="", receiver="丙创业园"),
        replace(FILED, filed_on=None, document=""),
    ],
)
def test_a_filing_that_ended_or_is_to_come_or_is_about_something_else_covers_nothing(
    database: Database, other: Filing
) -> None:
    keep(database, other)
    found = check(database)

    assert (found.filed.state, found.covering) == (FilingState.PENDING, None)


def test_a_filing_that_ends_on_the_day_of_the_start_covers_it(database: Database) -> None:
    keep(database, replace(FILED, ended_on=START))

    assert check(database).filed.state is FilingState.IN_TIME


def test_a_filing_without_a_day_leaves_it_open(database: Database) -> None:
    keep(database, replace(FILED, filed_on=None))
    found = check(database)

    assert found.filed.state is FilingState.UNKNOWN
    assert [name.zh for name in found.filed.missing] == ["备案日期"]


def test_of_two_filings_the_earlier_covers_and_the_other_is_named(database: Database) -> None:
    keep(database, FILED, replace(FILED, id="B2", filed_on=date(2025, 8, 1)))
    found = check(database)

    assert found.covering is not None
    assert (found.covering.id, [row.id for row in found.others]) == ("B1", ["B2"])


def test_a_receiver_that_is_no_carrier_needs_a_region(database: Database) -> None:
    states = [check(database, receiver="某合作社", region=region).filed.state for region in ("", "奈曼旗", "赤峰市")]

    assert states == [FilingState.UNKNOWN, FilingState.PENDING, FilingState.NOT_COVERED]


def test_a_service_for_itself_needs_no_filing_under_its_other_id_either(database: Database) -> None:
    assert check(database, receiver="I3").filed.state is FilingState.PENDING
    with database.begin() as connection:
        Decisions(connection).put([Decision(IdentityKind.INCUBATOR, "I3", "I1")], NOW)
    assert check(database, receiver="I3").filed.state is FilingState.NOT_COVERED


def test_two_records_of_one_name_are_neither_one_nor_two_until_somebody_decides(database: Database) -> None:
    with database.begin() as connection:
        Records(connection).upsert([incubator("I4", name="甲孵化器有限公司", region="通辽市/开鲁县")], NOW)
    assert check(database, receiver="I4").filed.state is FilingState.UNKNOWN
    with database.begin() as connection:
        Decisions(connection).put([Decision(IdentityKind.INCUBATOR, "I4", "I1", same=False)], NOW)
    assert check(database, receiver="I4").filed.state is FilingState.PENDING


def test_what_was_filed_under_the_other_id_of_the_giver_covers_it(database: Database) -> None:
    keep(database, replace(FILED, carrier_id="I3"))
    with database.begin() as connection:
        Decisions(connection).put([Decision(IdentityKind.INCUBATOR, "I3", "I1")], NOW)

    assert check(database).filed.state is FilingState.IN_TIME


def test_the_list_of_a_carrier_has_what_it_gives_and_what_it_gets(database: Database) -> None:
    keep(database, FILED, replace(FILED, id="B2", carrier_id="I3", filed_on=None, document="", started_on=DAY))
    filings = Filings(database, rulebook(), gazetteer())

    def listed(carrier: str) -> list[str]:
        return [one.service.filing.id for one in filings.listed(Viewer.BROKERS, DAY, carrier)]

    assert (listed("I1"), listed("I2"), listed("I3")) == (["B1"], ["B2", "B1"], ["B2"])


def test_a_name_of_nobody_is_refused(database: Database) -> None:
    with pytest.raises(StoreError, match="丁孵化器"):
        check(database, carrier="丁孵化器")
