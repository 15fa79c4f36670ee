"""A match, a verdict and a text as plain JSON values."""

from __future__ import annotations

from typing import Any

from matcher.domain.matches import Match, Passed, Verdict
from matcher.wording import Said


def match_json(match: Match, *, full: bool) -> dict[str, Any]:
    """One match as the contract has it; in full, verdicts and missing facts stand beside."""
    content = {
        "id": match.id,
        "name": match.name,
        "score": match.score,
        "probability": match.probability,
        "tier": match.tier,
        "eligible": match.eligible,
        "components": [
            {"name": part.name, "value": part.value, "contribution": part.contribution} for part in match.components
        ],
        "reasons": [said_json(reason.said) | {"evidence": reason.evidence} for reason in match.reasons],
        "retrievers": list(match.retrievers),
    }
    if not full:
        return content
    quote = match.quote
    return content | {
        "verdicts": [verdict_json(verdict) for verdict in match.verdicts],
        "missing": [said_json(said) for said in match.missing],
        "quote": {"left": quote.left, "right": quote.right, "case": quote.case or None} if quote else None,
    }


def passed_json(passed: Passed) -> dict[str, Any]:
    """A better-ranked record that was kept out, and why."""
    return {"id": passed.id, "name": passed.name, "verdicts": [verdict_json(verdict) for verdict in passed.verdicts]}


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """One verdict with everything it stands on."""
    basis = verdict.basis
    return {
        "rule": verdict.rule,
        "state": verdict.state.value,
        **said_json(verdict.said),
        "change": said_json(verdict.change) if verdict.change else None,
        "value": verdict.value,
        "threshold": verdict.threshold,
        "margin": verdict.margin,
        "name": said_json(basis.name),
        "clause": basis.clause,
        "source": basis.cites.zh,
        "source_id": basis.source,
        "confidence": basis.confidence.value,
        "effect": basis.effect.value,
        "origins": [said_json(origin) for origin in verdict.origins],
        "short": [{"metric": metric, "amount": amount} for metric, amount in verdict.shortfalls],
        "missing": [said_json(name) for name in verdict.missing],
    }


def said_json(said: Said) -> dict[str, str]:
    """A text in both languages."""
    return {"zh": said.zh, "en": said.en}
