"""Technology contracts before the rules, as lists for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from matcher.cli.console import Screen
from matcher.cli.show import mark
from matcher.domain.matches import State, Verdict
from matcher.domain.registers import Contract
from matcher.domain.rounding import ALL, yuan
from matcher.plain.contracts import sums
from matcher.policy.contracts import REGISTRATION, Check
from matcher.policy.criteria import Assessment
from matcher.policy.fees import Consequence
from matcher.policy.rules import Rulebook
from matcher.wording import Said


def show_contract(screen: Screen, book: Rulebook, found: Check, day: date) -> None:
    """One contract for people: every aspect with its verdicts, then what is missing."""
    contract = found.contract
    amount = f" · {_money(screen, contract)}" if contract.amount else ""
    screen.print((contract.name, "bold"), f"  {contract.id}   {_kind(screen, contract)}{amount}   {day}")
    for one in found.aspects:
        _show_aspect(screen, one, contract)
    if found.fees:
        basis = found.fees[0].verdict.basis
        title = Said("中介报酬和费用，法律的规定", "The broker's fee and expenses by law")
        _title(screen, title, basis.cites)
    for fee in found.fees:
        _show_fee(screen, fee)
    if found.missing:
        screen.print()
        names = screen.say("、", ", ").join(name.to(screen.language) for name in found.missing)
        screen.item("? ", screen.say("缺少：", "not told: ") + names)
    screen.note(Said(f"规则版本 {book.version}。", f"Rules {book.version}."))


def _show_aspect(screen: Screen, one: Assessment, contract: Contract) -> None:
    _title(screen, one.ruleset.name, one.verdicts[0].basis.cites)
    if one.ruleset.rules[0].subject == REGISTRATION and contract.accepted_on is None:
        told = Said("尚未受理，按所问之日的办法核对", "not accepted yet; by the measures of the day asked about")
        screen.item("   · ", told.to(screen.language))
    for verdicts in _alike(one.verdicts):
        _show_verdicts(screen, verdicts)
    if one.ruleset.note and any(verdict.state is not State.PASS for verdict in one.verdicts):
        screen.item("   · ", one.ruleset.note.to(screen.language))


def _title(screen: Screen, name: Said, cites: Said) -> None:
    screen.print()
    screen.print((name.to(screen.language), "bold"), f"   {cites.to(screen.language)}")


def _alike(verdicts: Sequence[Verdict]) -> list[list[Verdict]]:
    """Verdicts in their order; those that are unknown for one reason stand together."""
    groups: dict[tuple[str, Said], list[Verdict]] = {}
    for one in verdicts:
        key = ("" if one.state is State.UNKNOWN and one.threshold is None else one.rule, one.said)
        groups.setdefault(key, []).append(one)
    return list(groups.values())


def _show_verdicts(screen: Screen, verdicts: Sequence[Verdict]) -> None:
    """One line: the rules, what they say, what would change it, the clauses and where the values come from."""
    first = verdicts[0]
    names = screen.say("、", ", ").join(dict.fromkeys(one.basis.name.to(screen.language) for one in verdicts))
    clauses = screen.say("、", ", ").join(dict.fromkeys(one.basis.clause for one in verdicts))
    doubt = {one.basis.confidence.value for one in verdicts} & {"MEMORY", "INFERRED"}
    change = f" → {first.change.to(screen.language)}" if first.change else ""
    origins = [origin.to(screen.language) for origin in first.origins]
    stands = " · ".join((clauses, *sorted(doubt), *origins))
    told = f"{names}{screen.say('：', ': ')}{first.said.to(screen.language)}{change}"
    screen.item(f"   {mark(first)} ", f"{told}{screen.say(f'（{stands}）', f' ({stands})')}")


def _show_fee(screen: Screen, one: Consequence) -> None:
    basis, given = one.verdict.basis, one.verdict.state is State.PASS
    case = basis.name.to(screen.language) if given else screen.say(f"如{basis.name.zh}", f"if {basis.name.en}")
    told = f"{case}{screen.say('：', ': ')}{one.then.to(screen.language)}"
    screen.item("   → " if given else "   ? ", f"{told}{screen.say(f'（{basis.clause}）', f' ({basis.clause})')}")


def show_contracts(screen: Screen, checks: Sequence[Check], day: date) -> None:
    """Every contract with what failed, then the sums."""
    for one in checks:
        contract = one.contract
        counts = f"✓ {one.count(State.PASS)}  ✗ {one.count(State.FAIL)}  ? {one.count(State.UNKNOWN)}"
        line = "   ".join((contract.id, _kind(screen, contract), _standing(screen, contract, day), counts))
        screen.print((contract.name, "bold"), f"  {line}")
        for verdict in (each for each in one.verdicts if each.state is State.FAIL):
            stands = f"{verdict.basis.cites.to(screen.language)} {verdict.basis.clause}"
            told = verdict.said.to(screen.language)
            screen.item(f"   {mark(verdict)} ", f"{told}{screen.say(f'（{stands}）', f' ({stands})')}")
    if not checks:
        screen.note(Said("还没有技术合同记录。", "There are no technology contracts yet."))
        return
    rows = [
        [kind or screen.say("未填", "not told"), str(count), yuan(amount), yuan(technology)]
        for kind, (count, amount, technology) in sums(checks).items()
    ]
    names = screen.say(
        "类型,份数,成交额（元）,技术交易额（元）", "type,contracts,amount (yuan),technology amount (yuan)"
    )
    screen.print()
    screen.show(screen.table(names.split(","), rows))


def _kind(screen: Screen, contract: Contract) -> str:
    if contract.kind is None:
        return screen.say("类型未填", "type not told")
    return screen.say(contract.kind.label, contract.kind.value)


def _money(screen: Screen, contract: Contract) -> str:
    return f"{yuan(contract.amount, ALL)}{contract.currency or screen.say('元', ' yuan')}"


def _standing(screen: Screen, contract: Contract, day: date) -> str:
    if contract.registered_on:
        return screen.say(f"已登记 {contract.registered_on}", f"registered {contract.registered_on}")
    if contract.accepted_on and contract.accepted_on <= day:
        days = (day - contract.accepted_on).days
        return screen.say(f"已受理 {days} 日", f"accepted {days} day(s) ago")
    return screen.say("未受理", "not accepted yet")
