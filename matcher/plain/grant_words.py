"""What is said of one entry of the grant ledger: the event, why it is so, how long it took, what is wrong."""

from __future__ import annotations

from datetime import date

from matcher.domain.matches import State
from matcher.domain.registers import Event, EventKind, GrantState
from matcher.domain.rounding import ALL, yuan
from matcher.policy.irregularities import Irregularity
from matcher.policy.ledger import Entry, Step
from matcher.wording import Said, joined

SPOKEN = {EventKind.RECOGNISED: "认定", EventKind.FILED: "备案", EventKind.EVALUATED: "绩效评价"}


def event_said(event: Event) -> Said:
    """The event: day, level, kind, what was decided, and where it stands."""
    evaluated = event.event is EventKind.EVALUATED
    level, kind = (each.label if each else "（未填）" for each in (event.level, event.carrier_kind))
    zh = f"{event.decided_on or '日期未填'} {level}{kind}"
    en = f"{event.decided_on or '(day?)'} {event.level or '(level?)'} {event.carrier_kind or '(kind?)'} {event.event}"
    if evaluated:
        zh = f"{zh}{event.year or '（年度未填）'}年度"
        en = f"{en} {event.year or '(year?)'} {event.grade or '(grade?)'}"
    zh = f"{zh}{SPOKEN.get(event.event, event.event.label)}"
    if evaluated:
        zh = f"{zh}{event.grade.label if event.grade else '等级未填'}"
    place = [each for each in (event.id, event.document) if each]
    return Said(f"{zh}（{'，'.join(place)}）", f"{en} ({', '.join(place)})") if place else Said(zh, en)


def why(one: Entry) -> Said:
    """The event that decides and, unless it entitles, why it does not; with the clause."""
    basis = one.basis
    cites = Said(f"{basis.cites.zh} {basis.clause}", f"{basis.cites.en} {basis.clause}")
    if one.entitlement is None:
        return Said(f"没有相应的事件（{cites.zh}）", f"no such event ({cites.en})")
    told, verdict = event_said(one.entitlement.event), one.entitlement.verdict
    if verdict.state is State.PASS:
        return Said(f"{told.zh}，{cites.zh}", f"{told.en}; {cites.en}")
    return Said(f"{told.zh}：{verdict.said.zh}；{cites.zh}", f"{told.en}: {verdict.said.en}; {cites.en}")


def course(one: Entry) -> Said | None:
    """How far it is and how long that took; None where nothing has happened and nothing is due."""
    row = one.row
    if row is None:
        return _waiting(one) if one.step is Step.ENTITLED else None
    applied = _after(Said("申请", "applied"), row.applied_on, one.days_to_apply)
    if row.state is not GrantState.PAID:
        waiting = _waiting(one)
        return joined([applied, waiting]) if waiting else applied
    what = Said("拨付", "paid")
    if row.amount is not None:
        what = Said(f"拨付 {yuan(row.amount, ALL)}元", f"paid {yuan(row.amount, ALL)} yuan")
    paid = _after(what, row.paid_on, one.days_to_pay)
    return joined([applied, paid, *_office(one)])


def irregular(each: Irregularity, one: Entry) -> Said:
    """What does not fit, with the figures where there are any."""
    row = one.row
    if each is Irregularity.AMOUNT and row and row.amount is not None:
        told = f"{yuan(row.amount, ALL)} / {yuan(one.rule.amount)}"
        return Said(f"{each.said.zh}：登记/规则 {told}", f"{each.said.en}: noted/rule {told}")
    if each is Irregularity.SAME_CARRIER:
        return Said(f"{each.said.zh}（{one.doubt_name}）", f"{each.said.en} ({one.doubt_name})")
    if each in (Irregularity.APPLIED_TWICE, Irregularity.PAID_TWICE):
        return Said(f"{each.said.zh}（{len(one.rows)} 条登记）", f"{each.said.en} ({len(one.rows)} rows)")
    return each.said


def _after(what: Said, day: date | None, days: int | None) -> Said:
    told = Said(f"{day or '日期未填'} {what.zh}", f"{day or '(day?)'} {what.en}")
    if days is None:
        return told
    return Said(f"{told.zh}（事件后 {days} 天）", f"{told.en} ({days} days after the event)")


def _office(one: Entry) -> list[Said]:
    days = one.days_in_office
    return [] if days is None else [Said(f"申请到拨付 {days} 天", f"{days} days from application to payment")]


def _waiting(one: Entry) -> Said | None:
    days = one.days_waiting
    if days is None:
        return None
    if one.step is Step.APPLIED:
        return Said(f"申请后已等待 {days} 天", f"waiting for {days} days since")
    return Said(f"事件后 {days} 天未申请", f"not applied for since {days} days")
