"""The state of submissions for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from matcher.cli.console import Screen
from matcher.domain.periods import Period
from matcher.policy.plausibility import Doubt
from matcher.policy.rules import Rulebook
from matcher.services.submissions import ARRIVALS, Arrival, Correction, Received
from matcher.wording import Said


def show_submissions(screen: Screen, period: Period, found: Sequence[Received], book: Rulebook) -> None:
    """Who has submitted and who has not, then what is to be looked at again."""
    if not found:
        screen.print(screen.say(f"{period} 没有载体需要填报。", f"Nobody owes figures for {period}."))
        return
    columns = ["编号", "载体", "状态", "截止", "填报日期", "应报/已报", "存疑", "更正"]
    english = ["id", "carrier", "state", "due", "submitted", "owed/told", "doubts", "corrected"]
    rows = [_row(screen, one) for one in found]
    screen.show(screen.table([screen.say(*pair) for pair in zip(columns, english, strict=True)], rows))
    for one in found:
        _show_details(screen, one, book)
    counts = Counter(one.arrival for one in found)
    told = [f"{ARRIVALS[each].to(screen.language)} {counts[each]}" for each in Arrival if counts[each]]
    screen.note(Said(f"应报 {len(found)} 家：{'，'.join(told)}。", f"{len(found)} owe: {', '.join(told)}."))


def _row(screen: Screen, one: Received) -> list[str]:
    state = ARRIVALS[one.arrival].to(screen.language)
    if one.days_late:
        state += screen.say(f"（逾期 {one.days_late} 天）", f" ({one.days_late} days)")
    row = one.submitted.row if one.submitted else None
    on = str(row.submitted_on or screen.say("未填", "not stated")) if row else "—"
    counts = [str(len(one.doubts) or ""), str(len(one.corrections) or "")]
    return [one.carrier.id, one.carrier.name, state, str(one.due.day), on, f"{len(one.due.owed)}/{one.told}", *counts]


def _show_details(screen: Screen, one: Received, book: Rulebook) -> None:
    told = [
        *(("?", screen.say(f"缺 {names}", f"not told: {names}")) for names in [_lacking(screen, one)] if names),
        *(("!", _doubted(screen, doubt, book)) for doubt in one.doubts),
        *(("·", _corrected(screen, each)) for each in one.corrections),
    ]
    if one.submitted and one.unknown:
        names = "、".join(one.unknown)
        told.append(("·", screen.say(f"不认识的指标：{names}", f"figures that no metric names: {names}")))
    if one.submitted and one.submitted.others:
        names = "、".join(each.carrier_id for each in one.submitted.others)
        told.append(("·", screen.say(f"另有以 {names} 报送的一份，未采用", f"another one as {names} is not used")))
    if told:
        screen.print()
        screen.print((one.carrier.name, "bold"), f"  {one.carrier.id}")
    for mark, text in told:
        screen.item(f"   {mark} ", text)


def _lacking(screen: Screen, one: Received) -> str:
    return screen.say("、", ", ").join(rule.name.to(screen.language) for rule, _ in one.missing)


def _doubted(screen: Screen, doubt: Doubt, book: Rulebook) -> str:
    verdict = doubt.verdict
    said = verdict.basis.name.to(screen.language) + screen.say("：", ": ")
    if not doubt.metric:
        return f"{said}{verdict.said.to(screen.language)}"
    name = book.metrics[doubt.metric].name.to(screen.language)
    before = (
        ""
        if doubt.before is None
        else screen.say(
            f"，上期（{doubt.since}）{_number(doubt.before)}", f", {_number(doubt.before)} in {doubt.since}"
        )
    )
    then = screen.say("；", "; ")
    return f"{said}{name} {_number(doubt.value)}{before}{then}{verdict.said.to(screen.language)}"


def _corrected(screen: Screen, one: Correction) -> str:
    before, after = (_number(value) for value in (one.before, one.after))
    return screen.say(
        f"更正：{one.name} {before} → {after}（{one.replaced_at:%Y-%m-%d} 替换）",
        f"corrected: {one.name} {before} → {after} ({one.replaced_at:%Y-%m-%d})",
    )


def _number(value: float | None) -> str:
    return "—" if value is None else f"{value:,.10g}"
