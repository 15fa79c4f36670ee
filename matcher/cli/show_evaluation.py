"""The evaluation of carriers as pages for people; what is internal says so wherever a score stands."""

from __future__ import annotations

from collections.abc import Sequence

from matcher.cli.console import Screen
from matcher.cli.show import mark as state_mark
from matcher.domain.matches import Confidence, State
from matcher.domain.records import Term
from matcher.plain.scores import CONFIDENCES, INTERNAL, grade, points, rank, unscored
from matcher.policy.evaluation import Mark, Place, Score
from matcher.policy.figures import shown
from matcher.policy.management import Evaluated, Proposal
from matcher.policy.rules import Rulebook
from matcher.policy.scales import Span
from matcher.services.evaluation import Evaluation
from matcher.wording import Said

WEIGHTS = {Confidence.INFERRED: Said("自拟", "our own")}


def show_evaluation(screen: Screen, one: Evaluation, book: Rulebook, *, why: bool) -> None:
    """One carrier in a year."""
    rule = one.classed.rule
    kind = rule.name.to(screen.language) if rule else screen.say("类别未定", "class not known")
    screen.print((one.carrier.name, "bold"), f"  {one.carrier.id}   {one.year}   {kind}")
    if one.internal is None or not one.periods:
        screen.item("   ", unscored(one).to(screen.language))
    else:
        _show_score(screen, one.internal, one.before, book, why=why)
        if one.place:
            screen.item("   ", _place(screen, one.place))
    _show_official(screen, one, book)
    _show_history(screen, one.history)
    for proposal in one.proposals:
        _show_proposal(screen, proposal)
    screen.note(Said(f"规则版本 {book.version}。", f"Rules {book.version}."))


def show_ranking(screen: Screen, found: Sequence[Evaluation]) -> None:
    """All carriers by class."""
    for name in dict.fromkeys(one.classed.rule.id if one.classed.rule else "" for one in found):
        members = [one for one in found if (one.classed.rule.id if one.classed.rule else "") == name]
        rule = members[0].classed.rule
        title = rule.name.to(screen.language) if rule else screen.say("类别未定", "class not known")
        screen.print()
        if members[0].internal is None:
            screen.print((title, "bold"))
            for one in members:
                screen.item(f"   {one.carrier.id}  ", f"{one.carrier.name}   {unscored(one).to(screen.language)}")
            continue
        screen.print((title, "bold"), f"   {INTERNAL.to(screen.language)}")
        columns = ["名次", "编号", "载体", "得分", "等级", "覆盖", "上年"]
        english = ["rank", "id", "carrier", "score", "grade", "coverage", "year before"]
        rows = [_row(screen, one) for one in members]
        screen.show(screen.table([screen.say(*pair) for pair in zip(columns, english, strict=True)], rows))
        if place := next((one.place for one in members if one.place), None):
            middle = points(place.median)
            screen.print(screen.say(f"   中位数 {middle}（{place.of} 家有填报）", f"   median {middle} of {place.of}"))


def _row(screen: Screen, one: Evaluation) -> list[str]:
    score, place = one.internal, one.place
    if score is None or place is None:
        nothing = screen.say("没有填报数据，不计分", "nothing submitted, no score")
        return ["—", one.carrier.id, one.carrier.name, nothing, "—", "—", "—"]
    return [
        rank(place),
        one.carrier.id,
        one.carrier.name,
        points(score.span),
        grade(score).to(screen.language),
        f"{score.coverage:.0%}",
        points(one.before.span) if one.before else "—",
    ]


def _show_score(screen: Screen, score: Score, before: Score | None, book: Rulebook, *, why: bool) -> None:
    card, basis = score.card, book.basis(score.card.rules[0].id)
    screen.print()
    kind = INTERNAL if not card.official else Said("官方评价（按录入的指标表）", "official (by the table entered)")
    screen.print((kind.to(screen.language), "bold"), f"   {points(score.span)}   {grade(score).to(screen.language)}")
    known = WEIGHTS.get(card.weights, CONFIDENCES[card.weights]).to(screen.language)
    screen.item(
        "   ",
        screen.say(
            f"指标结构：{basis.cites.zh} {basis.clause}；权重{known}；数据覆盖 {score.coverage:.0%}",
            f"structure: {basis.cites.en}, {basis.clause}; weights {known}; coverage {score.coverage:.0%}",
        ),
    )
    if card.note:
        screen.item("   ", card.note.to(screen.language))
    if before:
        screen.item("   ", screen.say(f"上年 {points(before.span)}", f"year before: {points(before.span)}"))
    then = {mark.indicator.id: mark for mark in before.marks} if before else {}
    last = None
    for mark in score.marks:
        if (group := _group(screen, mark, score)) != last:
            last = group
            screen.print(f"   {group}")
        _show_mark(screen, mark, then.get(mark.indicator.id), book, why=why)
    screen.item("   ", screen.say("括号内是得满分的要求。", "In brackets what all points want."))
    if score.missing:
        names = screen.say("、", ", ").join(name.to(screen.language) for name in score.missing)
        screen.item("   ? ", screen.say(f"缺少：{names}", f"not told: {names}"))


