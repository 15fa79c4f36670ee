"""What a node of an industry chain, or a link between neighbours, is: strong, weak, missing or extendable.

强链、补链、固链、延链 are the words of 通创办发〔2023〕2号, 二(三); when a node counts as one of them is our own
reading, kept as rules of kind `chain`. Their order decides: the first that holds is the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from matcher.domain.matches import State, Verdict
from matcher.policy.criteria import judge
from matcher.policy.facts import Fact, Facts, Figure
from matcher.policy.rules import Rule, Rulebook
from matcher.wording import Said


class ChainState(StrEnum):
    """What is to be done for a node or link."""

    STRONG = "strong"
    EXTENDABLE = "extendable"
    WEAK = "weak"
    MISSING = "missing"


STATES: Mapping[ChainState, Said] = {
    ChainState.STRONG: Said("强链", "strong"),
    ChainState.EXTENDABLE: Said("延链", "extendable"),
    ChainState.WEAK: Said("固链", "weak"),
    ChainState.MISSING: Said("补链", "missing"),
}
UNDECIDED = Said("未判定", "undecided")
COUNTED = Said("按可见记录计数", "counted over the records the viewer may see")

About = Literal["node", "link"]

CHAIN_METRICS: Mapping[About, frozenset[str]] = {
    "node": frozenset(
        {
            "node_results_open",
            "node_results_ready",
            "node_results_taken",
            "node_carriers",
            "node_projects",
            "node_projects_funded",
            "node_funds",
            "node_results_unmet",
            "node_needs_unmet",
            "node_projects_unmet",
        }
    ),
    "link": frozenset({"link_from", "link_to", "link_to_open", "link_shared"}),
}
"""What is counted for each."""


class ChainRule(Rule):
    """A rule on a node or on a link between neighbours, and what it is when the rule holds."""

    about: About
    state: ChainState

    @property
    def looks_at(self) -> frozenset[str]:
        """What is counted for a node or a link."""
        return CHAIN_METRICS[self.about]


@dataclass(frozen=True, slots=True)
class Classed:
    """What a node or link is, with the verdict that says so; none where no rule holds."""

    state: ChainState | None
    verdict: Verdict | None
    short: Said | None = None
    """What a node lacks to be a strong one."""

    @property
    def said(self) -> Said:
        """The answer as a word."""
        return STATES[self.state] if self.state else UNDECIDED


UNCLASSED = Classed(None, None)


def classed(book: Rulebook, about: About, figures: Mapping[str, Figure], day: date) -> Classed:
    """The first rule in force that holds for these figures."""
    facts = Facts(book.metrics, {name: Fact(value, COUNTED) for name, value in figures.items()})
    rules = [rule for rule in book.of(ChainRule, day) if rule.about == about]
    judged = [(rule.state, judge(book, rule, facts, day=day)) for rule in rules]
    better = next((told for state, told in judged if told and state is ChainState.STRONG and about == "node"), None)
    for state, told in judged:
        if told and told.state is State.PASS:
            return Classed(state, told, better.change if better and told is not better else None)
    return UNCLASSED
