"""Deliveries and suppressed addresses as plain JSON values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matcher.domain.deliveries import Attempt, Delivery, Suppression


def delivery_json(one: Delivery, attempts: Sequence[Attempt]) -> dict[str, Any]:
    """A delivery with every attempt."""
    return {
        "id": one.id,
        "account_id": one.account_id,
        "week": str(one.week),
        "way": one.way.value,
        "state": one.state.value,
        "withheld": one.withheld or None,
        "due_at": one.due_at.isoformat(),
        "sent_at": one.sent_at and one.sent_at.isoformat(),
        "attempts": [
            {"number": each.number, "at": each.at.isoformat(), "outcome": each.outcome or None, "said": each.said}
            for each in attempts
        ],
    }


def suppression_json(one: Suppression) -> dict[str, Any]:
    """An address of the list."""
    return {"address": one.address, "cause": one.cause.value, "since": one.since.isoformat(), "note": one.note}
