"""Who may use a shared resource, and which step of readiness it helps."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.matches import Confidence, State, Verdict
from matcher.domain.names import BY_SPELLING
from matcher.domain.records import Incubator
from matcher.domain.registers import Resource, ResourceKind
from matcher.policy.openness import User, openness, step
from tests.builders import incubator, rulebook

BOOK = rulebook()
DAY = date(2026, 10, 31)
ONE = timedelta(days=1)
NAMES = {"I1": "甲孵化器", "I2": "乙众创空间"}
PASS, FAIL, UNKNOWN = State.PASS, State.FAIL, State.UNKNOWN


def resource(**changes: Any) -> Resource:
    usual: dict[str, Any] = {"id": "R1", "name": "冻干中试线", "kind": ResourceKind.PILOT_LINE, "owner": "丙公司"}
    return Resource(**(usual | changes))


def told(user: User | None = None, **changes: Any) -> dict[str, Verdict]:
    found = openness(resource(**changes), user, NAMES, BY_SPELLING, BOOK, DAY)
    return {one.rule.partition(".")[2]: one for one in found}


def through(carrier: Incubator) -> User:
    return User(carrier, undertaken=True)


@pytest.mark.parametrize(("first", "expected"), [(DAY, PASS), (DAY + ONE, FAIL)])
def test_a_resource_may_be_used_from_its_first_day(first: date, expected: State) -> None:
    found = told(available_from=first)["from"]

    assert found.state is expected
    assert str(first) in found.said.zh
    assert (found.change is not None) is (expected is FAIL)


@pytest.mark.parametrize(("last", "expected"), [(DAY, PASS), (DAY - ONE, FAIL)])
def test_a_resource_may_be_used_until_its_last_day(last: date, expected: State) -> None:
    found = told(available_until=last)["until"]

    assert found.state is expected
    assert found.rejects is (expected is FAIL)


def test_a_limit_that_nobody_states_is_none() -> None:
    assert told() == {}
    assert told(User())["carrier"].state is PASS


@pytest.mark.parametrize(
    ("user", "expected", "words"),
    [
        (through(incubator("I1", name="甲孵化器")), PASS, "对所在载体 甲孵化器 开放"),
        (through(incubator("I2", name="乙众创空间")), FAIL, "只对 甲孵化器 开放"),
        (User(), UNKNOWN, "尚未落户载体"),
        (User(None, undertaken=True), UNKNOWN, "所在载体未知"),
    ],
)
def test_a_resource_opened_to_some_carriers_is_open_through_them(user: User, expected: State, words: str) -> None:
    found = told(user, open_to=("I1",))["carrier"]

    assert found.state is expected
    assert words in found.said.zh
    if expected is not PASS:
        assert found.change is not None
        assert "由 甲孵化器 承接" in found.change.zh


def test_a_carrier_may_use_its_own_resource_whomever_else_it_is_open_to() -> None:
    own = through(incubator("I2", name="丙公司"))

    assert told(own, open_to=("I1",))["carrier"].state is PASS


def test_a_carrier_that_nobody_knows_is_not_named() -> None:
    found = told(User(), open_to=("I9",))["carrier"]

    assert "I9" not in found.said.zh
    assert found.state is UNKNOWN


def test_what_the_owner_states_is_told_as_a_statement() -> None:
    found = told(User(), available_from=DAY, available_until=DAY)

    assert {one.basis.confidence for one in found.values()} == {Confidence.STATED}
    assert all(one.basis.clause and one.basis.cites.zh for one in found.values())


WINDOWS = {
    ResourceKind.LABORATORY: (2, 5),
    ResourceKind.INSTRUMENT: (3, 7),
    ResourceKind.PILOT_LINE: (4, 6),
}


@pytest.mark.parametrize(
    ("kind", "trl", "expected"),
    [
        (kind, trl, expected)
        for kind, (low, high) in WINDOWS.items()
        for trl, expected in ((low - 1, FAIL), (low, PASS), (high, PASS), (high + 1, FAIL))
    ],
)
def test_each_kind_helps_the_readiness_of_its_window(kind: ResourceKind, trl: int, expected: State) -> None:
    found = step(resource(kind=kind), trl, BOOK, DAY)

    assert found is not None
    assert found.state is expected
    assert found.basis.confidence is Confidence.INFERRED
    assert not found.rejects


def test_training_helps_no_step_and_an_unknown_readiness_is_not_judged() -> None:
    assert step(resource(kind=ResourceKind.TRAINING), 5, BOOK, DAY) is None
    assert step(resource(), None, BOOK, DAY) is None


@settings(max_examples=100, deadline=None)
@given(
    st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.none() | st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.lists(st.sampled_from(["I1", "I2", "I9"]), unique=True),
    st.sampled_from([None, User(), through(incubator("I1", name="甲孵化器"))]),
)
def test_no_verdict_is_without_clause_and_source(
    first: date | None, last: date | None, open_to: list[str], user: User | None
) -> None:
    for verdict in told(user, available_from=first, available_until=last, open_to=tuple(open_to)).values():
        assert verdict.basis.clause
        assert verdict.basis.source in BOOK.sources
        assert verdict.said.zh
        assert verdict.said.en
        assert verdict.state is not UNKNOWN or (user is not None and user.carrier is None and open_to)
