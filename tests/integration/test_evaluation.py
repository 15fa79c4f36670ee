"""The evaluation on a database: what our own records count, two spellings of a carrier, and what a viewer may see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from matcher.domain.identity import Decision
from matcher.domain.periods import Period
from matcher.domain.records import CarrierKind, IdentityKind, OperatorType, Visibility
from matcher.domain.registers import Contract, Submission
from matcher.domain.visibility import VIEWERS, Viewer
from matcher.services.evaluation import Evaluating, Evaluation
from matcher.store import Database, Decisions, Outcomes, Records, Registers, open_database, upgrade
from tests.builders import achievement, gazetteer, incubator, outcome, rulebook

NOW = datetime(2026, 1, 31, tzinfo=UTC)
DAY = date(2026, 1, 31)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{tmp_path / 'matcher.db'}")
    upgrade(opened)
    with opened.begin() as connection:
        kind = {"kind": CarrierKind.MAKERSPACE, "operator_type": OperatorType.SOCIAL, "region": "通辽市"}
        Records(connection).upsert(
            [
                incubator("I1", name="甲众创空间", **kind),
                incubator("I2", name="甲众创空间有限公司", **kind),
                *(achievement(f"A{n}") for n in (1, 2)),
                achievement("A3", visibility=Visibility.RESTRICTED),
            ],
            NOW,
        )
        accepted = [outcome(f"A{n}", "I1", decided_on=date(2025, 3, n)) for n in (1, 2, 3)]
        Outcomes(connection).upsert([*accepted, outcome("A1", "I1", decided_on=date(2025, 9, 9))], NOW)
    yield opened
    opened.close()


def submit(database: Database, carrier: str, period: str, submitted_on: date | None = None, **figures: float) -> None:
    row = Submission(carrier_id=carrier, period=Period(period), metrics=figures, submitted_on=submitted_on)
    with database.begin() as connection:
        Registers(connection).upsert([row], NOW)


def evaluate(database: Database, viewer: Viewer = Viewer.BROKERS, day: date = DAY) -> Evaluation:
    return Evaluating(database, rulebook(), gazetteer()).evaluate("I1", 2025, viewer, day)


def value(found: Evaluation, metric: str) -> tuple[object, bool]:
    assert found.internal
    fact = next(mark.fact for mark in found.internal.marks if mark.indicator.metric == metric)
    return (fact.value, fact.least) if fact else (None, False)


def test_results_taken_are_counted_once_as_a_lower_bound_and_only_for_who_may_see_them(database: Database) -> None:
    assert value(evaluate(database), "achievements_matched") == (2, True)
    assert value(evaluate(database, Viewer.ENTITLED), "achievements_matched") == (3, True)
    assert value(evaluate(database, day=date(2025, 3, 1)), "achievements_matched") == (1, True)


def test_what_is_submitted_for_the_whole_year_counts_before_our_own_records(database: Database) -> None:
    submit(database, "I1", "2025", 成果转化数=1)

    assert value(evaluate(database), "achievements_matched") == (1, False)


def test_of_two_lower_bounds_the_larger_counts(database: Database) -> None:
    submit(database, "I1", "2025Q1", 成果转化数=1)
    assert value(evaluate(database), "achievements_matched") == (2, True)
    submit(database, "I1", "2025Q2", 成果转化数=4)
    assert value(evaluate(database), "achievements_matched") == (5, True)


def test_a_restricted_contract_counts_for_nobody_else(database: Database) -> None:
    with database.begin() as connection:
        for n, visibility in enumerate(Visibility):
            row = Contract(
                id=f"C{n}", name="甲", carrier_id="I1", signed_on=date(2025, 5, 1), visibility=visibility, kind=None
            )
            Registers(connection).upsert([row], NOW)
    known = {viewer: evaluate(database, viewer) for viewer in VIEWERS}

    assert all(value(one, "events") == (None, False) for one in known.values())
    from matcher.services.yearbook import yearbook

    counted = {
        viewer: yearbook(database, rulebook(), gazetteer(), viewer, DAY)
        .facts("I1", Period("2025"))
        .find("tech_contracts")
        for viewer in VIEWERS
    }
    assert {viewer: fact and fact.value for viewer, fact in counted.items()} == {
        Viewer.PUBLIC: 1, Viewer.BROKERS: 2, Viewer.ENTITLED: 3,
    }  # fmt: skip


def test_what_was_submitted_after_the_day_is_not_looked_at(database: Database) -> None:
    submit(database, "I1", "2025", submitted_on=date(2026, 1, 20), 活动场次=12)

    assert value(evaluate(database), "events") == (12, False)
    assert value(evaluate(database, day=date(2026, 1, 19)), "events") == (None, False)


def test_two_spellings_of_one_carrier_are_one_and_the_later_submission_counts(database: Database) -> None:
    submit(database, "I1", "2025Q1", date(2025, 4, 1), 活动场次=3)
    submit(database, "I2", "2025Q1", date(2025, 4, 9), 活动场次=5)
    submit(database, "I2", "2025Q2", date(2025, 7, 1), 活动场次=4)
    assert value(evaluate(database), "events") == (3, True)
    with database.begin() as connection:
        Decisions(connection).put([Decision(IdentityKind.INCUBATOR, "I2", "I1")], NOW)

    assert value(evaluate(database), "events") == (9, True)
    assert Evaluating(database, rulebook(), gazetteer()).evaluate("I2", 2025, Viewer.PUBLIC, DAY).carrier.id == "I1"
    assert len(Evaluating(database, rulebook(), gazetteer()).all(2025, Viewer.PUBLIC, DAY)) == 1


def test_an_empty_submission_is_none(database: Database) -> None:
    submit(database, "I1", "2025Q1")

    assert evaluate(database).periods == ()
