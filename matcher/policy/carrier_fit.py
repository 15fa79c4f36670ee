"""Facts of a result before a carrier, for the rules of `data/policy/matching.yaml`."""

from __future__ import annotations

from matcher.domain.likeness import likeness
from matcher.domain.names import Organisations, normal_name
from matcher.domain.records import Achievement, Incubator
from matcher.policy.pairs import Check, Pair, PairRule, Told
from matcher.wording import Said


def own_institution(pair: Pair, _: PairRule) -> Check:
    """A carrier run by the institution that made the result has it already."""
    if not (isinstance(pair.left, Achievement) and isinstance(pair.right, Incubator)):
        return
    institution = pair.left.institution
    if not institution:
        yield Told("own_result", None, Said("成果未填完成单位", "the result names no institution"))
        return
    own = pair.organisations.same(institution, pair.right.name)
    if not own and _may_be_one(institution, pair.right.name, pair.organisations):
        told = Said(
            f"{institution} 与载体可能为同一单位，请核实",
            f"{institution} and the carrier may be one organisation; please check",
        )
        yield Told("own_result", None, told)
        return
    mine = Said(f"成果出自载体本单位（{institution}）", f"the result is the carrier's own ({institution})")
    other = Said("成果来自其他单位", "the result comes from another institution")
    yield Told("own_result", own, mine if own else other, Said("由其他载体承接", "another carrier may take it"))


def _may_be_one(one: str, other: str, organisations: Organisations) -> bool:
    """Whether the spelling leaves it open: alike, or the one named in the other (a university's own incubator)."""
    if organisations.told_apart(one, other):
        return False
    short, long = sorted((normal_name(one), normal_name(other)), key=len)
    return (len(short) > 3 and short in long) or likeness(one, other) is not None


def capacity(pair: Pair, _: PairRule) -> Check:
    """A full carrier takes nobody in."""
    if not isinstance(pair.right, Incubator):
        return
    total, used = pair.right.capacity, pair.right.occupied
    if total is None or used is None:
        yield Told("free_places", None, Said("载体余量未知", "the carrier's free places are unknown"))
        return
    free = total - used
    said = Said(f"载体余位 {max(free, 0)}（容量 {total}，在孵 {used}）", f"{max(free, 0)} of {total} places free")
    change = Said(f"腾出 {1 - free} 个位置后可接", f"it can once {1 - free} place(s) are free")
    yield Told("free_places", float(free), said, change, used, total)


def trl_window(pair: Pair, _: PairRule) -> Check:
    """The result's readiness lies in the carrier's window."""
    if not isinstance(pair.right, Incubator):
        return
    low, high, trl = pair.right.trl_min, pair.right.trl_max, pair.left.trl
    if low is None and high is None:
        return
    window = f"{low or 1}–{high or 9}"
    if trl is None:
        told = Said(f"技术就绪度未填（载体要求 {window}）", f"readiness unknown (the carrier wants TRL {window})")
        yield Told("trl_inside", None, told, threshold=window)
        return
    inside = min(trl - (low or 1), (high or 9) - trl)
    short = Said(f"就绪度提升 {-inside} 级后符合", f"fits after {-inside} more level(s)")
    past = Said(
        f"就绪度已超出 {-inside} 级，宜转加速器或园区", f"{-inside} level(s) too far; an accelerator or park suits"
    )
    said = Said(f"技术就绪度 {trl}（载体要求 {window}）", f"TRL {trl} (the carrier wants {window})")
    yield Told("trl_inside", float(inside), said, short if low is not None and trl < low else past, trl, window)
