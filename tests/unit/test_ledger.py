"""The ledger: entitlement joined with what was applied for and paid; one entry a grant, what does not fit is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.records import Level
from matcher.domain.registers import Event, Grant, GrantState
from matcher.policy.grants import Carried, GrantRule
from matcher.policy.irregularities import Irregularity
from matcher.policy.ledger import Entry, Step, doubted, entries
from tests.builders import gazetteer, incubator, rulebook
from tests.unit.test_grants import FILED, TODAY, approval, evaluation, revocation, some_events

BOOK = rulebook()
RULE = "TL-GRANT.incubator-region"
RECOGNISED = date(2024, 5, 10)
APPLIED, PAID = date(2024, 6, 9), date(2024, 12, 1)
EVENT = approval("E1", RECOGNISED)


def applied(**changes: Any) -> Grant:
    """An application thirty days after the recognition."""
    usual = Grant(rule=RULE, carrier_id="I1", state=GrantState.APPLIED, amount=500_000.0, applied_on=APPLIED)
    return replace(usual, **changes)


def paid(**changes: Any) -> Grant:
    """Its payment."""
    return replace(applied(state=GrantState.PAID, paid_on=PAID), **changes)


def ledger(events: Sequence[Event], *rows: Grant, day: date = TODAY) -> list[Entry]:
    return entries(BOOK, {"I1": Carried(incubator(), events, gazetteer())}, {"I1": rows}, day)


def entry(*rows: Grant, events: Sequence[Event] = (EVENT,), day: date = TODAY) -> Entry:
    (found,) = ledger(events, *rows, day=day)
    return found


def test_a_grant_is_entitled_then_applied_for_then_paid_and_each_takes_its_days() -> None:
    steps = [
        (one.step, one.days_to_apply, one.days_to_pay, one.days_in_office, one.days_waiting, one.irregularities)
        for one in (entry(day=RECOGNISED + timedelta(days=10)), entry(applied(), day=APPLIED), entry(paid()))
    ]

    assert steps == [
        (Step.ENTITLED, None, None, None, 10, ()),
        (Step.APPLIED, 30, None, None, 0, ()),
        (Step.PAID, 30, 205, 175, None, ()),
    ]


@pytest.mark.parametrize(
    ("day", "step"),
    [
        (APPLIED - timedelta(days=1), Step.ENTITLED),
        (APPLIED, Step.APPLIED),
        (PAID - timedelta(days=1), Step.APPLIED),
        (PAID, Step.PAID),
    ],
)
def test_the_ledger_of_a_day_does_not_know_what_came_later(day: date, step: Step) -> None:
    assert entry(paid(), day=day).step is step


def test_there_is_no_ledger_before_the_event() -> None:
    assert ledger([EVENT], day=RECOGNISED - timedelta(days=1)) == []


def test_a_withdrawn_application_is_none() -> None:
    assert entry(applied(state=GrantState.WITHDRAWN)).step is Step.ENTITLED


IRREGULAR = {
    "paid without entitlement": (entry(paid(), events=[approval(on=date(2019, 1, 1))]), Irregularity.NOT_ENTITLED),
    "paid where nothing was decided": (entry(paid(), events=()), Irregularity.NOT_ENTITLED),
    "applied for while the entitlement is not known": (
        entry(applied(), events=[approval(on=None)]),
        Irregularity.UNPROVEN,
    ),
    "less paid than due": (entry(paid(amount=499_999.0)), Irregularity.AMOUNT),
    "more paid than due": (entry(paid(amount=500_001.0)), Irregularity.AMOUNT),
    "paid in another currency": (entry(paid(currency="USD")), Irregularity.CURRENCY),
    "applied for before the event": (
        entry(applied(applied_on=RECOGNISED - timedelta(days=1))),
        Irregularity.APPLIED_EARLY,
    ),
    "paid before it was applied for": (
        entry(paid(paid_on=APPLIED - timedelta(days=1))),
        Irregularity.PAID_BEFORE_APPLIED,
    ),
    "paid before the event": (
        entry(paid(applied_on=None, paid_on=RECOGNISED - timedelta(days=1))),
        Irregularity.PAID_EARLY,
    ),
    "applied for twice": (entry(applied(), applied(carrier_id="I2")), Irregularity.APPLIED_TWICE),
    "resting on another event": (
        entry(applied(event_id="E9"), events=[EVENT, approval("E9", level=Level.CITY)]),
        Irregularity.OTHER_EVENT,
    ),
}


@pytest.mark.parametrize("what", IRREGULAR)
def test_what_does_not_fit_has_a_name(what: str) -> None:
    found, name = IRREGULAR[what]

    assert found.irregularities == (name,)
    assert name.said.zh


def test_what_was_paid_twice_under_two_ids_is_one_entry() -> None:
    found = entry(paid(), paid(carrier_id="I2", paid_on=PAID + timedelta(days=1)))

    assert (found.step, found.sum) == (Step.PAID, 1_000_000)
    assert set(found.irregularities) == {Irregularity.APPLIED_TWICE, Irregularity.PAID_TWICE}


def test_what_was_paid_counts_as_far_as_it_is_told_in_yuan() -> None:
    rows = (paid(amount=None), paid(currency="USD"), paid(amount=400_000.0), applied())

    assert [entry(row).sum for row in rows] == [0, 0, 400_000, 500_000]


def test_a_row_may_rest_on_another_notice_of_the_same_decision() -> None:
    assert entry(applied(event_id="E2"), events=[EVENT, replace(EVENT, id="E2")]).irregularities == ()


def test_what_was_paid_before_the_revocation_stays_paid_and_what_was_not_is_due_no_more() -> None:
    lost = revocation(on=PAID + timedelta(days=1))

    assert entry(paid(), events=[EVENT, lost]).irregularities == ()
    assert entry(applied(), events=[EVENT, lost]).irregularities == (Irregularity.NOT_ENTITLED,)
    assert entry(events=[EVENT, lost]).step is Step.NOT_ENTITLED


def test_paid_once_and_won_again_is_not_due_again() -> None:
    events = [EVENT, revocation(on=date(2025, 1, 1)), approval("E2", date(2026, 1, 1))]

    assert [(one.step, one.irregularities) for one in ledger(events, paid())] == [(Step.PAID, ())]


@pytest.mark.parametrize(
    ("row", "missing"),
    [
        (applied(applied_on=None), ["申请日期"]),
        (paid(paid_on=None), ["拨付日期"]),
        (paid(amount=None), ["拨付金额"]),
        (paid(applied_on=None, paid_on=None, amount=None), ["申请日期", "拨付日期", "拨付金额"]),
    ],
)
def test_what_a_row_lacks_is_named_and_nothing_is_counted_from_it(row: Grant, missing: list[str]) -> None:
    found = entry(row)

    assert [name.zh for name in found.missing] == missing
    assert found.irregularities == ()
    assert "申请日期" not in missing or found.days_to_apply is None


# carriers that may be one


def two(*rows: Grant) -> list[Entry]:
    carriers = {
        name: Carried(incubator(name), [replace(EVENT, id=f"E{name}", carrier_id=name)], gazetteer())
        for name in ("I1", "I2")
    }
    grants = {name: [row for row in rows if row.carrier_id == name] for name in carriers}
    return doubted(entries(BOOK, carriers, grants, TODAY), [("I2", "I1")])


def test_of_two_that_may_be_one_only_the_first_is_entitled() -> None:
    first, second = two()

    assert (first.step, first.doubt) == (Step.ENTITLED, None)
    assert (second.step, second.doubt and second.doubt.id) == (Step.UNKNOWN, "I1")
    assert "I1" in second.missing[0].zh


def test_who_was_paid_comes_first() -> None:
    other, first = two(paid(carrier_id="I2"))

    assert (other.step, other.doubt and other.doubt.id, first.step) == (Step.UNKNOWN, "I2", Step.PAID)


def test_two_that_may_be_one_and_were_both_paid_are_named() -> None:
    found = two(paid(), paid(carrier_id="I2", paid_on=PAID + timedelta(days=1)))

    assert [one.irregularities for one in found] == [(), (Irregularity.SAME_CARRIER,)]


def test_who_is_not_entitled_takes_nothing_from_the_other() -> None:
    carriers = {
        "I1": Carried(incubator("I1"), [replace(EVENT, decided_on=date(2019, 1, 1))], gazetteer()),
        "I2": Carried(incubator("I2"), [replace(EVENT, carrier_id="I2")], gazetteer()),
    }
    found = doubted(entries(BOOK, carriers, {}, TODAY), [("I1", "I2")])

    assert [one.step for one in found] == [Step.NOT_ENTITLED, Step.ENTITLED]


# what always holds

some_rows = st.lists(
    st.builds(
        Grant,
        rule=st.sampled_from([rule.id for rule in BOOK.of(GrantRule)]),
        carrier_id=st.sampled_from(["I1", "I2"]),
        state=st.sampled_from(GrantState),
        amount=st.none() | st.sampled_from([500_000.0, 1.0]),
        applied_on=st.none() | st.dates(date(2023, 1, 1), date(2025, 12, 31)),
        paid_on=st.none() | st.dates(date(2023, 1, 1), date(2025, 12, 31)),
    ),
    max_size=4,
)


@settings(max_examples=200, deadline=None)
@given(some_events, some_rows)
def test_a_grant_is_in_the_ledger_at_most_once_with_its_clause(events: tuple[Event, ...], rows: list[Grant]) -> None:
    found = ledger(events, *rows)

    assert len({one.rule.id for one in found}) == len(found)
    for one in found:
        assert one.basis.clause
        assert one.basis.cites.zh
        assert one.passes or one.step is not Step.ENTITLED
        assert one.step not in (Step.APPLIED, Step.PAID) or one.passes or one.irregularities


def test_the_makerspace_of_the_notice_gets_its_own_grant() -> None:
    found = ledger([FILED, evaluation()])

    assert [(one.rule.id, one.rule.amount) for one in found] == [("TL-GRANT.makerspace-excellent", 200_000)]
