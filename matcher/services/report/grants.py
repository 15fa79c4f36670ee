"""Grants: who is entitled to what, how far it is, and how long it took from the event to the payment."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from matcher.policy.ledger import Entry, Step
from matcher.reporting.sections import Column, Headline, Line, Section, Shape
from matcher.services.report.context import CARRIER, Context
from matcher.wording import Said

MONEY, DAYS = Said("元", "yuan"), Said("天", "days")
SUMMED = (Step.PAID, Step.APPLIED, Step.ENTITLED)


def grants_sections(context: Context) -> tuple[Section, ...]:
    """Every grant that is due, applied for, paid or open on the last day of the period."""
    entries = [one for one in context.ledger.entries if one.rows or one.step is not Step.NOT_ENTITLED]
    columns = (
        *CARRIER,
        Column(Said("经费", "grant"), Shape.LONG),
        Column(Said("金额", "amount"), Shape.YUAN, MONEY),
        Column(Said("办理状态", "state")),
        Column(Said("应享之日", "entitled on"), Shape.DAY),
        Column(Said("申请日期", "applied on"), Shape.DAY),
        Column(Said("拨付日期", "paid on"), Shape.DAY),
        Column(Said("应享到拨付", "event to payment"), Shape.NUMBER, DAYS),
        Column(Said("申请到拨付", "application to payment"), Shape.NUMBER, DAYS),
        Column(Said("已等待", "waiting"), Shape.NUMBER, DAYS),
        Column(Said("待核", "to be checked"), Shape.LONG),
    )
    lines = [_line(context, one) for one in entries]
    lines += [_sum(context, step, found) for step in SUMMED if (found := [one for one in entries if one.step is step])]
    return (
        Section(
            "grants",
            Said("奖补", "grants"),
            columns,
            tuple(lines),
            (
                Said(
                    f"依据 三(一)；截至 {context.ledger.day}。应享之日是认定、备案或评价的日期。",
                    f"By 三(一), as of {context.ledger.day}. Entitled on: the day of the recognition or evaluation.",
                ),
            ),
            tuple(_headlines(context, entries)),
        ),
    )


def _line(context: Context, one: Entry) -> Line:
    row, event = one.row, one.event
    open_ = [each.said for each in one.irregularities]
    if one.missing:
        names = [Said("缺 " + "、".join(name.zh for name in one.missing), "missing: " + _english(one.missing))]
        open_ = [*open_, *names]
    cells = (
        one.carried.carrier.name,
        one.carried.carrier.id,
        one.rule.name,
        one.sum,
        one.step.said,
        event.decided_on if event else None,
        row.applied_on if row else None,
        row.paid_on if row else None,
        *(None if days is None else float(days) for days in (one.days_to_pay, one.days_in_office, one.days_waiting)),
        Said("；".join(said.zh for said in open_), _english(open_)) if open_ else None,
    )
    facts = (*([event] if event else ()), *one.rows)
    return Line(cells, (context.cite.rule(one.rule.id), *context.cite.rows(facts)))


def _english(names: Sequence[Said]) -> str:
    return ", ".join(name.en for name in names)


def _sum(context: Context, step: Step, entries: Sequence[Entry]) -> Line:
    said = Said(f"合计：{step.said.zh} {len(entries)} 项", f"sum: {step.said.en}, {len(entries)}")
    days = [one.days_to_pay for one in entries if one.days_to_pay is not None]
    told = (float(median(days)) if days else None, None, None, Said("天数为中位数", "days: median") if days else None)
    amount = sum(one.sum for one in entries)
    refs = dict.fromkeys(ref for one in entries for ref in _line(context, one).refs)
    return Line((said, "", None, amount, step.said, None, None, None, *told), tuple(refs), total=True)


def _headlines(context: Context, entries: Sequence[Entry]) -> list[Headline]:
    paid = [one for one in entries if one.row and one.step is Step.PAID and context.within(one.row.paid_on)]
    waiting = [one for one in entries if one.step in (Step.APPLIED, Step.ENTITLED)]
    return [
        Headline(Said("奖补：本期拨付", "grants paid in the period"), sum(one.sum for one in paid), Shape.YUAN, MONEY),
        Headline(Said("奖补：应享未拨付", "grants due, not paid"), sum(one.sum for one in waiting), Shape.YUAN, MONEY),
    ]
