"""Where records stand in a chain, for people: by which words, what became of them, who could take them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.cli.console import Screen
from matcher.domain.records import Kind, PairKind, name_of
from matcher.policy.chain_nodes import POSITIONS
from matcher.policy.chain_places import Place
from matcher.policy.chain_signs import WHERE, Where
from matcher.policy.chain_views import LeftAt, NodeView, TakerAt
from matcher.wording import Said

TABLES: Mapping[Kind, Said] = {
    Kind.ACHIEVEMENTS: Said("成果", "results"),
    Kind.INCUBATORS: Said("载体", "carriers"),
    Kind.PROJECTS: Said("项目", "projects"),
    Kind.FUNDS: Said("基金", "funds"),
}


@dataclass(frozen=True, slots=True)
class Verbs:
    """How a table's records are said to be taken."""

    took: Said
    could: Said
    nobody: Said


VERBS: Mapping[Kind, Verbs] = {
    Kind.ACHIEVEMENTS: Verbs(Said("已落地", "taken by"), Said("可接", "could go to"), Said("无载体可接", "no carrier")),
    Kind.PROJECTS: Verbs(Said("已投", "taken by"), Said("可投", "could go to"), Said("无基金可投", "no fund")),
}


def show_why(screen: Screen, view: NodeView) -> None:
    """The verdict on a node, and every record there with why it stands there."""
    screen.print()
    name, state = view.node.name.to(screen.language), view.state.said.to(screen.language)
    screen.print(f"{POSITIONS[view.node.position].to(screen.language)} ", (name, "bold"), f"  {view.node.id}  {state}")
    if verdict := view.state.verdict:
        basis = verdict.basis
        stands = f"{basis.rule} · {basis.cites.to(screen.language)} {basis.clause} · {basis.confidence}"
        screen.item("   ✓ ", f"{verdict.said.to(screen.language)}{screen.say(f'（{stands}）', f' ({stands})')}")
    for left in (*view.results, *view.projects):
        told = (f"{name_of(left.record)} {left.record.id}", signs(screen, left.place), future(screen, left))
        screen.item(f"   {TABLES[left.record.table].to(screen.language)} ", "  ".join(told))
    for taker in (*view.carriers, *view.funds, *view.lenders):
        lead = f"   {TABLES[taker.record.table].to(screen.language)} "
        screen.item(lead, f"{taker.record.name} {taker.record.id}  {_reach(screen, taker)}")


def signs(screen: Screen, place: Place) -> str:
    """Where the record says so: 名称“赖氨酸”、关键词“氨基酸”."""
    said: dict[Where, list[str]] = {}
    for sign in place.signs:
        said.setdefault(sign.where, []).append(f"“{sign.what}”")
    parts = [f"{WHERE[where].to(screen.language)}{''.join(words)}" for where, words in said.items()]
    other = "" if place.told else screen.say("（未填该产业）", " (states another industry or none)")
    return screen.say("、", ", ").join(parts) + other


def future(screen: Screen, one: LeftAt) -> str:
    """What became of a result or project, or who could take it, or what keeps everybody from it."""
    listed, said = screen.say("、", ", ").join, VERBS[one.record.table]
    if one.taken_by:
        return f"{said.took.to(screen.language)} {listed(one.taken_by)}"
    if one.talking:
        return screen.say("在谈 ", "in talks with ") + listed(one.talking)
    if one.takers:
        return f"{said.could.to(screen.language)} {listed(one.takers)}"
    why = [f"{name.to(screen.language)} {count}" for name, count in one.hurdles.items()]
    return said.nobody.to(screen.language) + (screen.say("：", ": ") + listed(why) if why else "")


def _reach(screen: Screen, one: TakerAt) -> str:
    """Why a carrier or fund covers a node, and what there could come to it."""
    parts, listed = [signs(screen, one.place) if one.place else ""], screen.say("、", ", ").join
    said = VERBS[PairKind.of(one.record.table).left]
    if one.took:
        parts.append(screen.say("已在此承接或投资 ", "took here ") + listed(one.took))
    elif not one.place:
        general = Said("只填产业，未指明环节", "states the industry and no node")
        parts.append((general if one.record.industries else Said("不限行业", "of any industry")).to(screen.language))
    if one.open is False:
        parts.append(screen.say("已满或余额为零", "full, or nothing left"))
    if one.offers:
        parts.append(f"{said.could.to(screen.language)} {listed(one.offers)}")
    return "  ".join(filter(None, parts))
