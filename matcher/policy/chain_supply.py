"""Records to industry chains: who stands at each node, who covers it, and who there could take whom.

Everything is counted over the records that are given, so what a viewer may not see is in no count.
"""

from __future__ import annotations

from collections import Counter, defaultdict
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
from matcher.wording import Said


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
    took = _took(here, stock)
    carriers, funds = (_covering(takers, chain, node, took, stock) for takers in (stock.carriers, stock.funds))
    equity = [one for one in funds if not _lends(one.record)]
    results = _lefts([one for one in here if isinstance(one, Achievement)], node, carriers, stock)
    projects = _lefts([one for one in here if isinstance(one, Project)], node, equity, stock)
    return NodeView(
        node,
        results,
        projects,
        _offered(carriers, results),
        _offered(equity, projects),
        tuple(one for one in funds if _lends(one.record)),
    )


def _covering(
    takers: Iterable[Right], chain: Chain, node: ChainNode, took: Mapping[str, Sequence[str]], stock: Stock
) -> list[TakerAt]:
    """Those that name the node, then those that took something there, then those that state the industry alone."""
    found = []
    for taker in takers:
        placed = stock.placed[taker.id]
        place = placed.places.get(node.id)
        its = tuple(took.get(taker.id, ()))
        if place or its or (chain.code in placed.told and not placed.named_in(chain)):
            found.append(TakerAt(taker, place, its, _open(taker), ()))
    return sorted(found, key=lambda one: (one.place is None, not one.took, one.record.id))


def _took(here: Sequence[Left], stock: Stock) -> dict[str, list[str]]:
    """What of these each carrier or fund accepted or houses."""
    took: dict[str, list[str]] = defaultdict(list)
    for left in here:
        housing = {left.incubator_id} if isinstance(left, Project) else set()
        for taker_id in housing.union(stock.taken.get(left.id, ())):
            took[taker_id].append(left.id)
    return took


def _lefts(records: Iterable[Left], node: ChainNode, takers: Sequence[TakerAt], stock: Stock) -> tuple[LeftAt, ...]:
    found = []
    for record in records:
        taken, talking = tuple(stock.taken.get(record.id, ())), tuple(stock.talking.get(record.id, ()))
        kept = {} if taken else {one.record.id: stock.hurdles(record, one.record) for one in takers}
        could = tuple(taker_id for taker_id, hurdles in kept.items() if not hurdles)
        told = _counted(hurdles for hurdles in kept.values() if hurdles)
        place, local = stock.placed[record.id].places[node.id], any(name in stock.local for name in taken)
        found.append(LeftAt(record, place, taken, talking, could, told, local))
    return tuple(found)


def _counted(kept: Iterable[Sequence[Verdict]]) -> dict[Said, int]:
    """How many each rule keeps out, the most first."""
    names: dict[str, Said] = {}
    alike: Counter[tuple[str, ...]] = Counter()
    """By the rules that keep somebody out: of many the same is told."""
    for hurdles in kept:
        names |= {one.rule: one.basis.name for one in hurdles}
        alike[tuple(one.rule for one in hurdles)] += 1
    counted: Counter[Said] = Counter()
    for rules, count in alike.items():
        counted.update({names[rule]: count for rule in rules})
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0].zh)))


def _offered(takers: Sequence[TakerAt], lefts: Sequence[LeftAt]) -> tuple[TakerAt, ...]:
    """The takers with what is open at the node and could come to them."""
    offers: dict[str, list[str]] = {one.record.id: [] for one in takers}
    for left in lefts:
        for taker_id in left.takers:
            offers[taker_id].append(left.record.id)
    return tuple(replace(one, offers=tuple(offers[one.record.id])) for one in takers)


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
