"""The industry chains of the notice, node by node: what stands there, what is missing, what could fill it."""

from __future__ import annotations

from collections import Counter

from matcher.domain.records import Record, name_of
from matcher.policy.chain_nodes import POSITIONS
from matcher.policy.chain_states import STATES
from matcher.policy.chain_views import ChainView, NodeView
from matcher.reporting.sections import Column, Headline, Line, Section, Shape
from matcher.services.report.context import Context
from matcher.wording import Said

FILLS = 3
"""Results named to fill a node."""


def chains_sections(context: Context) -> tuple[Section, ...]:
    """Every node of every chain, of the city."""
    columns = (
        Column(Said("产业链", "chain")),
        Column(Said("环节", "node")),
        Column(Said("位置", "position")),
        Column(Said("判断", "state")),
        Column(Said("未承接成果", "results open"), Shape.NUMBER),
        Column(Said("本市已承接成果", "results taken in the city"), Shape.NUMBER),
        Column(Said("有余位载体", "carriers with room"), Shape.NUMBER),
        Column(Said("项目", "projects"), Shape.NUMBER),
        Column(Said("已获投项目", "projects funded"), Shape.NUMBER),
        Column(Said("有余额基金", "funds with money"), Shape.NUMBER),
        Column(Said("未满足", "unmet"), Shape.NUMBER),
        Column(Said("可补成果", "results that could fill it"), Shape.LONG),
    )
    nodes = [(view, node) for view in context.gaps.chains for node in view.nodes]
    counts = Counter(node.state.state for _, node in nodes)
    shown = [(state, said) for state, said in STATES.items() if counts[state]]
    return (
        Section(
            "chains",
            Said("产业链环节和缺口", "industry chains and their gaps"),
            columns,
            tuple(_line(context, view, node) for view, node in nodes),
            (
                Said(
                    "二(三) 的产业；环节和判断界限为推定。载体和项目只计本市的，基金不限地区；按可见记录计数。",
                    "Industries of 二(三); nodes and limits are our reading. Carriers and projects of the city only.",
                ),
            ),
            tuple(
                Headline(Said(f"产业链环节：{said.zh}", f"nodes: {said.en}"), float(counts[state]), unit=Said("个", ""))
                for state, said in shown
            ),
        ),
    )


def _line(context: Context, view: ChainView, node: NodeView) -> Line:
    figures = node.figures
    names = ("results_open", "results_taken", "carriers", "projects", "projects_funded", "funds")
    unmet = sum(figures[f"node_{name}"] for name in ("results_unmet", "needs_unmet", "projects_unmet"))
    fills = [f"{name_of(one.record)}（{one.record.id}）" for one in node.fills[:FILLS]]
    verdict = node.state.verdict
    rules = (context.cite.rule(verdict.rule),) if verdict else ()
    return Line(
        (
            context.chains.names[view.chain.code],
            node.node.name,
            POSITIONS[node.node.position],
            node.state.said,
            *(figures[f"node_{name}"] for name in names),
            unmet,
            "、".join(fills) or None,
        ),
        (*rules, *context.cite.rows(_standing(node))),
    )


def _standing(node: NodeView) -> list[Record]:
    """The records that are counted at the node."""
    lefts = [one.record for one in (*node.results, *node.projects)]
    return [*lefts, *(one.record for one in (*node.carriers, *node.funds))]
