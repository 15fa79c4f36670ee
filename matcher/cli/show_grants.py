"""The ledger of grants for people and for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from matcher.cli.console import Screen
from matcher.cli.grant_words import course, irregular, why
from matcher.cli.show import verdict_json
from matcher.cli.show_policy import said_json
from matcher.domain.matches import Confidence
from matcher.domain.registers import Event
from matcher.policy.figures import yuan
from matcher.policy.irregularities import Irregularity
from matcher.policy.ledger import Entry, Step
from matcher.policy.rules import Rulebook
from matcher.services.grants import Ledger
from matcher.wording import Said, Word

MARKS = {Step.ENTITLED: "→", Step.APPLIED: "…", Step.PAID: "✓", Step.UNKNOWN: "?", Step.NOT_ENTITLED: "✗"}
COUNTED = (Step.ENTITLED, Step.APPLIED, Step.PAID)
"""The states whose amounts add up to something."""


def ledger_json(book: Rulebook, ledger: Ledger) -> dict[str, Any]:
    """The ledger with its sums."""
    return {
        "as_of": ledger.day,
        "rules_version": book.version,
        "totals": {
            step.value: {"count": len(of), "amount": total(of) if step in COUNTED else None}
            for step in Step
            if (of := [one for one in ledger.entries if one.step is step])
        },
        "grants": [entry_json(one) for one in ledger.entries],
        "strays": [
            {"rule": row.rule, "carrier": row.carrier_id, "irregularity": _word(Irregularity.UNKNOWN_RULE)}
            for row, _ in ledger.strays
        ],
    }


def entry_json(one: Entry) -> dict[str, Any]:
    """One entry with everything it stands on."""
    basis, row, event = one.basis, one.row, one.event
    return {
        "rule": one.rule.id,
        "name": said_json(one.rule.name),
        "carrier": one.carried.carrier.id,
        "carrier_name": one.carried.carrier.name,
        "state": one.step.value,
        "amount": one.rule.amount,
        "clause": basis.clause,
        "source": basis.cites.zh,
        "source_id": basis.source,
        "confidence": basis.confidence.value,
        "event": _event_json(event) if event else None,
        "verdict": verdict_json(one.entitlement.verdict) if one.entitlement else None,
        "applied_on": row.applied_on if row else None,
        "paid_on": row.paid_on if row else None,
        "noted_amount": row.amount if row else None,
        "document": row.document if row else "",
        "days": {
            "event_to_application": one.days_to_apply,
            "event_to_payment": one.days_to_pay,
            "application_to_payment": one.days_in_office,
            "waiting": one.days_waiting,
        },
        "missing": [said_json(name) for name in one.missing],
        "irregularities": [_word(each) for each in one.irregularities],
        "may_be_same_as": one.doubt or None,
        "note": said_json(one.rule.note) if one.rule.note else None,
    }


def show_ledger(screen: Screen, book: Rulebook, ledger: Ledger) -> None:
    """The ledger by state, with sums; then rows that name no rule."""
    screen.print((screen.say("奖补台账", "Grants"), "bold"), f"   {ledger.day}")
    for step in Step:
        of = [one for one in ledger.entries if one.step is step]
        if of:
            amount = f"   {yuan(total(of))}{screen.say('元', ' yuan')}" if step in COUNTED else ""
            count = screen.say(f"{len(of)} 项", f"{len(of)}")
            screen.print()
            screen.print((step.said.to(screen.language), "bold"), f"   {count}{amount}")
        for one in of:
            show_entry(screen, one)
    for row, carrier in ledger.strays:
        screen.print()
        word = Irregularity.UNKNOWN_RULE.said.to(screen.language)
        screen.item(" ! ", f"{carrier.name}  {row.carrier_id}   {row.rule}{screen.say('：', ': ')}{word}")
    if not ledger.entries and not ledger.strays:
        screen.note(Said("没有相应的事件或台账记录。", "No event and no row of the register is there."))
    screen.note(Said(f"规则版本 {book.version}。", f"Rules {book.version}."))


def show_entry(screen: Screen, one: Entry) -> None:
    """One entry: what, to whom, why, since when, and what is wrong."""
    amount = f"{yuan(one.rule.amount)}{screen.say('元', ' yuan')}"
    carrier = one.carried.carrier
    screen.print(f" {MARKS[one.step]} ", (carrier.name, "bold"), f"  {carrier.id}   {amount}")
    screen.item("      ", f"{one.rule.name.to(screen.language)}   {one.rule.id}")
    screen.item("      · ", why(one).to(screen.language))
    if told := course(one):
        screen.item("      · ", told.to(screen.language))
    if one.basis.confidence in (Confidence.INFERRED, Confidence.MEMORY) and one.rule.note:
        screen.item("      · ", f"{one.rule.note.to(screen.language)} · {one.basis.confidence}")
    for each in one.irregularities:
        screen.item("      ! ", irregular(each, one).to(screen.language))
    if one.missing:
        names = screen.say("、", ", ").join(name.to(screen.language) for name in one.missing)
        screen.item("      ? ", screen.say(f"缺少：{names}", f"missing: {names}"))


def total(entries: Iterable[Entry]) -> float:
    """What is due or was paid, in yuan."""
    return sum(one.sum for one in entries)


def _word(word: Word) -> dict[str, str]:
    return {"name": word.value, **said_json(word.said)}


def _event_json(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "event": event.event.value,
        "carrier_kind": event.carrier_kind,
        "level": event.level,
        "year": event.year,
        "grade": event.grade,
        "decided_on": event.decided_on,
        "document": event.document,
    }
