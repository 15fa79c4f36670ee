"""Technology contracts as plain JSON values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from matcher.domain.matches import State
from matcher.plain.matches import said_json, verdict_json
from matcher.plain.rules import assessment_json
from matcher.policy.contracts import Check
from matcher.policy.criteria import Assessment
from matcher.policy.rules import Rulebook


def contract_json(book: Rulebook, found: Check, day: date) -> dict[str, Any]:
    """One contract with every verdict, and what follows for the broker's fee."""
    return _head_json(found) | {
        "accepted_on": found.contract.accepted_on,
        "as_of": day,
        "rules_version": book.version,
        "aspects": [_aspect_json(one) for one in found.aspects],
        "fees": [verdict_json(one.verdict) | {"then": said_json(one.then)} for one in found.fees],
    }


def _head_json(found: Check) -> dict[str, Any]:
    contract = found.contract
    return {
        "id": contract.id,
        "name": contract.name,
        "kind": contract.kind,
        "signed_on": contract.signed_on,
        "registered_on": contract.registered_on,
        "amount": contract.amount,
        "currency": contract.currency or "CNY",
        "states": {state.value: found.count(state) for state in State},
        "missing": [said_json(name) for name in found.missing],
    }


def _aspect_json(one: Assessment) -> dict[str, Any]:
    note = one.ruleset.note
    return assessment_json(one) | {"note": said_json(note) if note else None}


def contracts_json(book: Rulebook, checks: Sequence[Check], day: date) -> dict[str, Any]:
    """All contracts in short, and sums by type."""
    return {
        "as_of": day,
        "rules_version": book.version,
        "contracts": [
            _head_json(one) | {"failed": [verdict_json(each) for each in one.verdicts if each.state is State.FAIL]}
            for one in checks
        ],
        "by_kind": [
            {"kind": kind or None, "contracts": count, "amount": amount, "technology_amount": technology}
            for kind, (count, amount, technology) in sums(checks).items()
        ],
    }


def sums(checks: Iterable[Check]) -> dict[str, tuple[int, float, float]]:
    """By type: how many, and the amounts told in yuan."""
    counts, amounts, technology = Counter[str](), dict[str, float](), dict[str, float]()
    for contract in (one.contract for one in checks):
        kind = contract.kind.label if contract.kind else ""
        counts[kind] += 1
        if contract.currency in ("", "CNY"):
            amounts[kind] = amounts.get(kind, 0.0) + (contract.amount or 0.0)
            technology[kind] = technology.get(kind, 0.0) + (contract.technology_amount or 0.0)
    return {kind: (count, amounts.get(kind, 0.0), technology.get(kind, 0.0)) for kind, count in counts.items()}
