"""Hard conditions of a pair: each passes, fails with the exact reason and what would change it, or is unknown.

Unknown facts never exclude a pair; they are named so that somebody can ask.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from matcher.domain.likeness import likeness
from matcher.domain.matches import State, Verdict
from matcher.domain.names import BY_SPELLING, Organisations, normal_name
from matcher.domain.places import Gazetteer, within
from matcher.domain.records import Achievement, Fund, Incubator, Left, Outcome, Project, Result, Right
from matcher.domain.taxonomy import Path
from matcher.text.words import fold, holds
from matcher.wording import Said


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair and what a rule may look at besides the two records."""

    left: Left
    right: Right
    outcomes: Sequence[Outcome]
    """What was decided about just this pair so far."""
    gazetteer: Gazetteer
    organisations: Organisations = BY_SPELLING
    """What was decided about names."""


Rule = Callable[[Pair], Iterator[Verdict]]


def check(pair: Pair) -> tuple[Verdict, ...]:
    """All verdicts on the pair, in the order of `RULES`; a rule that does not apply is silent."""
    return tuple(verdict for rule in RULES for verdict in rule(pair))


def eligible(verdicts: Sequence[Verdict]) -> bool:
    """Nothing failed that rejects; a warning never does."""
    return not any(verdict.rejects for verdict in verdicts)


def already_decided(pair: Pair) -> Iterator[Verdict]:
    """A pair that talks, has agreed or has refused is not recommended again."""
    if not pair.outcomes:
        return
    last = max(pair.outcomes, key=lambda outcome: outcome.decided_on)
    tells = {
        Result.ACCEPTED: Said("双方已对接成功", "the two have already come together"),
        Result.IN_TALKS: Said("双方正在洽谈", "the two are in talks"),
        Result.REJECTED: Said("曾未成交", "it was refused before"),
    }[last.result]
    reason = f"：{last.reason}" if last.reason else ""
    yield Verdict(
        "already_decided",
        State.FAIL,
        Said(f"{tells.zh}（{last.decided_on}{reason}）", f"{tells.en} ({last.decided_on}{reason})"),
        Said("原因消除后由经纪人重新发起", "a broker may reopen it once the reason is gone"),
        value=last.result.value,
    )


def own_institution(pair: Pair) -> Iterator[Verdict]:
    """A carrier run by the institution that made the result has it already."""
    if not (isinstance(pair.left, Achievement) and isinstance(pair.right, Incubator)):
        return
    if not pair.left.institution:
        yield Verdict("own_institution", State.UNKNOWN, Said("成果未填完成单位", "the result names no institution"))
        return
    own = pair.organisations.same(pair.left.institution, pair.right.name)
    if not own and _may_be_one(pair.left.institution, pair.right.name, pair.organisations):
        yield Verdict(
            "own_institution",
            State.UNKNOWN,
            Said(
                f"{pair.left.institution} 与载体可能为同一单位，请核实",
                f"{pair.left.institution} and the carrier may be one organisation; please check",
            ),
        )
        return
    said = (
        Said(
            f"成果出自载体本单位（{pair.left.institution}）",
            f"the result is the carrier's own ({pair.left.institution})",
        )
        if own
        else Said("成果来自其他单位", "the result comes from another institution")
    )
    change = Said("由其他载体承接", "another carrier may take it") if own else None
    yield Verdict("own_institution", State.FAIL if own else State.PASS, said, change)


def _may_be_one(one: str, other: str, organisations: Organisations) -> bool:
    """Whether the spelling leaves it open: alike, or the one named in the other (a university's own incubator)."""
    if organisations.told_apart(one, other):
        return False
    short, long = sorted((normal_name(one), normal_name(other)), key=len)
    return (len(short) > 3 and short in long) or likeness(one, other) is not None


def capacity(pair: Pair) -> Iterator[Verdict]:
    """A full carrier takes nobody in."""
    if not isinstance(pair.right, Incubator):
        return
    total, used = pair.right.capacity, pair.right.occupied
    if total is None or used is None:
        yield Verdict("capacity", State.UNKNOWN, Said("载体余量未知", "the carrier's free places are unknown"))
        return
    free = total - used
    yield Verdict(
        "capacity",
        State.PASS if free > 0 else State.FAIL,
        Said(f"载体余位 {max(free, 0)}（容量 {total}，在孵 {used}）", f"{max(free, 0)} of {total} places free"),
        None if free > 0 else Said(f"腾出 {1 - free} 个位置后可接", f"it can once {1 - free} place(s) are free"),
        value=used,
        threshold=total,
        margin=free - 1,
    )