def _group(screen: Screen, mark: Mark, score: Score) -> str:
    card, indicator = score.card, mark.indicator
    if indicator.bonus:
        return screen.say(f"加分（最多 {card.bonus_cap:g}）", f"bonus (at most {card.bonus_cap:g})")
    same = [each for each in score.marks if each.indicator.group == indicator.group and not each.indicator.bonus]
    name = card.groups[indicator.group].to(screen.language) if indicator.group else ""
    span = sum((each.span for each in same), Span(0.0, 0.0))
    return f"{name} {points(span)}/{sum(each.indicator.weight for each in same):g}"


def _show_mark(screen: Screen, mark: Mark, before: Mark | None, book: Rulebook, *, why: bool) -> None:
    verdict, weight = mark.verdict, mark.indicator.weight
    told = f"{points(mark.span)}/{weight:g}  {mark.indicator.name.to(screen.language)}{screen.say('：', ': ')}"
    told += verdict.said.to(screen.language)
    if verdict.change and verdict.state is State.FAIL:
        told += screen.say(f"，距满分{verdict.change.zh}", f", {verdict.change.en} for all points")
    then = before.fact.value if before and before.fact else None
    if before and then is not None and then != (mark.fact.value if mark.fact else None):
        value = shown(book.metrics[mark.indicator.metric], then).to(screen.language)
        earned = points(before.span)
        told += screen.say(f"（上年 {value}，{earned} 分）", f" (year before: {value}, {earned} points)")
    screen.item(f"     {state_mark(verdict)} ", told)
    if why and verdict.origins:
        origins = "；".join(origin.to(screen.language) for origin in verdict.origins)
        screen.item("         ", screen.say(f"来源：{origins}", f"from: {origins}"))


def _place(screen: Screen, place: Place) -> str:
    middle = points(place.median)
    return screen.say(
        f"同类名次（内部）：第 {rank(place)} 名，共 {place.of} 家有填报，中位数 {middle}",
        f"place in its class (internal): {rank(place)} of {place.of} that submitted, median {middle}",
    )


def _show_official(screen: Screen, one: Evaluation, book: Rulebook) -> None:
    screen.print()
    for score in one.official:
        _show_score(screen, score, None, book, why=False)
    for card in one.unobtained:
        basis, why = book.basis(card.rules[0].id), "；".join(said.to(screen.language) for said in card.lacking)
        screen.item(
            "", screen.say(f"官方评分：没有。{basis.cites.zh}：{why}", f"official score: none. {basis.cites.en}: {why}")
        )
    if not one.official and not one.unobtained:
        level = _word(screen, one.carrier.level)
        told = screen.say(
            f"官方评分：没有适用于该类载体（{level}）的官方指标表。",
            f"official score: no official table for it ({level}).",
        )
        screen.item("", told)


def _show_history(screen: Screen, history: Sequence[Evaluated]) -> None:
    if not history:
        screen.item("", screen.say("历年官方评价：台账中没有记录。", "official evaluations: none in the register."))
        return
    told = [f"{one.year or '?'} {_word(screen, one.level)} {_word(screen, one.grade)}" for one in history]
    screen.item("", screen.say("历年官方评价：", "official evaluations: ") + screen.say("、", ", ").join(told))


def _word(screen: Screen, term: Term | None) -> str:
    return screen.say(term.label, term.value) if term else screen.say("未知", "not known")


def _show_proposal(screen: Screen, one: Proposal) -> None:
    basis = one.verdict.basis
    known = CONFIDENCES[basis.confidence].to(screen.language)
    cites = screen.say(f"（{basis.cites.zh} {basis.clause}，{known}）", f" ({basis.cites.en}, {basis.clause}, {known})")
    said = one.rule.proposal if one.made else one.verdict.said
    name = one.rule.name.to(screen.language) + screen.say("：", ": ")
    screen.item("! " if one.made else "? ", f"{name}{said.to(screen.language)}{cites}")
