"""Digests for people."""

from __future__ import annotations

from collections.abc import Sequence

from matcher.cli.console import Screen
from matcher.digest.measures import EXPLORATION, Report, Share
from matcher.digest.program import Ended
from matcher.digest.trial import BOTH
from matcher.domain.chances import percent
from matcher.domain.digests import Digest, DigestSettings, Item, Silence
from matcher.plain.digests import composed_json
from matcher.services.digests.composing import MIX, SERVING, Composed
from matcher.services.digests.explaining import Explained
from matcher.wording import Said, listed

MOST_UNMET = 10
ENDED = {
    Ended.OPTIMAL: Said("已证最优", "proven optimal"),
    Ended.PARTIAL: Said("限时所得，未证最优", "partial: time was up"),
}

RANKERS = {
    SERVING: Said("现用排序", "the ranking in use"),
    MIX: Said("默认权重", "the default mix"),
    BOTH: Said("两者都排在最前", "what both put first"),
    EXPLORATION: Said("试探", "tried out"),
}
MEASURED = {
    "clicked": Said("从邮件点开理由", "opened its reasons from the letter"),
    "fits": Said("答复合适", "answered that it fits"),
    "does_not_fit": Said("答复不合适", "answered that it does not fit"),
    "case": Said("开了案件", "a case was opened"),
    "accepted": Said("对接成功", "came together"),
    "good": Said("有成效（合适、案件或对接成功）", "any good (fits, a case, or came together)"),
}
"""What the report counts of items, by its names for programs."""


def show_composed(screen: Screen, made: Composed) -> None:
    """A composed week in figures."""
    told = composed_json(made)
    screen.print((f"{told['week']}  ", "bold"), told["receipt"])
    digests, items, tried, trial = (told[name] for name in ("digests", "items", "tried_out", "on_trial"))
    zh = f"简报 {digests} 份，条目 {items} 条（试探 {tried} 条，对比 {trial} 份）"
    screen.print(screen.say(zh, f"{digests} digests, {items} items ({tried} tried out, {trial} digests on trial)"))
    for name, count in told["silent"].items():
        screen.item("  · ", f"{Silence(name).said.to(screen.language)}：{count}")
    for ranker, one in told["solutions"].items():
        screen.item("  · ", f"{_ranker(screen, ranker)}：{ENDED[one['ended']].to(screen.language)}")
    for how, zh, en in (("together", "统一选择", "together"), ("alone", "各自取前", "each alone")):
        one = told["spread"][how]
        coverage, gini, chance = f"{one['coverage']:.0%}", f"{one['gini']:.3f}", f"{one['probability']:.3f}"
        said = Said(
            f"{zh}：覆盖 {coverage}，基尼 {gini}，平均概率 {chance}",
            f"{en}: coverage {coverage}, Gini {gini}, mean probability {chance}",
        )
        screen.item("  · ", said.to(screen.language))
    if unmet := told["unmet"]:
        names, count = listed(one["name"] for one in unmet[:MOST_UNMET]), len(unmet)
        told_zh = f"新而本周未能推送的 {count} 项：{names.zh}"
        screen.item("  · ", screen.say(told_zh, f"{count} new ones shown to nobody: {names.en}"))
    if not made.written:
        screen.note(Said("仅试算，未保存。", "A dry run: nothing was kept."))


def show_digests(screen: Screen, digests: Sequence[Digest]) -> None:
    """Digests, each with what it says, or why it says nothing."""
    for digest in digests:
        screen.print((f"{digest.week}  {digest.account_id}", "bold"), f"  {digest.id}")
        if digest.silence:
            screen.item("  – ", digest.silence.said.to(screen.language))
        for item in digest.items:
            _show_item(screen, item)
        for line in digest.lines:
            topic = line.topic.said.to(screen.language)
            screen.item("  · ", f"[{topic}] {line.said.to(screen.language)}")


def show_settings(screen: Screen, settings: DigestSettings) -> None:
    """How somebody wants their digests."""
    frequency, size = settings.frequency.said, settings.size
    screen.print(screen.say(f"{frequency.zh}，最多 {size} 条", f"{frequency.en}, {size} items at most"))
    if settings.left_out:
        left_out = listed(topic.said.to(screen.language) for topic in sorted(settings.left_out))
        screen.item("  · ", screen.say(f"不看：{left_out.zh}", f"without: {left_out.en}"))
    if settings.quiet_until:
        day = settings.quiet_until
        screen.item("  · ", screen.say(f"静默至 {day}", f"quiet until {day}"))


def show_explained(screen: Screen, explained: Explained) -> None:
    """Why a digest says what it says."""
    show_digests(screen, [explained.digest])
    passed = ", ".join(f"{name} {count}" for name, count in explained.passed.items())
    screen.item("  · ", screen.say(f"此前筛去：{passed or '无'}", f"passed over before: {passed or 'none'}"))
    for one in explained.offers:
        why = listed(bound.said.to(screen.language) for bound in one.why_not).to(screen.language)
        state = screen.say("入选", "chosen") if one.chosen else why or screen.say("其他更值得", "others are worth more")
        screen.item("  ", f"{one.worth:7.3f}  {one.name or one.offer.shown[1]}（{one.offer.news.said.zh}）  {state}")


def show_report(screen: Screen, report: Report) -> None:
    """What came of what was told."""
    for ranker, shares in report.measures.items():
        screen.print(
            (_ranker(screen, ranker), "bold"),
            screen.say(f"  {report.items[ranker]} 条", f"  {report.items[ranker]} items"),
        )
        for name, one in shares.items():
            screen.item("  ", _figure(screen, MEASURED[name], one))
    if report.weighed:
        said = Said("假如各候选入选机会均等，有成效", "any good, if all candidates had been drawn alike")
        screen.print(_figure(screen, said, report.weighed))
    if report.preference and report.rankers:
        first, second = (RANKERS.get(one, Said(one, one)) for one in report.rankers)
        zh = f"每份对比简报中，“{second.zh}”比“{first.zh}”多出的有成效条目"
        said = Said(zh, f"Good items of {second.en} less those of {first.en}, a digest on trial")
        screen.print(_figure(screen, said, report.preference))
    if report.measures:
        screen.note(Said("方括号内为 95% 区间。", "In brackets: 95 % intervals."))
    else:
        screen.note(Said("这些周还没有发出的简报。", "No digest of these weeks was told yet."))


def _ranker(screen: Screen, name: str) -> str:
    return RANKERS[name].to(screen.language) if name in RANKERS else name


def _show_item(screen: Screen, item: Item) -> None:
    tier = screen.say(f"第 {item.tier} 优先级 ", f"tier {item.tier} ") if item.tier else ""
    tried = screen.say("〔试探〕", "[tried out] ") if item.exploration else ""
    news = item.why_now.to(screen.language)
    screen.item("  ● ", f"{tried}{tier}[{news}] {item.name} → {item.for_name}  {percent(item.probability)}")
    screen.item("     ", item.reason.to(screen.language))
    if item.clause:
        screen.item("     ", item.clause.to(screen.language))


def _figure(screen: Screen, said: Said, one: Share) -> str:
    return f"{screen.say(said.zh + '：', said.en + ': ')}{one.share:.3f} [{one.low:.3f}, {one.high:.3f}]"