def trl_window(pair: Pair) -> Iterator[Verdict]:
    """The result's readiness lies in the carrier's window."""
    if not isinstance(pair.right, Incubator):
        return
    low, high, trl = pair.right.trl_min, pair.right.trl_max, pair.left.trl
    if low is None and high is None:
        return
    window = f"{low or 1}–{high or 9}"
    if trl is None:
        yield Verdict(
            "trl_window",
            State.UNKNOWN,
            Said(f"技术就绪度未填（载体要求 {window}）", f"readiness unknown (the carrier wants TRL {window})"),
            threshold=window,
        )
        return
    margin = min(trl - (low or 1), (high or 9) - trl)
    short = Said(f"就绪度提升 {-margin} 级后符合", f"fits after {-margin} more level(s)")
    past = Said(
        f"就绪度已超出 {-margin} 级，宜转加速器或园区", f"{-margin} level(s) too far; an accelerator or park suits"
    )
    yield Verdict(
        "trl_window",
        State.PASS if margin >= 0 else State.FAIL,
        Said(f"技术就绪度 {trl}（载体要求 {window}）", f"TRL {trl} (the carrier wants {window})"),
        None if margin >= 0 else (short if low is not None and trl < low else past),
        value=trl,
        threshold=window,
        margin=margin,
    )


def stage(pair: Pair) -> Iterator[Verdict]:
    """The project is at a stage the fund invests in."""
    if not (isinstance(pair.left, Project) and isinstance(pair.right, Fund)) or not pair.right.stages:
        return
    wanted = "、".join(one.label for one in pair.right.stages)
    wanted_en = ", ".join(one.value for one in pair.right.stages)
    if pair.left.stage is None:
        yield Verdict(
            "stage", State.UNKNOWN, Said(f"融资阶段未填（基金投 {wanted}）", f"stage unknown (it funds {wanted_en})")
        )
        return
    margin = -min(abs(pair.left.stage.step - one.step) for one in pair.right.stages)
    yield Verdict(
        "stage",
        State.PASS if margin == 0 else State.FAIL,
        Said(f"融资阶段 {pair.left.stage.label}（基金投 {wanted}）", f"stage {pair.left.stage} (it funds {wanted_en})"),
        None if margin == 0 else Said(f"相差 {-margin} 个阶段", f"{-margin} stage(s) away"),
        value=pair.left.stage.value,
        threshold=wanted_en,
        margin=margin,
    )


def ticket(pair: Pair) -> Iterator[Verdict]:
    """What the project seeks lies between the fund's smallest and largest ticket."""
    if not (isinstance(pair.left, Project) and isinstance(pair.right, Fund)):
        return
    low, high, sought = pair.right.ticket_min, pair.right.ticket_max, pair.left.funding_sought
    if low is None and high is None:
        return
    window = f"{yuan(low or 0)}–{yuan(high)}" if high is not None else f"≥ {yuan(low or 0)}"
    if sought is None or (pair.left.currency or "CNY") != (pair.right.currency or "CNY"):
        told = (
            Said("融资需求未填", "amount sought unknown") if sought is None else Said("币种不同", "currencies differ")
        )
        yield Verdict(
            "ticket",
            State.UNKNOWN,
            Said(f"{told.zh}（单笔 {window}）", f"{told.en} (ticket {window})"),
            threshold=window,
        )
        return
    over = sought - high if high is not None else -math.inf
    under = low - sought if low is not None else -math.inf
    margin = -max(over, under)
    change = Said(f"多出 {yuan(over)}，可拆分或联合投资", f"{yuan(over)} too much; split it or co-invest")
    if under > 0:
        change = Said(f"低于下限 {yuan(under)}", f"{yuan(under)} below the smallest ticket")
    yield Verdict(
        "ticket",
        State.PASS if margin >= 0 else State.FAIL,
        Said(f"融资需求 {yuan(sought)}（单笔 {window}）", f"seeks {yuan(sought)} (ticket {window})"),
        None if margin >= 0 else change,
        value=sought,
        threshold=window,
        margin=margin,
    )


