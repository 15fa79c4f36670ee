"""An industry chain as a report shows it: nodes with what stands there, what is unmet and what could fill; links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.domain.records import Left, Right
from matcher.policy.chain_nodes import Chain, ChainNode
from matcher.policy.chain_places import Place
from matcher.policy.chain_states import UNCLASSED, ChainState, Classed
from matcher.wording import Said


@dataclass(frozen=True, slots=True)
class LeftAt:
    """A result or project at a node, what became of it, and who there could take it."""

    record: Left
    place: Place
    taken_by: tuple[str, ...]
    talking: tuple[str, ...]
    takers: tuple[str, ...]
    hurdles: Mapping[Said, int]
    """Of those that cover the node and cannot take it, how many each rule keeps from it."""
    local: bool
    """Whether one of those that took it is of the place the report is about."""

    @property
    def unmet(self) -> bool:
        """Whether nobody took it, talks about it or could take it."""
        return not (self.taken_by or self.talking or self.takers)


@dataclass(frozen=True, slots=True)
class TakerAt:
    """A carrier or fund that covers a node: it names it, took something there, or states the industry and no node."""

    record: Right
    place: Place | None
    took: tuple[str, ...]
    """What of the node it took: results and projects it accepted, projects it houses."""
    open: bool | None
    """Whether a carrier has room, or a fund money; None: nobody told."""
    offers: tuple[str, ...]
    """What is open at the node and could come to it."""

    @property
    def unmet(self) -> bool:
        """Whether it names the node and may have room, but nothing open there suits it."""
        return self.place is not None and self.open is not False and not self.offers


@dataclass(frozen=True, slots=True)
class NodeView:
    """One node with everything that stands there."""

    node: ChainNode
    results: tuple[LeftAt, ...]
    projects: tuple[LeftAt, ...]
    carriers: tuple[TakerAt, ...]
    funds: tuple[TakerAt, ...]
    lenders: tuple[TakerAt, ...]
    """Guarantee companies and banks; they invest in nothing."""
    state: Classed = UNCLASSED

    @property
    def open_results(self) -> tuple[LeftAt, ...]:
        """Results that nobody has taken yet."""
        return tuple(one for one in self.results if not one.taken_by)

    @property
    def fills(self) -> tuple[LeftAt, ...]:
        """For a weak or missing node the open results that could fill it, best first.

        First those that somebody could take and nobody talks about, then by readiness, by how plainly they say what
        they are, by id.
        """
        if self.state.state not in (ChainState.WEAK, ChainState.MISSING):
            return ()
        return tuple(sorted(self.open_results, key=_order))

    @property
    def figures(self) -> dict[str, float]:
        """What the rules of a node may look at."""
        counts = {
            "node_results_open": len(self.open_results),
            "node_results_ready": sum(not one.unmet for one in self.open_results),
            "node_results_taken": sum(one.local for one in self.results),
            "node_results_unmet": sum(one.unmet for one in self.results),
            "node_carriers": sum(one.open is not False for one in self.carriers),
            "node_needs_unmet": sum(one.unmet for one in self.carriers),
            "node_projects": len(self.projects),
            "node_projects_funded": sum(one.local for one in self.projects),
            "node_projects_unmet": sum(one.unmet for one in self.projects),
            "node_funds": sum(one.open is not False for one in self.funds),
        }
        return {name: float(count) for name, count in counts.items()}


@dataclass(frozen=True, slots=True)
class LinkView:
    """Two neighbours, the results and projects that stand at both, and what the link is."""

    first: ChainNode
    second: ChainNode
    shared: tuple[str, ...]
    state: Classed


@dataclass(frozen=True, slots=True)
class ChainView:
    """One chain with its nodes and links."""

    chain: Chain
    nodes: tuple[NodeView, ...]
    links: tuple[LinkView, ...]


def _order(one: LeftAt) -> tuple[bool, bool, int, int, str]:
    return (bool(one.talking), not one.takers, -(one.record.trl or 0), -one.place.weight, one.record.id)
