"""Stated focus against decisions as plain JSON values."""

from __future__ import annotations

from typing import Any

from matcher.domain.records import name_of
from matcher.plain.matches import said_json
from matcher.ranking.drift import Dimension, Edit, Share
from matcher.ranking.mandate import Decision
from matcher.ranking.revealed import Drift


def drift_json(found: Drift) -> dict[str, Any]:
    """Statements, tests, the proposal and the decisions behind it."""
    return {
        "id": found.right.id,
        "name": found.right.name,
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "accepted": [_decision_json(one) for one in found.accepted],
        "rejected": [_decision_json(one) for one in found.rejected],
        "dimensions": [_dimension_json(one) for one in found.review.dimensions],
        "focus": {
            "close": _share_json(found.focus.close) if found.focus.close else None,
            "terms": [
                {"term": use.term, "taken": _share_json(use.taken), "offered": _share_json(use.offered)}
                for use in found.focus.terms
            ],
        },
        "edits": [_edit_json(one) for one in found.review.edits],
    }


def _decision_json(one: Decision) -> dict[str, Any]:
    day = one.outcome.decided_on.isoformat()
    return {"id": one.left.id, "name": name_of(one.left), "decided_on": day, "reason": one.outcome.reason}


def _share_json(share: Share) -> dict[str, Any]:
    low, high = share.interval
    return {"count": share.count, "total": share.total, "low": low, "high": high}


def _dimension_json(one: Dimension) -> dict[str, Any]:
    return {
        "field": one.field,
        "stated": list(one.stated),
        "state": one.state.value,
        "outside": _share_json(one.outside),
        "revealed": [{"value": share.label, "stated": share.stated, **_share_json(share)} for share in one.shares],
    }


def _edit_json(edit: Edit) -> dict[str, Any]:
    return {
        "field": edit.field,
        "change": edit.change.value,
        "value": edit.value,
        "p": edit.p,
        **said_json(edit.said),
        "evidence": [_decision_json(one) for one in edit.support],
    }
