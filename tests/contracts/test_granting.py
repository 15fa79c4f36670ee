"""What noting a grant promises, on SQLite and on PostgreSQL: nothing without entitlement, nothing twice, all kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from matcher.domain.identity import Decision
from matcher.domain.records import CarrierKind, IdentityKind, Kind, Level
from matcher.domain.registers import Event, EventKind, Grant, GrantState
from matcher.domain.visibility import Viewer
from matcher.errors import GrantError, RecordNotFoundError, StoreError
from matcher.policy.irregularities import Irregularity
from matcher.policy.ledger import Entry, Step
from matcher.services.granting import Granting, Noting
from matcher.services.grants import Grants
from matcher.services.identity import Identity
from matcher.store import Database, Decisions, Records, Registers
from tests.builders import gazetteer, incubator, project, rulebook

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 20)
RECOGNISED, APPLIED, PAID = date(2024, 5, 10), date(2024, 6, 9), date(2024, 12, 1)
RULE = "TL-GRANT.incubator-region"
EVENT = Event(
    id="E1",
    carrier_id="I1",
    event=EventKind.RECOGNISED,
    carrier_kind=CarrierKind.INCUBATOR,
    level=Level.REGION,
    decided_on=RECOGNISED,
)
ALIAS = replace(EVENT, id="E2", carrier_id="I2")


def grants_of(database: Database) -> Grants:
    return Grants(database, rulebook(), gazetteer(), Identity(database))


@pytest.fixture
def filled(database: Database) -> Database:
    """One incubator under two spellings, recognised after the notice, a city-level one, and a project."""
    with database.begin() as connection:
        carriers = [
            incubator("I1", name="甲科技孵化器"),
            incubator("I2", name="甲科技孵化器有限公司"),
            incubator("I3", name="乙科技孵化器", region="赤峰市"),
        ]
        Records(connection).upsert([*carriers, project("P1")], NOW)
        Registers(connection).upsert([EVENT, ALIAS, replace(EVENT, id="E3", carrier_id="I3")], NOW)
    return database


@pytest.fixture
def granting(filled: Database) -> Granting:
    return Granting(filled, grants_of(filled))


def on(day: date, **changes: Any) -> Noting:
    return Noting(day, TODAY, NOW, **changes)


def rows(database: Database) -> list[Grant]:
    with database.read() as connection:
        return [row for row in Registers(connection).all(Kind.GRANTS) if isinstance(row, Grant)]


def entry(database: Database, carrier: str, day: date = TODAY) -> Entry:
    (found,) = grants_of(database).ledger(Viewer.BROKERS, day, carrier).entries
    return found


def same(database: Database) -> None:
    with database.begin() as connection:
        Decisions(connection).put([Decision(IdentityKind.INCUBATOR, "I2", "I1")], NOW)


def test_applied_for_then_paid_is_what_the_ledger_then_says(granting: Granting, filled: Database) -> None:
    applied = granting.apply(RULE, "I1", on(APPLIED, document="示例〔2024〕1号"), Viewer.BROKERS)
    paid = granting.pay(RULE, "I1", on(PAID), Viewer.BROKERS)

    assert (applied.step, paid.step) == (Step.APPLIED, Step.PAID)
    assert (paid.days_to_apply, paid.days_to_pay, paid.irregularities) == (30, 205, ())
    assert rows(filled) == [
        Grant(
            rule=RULE,
            carrier_id="I1",
            event_id="E1",
            state=GrantState.PAID,
            amount=500_000.0,
            applied_on=APPLIED,
            paid_on=PAID,
            document="示例〔2024〕1号",
        )
    ]


def test_a_rule_may_be_named_by_its_end_and_a_carrier_by_its_name(granting: Granting) -> None:
    assert granting.apply("incubator-region", "I1", on(APPLIED), Viewer.BROKERS).step is Step.APPLIED
    with pytest.raises(GrantError, match="given once"):
        granting.apply(RULE, "甲科技孵化器", on(APPLIED), Viewer.BROKERS)


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        (lambda it: it.apply(RULE, "I1", on(RECOGNISED - timedelta(days=1)), Viewer.BROKERS), "no such event"),
        (lambda it: it.apply(RULE, "I3", on(APPLIED), Viewer.BROKERS), "carrier in Tongliao no"),
        (lambda it: it.apply("TL-GRANT.incubator-national", "I1", on(APPLIED), Viewer.BROKERS), "no such event"),
        (lambda it: it.apply(RULE, "I2", on(APPLIED), Viewer.BROKERS), "one carrier with 甲科技孵化器,"),
        (lambda it: it.apply(RULE, "I1", on(TODAY + timedelta(days=1)), Viewer.BROKERS), "lies ahead"),
        (lambda it: it.apply("TL-GRANT.nobody", "I1", on(APPLIED), Viewer.BROKERS), "no grant rule"),
        (lambda it: it.pay(RULE, "I1", on(PAID), Viewer.BROKERS), "no application"),
        (lambda it: it.undo(RULE, "I1", on(TODAY), Viewer.BROKERS), "nothing is noted"),
    ],
)
def test_what_is_not_due_is_refused_with_reason_and_next_step(
    granting: Granting, filled: Database, note: Callable[[Granting], object], reason: str
) -> None:
    with pytest.raises(GrantError, match=reason) as raised:
        note(granting)

    assert raised.value.step.zh
    assert raised.value.step.en
    assert rows(filled) == []


def test_nobody_and_what_is_no_carrier_are_told(granting: Granting) -> None:
    with pytest.raises(RecordNotFoundError, match="I9"):
        granting.apply(RULE, "I9", on(APPLIED), Viewer.BROKERS)
    with pytest.raises(StoreError, match="not a carrier"):
        granting.apply(RULE, "P1", on(APPLIED), Viewer.BROKERS)


def test_nothing_is_applied_for_or_paid_twice(granting: Granting, filled: Database) -> None:
    granting.apply(RULE, "I1", on(APPLIED), Viewer.BROKERS)
    for day in (APPLIED - timedelta(days=1), PAID):  # on a day before the first, too
        with pytest.raises(GrantError, match="given once"):
            granting.apply(RULE, "I1", on(day), Viewer.BROKERS)
    granting.pay(RULE, "I1", on(PAID), Viewer.BROKERS)
    with pytest.raises(GrantError, match="paid already"):
        granting.pay(RULE, "I1", on(PAID), Viewer.BROKERS)
    assert len(rows(filled)) == 1


def test_a_payment_before_the_application_is_refused(granting: Granting) -> None:
    granting.apply(RULE, "I1", on(APPLIED), Viewer.BROKERS)

    with pytest.raises(GrantError, match="is before"):
        granting.pay(RULE, "I1", on(APPLIED - timedelta(days=1)), Viewer.BROKERS)
    assert granting.pay(RULE, "I1", on(APPLIED), Viewer.BROKERS).step is Step.PAID


def test_another_amount_is_noted_and_named(granting: Granting) -> None:
    granting.apply(RULE, "I1", on(APPLIED), Viewer.BROKERS)
    paid = granting.pay(RULE, "I1", on(PAID), Viewer.BROKERS, amount=400_000.0)

    assert paid.row is not None
    assert (paid.row.amount, paid.irregularities) == (400_000, (Irregularity.AMOUNT,))


def test_what_was_revoked_meanwhile_is_not_paid(granting: Granting, filled: Database) -> None:
    granting.apply(RULE, "I1", on(APPLIED), Viewer.BROKERS)
    with filled.begin() as connection:
        lost = replace(EVENT, id="E9", event=EventKind.REVOKED, decided_on=APPLIED + timedelta(days=1))
        Registers(connection).upsert([lost], NOW)

    with pytest.raises(GrantError, match="level revoked since yes"):
        granting.pay(RULE, "I1", on(PAID), Viewer.BROKERS)


def test_each_undo_takes_one_step_back_and_all_of_it_is_kept(granting: Granting, filled: Database) -> None:
    granting.apply(RULE, "I1", on(APPLIED), Viewer.BROKERS)
    granting.pay(RULE, "I1", on(PAID, document="示例〔2024〕2号"), Viewer.BROKERS, amount=1.0)
    first = granting.undo(RULE, "I1", on(TODAY), Viewer.BROKERS)
    [applied] = rows(filled)
    second = granting.undo(RULE, "I1", on(TODAY), Viewer.BROKERS)

    assert first is not None
    assert second is not None
    assert (first.step, second.step) == (Step.APPLIED, Step.ENTITLED)
    assert (applied.amount, applied.paid_on, applied.document) == (500_000, None, "")
    with filled.read() as connection:
        kept = [one.row for one in Registers(connection).history(Kind.GRANTS, (RULE, "I1"))]
    assert [one.state for one in kept if isinstance(one, Grant)] == [
        GrantState.APPLIED,
        GrantState.PAID,
        GrantState.APPLIED,
    ]
    with pytest.raises(GrantError, match="nothing is noted"):
        granting.undo(RULE, "I1", on(TODAY), Viewer.BROKERS)
    assert granting.apply(RULE, "I1", on(PAID), Viewer.BROKERS).days_to_apply == 205


def test_undoing_a_payment_that_was_taken_in_from_a_file_leaves_an_application(
    granting: Granting, filled: Database
) -> None:
    with filled.begin() as connection:
        row = Grant(rule=RULE, carrier_id="I1", state=GrantState.PAID, applied_on=APPLIED, paid_on=PAID, amount=1.0)
        Registers(connection).upsert([row], NOW)
    granting.undo(RULE, "I1", on(TODAY), Viewer.BROKERS)

    [row] = rows(filled)
    assert (row.state, row.amount, row.applied_on, row.paid_on) == (GrantState.APPLIED, 500_000, APPLIED, None)


def test_one_carrier_under_two_ids_counts_once(granting: Granting, filled: Database) -> None:
    same(filled)
    granting.apply(RULE, "I2", on(APPLIED), Viewer.BROKERS)

    assert [row.carrier_id for row in rows(filled)] == ["I1"]
    assert entry(filled, "I1") == entry(filled, "I2")
    with pytest.raises(GrantError, match="given once"):
        granting.apply(RULE, "I1", on(APPLIED), Viewer.BROKERS)


def test_of_two_rows_that_turn_out_to_be_one_carriers_the_named_one_is_taken_back(
    granting: Granting, filled: Database
) -> None:
    with filled.begin() as connection:
        row = Grant(rule=RULE, carrier_id="I1", state=GrantState.APPLIED, amount=500_000.0, applied_on=APPLIED)
        Registers(connection).upsert([row, replace(row, carrier_id="I2")], NOW)
    same(filled)

    assert entry(filled, "I1").irregularities == (Irregularity.APPLIED_TWICE,)
    with pytest.raises(GrantError, match="there are rows of I1, I2"):
        granting.undo(RULE, "甲科技孵化器", on(TODAY), Viewer.BROKERS)
    granting.undo(RULE, "I2", on(TODAY), Viewer.BROKERS)
    assert entry(filled, "I1").irregularities == ()
    assert {row.carrier_id: row.state for row in rows(filled)} == {"I1": GrantState.APPLIED, "I2": GrantState.WITHDRAWN}


def test_two_that_were_decided_to_differ_are_entitled_each(granting: Granting, filled: Database) -> None:
    with filled.begin() as connection:
        Decisions(connection).put([Decision(IdentityKind.INCUBATOR, "I1", "I2", same=False)], NOW)

    assert [granting.apply(RULE, name, on(APPLIED), Viewer.BROKERS).step for name in ("I1", "I2")] == [
        Step.APPLIED,
        Step.APPLIED,
    ]


def test_a_row_of_a_rule_that_nobody_knows_is_listed_apart(filled: Database) -> None:
    with filled.begin() as connection:
        Registers(connection).upsert([Grant(rule="R.9", carrier_id="I3", state=GrantState.PAID)], NOW)
    found = grants_of(filled).ledger(Viewer.BROKERS, TODAY)

    assert [(row.rule, carrier.id) for row, carrier in found.strays] == [("R.9", "I3")]
    assert grants_of(filled).ledger(Viewer.BROKERS, TODAY, "I1").strays == ()
