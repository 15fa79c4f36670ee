"""Chain gaps for people: a table for each chain, the links that are not strong, and what could fill them."""

from __future__ import annotations

from collections.abc import Iterable

from matcher.cli.console import Screen
from matcher.cli.show_places import TABLES, future, show_why, signs
from matcher.domain.records import Record, name_of
from matcher.policy.chain_nodes import POSITIONS, Chains
from matcher.policy.chain_states import STATES, ChainState
from matcher.policy.chain_views import ChainView, NodeView
from matcher.policy.rules import Rulebook
from matcher.services.chain_gaps import Coverage, Gaps
from matcher.wording import Said

COLUMNS = (
    Said("", ""),
    Said("环节", "node"),
    Said("判断", "state"),
    Said("成果 未承接/已承接", "results open/taken"),
    Said("载体 有余位/全部", "carriers with room/all"),
    Said("项目 已获投/全部", "projects funded/all"),
    Said("基金 有余额/全部", "funds with money/all"),
    Said("未满足", "unmet"),
)
UNMET = (
    ("node_results_unmet", Said("成果", "results")),
    ("node_needs_unmet", Said("载体", "carriers")),
    ("node_projects_unmet", Said("项目", "projects")),
)
NOTHING = Said("没有可用的成果，需要征集或引进", "no result is there; ask for one or bring one in")


def show_gaps(screen: Screen, book: Rulebook, chains: Chains, found: Gaps, at: str, *, top: int, why: bool) -> None:
    """Every chain asked for, then how far the records could be placed; `at` tells day and region of the report."""
    if not found.coverage:
        screen.note(Said("还没有记录，请先 matcher import。", "There are no records yet; `matcher import` first."))
        return
    for code, unplaced in found.unplaced.items():
        for view in (one for one in found.chains if one.chain.industry == code):
            _show_chain(screen, chains, view, at, top=top, why=why)
        if unplaced:
            lead = Said(f"{chains.names[code].zh}未归类 {len(unplaced)}  ", f"{chains.names[code].en}, not placed  ")
            screen.item(lead.to(screen.language), _names(screen, unplaced))
            screen.print()
    for kind, one in found.coverage.items():
        screen.item(f"{TABLES[kind].to(screen.language)}  ", _coverage(one).to(screen.language))
    if found.untold:
        screen.item(screen.say("未填行业且未归类：", "no industry stated, not placed: "), _names(screen, found.untold))
    zh, en = f"规则版本 {book.version}，环节表版本 {chains.version}。", f"Rules {book.version}, nodes {chains.version}."
    screen.note(
        Said(
            f"“补链”指可见记录中没有，不等于本市没有；界限是本服务的推定（docs/chain-gaps.zh.md）。{zh}",
            f"Missing means absent from the records you may see; the limits are our own reading. {en}",
        )
    )


def _show_chain(screen: Screen, chains: Chains, view: ChainView, at: str, *, top: int, why: bool) -> None:
    part, whole = (chains.names[code].to(screen.language) for code in (view.chain.code, view.chain.industry))
    tally = [(state, sum(one.state.state is state for one in view.nodes)) for state in ChainState]
    told = " · ".join(f"{STATES[state].to(screen.language)} {count}" for state, count in tally if count)
    screen.print((part if part == whole else f"{whole} · {part}", "bold"), f"   {told}   {at}")
    columns = [column.to(screen.language) for column in COLUMNS]
    screen.show(screen.table(columns, [_row(screen, one) for one in view.nodes]))
    _show_links(screen, view)
    for node in view.nodes:
        _show_fills(screen, node, top)
    if why:
        for node in view.nodes:
            show_why(screen, node)
    screen.print()


def _row(screen: Screen, view: NodeView) -> list[str]:
    counts = {name: f"{count:.0f}" for name, count in view.figures.items()}
    unmet = [f"{said.to(screen.language)} {counts[name]}" for name, said in UNMET if view.figures[name]]
    return [
        POSITIONS[view.node.position].to(screen.language),
        view.node.name.to(screen.language),
        view.state.said.to(screen.language),
        f"{counts['node_results_open']}/{counts['node_results_taken']}",
        f"{counts['node_carriers']}/{len(view.carriers)}",
        f"{counts['node_projects_funded']}/{counts['node_projects']}",
        f"{counts['node_funds']}/{len(view.funds)}",
        screen.say("、", ", ").join(unmet),
    ]


def _show_links(screen: Screen, view: ChainView) -> None:
    """The neighbours, by what their link is, the best last."""
    groups = []
    for state in (ChainState.MISSING, ChainState.EXTENDABLE, ChainState.WEAK, ChainState.STRONG):
        names = [
            f"{one.first.name.to(screen.language)} → {one.second.name.to(screen.language)}"
            for one in view.links
            if one.state.state is state
        ]
        if names:
            groups.append(f"{STATES[state].to(screen.language)} {screen.say('，', ', ').join(names)}")
    if groups:
        screen.item(screen.say("衔接  ", "links  "), screen.say("；", "; ").join(groups))


def _show_fills(screen: Screen, view: NodeView, top: int) -> None:
    """What a weak or missing node lacks to be strong, and what could fill it."""
    if view.state.state not in (ChainState.WEAK, ChainState.MISSING):
        return
    fills, short = view.fills, view.state.short
    lead = f"{view.state.said.to(screen.language)} {view.node.name.to(screen.language)}  "
    far = screen.say("距强链", "to be strong: ") + short.to(screen.language) if short else ""
    screen.item(lead, "  ".join(filter(None, (far, "" if fills else NOTHING.to(screen.language)))))
    for number, one in enumerate(fills[:top], 1):
        readiness = screen.say(f"就绪度 {one.record.trl or '未填'}", f"TRL {one.record.trl or 'not stated'}")
        told = (f"{name_of(one.record)} {one.record.id}", readiness, signs(screen, one.place), future(screen, one))
        screen.item(screen.say(f"   可补 {number} ", f"   fill {number} "), "  ".join(told))
    if len(fills) > top:
        screen.print(screen.say(f"   另有 {len(fills) - top} 项", f"   {len(fills) - top} more"))


def _coverage(one: Coverage) -> Said:
    zh = f"共 {one.total}：归入环节 {one.placed}（其中多环节 {one.several}）"
    en = f"{one.total}: placed {one.placed} ({one.several} of them at several nodes)"
    for count, in_zh, in_en in (
        (one.general, "只填产业", "industry only"),
        (one.unplaced, "未归类", "not placed"),
        (one.outside, "其他产业", "other industries"),
        (one.untold, "未填行业且未归类", "no industry stated, not placed"),
    ):
        if count or in_zh == "未归类":
            zh, en = f"{zh}，{in_zh} {count}", f"{en}, {in_en} {count}"
    return Said(zh, en)


def _names(screen: Screen, records: Iterable[Record]) -> str:
    return screen.say("、", ", ").join(f"{name_of(one)} {one.id}" for one in records)
