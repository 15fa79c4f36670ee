"""Records to industry chains: who stands at each node, who covers it, and who there could take whom.

Everything is counted over the records that are given, so what a viewer may not see is in no count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from matcher.domain.matches import Verdict
from matcher.domain.records import Achievement, Fund, Incubator, Left, Project, Record, Right
from matcher.policy.chain_nodes import Chain, ChainNode, links
from matcher.policy.chain_places import Placed
from matcher.policy.chain_states import classed
from matcher.policy.chain_views import ChainView, LeftAt, LinkView, NodeView, TakerAt
from matcher.policy.facts import Figure
from matcher.policy.portfolio import LENDERS
from matcher.policy.rules import Rulebook


@dataclass(frozen=True)
class Stock:
    """The records one viewer may see, where they stand, and what became of them until a day."""

    results: Sequence[Achievement]
    carriers: Sequence[Incubator]
    projects: Sequence[Project]
    funds: Sequence[Fund]
    placed: Mapping[str, Placed]
    taken: Mapping[str, Sequence[str]]
    """Of each left record those that accepted it, and of a result the projects that came from it."""
    talking: Mapping[str, Sequence[str]]
    """Of each left record those it is in talks with."""
    hurdles: Callable[[Left, Right], Sequence[Verdict]]
    """The rules that keep a pair out; none: it could come about."""

    @cached_property
    def local(self) -> frozenset[str]:
        """Ids of all that may have taken something here; what was taken by others went elsewhere."""
        takers: list[Record] = [*self.carriers, *self.projects, *self.funds]
        return frozenset(one.id for one in takers)

    @property
    def lefts(self) -> Sequence[Left]:
        """Results, then projects."""
        return [*self.results, *self.projects]


def chain_view(chain: Chain, stock: Stock, book: Rulebook, day: date) -> ChainView:
    """A chain with what stands at its nodes, and what nodes and links are by the rules of a day."""
    nodes: dict[str, NodeView] = {}
    for node in chain.nodes:
        view = _node(chain, node, stock)
        nodes[node.id] = replace(view, state=classed(book, "node", view.figures, day))
    return ChainView(
        chain,
        tuple(nodes.values()),
        tuple(_link(nodes[first], nodes[second], book, day) for first, second in links(chain)),
    )


def _node(chain: Chain, node: ChainNode, stock: Stock) -> NodeView:
    here = [one for one in stock.lefts if node.id in stock.placed[one.id].places]
    carriers, funds = (_covering(takers, chain, node, here, stock) for takers in (stock.carriers, stock.funds))
    equity = [one for one in funds if not _lends(one.record)]
    results = _lefts([one for one in here if isinstance(one, Achievement)], node, carriers, stock)
    projects = _lefts([one for one in here if isinstance(one, Project)], node, equity, stock)
    return NodeView(
        node,
        results,
        projects,
        tuple(_offered(one, results) for one in carriers),
        tuple(_offered(one, projects) for one in equity),
        tuple(one for one in funds if one not in equity),
    )


def _covering(
    takers: Iterable[Right], chain: Chain, node: ChainNode, here: Sequence[Left], stock: Stock
) -> list[TakerAt]:
    """Those that name the node, then those that took something there, then those that state the industry alone."""
    found = []
    for taker in takers:
        placed = stock.placed[taker.id]
        place = placed.places.get(node.id)
        took = tuple(one.id for one in here if _took(taker, one, stock))
        if place or took or (chain.code in placed.told and not placed.named_in(chain)):
            found.append(TakerAt(taker, place, took, _open(taker), ()))
    return sorted(found, key=lambda one: (one.place is None, not one.took, one.record.id))


def _took(taker: Right, left: Left, stock: Stock) -> bool:
    housed = isinstance(left, Project) and left.incubator_id == taker.id
    return housed or taker.id in stock.taken.get(left.id, ())


def _lefts(records: Iterable[Left], node: ChainNode, takers: Sequence[TakerAt], stock: Stock) -> tuple[LeftAt, ...]:
    found = []
    for record in records:
        taken, talking = tuple(stock.taken.get(record.id, ())), tuple(stock.talking.get(record.id, ()))
        kept = {} if taken else {one.record.id: stock.hurdles(record, one.record) for one in takers}
        could = tuple(taker_id for taker_id, hurdles in kept.items() if not hurdles)
        counted = Counter(name for hurdles in kept.values() for name in {one.basis.name for one in hurdles})
        told = dict(sorted(counted.items(), key=lambda item: (-item[1], item[0].zh)))
        place, local = stock.placed[record.id].places[node.id], any(name in stock.local for name in taken)
        found.append(LeftAt(record, place, taken, talking, could, told, local))
    return tuple(found)


def _offered(taker: TakerAt, lefts: Sequence[LeftAt]) -> TakerAt:
    return replace(taker, offers=tuple(one.record.id for one in lefts if taker.record.id in one.takers))


def _lends(taker: Right) -> bool:
    return isinstance(taker, Fund) and taker.kind in LENDERS


def _open(taker: Right) -> bool | None:
    if isinstance(taker, Fund):
        return None if taker.remaining is None else taker.remaining > 0
    return None if taker.capacity is None or taker.occupied is None else taker.occupied < taker.capacity


def _link(first: NodeView, second: NodeView, book: Rulebook, day: date) -> LinkView:
    ours, theirs = ([one.record.id for one in (*view.results, *view.projects)] for view in (first, second))
    shared = tuple(sorted(set(ours) & set(theirs)))
    figures: dict[str, Figure] = {
        "link_to_open": float(len(second.open_results)),
        "link_shared": float(len(shared)),
    }
    for name, view in (("link_from", first), ("link_to", second)):
        if view.state.state:
            figures[name] = view.state.state.value
    return LinkView(first.node, second.node, shared, classed(book, "link", figures, day))
