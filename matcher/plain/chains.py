"""Paths result → carrier → fund as plain JSON values."""

from __future__ import annotations

from typing import Any

from matcher.domain.records import Record, name_of
from matcher.plain.matches import match_json, said_json
from matcher.ranking.paths import Chain, Chains, Undertaken


def chains_json(found: Chains, *, full: bool) -> dict[str, Any]:
    """The paths, what exists already, and what was passed over."""
    return {
        "paths": [_path_json(one, full=full) for one in found.paths],
        "undertaken": [_undertaken_json(one, full=full) for one in found.undertaken],
        "refused": {"incubator": dict(found.carriers_refused), "fund": dict(found.ends_refused)},
        "held_back": found.held_back,
        "considered": found.considered,
        "results": found.results,
    }


def _path_json(one: Chain, *, full: bool) -> dict[str, Any]:
    return {
        "result": _named(one.result),
        "incubator": match_json(one.carrier, full=full) | {"taken": one.taken},
        "fund": match_json(one.fund, full=full),
        "stage": one.stage.value,
        "probability": one.probability,
        "tier": one.fund.tier,
        "weakest": "incubator" if one.weakest is one.carrier else "fund",
        "strengthening": [said_json(said) for said in one.strengthening],
    }


def _undertaken_json(one: Undertaken, *, full: bool) -> dict[str, Any]:
    return {
        "project": _named(one.project),
        "incubator": _named(one.carrier) if one.carrier else None,
        "decided": [
            {"fund": name, "result": verdict.value, **said_json(verdict.said)} for name, verdict in one.decided
        ],
        "funds": [match_json(match, full=full) for match in one.funds],
    }


def _named(record: Record) -> dict[str, str]:
    return {"id": record.id, "name": name_of(record)}
