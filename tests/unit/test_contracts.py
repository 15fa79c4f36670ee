"""A technology contract before the rules of `data/policy/contracts.yaml` and `broker.yaml`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.matches import Confidence, Effect, State, Verdict
from matcher.domain.records import TransferMode
from matcher.domain.registers import Contract, ContractKind, Pricing
from matcher.policy.contracts import Check, check, registration_due
from tests.builders import rulebook

BOOK = rulebook()
DAY = date(2026, 10, 31)
SIGNED, ACCEPTED = date(2025, 3, 20), date(2025, 4, 1)
PASS, FAIL, UNKNOWN = State.PASS, State.FAIL, State.UNKNOWN


def contract(**changes: Any) -> Contract:
    """A licence in order, registered in time."""
    usual = Contract(
        id="C1",
        name="实施许可合同",
        kind=ContractKind.LICENCE,
        seller="甲大学",
        buyer="乙公司",
        mode=TransferMode.LICENCE,
        pricing=Pricing.AGREED,
        publicised_on=SIGNED - timedelta(days=15),
        written=True,
        signed_on=SIGNED,
        amount=1_000_000.0,
        net_income=900_000.0,
        reward=450_000.0,
        accepted_on=ACCEPTED,
        registered_on=ACCEPTED + timedelta(days=30),
    )
    return replace(usual, **changes)


def checked(day: date = DAY, **changes: Any) -> Check:
    return check(contract(**changes), BOOK, day)


def said(rule: str, day: date = DAY, **changes: Any) -> Verdict | None:
    return next((one for one in checked(day, **changes).verdicts if one.rule == rule), None)


def state(rule: str, day: date = DAY, **changes: Any) -> State | None:
    found = said(rule, day, **changes)
    return found.state if found else None


def test_a_contract_in_order_passes_every_rule() -> None:
    found = checked()

    assert {one.state for one in found.verdicts} == {PASS}
    assert not found.missing
    assert len(found.aspects) == 4, "without a broker nothing is said of a fee"


@pytest.mark.parametrize(
    ("kind", "written", "expected"),
    [
        (ContractKind.DEVELOPMENT, True, PASS),
        (ContractKind.DEVELOPMENT, False, FAIL),
        (ContractKind.DEVELOPMENT, None, UNKNOWN),
        (ContractKind.TRANSFER, False, FAIL),
        (ContractKind.LICENCE, False, FAIL),
        (ContractKind.LICENCE, None, UNKNOWN),
        (ContractKind.CONSULTING, False, PASS),
        (ContractKind.SERVICE, False, PASS),
        (ContractKind.INTERMEDIARY, False, PASS),
        (ContractKind.TRAINING, False, PASS),
        (None, True, UNKNOWN),
    ],
)
def test_the_code_asks_for_writing_of_three_types_and_of_no_other(
    kind: ContractKind | None, written: bool | None, expected: State
) -> None:
    form = next(one for one in checked(kind=kind, written=written).aspects if one.ruleset.id == "CONTRACT-FORM")

    assert form.verdicts[-1].state is expected
    assert form.verdicts[0].state is (UNKNOWN if kind is None else PASS)


def test_oral_contracts_were_not_registered_until_2026_and_since_then_nobody_knows() -> None:
    oral: dict[str, Any] = {"kind": ContractKind.SERVICE, "written": False, "registered_on": None}

    assert state("CONTRACT-REGISTRATION-2000.written", accepted_on=date(2026, 1, 22), **oral) is FAIL
    assert state("CONTRACT-REGISTRATION-2026.written", accepted_on=date(2026, 1, 23), **oral) is UNKNOWN
    assert state("CONTRACT-REGISTRATION-2000.written", accepted_on=date(2026, 1, 23), **oral) is None


@pytest.mark.parametrize(("days", "expected"), [(0, PASS), (30, PASS), (31, FAIL)])
def test_registration_takes_thirty_days_from_acceptance(days: int, expected: State) -> None:
    found = said("CONTRACT-REGISTRATION-2000.days", registered_on=ACCEPTED + timedelta(days=days))

    assert found is not None
    assert (found.state, found.value) == (expected, days)


@pytest.mark.parametrize(("waited", "expected"), [(30, UNKNOWN), (31, FAIL)])
def test_a_registration_still_to_come_is_late_only_once_the_days_are_over(waited: int, expected: State) -> None:
    day = ACCEPTED + timedelta(days=waited)

    assert state("CONTRACT-REGISTRATION-2000.days", day, registered_on=None) is expected


def test_the_time_limit_of_2026_is_not_invented() -> None:
    late = {"accepted_on": date(2026, 1, 23), "registered_on": date(2026, 9, 1)}

    assert state("CONTRACT-REGISTRATION-2026.days", **late) is UNKNOWN
    assert state("CONTRACT-REGISTRATION-2000.days", **late) is None


def test_what_is_registered_before_it_was_accepted_tells_nothing_of_the_time() -> None:
    assert state("CONTRACT-REGISTRATION-2000.days", registered_on=ACCEPTED - timedelta(days=1)) is UNKNOWN


def test_not_accepted_yet_is_unknown_by_the_measures_of_the_day() -> None:
    early = {"accepted_on": None, "registered_on": None}

    assert state("CONTRACT-REGISTRATION-2000.days", date(2026, 1, 22), **early) is UNKNOWN
    assert state("CONTRACT-REGISTRATION-2026.days", date(2026, 1, 23), **early) is UNKNOWN
    assert "受理日期" in [one.zh for one in checked(date(2026, 1, 22), **early).missing]


@pytest.mark.parametrize(
    ("days", "before", "long"), [(15, PASS, PASS), (14, PASS, FAIL), (0, PASS, FAIL), (-1, FAIL, FAIL)]
)
def test_an_agreed_price_is_publicised_before_signing_and_the_fifteen_days_only_remind(
    days: int, before: State, long: State
) -> None:
    told = {"publicised_on": SIGNED - timedelta(days=days)}
    reminder = said("CONTRACT-PRICE.days", **told)

    assert state("CONTRACT-PRICE.before", **told) is before
    assert reminder is not None
    assert reminder.state is long
    assert (reminder.basis.confidence, reminder.effect) == (Confidence.MEMORY, Effect.WARN)
    assert not reminder.rejects


def test_a_day_of_publicity_that_nobody_told_is_missing_and_not_a_failure() -> None:
    found = checked(publicised_on=None)

    assert {one.state for one in found.verdicts if one.rule.startswith("CONTRACT-PRICE.")} == {PASS, UNKNOWN}
    assert [one.zh for one in found.missing] == ["公示日期"]


@pytest.mark.parametrize("pricing", [Pricing.LISTED, Pricing.AUCTION])
def test_listing_and_auction_need_no_publicity(pricing: Pricing) -> None:
    assert state("CONTRACT-PRICE.publicity", pricing=pricing, publicised_on=None) is None
    assert state("CONTRACT-PRICE.way", pricing=pricing) is PASS


def test_a_service_has_no_price_to_publicise() -> None:
    found = checked(kind=ContractKind.SERVICE, mode=None, publicised_on=None)

    assert not [one for one in found.verdicts if one.rule.startswith(("CONTRACT-PRICE", "CONTRACT-REWARD"))]


@pytest.mark.parametrize(("reward", "expected"), [(450_000.0, PASS), (449_999.0, FAIL), (None, UNKNOWN)])
def test_half_of_the_net_income_is_the_floor_of_the_reward(reward: float | None, expected: State) -> None:
    found = said("CONTRACT-REWARD.income", reward=reward)

    assert found is not None
    assert found.state is expected
    if expected is FAIL:
        assert found.change is not None
        assert "奖励" in found.change.zh


@pytest.mark.parametrize(
    ("columns", "speaks"),
    [
        ({}, True),
        ({"奖励另有约定": "是"}, True),
        ({"奖励另有约定": "是", "国家设立": "是"}, True),
        ({"奖励另有约定": "是", "国家设立": "否"}, False),
    ],
)
def test_the_floor_holds_unless_a_free_owner_is_told_to_have_agreed_otherwise(
    columns: dict[str, str], speaks: bool
) -> None:
    assert (state("CONTRACT-REWARD.income", reward=1.0, extra=columns) is FAIL) is speaks


def test_equity_and_profit_have_floors_of_their_own() -> None:
    equity: dict[str, Any] = {"kind": ContractKind.TRANSFER, "mode": TransferMode.EQUITY}
    profit: dict[str, Any] = {"kind": ContractKind.DEVELOPMENT, "mode": TransferMode.COOPERATION}

    assert state("CONTRACT-REWARD.equity", **equity) is UNKNOWN
    assert state("CONTRACT-REWARD.equity", **equity, extra={"奖励股权比例": "50%"}) is PASS
    assert state("CONTRACT-REWARD.equity", **equity, extra={"奖励股权比例": "0.49"}) is FAIL
    assert state("CONTRACT-REWARD.profit", **profit, extra={"利润提成比例": "5%"}) is PASS
    assert state("CONTRACT-REWARD.profit", **profit, extra={"利润提成比例": "4.9%"}) is FAIL
    assert state("CONTRACT-REWARD.years", **profit, extra={"利润提成年数": "2"}) is FAIL
    assert state("CONTRACT-REWARD.income", **profit) is None


def test_amounts_in_another_currency_are_not_compared_as_yuan() -> None:
    found = checked(currency="USD", broker_fee=20_000.0, reward=1.0)

    assert next(one.state for one in found.verdicts if one.rule == "CONTRACT-REWARD.income") is UNKNOWN
    told = next(one for one in found.verdicts if one.rule == "CONTRACT-FEE.told")
    assert told.state is UNKNOWN
    assert "USD" in told.said.zh


def fees(**changes: Any) -> dict[str, State]:
    return {one.verdict.rule.partition(".")[2]: one.verdict.state for one in checked(**changes).fees}


def test_without_a_broker_nothing_is_said_of_a_fee() -> None:
    assert fees() == {}
    assert state("CONTRACT-FEE.told") is None


def test_an_agency_contract_follows_what_the_court_says() -> None:
    agency: dict[str, Any] = {"kind": ContractKind.INTERMEDIARY, "broker_fee": 5e4}

    assert fees(**agency)["contract"] is PASS
    assert "amount" not in fees(**agency), "the fee is agreed"
    assert state("CONTRACT-FEE.told", **agency) is PASS
    assert state("CONTRACT-FEE.told", kind=ContractKind.INTERMEDIARY) is UNKNOWN


@pytest.mark.parametrize(
    ("rule", "given_by", "not_given_by"),
    [
        ("expenses", {"约定费用承担": "否"}, {"约定费用承担": "是"}),
        ("client-expenses", {"委托人承担费用": "是", "约定费用数额": "否"}, {"委托人承担费用": "否"}),
        ("amount", {"约定报酬": "否"}, {"约定报酬": "是"}),
        ("shared", {"中介条款并入技术合同": "是", "约定报酬": "否"}, {"中介条款并入技术合同": "否"}),
        ("not-concluded", {"促成订立": "否"}, {"促成订立": "是"}),
        ("concealed", {"中介人隐瞒": "是"}, {"中介人隐瞒": "否"}),
        ("void", {"合同无效": "是", "中介人过错": "否", "中介条款有效": "是"}, {"中介人过错": "是"}),
    ],
)
def test_every_rule_on_fees_follows_only_where_its_case_is_told(
    rule: str, given_by: dict[str, str], not_given_by: dict[str, str]
) -> None:
    broker: dict[str, Any] = {"kind": ContractKind.INTERMEDIARY, "signed_on": None}

    assert fees(**broker, extra=given_by)[rule] is PASS
    assert fees(**broker)[rule] is UNKNOWN
    assert rule not in fees(**broker, extra=not_given_by)


def test_what_follows_stands_before_what_may_follow() -> None:
    states = list(fees(kind=ContractKind.INTERMEDIARY, extra={"约定费用承担": "否"}).values())

    assert states == sorted(states, key=[PASS, UNKNOWN].index)


DAYS = st.none() | st.dates(date(2024, 1, 1), date(2026, 12, 31))
MONEY = st.none() | st.floats(1, 1e9)
ANY = st.fixed_dictionaries(
    {
        "kind": st.none() | st.sampled_from(ContractKind),
        "mode": st.none() | st.sampled_from(TransferMode),
        "pricing": st.none() | st.sampled_from(Pricing),
        "written": st.none() | st.booleans(),
        "publicised_on": DAYS,
        "signed_on": DAYS,
        "accepted_on": DAYS,
        "registered_on": DAYS,
        "broker_fee": MONEY,
        "net_income": MONEY,
        "reward": MONEY,
    }
)


@settings(max_examples=150, deadline=None)
@given(ANY)
def test_no_verdict_is_without_clause_and_source(told: dict[str, Any]) -> None:
    found = checked(**told)
    for verdict in (*found.verdicts, *(one.verdict for one in found.fees)):
        assert verdict.basis.clause
        assert verdict.basis.source in BOOK.sources
        assert verdict.said.zh
        assert verdict.said.en
        assert verdict.basis.confidence is not Confidence.MEMORY or verdict.effect in (Effect.WARN, Effect.INFO)
    assert all(
        verdict.state is not UNKNOWN or verdict.missing or "条文未取得" in verdict.said.zh for verdict in found.verdicts
    )


SAME_RULES = ("written", "publicised_on", "registered_on", "net_income", "reward", "broker_fee")
"""What may be forgotten without another version or another type being asked about."""


@settings(max_examples=150, deadline=None)
@given(ANY, st.sampled_from(SAME_RULES))
def test_a_thing_forgotten_never_turns_an_answer_round(told: dict[str, Any], gone: str) -> None:
    before = {one.rule: one.state for one in checked(**told).verdicts}
    after = {one.rule: one.state for one in checked(**told | {gone: None}).verdicts}

    for rule in before.keys() & after.keys():
        late = rule == "CONTRACT-REGISTRATION-2000.days" and gone == "registered_on"
        assert after[rule] in (before[rule], UNKNOWN) or late, "what waits until today may be late by then"


def test_the_last_day_of_registration_is_counted_from_acceptance_by_the_rule_of_that_day() -> None:
    row = Contract(id="C1", name="合同", accepted_on=date(2024, 1, 8))
    due = registration_due(row, BOOK)

    assert due is not None
    assert (due.day, due.basis.rule) == (date(2024, 2, 7), "CONTRACT-REGISTRATION-2000.days")
    assert registration_due(replace(row, accepted_on=None), BOOK) is None
    assert registration_due(replace(row, accepted_on=date(2026, 3, 1)), BOOK) is None
