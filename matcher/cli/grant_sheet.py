"""The ledger of grants as a sheet for the office: one row a grant, with clause and source."""

from __future__ import annotations

from matcher.domain.matches import Confidence
from matcher.plain.grant_words import irregular, why
from matcher.policy.irregularities import Irregularity
from matcher.policy.ledger import Entry, Step
from matcher.reporting.spreadsheets import Sheet, Value
from matcher.services.grants import Ledger
from matcher.wording import Language, Said

COLUMNS = (
    Said("状态", "state"),
    Said("载体编号", "carrier id"),
    Said("载体名称", "carrier"),
    Said("奖补事项", "grant"),
    Said("规则编号", "rule"),
    Said("应享金额（元）", "amount (yuan)"),
    Said("事件编号", "event id"),
    Said("事件日期", "day of the event"),
    Said("事件文号", "document of the event"),
    Said("申请日期", "applied on"),
    Said("拨付日期", "paid on"),
    Said("申请或拨付金额（元）", "amount noted (yuan)"),
    Said("办理文号", "document"),
    Said("事件至申请（天）", "days to application"),
    Said("事件至拨付（天）", "days to payment"),
    Said("已等待（天）", "days waiting"),
    Said("依据", "why"),
    Said("缺少", "missing"),
    Said("异常", "irregular"),
    Said("条款", "clause"),
    Said("来源", "source"),
    Said("可信度", "confidence"),
    Said("说明", "note"),
)

CONFIDENCES = {
    Confidence.SEEN_PRIMARY: Said("见原文", "read in the original"),
    Confidence.SEEN: Said("见转述", "read in a repost"),
    Confidence.MEMORY: Said("凭记忆", "from memory"),
    Confidence.INFERRED: Said("推定", "our own reading"),
    Confidence.STATED: Said("自述", "stated"),
}


def grant_sheet(ledger: Ledger, language: Language) -> Sheet:
    """The ledger by state, then as in the ledger; rows that name no rule come last."""
    order = list(Step)
    ordered = sorted(ledger.entries, key=lambda one: order.index(one.step))
    rows = [_cells(one, language) for one in ordered]
    for row, carrier in ledger.strays:
        word = Irregularity.UNKNOWN_RULE.said.to(language)
        told: dict[str, Value] = {"carrier id": row.carrier_id, "carrier": carrier.name, "rule": row.rule}
        told |= {"applied on": row.applied_on, "paid on": row.paid_on, "amount noted (yuan)": row.amount}
        told |= {"document": row.document, "irregular": word}
        rows.append(tuple(told.get(column.en) for column in COLUMNS))
    name = Said("奖补台账", "grants").to(language)
    return Sheet(name, tuple(column.to(language) for column in COLUMNS), tuple(rows))


def _cells(one: Entry, language: Language) -> tuple[Value, ...]:
    row, event, basis, carrier = one.row, one.event, one.basis, one.carried.carrier
    return (
        one.step.said.to(language),
        carrier.id,
        carrier.name,
        one.rule.name.to(language),
        one.rule.id,
        one.rule.amount,
        event.id if event else None,
        event.decided_on if event else None,
        event.document if event else None,
        row.applied_on if row else None,
        row.paid_on if row else None,
        row.amount if row else None,
        row.document if row else None,
        one.days_to_apply,
        one.days_to_pay,
        one.days_waiting,
        why(one).to(language),
        "；".join(name.to(language) for name in one.missing),
        "；".join(irregular(each, one).to(language) for each in one.irregularities),
        basis.clause,
        basis.cites.to(language),
        CONFIDENCES[basis.confidence].to(language),
        one.rule.note.to(language) if one.rule.note else None,
    )
