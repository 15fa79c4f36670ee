"""The industry chains node by node: what is there, what is unmet, what could fill it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from api.guard import GuardedRoute
from api.parts import Acting, Now, Parts
from api.problems import Text
from api.texts import KEEPABLE, AsOf
from api.verdicts import VerdictShown
from matcher.domain.records import Kind
from matcher.plain.chain_gaps import gaps_json
from matcher.policy.chain_nodes import Position
from matcher.policy.chain_signs import Where
from matcher.policy.chain_states import ChainState
from matcher.services.chain_gaps import Gaps

router = APIRouter(prefix="/policy/chain-gaps", tags=["policy"], route_class=GuardedRoute)

Narrowed = Annotated[str | None, Query(min_length=1, max_length=100, pattern=KEEPABLE)]


class Named(BaseModel):
    """A record by its id and name."""

    id: str
    name: str


class SignShown(BaseModel):
    """Where a record tells of a node, and in which word."""

    where: Where
    where_name: Text
    what: str


class PlacedShown(BaseModel):
    """Why a record stands at a node."""

    rule: str
    states_industry: bool
    signs: list[SignShown]


class Hurdle(Text):
    """A rule, and from how many takers it keeps the record."""

    count: int


class LeftShown(Named):
    """A result or project at a node."""

    trl: int | None
    place: PlacedShown
    taken_by: list[str]
    in_talks_with: list[str]
    could_go_to: list[str]
    hurdles: list[Hurdle]


class TakerShown(Named):
    """A carrier or fund that covers a node; `open`: whether it has room or money, null where nobody told."""

    place: PlacedShown | None
    took: list[str]
    open: bool | None
    could_take: list[str]


class StateShown(BaseModel):
    """What a node or link is by the rules, and what it lacks to be strong."""

    state: ChainState | None
    state_name: Text
    verdict: VerdictShown | None
    short_of_strong: Text | None


class Unmet(BaseModel):
    """Ids of what finds nobody at the node."""

    results: list[str]
    carriers: list[str]
    projects: list[str]


class NodeShown(StateShown):
    """A node with everything that stands there."""

    id: str
    name: Text
    position: Position
    figures: dict[str, int]
    results: list[LeftShown]
    projects: list[LeftShown]
    carriers: list[TakerShown]
    funds: list[TakerShown]
    lenders: list[TakerShown]
    unmet: Unmet
    fills: list[LeftShown]


class LinkShown(StateShown):
    """Two neighbouring nodes."""

    first: str = Field(alias="from")
    to: str
    shared: list[str]


class ChainShown(BaseModel):
    """One chain."""

    code: str
    name: Text
    nodes: list[NodeShown]
    links: list[LinkShown]


class IndustryShown(BaseModel):
    """An industry with its chains, and what states it and stands at no node."""

    code: str
    name: Text
    chains: list[ChainShown]
    unplaced: list[Named]


class CoverageShown(BaseModel):
    """How many records of a table were placed."""

    total: int
    placed: int
    several: int
    general: int
    unplaced: int
    outside: int
    untold: int


class GapsShown(BaseModel):
    """The chains, over the records one may see."""

    as_of: date
    region: str | None
    rules_version: str
    chains_version: str
    industries: list[IndustryShown]
    coverage: dict[Kind, CoverageShown]
    untold: list[Named]


@router.get("")
def read_chain_gaps(
    request: Request, parts: Parts, actor: Acting, now: Now, industry: Narrowed = None, region: Narrowed = None,
    on: AsOf = None,
) -> GapsShown:  # fmt: skip
    """What the nodes of the chains hold and lack, and which results could fill a gap."""
    day, gaps = on or now.date(), parts.chain_gaps
    found = gaps.report(industry, actor.viewer, day, region)
    request.state.shown.update(parts.records.not_public(list(dict.fromkeys(_named(found)))))
    told = {"as_of": day, "region": region} | gaps_json(parts.rulebook, gaps.chains, found)
    return GapsShown.model_validate(told)


def _named(found: Gaps) -> Iterator[str]:
    for view in found.chains:
        for node in view.nodes:
            yield from (one.record.id for one in (*node.results, *node.projects))
    for record in (*found.untold, *(one for of in found.unplaced.values() for one in of)):
        yield record.id
