"""Filings of services for people: how each stands, what is due, whether a planned one may start."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from matcher.cli.console import Screen
from matcher.domain.registers import ServiceKind
from matcher.plain.filings import MAY_START, passed_over, step, told
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
        told_ = passed_over(row)
        screen.item("      · ", screen.say(f"另有 {row.id}：{told_.zh}", f"{row.id} does not cover it: {told_.en}"))


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
