"""Chain gaps as plain JSON values: every count with the records behind it, every answer with its rule."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from matcher.domain.records import Record, name_of
from matcher.plain.matches import said_json, verdict_json
from matcher.policy.chain_nodes import Chains
from matcher.policy.chain_places import Place
from matcher.policy.chain_signs import WHERE
from matcher.policy.chain_states import Classed
from matcher.policy.chain_views import ChainView, LeftAt, LinkView, NodeView, TakerAt
from matcher.policy.rules import Rulebook
from matcher.services.chain_gaps import Gaps


def gaps_json(book: Rulebook, chains: Chains, found: Gaps) -> dict[str, Any]:
    """The whole report."""
    return {
        "rules_version": book.version,
        "chains_version": chains.version,
        "industries": [
            {
                "code": code,
                "name": said_json(chains.names[code]),
                "chains": [_chain(chains, view) for view in found.chains if view.chain.industry == code],
                "unplaced": [_record(one) for one in unplaced],
            }
            for code, unplaced in found.unplaced.items()
        ],
        "coverage": {kind.value: asdict(one) for kind, one in found.coverage.items()},
        "untold": [_record(one) for one in found.untold],
    }


def _chain(chains: Chains, view: ChainView) -> dict[str, Any]:
    return {
        "code": view.chain.code,
        "name": said_json(chains.names[view.chain.code]),
        "nodes": [_node(one) for one in view.nodes],
        "links": [_link(one) for one in view.links],
    }


def _node(view: NodeView) -> dict[str, Any]:
    return {
        "id": view.node.id,
        "name": said_json(view.node.name),
        "position": view.node.position.value,
        **_state(view.state),
        "figures": {name.removeprefix("node_"): int(count) for name, count in view.figures.items()},
        "results": [_left(one) for one in view.results],
        "projects": [_left(one) for one in view.projects],
        "carriers": [_taker(one) for one in view.carriers],
        "funds": [_taker(one) for one in view.funds],
        "lenders": [_taker(one) for one in view.lenders],
        "unmet": {
            "results": [one.record.id for one in view.results if one.unmet],
            "carriers": [one.record.id for one in view.carriers if one.unmet],
            "projects": [one.record.id for one in view.projects if one.unmet],
        },
        "fills": [_left(one) for one in view.fills],
    }


def _link(view: LinkView) -> dict[str, Any]:
    return {"from": view.first.id, "to": view.second.id, **_state(view.state), "shared": list(view.shared)}


def _state(one: Classed) -> dict[str, Any]:
    return {
        "state": one.state.value if one.state else None,
        "state_name": said_json(one.said),
        "verdict": verdict_json(one.verdict) if one.verdict else None,
        "short_of_strong": said_json(one.short) if one.short else None,
    }


def _left(one: LeftAt) -> dict[str, Any]:
    return _record(one.record) | {
        "trl": one.record.trl,
        "place": _place(one.place),
        "taken_by": list(one.taken_by),
        "in_talks_with": list(one.talking),
        "could_go_to": list(one.takers),
        "hurdles": [said_json(name) | {"count": count} for name, count in one.hurdles.items()],
    }


def _taker(one: TakerAt) -> dict[str, Any]:
    return _record(one.record) | {
        "place": _place(one.place) if one.place else None,
        "took": list(one.took),
        "open": one.open,
        "could_take": list(one.offers),
    }


def _place(place: Place) -> dict[str, Any]:
    return {
        "rule": place.basis.rule,
        "states_industry": place.told,
        "signs": [
            {"where": sign.where.value, "where_name": said_json(WHERE[sign.where]), "what": sign.what}
            for sign in place.signs
        ],
    }


def _record(one: Record) -> dict[str, Any]:
    return {"id": one.id, "name": name_of(one)}
