"""Rules, criteria and priorities as lists for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from matcher.cli.console import Screen
from matcher.cli.show import mark
from matcher.domain.matches import Effect, State, Verdict
from matcher.plain.rules import missing
from matcher.policy.carriers import TARGETS, Standing, Way
from matcher.policy.figures import described
from matcher.policy.rules import Rule, Rulebook
from matcher.services.policy import Criteria, Priority
from matcher.wording import Said

STATES = {
    State.PASS: Said("达标", "reached"),
    State.FAIL: Said("未达标", "not reached"),
    State.UNKNOWN: Said("尚不能确定", "not known"),
}

EFFECTS = {
    Effect.INFO: Said("告知", "info"),
    Effect.WARN: Said("提醒", "warn"),
    Effect.PREFER: Said("优先", "prefer"),
    Effect.REJECT: Said("否决", "reject"),
}


def show_rules(screen: Screen, book: Rulebook, rules: Sequence[Rule]) -> None:
    """Every ruleset with its rules."""
    last = ""
    for rule in rules:
        if rule.ruleset != last:
            last = rule.ruleset
            ruleset, basis = book.rulesets[last], book.basis(rule.id)
            dates = (rule.effective_from, rule.effective_to)
            period = "–".join(str(one or "") for one in dates) if any(dates) else ""
            screen.print((ruleset.name.to(screen.language), "bold"), f"  {last}  {basis.cites.zh}  {period}")
        effect = EFFECTS[rule.effect].to(screen.language)
        told = described(rule.criterion, book).to(screen.language)
        if means := rule.means(book):
            told += f" → {means.to(screen.language)}"
        screen.item(f"   {rule.id}  ", f"{told}  [{effect} · {rule.confidence} · {rule.clause}]")
    screen.note(Said(f"共 {len(rules)} 条规则，版本 {book.version}。", f"{len(rules)} rules, version {book.version}."))


def show_criteria(screen: Screen, book: Rulebook, found: Criteria, day: date, *, remote: bool) -> None:
    """A carrier's criteria for people: every standard with marks, what is short, what is not known, then the path."""
    to = TARGETS[found.to].to(screen.language)
    relief = screen.say(" · 按艰苦边远地区减免", " · with relief for remote areas") if remote else ""
    screen.print((found.carrier.name, "bold"), f"  {found.carrier.id}   → {to}   {day}{relief}")
    if not found.standings:
        told = Said("没有适用于该类载体和目标的规则。", "No rule applies to this kind of carrier and target.")
        screen.print("   " + told.to(screen.language))
    for one in found.standings:
        _show_standing(screen, one)
    if found.ways:
        screen.print()
        screen.print((screen.say("在孵项目的链条路径", "Path of its projects"), "bold"))
    for way in found.ways:
        _show_way(screen, way)
    screen.note(Said(f"规则版本 {book.version}。", f"Rules {book.version}."))


def _show_standing(screen: Screen, one: Standing) -> None:
    ruleset, assessment = one.assessment.ruleset, one.assessment
    history = "" if one.in_force else screen.say("（历史对照）", " (history)")
    screen.print()
    state = STATES[assessment.state].to(screen.language)
    source = assessment.verdicts[0].basis.cites.to(screen.language) if assessment.verdicts else ""
    screen.print((ruleset.name.to(screen.language), "bold"), f"{history}   {source}   {state}")
    show_verdicts(screen, assessment.verdicts)
    if one.shortfalls:
        told = [said.to(screen.language).removeprefix("还差 ") for said in one.shortfalls]
        screen.item("   → ", screen.say(f"还差 {'、'.join(told)}", ", ".join(told)))
    if names := missing(assessment.verdicts):
        screen.item("   ? ", screen.say("缺少：", "not stated: ") + _names(screen, names))


def _show_way(screen: Screen, way: Way) -> None:
    screen.print(f"   {way.project.name}  {way.project.id}   {way.at.to(screen.language)}")
    for station in way.ahead:
        screen.item("      → ", station.to.to(screen.language))
        for one in station.standings:
            history = "" if one.in_force else screen.say("，历史对照", ", history")
            state = STATES[one.assessment.state].to(screen.language)
            screen.item(
                "        ", f"{one.assessment.ruleset.name.to(screen.language)}{history}{screen.say('：', ': ')}{state}"
            )
            _show_open(screen, one.assessment.verdicts)


def _show_open(screen: Screen, verdicts: Sequence[Verdict]) -> None:
    for verdict in verdicts:
        if verdict.state is State.FAIL and verdict.change:
            screen.item(f"          {mark(verdict)} ", verdict.change.to(screen.language))
        elif verdict.state is State.UNKNOWN and not verdict.missing:
            screen.item("          ? ", verdict.said.to(screen.language))
    if names := missing(verdicts):
        screen.item("          ? ", screen.say("待核：", "open: ") + _names(screen, names))


def show_priority(screen: Screen, book: Rulebook, found: Priority, day: date) -> None:
    """A project's tiers before funds, why others are closed to it, and the checked list of the tax rule."""
    screen.print((found.project.name, "bold"), f"  {found.project.id}   {day}")
    if not found.funds:
        screen.note(Said("还没有基金记录。", "There are no funds yet."))
    for one in found.funds:
        tier = screen.say(f"优先 {one.tier.level}", f"tier {one.tier.level}") if one.tier.level else "—"
        screen.print(f" {'✓' if one.eligible else '✗'} {tier:<6}  ", (one.fund.name, "bold"), f"  {one.fund.id}")
        if one.tier.level:
            screen.item("      · ", f"{one.tier.said.to(screen.language)} {one.tier.clause}".strip())
        show_verdicts(screen, [verdict for verdict in one.verdicts if verdict.state is not State.PASS], indent="      ")
    for assessment in found.startup:
        screen.print()
        state = STATES[assessment.state].to(screen.language)
        screen.print((assessment.ruleset.name.to(screen.language), "bold"), f"   {state}")
        show_verdicts(screen, assessment.verdicts)
        if names := missing(assessment.verdicts):
            screen.item("   ? ", screen.say("缺少：", "not stated: ") + _names(screen, names))
    screen.note(Said(f"规则版本 {book.version}。", f"Rules {book.version}."))


def show_verdicts(screen: Screen, verdicts: Iterable[Verdict], indent: str = "   ") -> None:
    """Verdicts with their marks, what would change them, and where they stand."""
    for one in verdicts:
        change = f" → {one.change.to(screen.language)}" if one.change else ""
        doubt = f" · {one.basis.confidence}" if one.basis.confidence.value in ("MEMORY", "INFERRED") else ""
        origins = "".join(f" · {origin.to(screen.language)}" for origin in one.origins)
        stands = f"{one.basis.clause}{doubt}{origins}"
        told = f"{one.said.to(screen.language)}{change}{screen.say(f'（{stands}）', f' ({stands})')}"
        screen.item(f"{indent}{mark(one)} ", told)


def _names(screen: Screen, names: Iterable[Said]) -> str:
    return screen.say("、", ", ").join(name.to(screen.language) for name in names)
