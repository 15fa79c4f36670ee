"""The ledger of grants for people."""

from __future__ import annotations

from matcher.cli.console import Screen
from matcher.domain.matches import Confidence
from matcher.domain.rounding import yuan
from matcher.plain.grant_words import course, irregular, why
from matcher.plain.grants import COUNTED, total
from matcher.policy.irregularities import Irregularity
from matcher.policy.ledger import Entry, Step
from matcher.policy.rules import Rulebook
from matcher.services.grants import Ledger
from matcher.wording import Said

MARKS = {Step.ENTITLED: "→", Step.APPLIED: "…", Step.PAID: "✓", Step.UNKNOWN: "?", Step.NOT_ENTITLED: "✗"}


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
