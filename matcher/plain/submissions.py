"""The state of submissions as plain JSON values."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from matcher.plain.matches import verdict_json
from matcher.policy.plausibility import Doubt
from matcher.services.submissions import Arrival, Correction, Received


def submissions_json(found: Sequence[Received]) -> dict[str, Any]:
    """Counts, and every carrier with what is missing, doubtful and corrected."""
    counts = Counter(one.arrival.value for one in found)
    return {
        "counts": {each.value: counts[each.value] for each in Arrival}
        | {
            "owing": len(found),
            "incomplete": sum(bool(one.missing) for one in found),
            "implausible": sum(bool(one.doubts) for one in found),
            "corrected": sum(bool(one.corrections) for one in found),
        },
        "carriers": [_received_json(one) for one in found],
    }


def _received_json(one: Received) -> dict[str, Any]:
    row = one.submitted.row if one.submitted else None
    return {
        "id": one.carrier.id,
        "name": one.carrier.name,
        "state": one.arrival.value,
        "due": one.due.day,
        "days_late": one.days_late,
        "submitted_on": row.submitted_on if row else None,
        "submitted_by": row.submitted_by if row else None,
        "submitted_as": row.carrier_id if row else None,
        "owed": len(one.due.owed),
        "told": one.told,
        "missing": [{"metric": rule.metric} | verdict_json(verdict) for rule, verdict in one.missing],
        "implausible": [_doubt_json(doubt) for doubt in one.doubts],
        "corrections": [_correction_json(each) for each in one.corrections],
        "unknown_figures": list(one.unknown),
        "other_spellings": [each.carrier_id for each in one.submitted.others] if one.submitted else [],
    }


def _doubt_json(one: Doubt) -> dict[str, Any]:
    return verdict_json(one.verdict) | {
        "metric": one.metric,
        "submitted": one.value,
        "before": one.before,
        "before_period": one.since,
    }


def _correction_json(one: Correction) -> dict[str, Any]:
    at = one.replaced_at.isoformat(timespec="seconds")
    return {"figure": one.name, "before": one.before, "after": one.after, "replaced_at": at}