def money_left(pair: Pair) -> Iterator[Verdict]:
    """The fund still has money for its smallest ticket."""
    if not isinstance(pair.right, Fund):
        return
    left, needed = pair.right.remaining, pair.right.ticket_min or 1
    if left is None:
        yield Verdict("money_left", State.UNKNOWN, Said("基金可投余额未知", "money left in the fund is unknown"))
        return
    yield Verdict(
        "money_left",
        State.PASS if left >= needed else State.FAIL,
        Said(f"基金可投余额 {yuan(left)}", f"the fund has {yuan(left)} left"),
        None if left >= needed else Said("新一期资金到位后可投", "it can invest again once it is refilled"),
        value=left,
        threshold=needed,
        margin=left - needed,
    )


def region(pair: Pair) -> Iterator[Verdict]:
    """The project lies in a region the fund invests in."""
    if not (isinstance(pair.left, Project) and isinstance(pair.right, Fund)) or not pair.right.regions:
        return
    wanted = "、".join(pair.right.regions)
    if not pair.left.region:
        yield Verdict("region", State.UNKNOWN, Said(f"项目地区未填（限 {wanted}）", f"region unknown (only {wanted})"))
        return
    place = pair.gazetteer.path(pair.left.region)
    areas = [pair.gazetteer.path(area) for area in pair.right.regions]
    state = State.FAIL
    if any(within(place, area) for area in areas):
        state = State.PASS
    elif any(within(area, place) for area in areas) or not (pair.gazetteer.knows(place) or _foreign(pair, areas)):
        state = State.UNKNOWN  # told too roughly, or by a name that is on no map
    yield Verdict(
        "region",
        state,
        Said(f"项目位于 {pair.left.region}（限 {wanted}）", f"located in {pair.left.region} (only {wanted})"),
        Said("在投资区域内设立主体后符合", "fits once it has an entity in the region") if state is State.FAIL else None,
        value=pair.left.region,
        threshold=wanted,
    )


def _foreign(pair: Pair, areas: Sequence[Path]) -> bool:
    """Whether the fund's own regions are on no map either, so that the names themselves are compared."""
    return not any(pair.gazetteer.knows(area) for area in areas)


def terms(pair: Pair) -> Iterator[Verdict]:
    """The fund's must and ban terms against the project's own words."""
    if not (isinstance(pair.left, Project) and isinstance(pair.right, Fund)):
        return
    text = fold(" ".join((pair.left.name, pair.left.summary, *pair.left.keywords, *pair.left.industry)))
    if banned := [term for term in pair.right.ban_terms if holds(text, term)]:
        hit = "、".join(banned)
        yield Verdict(
            "ban_terms",
            State.FAIL,
            Said(f"含排除词：{hit}", f"holds a banned term: {hit}"),
            Said("基金调整排除词后可投", "it can once the fund drops the term"),
            value=hit,
        )
    must = [term for term in pair.right.must_terms if term.strip()]
    if must and not any(holds(text, term) for term in must):
        want = "、".join(must)
        if not (pair.left.summary or pair.left.keywords):
            said = Said(f"项目未填简介，不知是否含必含词：{want}", f"no summary to tell whether it holds: {want}")
            yield Verdict("must_terms", State.UNKNOWN, said, threshold=want)
            return
        yield Verdict(
            "must_terms",
            State.FAIL,
            Said(f"未含必含词：{want}", f"holds none of: {want}"),
            Said("项目材料写明相关内容后可投", "it can once its papers tell of one of them"),
            threshold=want,
        )


RULES: tuple[Rule, ...] = (
    already_decided,
    own_institution,
    capacity,
    trl_window,
    stage,
    ticket,
    money_left,
    region,
    terms,
)


def yuan(amount: float | None) -> str:
    """An amount as people write it: 50万, 1.2亿."""
    if amount is None:
        return "—"
    for unit, name in ((1e8, "亿"), (1e4, "万")):
        if abs(amount) >= unit:
            return f"{amount / unit:.4g}{name}"
    return f"{amount:.0f}"
