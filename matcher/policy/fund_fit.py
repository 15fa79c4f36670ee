"""Facts of a project before a fund, for the rules of `data/policy/matching.yaml`."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matcher.domain.called import naming
from matcher.domain.places import within
from matcher.domain.records import Fund, Project
from matcher.domain.rounding import yuan
from matcher.domain.taxonomy import Path
from matcher.policy.pairs import Check, Pair, PairRule, Told, start_of
from matcher.text.words import fold, holds
from matcher.wording import Said, listed


def stage(pair: Pair, _: PairRule) -> Check:
    """The project is at a stage the fund invests in."""
    if not (isinstance(pair.left, Project) and isinstance(pair.right, Fund)) or not pair.right.stages:
        return
    wanted = "、".join(one.label for one in pair.right.stages)
    wanted_en = ", ".join(one.value for one in pair.right.stages)
    at = pair.left.stage
    if at is None:
        told = Said(f"融资阶段未填（基金投 {wanted}）", f"stage unknown (it funds {wanted_en})")
        yield Told("stages_away", None, told)
        return
    away = min(abs(at.step - one.step) for one in pair.right.stages)
    said = Said(f"融资阶段 {at.label}（基金投 {wanted}）", f"stage {at} (it funds {wanted_en})")
    change = Said(f"相差 {away} 个阶段", f"{away} stage(s) away")
    yield Told("stages_away", float(away), said, change, at.value, wanted_en)


def ticket(pair: Pair, _: PairRule) -> Check:
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
        said = Said(f"{told.zh}（单笔 {window}）", f"{told.en} (ticket {window})")
        yield Told("ticket_inside", None, said, threshold=window)
        return
    over = sought - high if high is not None else -math.inf
    under = low - sought if low is not None else -math.inf
    change = Said(f"多出 {yuan(over)}，可拆分或联合投资", f"{yuan(over)} too much; split it or co-invest")
    if under > 0:
        change = Said(f"低于下限 {yuan(under)}", f"{yuan(under)} below the smallest ticket")
    said = Said(f"融资需求 {yuan(sought)}（单笔 {window}）", f"seeks {yuan(sought)} (ticket {window})")
    yield Told("ticket_inside", -max(over, under), said, change, sought, window)


def money_left(pair: Pair, _: PairRule) -> Check:
    """The fund still has money for its smallest ticket."""
    if not isinstance(pair.right, Fund):
        return
    left, needed = pair.right.remaining, pair.right.ticket_min or 1
    if left is None:
        yield Told("money_beyond_ticket", None, Said("基金可投余额未知", "money left in the fund is unknown"))
        return
    said = Said(f"基金可投余额 {yuan(left)}", f"the fund has {yuan(left)} left")
    change = Said("新一期资金到位后可投", "it can invest again once it is refilled")
    yield Told("money_beyond_ticket", float(left - needed), said, change, left, needed)


def new_this_period(pair: Pair, rule: PairRule) -> Check:
    """The fund has not yet made all the new commitments it allows itself in a period."""
    if not isinstance(pair.right, Fund) or pair.right.max_new_per_period is None or pair.day is None:
        return
    first, most = start_of(rule.period, pair.day), pair.right.max_new_per_period
    made = sum(first <= day <= pair.day for day in pair.accepted)
    said = Said(f"本期已新增 {made} 个（上限 {most}）", f"{made} of {most} new commitments made this period")
    change = Said("下一期可投", "it can invest again next period")
    yield Told("places_this_period", float(most - made), said, change, made, most)


def region(pair: Pair, _: PairRule) -> Check:
    """The project lies in a region the fund invests in."""
    if not (isinstance(pair.left, Project) and isinstance(pair.right, Fund)) or not pair.right.regions:
        return
    wanted, where = listed(pair.right.regions), pair.left.region
    if not where:
        yield Told("in_region", None, Said(f"项目地区未填（限 {wanted.zh}）", f"region unknown (only {wanted.en})"))
        return
    said = Said(f"项目位于 {where}（限 {wanted.zh}）", f"located in {where} (only {wanted.en})")
    change = Said("在投资区域内设立主体后符合", "fits once it has an entity in the region")
    yield Told("in_region", _inside(pair, where, pair.right.regions), said, change, where, wanted.zh)


def return_multiple(pair: Pair, _: PairRule) -> Check:
    """A fund that owes a place a multiple of its money sees whether the project would count."""
    stated = pair.figures.get("return_multiple")
    if not (isinstance(pair.left, Project) and isinstance(pair.right, Fund)) or stated is None or stated.value == 0:
        return
    where, areas = pair.left.region, pair.right.regions
    counts = _inside(pair, where, areas) if where and areas else None
    times = f"{stated.value:g}" if isinstance(stated.value, float) else "?"
    told = {True: ("可计入", "counts"), False: ("不计入", "does not count"), None: ("是否计入未知", "may count")}[
        counts
    ]
    said = Said(
        f"基金有返投要求（{times} 倍），本项目{told[0]}", f"the fund must return {times}×; this project {told[1]}"
    )
    change = Said("在返投区域内设立主体，或与基金商定", "an entity in the region, or an agreement with the fund")
    yield Told("counts_as_return", counts, said, change, where or None, times)


def _inside(pair: Pair, where: str, regions: Sequence[str]) -> bool | None:
    """Whether the place lies in a region; None when it is told too roughly, or by a name that is on no map."""
    place = pair.gazetteer.path(where)
    areas = [pair.gazetteer.path(area) for area in regions]
    if any(within(place, area) for area in areas):
        return True
    if any(within(area, place) for area in areas) or not (pair.gazetteer.knows(place) or _foreign(pair, areas)):
        return None
    return False


def _foreign(pair: Pair, areas: Sequence[Path]) -> bool:
    """Whether the fund's own regions are on no map either, so that the names themselves are compared."""
    return not any(pair.gazetteer.knows(area) for area in areas)


