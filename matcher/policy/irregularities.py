"""What does not fit together between a grant that is due and what the register of grants tells of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from matcher.domain.matches import State
from matcher.domain.registers import Event, Grant, GrantState
from matcher.policy.grants import Entitlement, GrantRule
from matcher.wording import Word

YUAN = ("", "CNY")
"""The currencies of a row that mean yuan; nothing stated is one of them."""


class Irregularity(Word):
    """What does not fit together in the ledger."""

    NOT_ENTITLED = "not_entitled", "无资格而申请或拨付", "applied for or paid without entitlement"
    UNPROVEN = "unproven", "资格待核实而申请或拨付", "applied for or paid while the entitlement is not known"
    AMOUNT = "amount", "金额与规则不符", "not the rule's amount"
    CURRENCY = "currency", "币种不是人民币", "not in yuan"
    APPLIED_TWICE = "applied_twice", "重复申请", "applied for twice"
    PAID_TWICE = "paid_twice", "重复拨付", "paid twice"
    APPLIED_EARLY = "applied_early", "申请早于事件", "applied for before the event"
    PAID_EARLY = "paid_early", "拨付早于事件", "paid before the event"
    PAID_BEFORE_APPLIED = "paid_before_applied", "拨付早于申请", "paid before it was applied for"
    OTHER_EVENT = "other_event", "所依据的事件不是应享事件", "rests on an event that does not entitle"
    SAME_CARRIER = "same_carrier", "疑似同一载体重复享受", "may be one carrier with another that had it"
    UNKNOWN_RULE = "unknown_rule", "规则编号不存在", "no rule has this id"


def irregularities(
    rule: GrantRule, due: Entitlement | None, rows: Sequence[Grant], events: Sequence[Event]
) -> Iterator[Irregularity]:
    """What is wrong with the rows of one grant, the row that counts first.

    Args:
        rule: the grant.
        due: the event that decides.
        rows: what the register tells of this grant of this carrier.
        events: all events of the carrier.
    """
    if not rows:
        return
    row, repeated = rows[0], len(rows) > 1
    if due is None or due.verdict.state is not State.PASS:
        unknown = due is not None and due.verdict.state is State.UNKNOWN
        yield Irregularity.UNPROVEN if unknown else Irregularity.NOT_ENTITLED
    else:
        if row.event_id and not _tells_of(row.event_id, due.event, events):
            yield Irregularity.OTHER_EVENT
        yield from _early(row, due.event.decided_on)
    if row.currency not in YUAN:
        yield Irregularity.CURRENCY
    elif row.amount is not None and row.amount != rule.amount:
        yield Irregularity.AMOUNT
    if repeated:
        yield Irregularity.APPLIED_TWICE
    if repeated and sum(one.state is GrantState.PAID for one in rows) > 1:
        yield Irregularity.PAID_TWICE
    if row.paid_on and row.applied_on and row.paid_on < row.applied_on:
        yield Irregularity.PAID_BEFORE_APPLIED


def _early(row: Grant, decided: date | None) -> Iterator[Irregularity]:
    if decided and row.applied_on and row.applied_on < decided:
        yield Irregularity.APPLIED_EARLY
    if decided and row.paid_on and row.paid_on < decided:
        yield Irregularity.PAID_EARLY


def _tells_of(event_id: str, event: Event, events: Sequence[Event]) -> bool:
    """Whether a row names the event that decides, or another that tells the same decision."""
    return any(one.id == event_id and _decision(one) == _decision(event) for one in events)


def _decision(event: Event) -> tuple[object, ...]:
    return event.event, event.carrier_kind, event.level, event.decided_on
