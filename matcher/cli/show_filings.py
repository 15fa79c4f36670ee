"""Filings of services for people and for programs: how each stands, what is due, whether a planned one may start."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from matcher.cli.console import Screen
from matcher.cli.show import verdict_json
from matcher.cli.show_policy import said_json
from matcher.domain.matches import State
from matcher.domain.registers import Filing, ServiceKind
from matcher.policy.filings import Filed, FilingState
from matcher.policy.rules import Rulebook
from matcher.services.filings import Prior
from matcher.wording import Said

KINDS = {
    ServiceKind.BRAND_OUTPUT: Said("品牌输出", "brand output"),
    ServiceKind.MANAGED_SERVICE: Said("管理服务", "managed service"),
}
MARKS = {
    FilingState.UNFILED: "!",
    FilingState.PENDING: "→",
    FilingState.UNKNOWN: "?",
    FilingState.LATE: "✗",
    FilingState.IN_TIME: "✓",
    FilingState.NOT_COVERED: "·",
}
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
        "others": [{"id": row.id, "why": said_json(_passed_over(row))} for row in found.others],
        **filed_json(found.filed),
    }


def show_filings(screen: Screen, book: Rulebook, found: Sequence[Filed], day: date) -> None:
    """The services, what is due first, each with its state, why, and what to do."""
    screen.print((screen.say("服务备案", "Filings"), "bold"), f"   {day}")
    for number, (title, of) in enumerate(_sections(found)):
        screen.print(*() if number == 0 else ("",))
        screen.print((title.to(screen.language), "bold"), f"   {len(of)}")
        for one in of:
            _show(screen, one)
    if not found:
        screen.note(Said("没有相应的备案或服务记录。", "No filing and no service is there."))
    screen.note(Said(f"规则版本 {book.version}。", f"Rules {book.version}."))


def show_prior(screen: Screen, found: Prior, day: date) -> None:
    """May it start, on which filing, and what has to be done."""
    one = found.filed
    answer = {
        True: Said("可以开展", "may start"),
        False: Said("不得开展", "may not start"),
        None: Said("尚不能确定", "not known"),
    }[MAY_START[one.state]]
    screen.print((answer.to(screen.language), "bold"), f"   {day}")
    _show(screen, one)
    if found.covering:
        row = found.covering
        zh = f"依据备案 {row.id} {row.document}（{row.filed_on or '日期未填'}）"
        screen.item("      · ", screen.say(zh, f"filing {row.id} {row.document} ({row.filed_on or 'no day'})"))
    for row in found.others:
        told_ = _passed_over(row)
        screen.item("      · ", screen.say(f"另有 {row.id}：{told_.zh}", f"{row.id} does not cover it: {told_.en}"))


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


def _sections(found: Sequence[Filed]) -> list[tuple[Said, list[Filed]]]:
    due = [one for one in found if one.due]
    parts = [(Said("现在应办", "due now"), due)]
    parts += [(state.said, [one for one in found if one.state is state and not one.due]) for state in FilingState]
    return [(title, of) for title, of in parts if of]


def _show(screen: Screen, one: Filed) -> None:
    service, basis = one.service, one.verdicts[-1].basis
    name = service.receiver_name or screen.say("（接受方未填）", "(no receiver)")
    kind = KINDS[service.filing.kind].to(screen.language)
    screen.print(f" {MARKS[one.state]} ", (service.carrier.name, "bold"), f" → {name}   {kind}   {service.filing.id}")
    cites = f"{basis.cites.to(screen.language)} {basis.clause}"
    screen.item("      · ", screen.say(f"{told(one).zh}（{cites}）", f"{told(one).en} ({cites})"))
    if todo := step(one):
        screen.item("      → ", todo.to(screen.language))


def _passed_over(row: Filing) -> Said:
    if row.ended_on:
        return Said(f"已于 {row.ended_on} 结束", f"it ended {row.ended_on}")
    if row.filed_on is None:
        return Said("没有备案日期", "it bears no day of filing")
    return Said(f"{row.filed_on} 备案，另有更早的备案", f"filed {row.filed_on}; an earlier one counts")