def industry(pair: Pair, _: PairRule) -> Check:
    """The project belongs to an industry the fund names."""
    if not (isinstance(pair.left, Project) and isinstance(pair.right, Fund)) or not pair.right.industries:
        return
    tree, words, wanted = pair.industries, pair.left.industry, listed(pair.right.industries)
    if not words:
        yield Told("in_industry", None, Said(f"项目行业未填（限 {wanted.zh}）", f"industry unknown (only {wanted.en})"))
        return
    named = tree.nodes(words)
    inside: bool | None = bool(tree.codes(words) & tree.nodes(pair.right.industries))
    broader = tree.codes(pair.right.industries) & named
    if not inside and (broader or not all(map(tree.knows, named))):
        inside = None  # told too roughly, or in words that are not in the tree
    told = listed(words)
    said = Said(f"项目行业 {told.zh}（基金投 {wanted.zh}）", f"industry {told.en} (it funds {wanted.en})")
    ask = Said("须与基金确认投向", "ask the fund whether it would")
    yield Told("in_industry", inside, said, ask, told.zh, wanted.zh)


def ban_terms(pair: Pair, _: PairRule) -> Check:
    """The fund's ban terms against the project's own words."""
    if not (isinstance(pair.left, Project) and isinstance(pair.right, Fund)) or not pair.right.ban_terms:
        return
    text = _text(pair.left)
    if banned := [term for term in pair.right.ban_terms if holds(text, term)]:
        hit = listed(banned)
        said = Said(f"含排除词：{hit.zh}", f"holds a banned term: {hit.en}")
        change = Said("基金调整排除词后可投", "it can once the fund drops the term")
        yield Told("banned_terms", float(len(banned)), said, change, hit.zh)


def must_terms(pair: Pair, _: PairRule) -> Check:
    """One of the fund's must terms stands in the project's own words."""
    if not (isinstance(pair.left, Project) and isinstance(pair.right, Fund)):
        return
    must = [term for term in pair.right.must_terms if term.strip()]
    text = _text(pair.left) if must else ""
    if not must or any(holds(text, term) for term in must):
        return
    want = listed(must)
    if not (pair.left.summary or pair.left.keywords):
        said = Said(f"项目未填简介，不知是否含必含词：{want.zh}", f"no summary to tell whether it holds: {want.en}")
        yield Told("must_term_held", None, said, threshold=want.zh)
        return
    said = Said(f"未含必含词：{want.zh}", f"holds none of: {want.en}")
    change = Said("项目材料写明相关内容后可投", "it can once its papers tell of one of them")
    yield Told("must_term_held", False, said, change, threshold=want.zh)


def own_conflict(pair: Pair, _: PairRule) -> Check:
    """A fund before a tenant of the carrier that manages it: allowed, and to be disclosed."""
    if not (isinstance(pair.left, Project) and isinstance(pair.right, Fund)) or not pair.right.managed_by_incubator_id:
        return
    manager = pair.right.managed_by_incubator_id
    if not pair.left.incubator_id:
        said = Said("项目未填所在载体，关联关系未知", "the project names no carrier; a conflict cannot be told")
        yield Told("own_project", None, said)
        return
    own = pair.left.incubator_id == manager
    name = naming(pair.names, manager)
    yes = Said(
        f"项目在管理该基金的载体{name.zh}在孵",
        f"the project is a tenant of the carrier{name.en} that manages the fund",
    )
    none = Said("项目与基金管理载体无在孵关系", "the project is no tenant of the carrier that manages the fund")
    change = Said("投决须披露并由关联方回避", "disclose it; those concerned abstain")
    yield Told("own_project", own, yes if own else none, change, pair.left.incubator_id, manager)


def _text(project: Project) -> str:
    return fold(" ".join((project.name, project.summary, *project.keywords, *project.industry)))
