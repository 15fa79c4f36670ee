"""Dynamic management: what follows from official results, by the version of the day."""

from __future__ import annotations

from datetime import date

import pytest

from matcher.domain.matches import Confidence, Effect
from matcher.domain.records import CarrierKind, Level
from matcher.domain.registers import Event, EventKind, Grade
from matcher.policy.management import ManagementRule, evaluations, proposals
from tests.builders import rulebook

BOOK = rulebook()
TODAY = date(2026, 10, 31)
NATIONAL, CITY, REGION = Level.NATIONAL, Level.CITY, Level.REGION


def event(of: int, grade: Grade | None, level: Level = CITY, **changes: object) -> Event:
    usual: dict[str, object] = {
        "id": f"e{of}",
        "carrier_id": "I1",
        "event": EventKind.EVALUATED,
        "carrier_kind": CarrierKind.INCUBATOR,
        "level": level,
        "year": of,
        "grade": grade,
        "decided_on": date(of + 1, 3, 30),
    }
    return Event(**(usual | changes))  # type: ignore[arg-type]


def proposed(*events: Event, until: int = 2026, day: date = TODAY) -> dict[str, bool]:
    """The rules that speak, and whether they propose or cannot tell."""
    found = proposals(evaluations(events, until), events, BOOK, day)
    return {one.rule.id.removeprefix("EV-MANAGE."): one.made for one in found}


FAIL, PASS = Grade.UNQUALIFIED, Grade.QUALIFIED


@pytest.mark.parametrize(
    ("grades", "told"),
    [
        ([FAIL], {}),
        ([FAIL, FAIL], {"two": True}),
        ([FAIL, PASS, FAIL], {}),
        ([PASS, FAIL, FAIL], {"two": True}),
        ([FAIL, FAIL, PASS], {}),
        ([FAIL, FAIL, None], {"two": False}),
        ([None, FAIL], {"two": False}),
        ([PASS, FAIL], {}),
        ([], {}),
    ],
)
def test_two_failures_in_a_row_and_only_that_are_proposed_for_management(
    grades: list[Grade | None], told: dict[str, bool]
) -> None:
    assert proposed(*(event(2022 + n, grade) for n, grade in enumerate(grades))) == told


@pytest.mark.parametrize(
    ("decided", "rule"),
    [(date(2025, 7, 9), True), (date(2025, 7, 10), False), (date(2018, 12, 13), False), (date(2018, 12, 14), True)],
)
def test_the_article_of_2018_counts_for_its_time(decided: date, rule: bool) -> None:
    year = decided.year - 1
    rows = (event(year - 1, FAIL, NATIONAL), event(year, FAIL, NATIONAL, decided_on=decided))

    assert ("national-two" in proposed(*rows, day=decided)) is rule


def test_it_counts_for_national_incubators_only() -> None:
    for changes in ({"level": CITY}, {"carrier_kind": CarrierKind.MAKERSPACE, "level": NATIONAL}):
        rows = [event(year, FAIL, **changes) for year in (2022, 2023)]
        assert "national-two" not in proposed(*rows)
        assert proposed(*rows)["two"]


def test_what_was_revoked_already_is_not_proposed_again() -> None:
    failed = (event(2022, FAIL), event(2023, FAIL))
    after = event(2024, None, event=EventKind.REVOKED, decided_on=date(2024, 10, 31), year=None)
    before = event(2020, None, event=EventKind.REVOKED, decided_on=date(2020, 10, 31), year=None)
    other = event(2024, None, NATIONAL, event=EventKind.REVOKED, decided_on=date(2024, 10, 31), year=None)

    assert proposed(*failed, after) == {}
    assert proposed(*failed, before) == {"two": True}
    assert proposed(*failed, other) == {"two": True}


def test_results_of_the_region_lead_to_what_its_notice_says() -> None:
    assert proposed(event(2025, FAIL, REGION)) == {"region-failed": True}
    assert proposed(event(2025, Grade.EXCELLENT, REGION)) == {"region-excellent": True}
    assert proposed(event(2022, FAIL, REGION)) == {"region-cycle": True}


def test_an_evaluation_that_is_due_is_told_by_today_and_not_by_the_day_of_the_last() -> None:
    assert proposed(event(2024, PASS, NATIONAL)) == {"national-yearly": True}
    assert proposed(event(2025, PASS, NATIONAL)) == {}
    assert proposed(event(2023, PASS, NATIONAL), day=date(2025, 7, 9)) == {}


def test_two_rows_on_one_evaluation_are_one_and_contradicting_ones_tell_no_grade() -> None:
    same = evaluations([event(2024, FAIL), event(2024, FAIL, id="other")], 2026)
    apart = evaluations([event(2024, FAIL), event(2024, PASS, id="other")], 2026)
    half = evaluations([event(2024, FAIL), event(2024, None, id="other")], 2026)

    assert [(one.grade, one.events) for one in same] == [(FAIL, ("e2024", "other"))]
    assert [one.grade for one in apart] == [None]
    assert [one.grade for one in half] == [FAIL]


def test_later_years_do_not_count_for_an_earlier_one() -> None:
    rows = (event(2023, FAIL), event(2024, FAIL))

    assert proposed(*rows, until=2023) == {}
    assert proposed(*rows, until=2024) == {"two": True}


def test_an_evaluation_of_another_kind_or_level_breaks_no_row_and_makes_none() -> None:
    rows = (event(2022, FAIL), event(2023, PASS, REGION), event(2024, FAIL))

    assert proposed(*rows) == {"two": True}
    assert proposed(event(2023, FAIL, REGION, decided_on=date(2024, 1, 1)), event(2024, FAIL)) == {}


def test_a_proposal_never_rejects_and_names_clause_and_source() -> None:
    for rule in BOOK.of(ManagementRule):
        assert rule.effect in (Effect.INFO, Effect.WARN)
        assert rule.confidence is not Confidence.MEMORY
        assert BOOK.basis(rule.id).clause
        assert rule.proposal.zh
        assert rule.proposal.en
