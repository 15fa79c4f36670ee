"""Matches as lists for people."""

from __future__ import annotations

import re
from collections.abc import Mapping

from matcher.cli.console import Screen
from matcher.domain.chances import percent
from matcher.domain.matches import Answer, Effect, Match, State, Verdict
from matcher.ranking.kinds import said_of
from matcher.wording import Said

SHORT = 36
"""Characters of a quoted sentence in the short list; `--why` shows all of it."""

RULE_NAMES = {
    "already_decided": Said("已有结果", "already decided"),
    "own_institution": Said("本单位成果", "own result"),
    "capacity": Said("载体已满", "carrier full"),
    "trl_window": Said("就绪度不符", "readiness"),
    "stage": Said("阶段不符", "stage"),
    "ticket": Said("金额不符", "ticket"),
    "money_left": Said("资金不足", "no money left"),
    "new_this_period": Said("本期名额已满", "no more this period"),
    "industry": Said("行业不符", "industry"),
    "own_conflict": Said("关联关系", "own conflict"),
    "return_multiple": Said("返投", "return investment"),
    "region": Said("地区不符", "region"),
    "ban_terms": Said("含排除词", "banned term"),
    "must_terms": Said("缺必含词", "must term"),
}

WISH_NAMES = {
    "excluded": Said("持续排除", "standing exclusion"),
    "dismissed": Said("不再推荐", "dismissed"),
    "asked_must": Said("缺所问必含词", "lacks an asked term"),
    "asked_ban": Said("含所问排除词", "holds a banned term"),
    "diversity": Said("让位于多样性", "gave way to diversity"),
}
"""What was left out because somebody wished so, not because it does not fit."""

ALWAYS = ("watch_list", "diversity")
"""Reasons that are told in the short list too, wherever they stand."""


def mark(verdict: Verdict) -> str:
    """✓ passed, ✗ failed, ! failed and only warns, ? unknown."""
    if verdict.state is State.FAIL and verdict.effect is not Effect.REJECT:
        return "!"
    return {State.PASS: "✓", State.FAIL: "✗", State.UNKNOWN: "?"}[verdict.state]


def show_answer(screen: Screen, answer: Answer, *, why: bool) -> None:
    """The matches as a list, and why others are not on it."""
    for number, match in enumerate(answer.matches, 1):
        tier = screen.say(f" · 优先 {match.tier}", f" · tier {match.tier}") if match.tier else ""
        screen.print(f"{number:>2}  ", (match.name, "bold"), f"  {match.id}   {percent(match.probability)}{tier}")
        told = [reason for at, reason in enumerate(match.reasons) if why or at < 2 or reason.evidence in ALWAYS]
        for reason in told:
            said = reason.said.to(screen.language)
            screen.item("      · ", said if why else shortened(said))
        for warning in (verdict for verdict in match.verdicts if verdict.warns):
            screen.item("      ! ", warning.said.to(screen.language))
        for missing in match.missing if why else ():
            screen.item("      ? ", missing.to(screen.language))
        if why:
            _show_components(screen, match)
    show_excluded(screen, answer)


def show_why(screen: Screen, match: Match) -> None:
    """One pair in full: rules, reasons, evidence."""
    verdict = screen.say("可对接", "eligible") if match.eligible else screen.say("不符合条件", "not eligible")
    shown = f"{percent(match.probability)}{screen.say('（按推荐）', ' (as a recommendation)')}"
    screen.print((match.name, "bold"), f"  {match.id}   {shown}   {verdict}")
    for one in match.verdicts:
        change = f" → {one.change.to(screen.language)}" if one.change else ""
        cites = one.basis.cites.to(screen.language)
        told = f"{one.said.to(screen.language)}{change}{screen.say(f'（{cites}）', f' ({cites})')}"
        screen.item(f"   {mark(one)} ", told)
    for reason in match.reasons:
        screen.item("   · ", reason.said.to(screen.language))
    if not match.retrievers:
        screen.item("   · ", screen.say("没有检索器把它列入候选", "no retriever names it as a candidate"))
    _show_components(screen, match)


def _show_components(screen: Screen, match: Match) -> None:
    told = sorted((part for part in match.components if part.contribution), key=lambda part: -abs(part.contribution))
    rows = [
        [
            f"      {said_of(part).to(screen.language)}",
            part.name,
            "—" if part.value is None else f"{part.value:.3f}",
            f"{part.contribution:+.3f}",
        ]
        for part in told
    ]
    columns = screen.say("证据,名称,数值,贡献", "evidence,name,value,contribution").split(",")
    screen.show(screen.table([f"      {columns[0]}", *columns[1:]], rows))


def show_excluded(screen: Screen, answer: Answer) -> None:
    """Why others are not on the list, beside the result."""
    if not answer.matches and not answer.ranked:
        screen.note(Said("没有候选：请先导入另一侧的记录。", "No candidates: import records of the other side first."))
    wished = {rule: count for rule, count in answer.excluded.items() if rule in WISH_NAMES}
    ruled = {rule: count for rule, count in answer.excluded.items() if rule not in WISH_NAMES}
    if wished:
        told, total = rule_counts(wished), sum(wished.values())
        screen.note(Said(f"按要求已排除 {total} 条：{told.zh}", f"left out as wished, {total}: {told.en}"))
    if ruled:
        told = rule_counts(ruled)
        screen.note(Said(f"排名靠前但不符合条件：{told.zh}", f"better ranked but not eligible: {told.en}"))
    for one in answer.passed:
        why = [verdict.said for verdict in one.verdicts]
        zh, en = "；".join(said.zh for said in why), "; ".join(said.en for said in why)
        screen.note(Said(f"  {one.name}（{one.id}）：{zh}", f"  {one.name} ({one.id}): {en}"))


def rule_counts(excluded: Mapping[str, int]) -> Said:
    """How many each rule kept out, the most first."""
    counts = sorted(excluded.items(), key=lambda item: -item[1])
    names = [((RULE_NAMES | WISH_NAMES).get(rule, Said(rule, rule)), count) for rule, count in counts]
    return Said(
        "，".join(f"{name.zh} {count}" for name, count in names),
        ", ".join(f"{name.en} {count}" for name, count in names),
    )


def shortened(text: str) -> str:
    """The text with its long quotes cut."""
    return re.sub(rf"“([^”]{{{SHORT - 1}}})[^”]{{2,}}”", r"“\1…”", text)
