"""What a case tells the rankers: outcomes like those that are imported, and taking them back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from matcher.domain.cases import Case, Event
from matcher.domain.records import Outcome, Result, Source
from matcher.services.cases.access import Desk


@dataclass(frozen=True, slots=True)
class Written:
    """An outcome, and what was told of the pair on that day before."""

    outcome: Outcome | None = None
    replaced: Outcome | None = None


NOTHING = Written()


def write_result(
    desk: Desk,
    case: Case,
    result: Result,
    now: datetime,
    *,
    amount: float | None = None,
    currency: str = "",
    reason: str = "",
) -> Written:
    """Write what became of the pair today, over whatever was told of it today before."""
    outcome = Outcome(
        kind=case.pairing,
        left_id=case.left_id,
        right_id=case.right_id,
        result=result,
        decided_on=now.date(),
        amount=amount,
        currency=currency,
        reason=reason,
        source=Source(file=f"case {case.id}"),
    )
    told = (one for one in desk.outcomes.of(*case.pair) if one.decided_on == outcome.decided_on)
    before = next(told, None)
    desk.outcomes.upsert([outcome], now)
    return Written(outcome, before)


def take_back(desk: Desk, event: Event, now: datetime) -> bool:
    """Take back the outcome that an event wrote; false where the day tells something else by now."""
    return event.outcome is None or desk.outcomes.take_back(event.outcome, event.replaced, now)
