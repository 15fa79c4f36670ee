"""Filings of services as plain JSON values, and what is said of each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from matcher.domain.matches import State
from matcher.domain.registers import Filing
from matcher.plain.matches import said_json, verdict_json
from matcher.policy.filings import Filed, FilingState
from matcher.policy.rules import Rulebook
from matcher.services.filings import Prior
from matcher.wording import Said

MAY_START = {
    FilingState.UNFILED: False,
    FilingState.PENDING: False,
    FilingState.UNKNOWN: None,
    FilingState.LATE: False,
    FilingState.IN_TIME: True,
    FilingState.NOT_COVERED: True,
}


def filings_json(book: Rulebook, found: Sequence[Filed], day: date) -> dict[str, Any]:
    """Every service with its state; what is due by id."""
    return {
        "as_of": day,
        "rules_version": book.version,
        "due": [one.service.filing.id for one in found if one.due],
        "filings": [filed_json(one) for one in found],
    }


def filed_json(one: Filed) -> dict[str, Any]:
    """One service with everything its state stands on."""
    filing, service, basis, todo = one.service.filing, one.service, one.verdicts[-1].basis, step(one)
    return {
        "id": filing.id,
        "carrier": service.carrier.id,
        "carrier_name": service.carrier.name,
        "receiver": service.receiver.id if service.receiver else None,
        "receiver_name": service.receiver_name,
        "receiver_region": service.region,
        "kind": filing.kind.value,
        "filed_on": filing.filed_on,
        "started_on": filing.started_on,
        "ended_on": filing.ended_on,
        "document": filing.document,
        "state": one.state.value,
        "said": said_json(told(one)),
        "days": one.days,
        "due": one.due,
        "step": said_json(todo) if todo else None,
        "missing": [said_json(name) for name in one.missing],
        "clause": basis.clause,
        "source": basis.cites.zh,
        "confidence": basis.confidence.value,
        "verdicts": [verdict_json(verdict) for verdict in one.verdicts],
    }


def prior_json(book: Rulebook, found: Prior, day: date) -> dict[str, Any]:
    """The answer before a planned service."""
    covering = found.covering
    return {
        "as_of": day,
        "rules_version": book.version,
        "may_start": MAY_START[found.filed.state],
        "covering": {"id": covering.id, "filed_on": covering.filed_on, "document": covering.document}
        if covering
        else None,
        "others": [{"id": row.id, "why": said_json(passed_over(row))} for row in found.others],
        **filed_json(found.filed),
    }


def told(one: Filed) -> Said:
    """The state with its days and reasons."""
    filing, name = one.service.filing, one.state.said
    match one.state:
        case FilingState.LATE:
            zh = f"{filing.started_on} 开展，{filing.filed_on} 备案，逾期 {one.days} 天"
            return Said(zh, f"began {filing.started_on}, filed {filing.filed_on}, {one.days} days late")
        case FilingState.UNFILED:
            began = filing.started_on or "?"
            return Said(f"{began} 开展，{one.days} 天未备案", f"began {began}, unfiled for {one.days} days")
        case FilingState.PENDING:
            began = filing.started_on or "?"
            return Said(f"未备案；拟于 {began} 开展", f"not filed; to begin {began}")
        case FilingState.UNKNOWN:
            verdicts = [verdict for verdict in one.verdicts if verdict.state is State.UNKNOWN]
            zh, en = "；".join(each.said.zh for each in verdicts), "; ".join(each.said.en for each in verdicts)
            return Said(zh, en)
        case FilingState.NOT_COVERED:
            said = one.verdicts[0].said
            return Said(f"{name.zh}：{said.zh}", f"{name.en}: {said.en}")
        case FilingState.IN_TIME:
            began = f"{filing.started_on} 开展" if filing.started_on else "尚未开展"
            en = f"began {filing.started_on}" if filing.started_on else "not begun"
            if filing.filed_on == filing.started_on:
                began, en = f"{began}（同日）", f"{en} (the same day)"
            return Said(f"{filing.filed_on} 备案，{began}", f"filed {filing.filed_on}, {en}")


def step(one: Filed) -> Said | None:
    """What to do about it; None where nothing is to be done."""
    if one.state is FilingState.UNFILED:
        if not one.running:
            return Said("服务已结束，请补充备案情况", "it has ended; tell whether it was filed")
        return Said("立即向市科技局补办备案", "file it with the bureau at once")
    if one.state is FilingState.PENDING:
        start = one.service.filing.started_on
        if start:
            return Said(f"在 {start} 之前向市科技局备案", f"file it with the bureau before {start}")
        return Said("开展前先向市科技局备案", "file it with the bureau before it begins")
    if one.state is FilingState.UNKNOWN:
        zh, en = "、".join(name.zh for name in one.missing), ", ".join(name.en for name in one.missing)
        return Said(f"请补充{zh}", f"tell {en}")
    return None


def passed_over(row: Filing) -> Said:
    """Why a filing of the same two does not cover the service."""
    if row.ended_on:
        return Said(f"已于 {row.ended_on} 结束", f"it ended {row.ended_on}")
    if row.filed_on is None:
        return Said("没有备案日期", "it bears no day of filing")
    return Said(f"{row.filed_on} 备案，另有更早的备案", f"filed {row.filed_on}; an earlier one counts")
