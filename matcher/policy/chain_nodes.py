"""Industry chains as data: their nodes, how a record names them, and which node follows which.

The chains are those of 通创办发〔2023〕2号, 二(三); their nodes are our own reading (`data/taxonomy/chains.yaml`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from pydantic import Field

from matcher.policy.vocabulary import Model
from matcher.wording import Said


class Position(StrEnum):
    """Where in its chain a node stands."""

    UPSTREAM = "upstream"
    MIDSTREAM = "midstream"
    DOWNSTREAM = "downstream"
    SUPPORT = "support"


POSITIONS: Mapping[Position, Said] = {
    Position.UPSTREAM: Said("上游", "upstream"),
    Position.MIDSTREAM: Said("中游", "midstream"),
    Position.DOWNSTREAM: Said("下游", "downstream"),
    Position.SUPPORT: Said("配套", "support"),
}


class ChainNode(Model):
    """One step of a chain, and what places a record there."""

    id: str = Field(pattern=r"^[a-z]+\.[a-z]+$")
    name: Said
    position: Position
    next: tuple[str, ...] = ()
    """Ids of the neighbours that follow it."""
    words: tuple[str, ...] = Field(min_length=1)
    codes: tuple[str, ...] = ()
    """Codes of the industries' tree, GB/T 4754 among them."""
    fields: tuple[str, ...] = ()
    """Codes of the fields' tree."""


class Chain(Model):
    """The nodes of one industry, or of a part of one, in order."""

    industry: str
    """The industry of the notice, as a code of the industries' tree."""
    code: str
    """What the chain is about: that industry, or a node below it."""
    anchors: tuple[str, ...] = Field(min_length=1)
    """Words of the industry itself, for records that do not state it."""
    nodes: tuple[ChainNode, ...] = Field(min_length=1)


class ChainFile(Model):
    """What the file says."""

    lead: int = Field(ge=1)
    refusals: tuple[str, ...]
    chains: tuple[Chain, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Chains:
    """All chains, checked. `version` changes with every byte of the file."""

    version: str
    lead: int
    """Characters of a record's text that are read."""
    refusals: Sequence[str]
    """What a clause holds that tells of things not taken."""
    all: Sequence[Chain]
    names: Mapping[str, Said]
    """What industries and chains are called, by code."""

    @cached_property
    def nodes(self) -> Mapping[str, ChainNode]:
        """Every node by id."""
        return {node.id: node for chain in self.all for node in chain.nodes}

    @cached_property
    def industries(self) -> Mapping[str, Sequence[Chain]]:
        """The chains of each industry, both in the order of the file."""
        found: dict[str, list[Chain]] = {}
        for chain in self.all:
            found.setdefault(chain.industry, []).append(chain)
        return found


def links(chain: Chain) -> Iterator[tuple[str, str]]:
    """The neighbours of a chain, as pairs of ids: what comes first and what follows."""
    for node in chain.nodes:
        for follower in node.next:
            yield node.id, follower
