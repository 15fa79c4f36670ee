"""What a carrier's other events tell of one of them: was the level held before, was it lost, was it judged before.

Answers are yes, no, and None where an event lacks the fact that would decide; they combine as in Kleene's strong logic.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from matcher.domain.registers import Event, EventKind

Answer = bool | None

APPROVALS = (EventKind.RECOGNISED, EventKind.FILED)


def every(*answers: Answer) -> Answer:
    """Whether all hold."""
    if any(answer is False for answer in answers):
        return False
    return None if None in answers else True


def some(answers: Iterable[Answer]) -> Answer:
    """Whether one holds."""
    found = list(answers)
    if any(found):
        return True
    return None if None in found else False


def contrary(answer: Answer) -> Answer:
    """Whether it does not hold."""
    return None if answer is None else not answer


def alike(one: Event, other: Event) -> Answer:
    """Whether two events are about the same level of the same kind of carrier."""
    return every(_same(one.carrier_kind, other.carrier_kind), _same(one.level, other.level))


def held_before(event: Event, others: Sequence[Event]) -> Answer:
    """Whether the carrier was recognised or filed at the same level earlier and had not lost it by the day."""
    day = event.decided_on
    return some(
        every(alike(one, event), _earlier(one.decided_on, day), contrary(lost(one, others, day)))
        for one in _of(others, APPROVALS)
    )


def lost(event: Event, others: Sequence[Event], until: date | None) -> Answer:
    """Whether the level that an approval gave was revoked after it, until a day (included)."""
    return some(
        every(alike(one, event), _earlier(event.decided_on, one.decided_on), contrary(_earlier(until, one.decided_on)))
        for one in _of(others, (EventKind.REVOKED,))
    )


def first_evaluation(event: Event, approval: Event | None, others: Sequence[Event]) -> Answer:
    """Whether an evaluation is the first at the level that the approval gave, which was not lost meanwhile."""
    if approval is None:
        return None
    earlier = _judged_before(event, others, approval.decided_on)
    return every(contrary(earlier), contrary(lost(approval, others, event.decided_on)))


def _judged_before(event: Event, others: Sequence[Event], since: date | None) -> Answer:
    return some(
        every(alike(one, event), _judged_earlier(one, event), contrary(_earlier(one.decided_on, since)))
        for one in _of(others, (EventKind.EVALUATED,))
    )


def approval_of(event: Event, others: Sequence[Event]) -> Event | None:
    """The approval that began the level an evaluation is about; None where the events do not tell one for certain.

    An approval at a level that was held already begins nothing.
    """
    found = [
        one
        for one in _of(others, APPROVALS)
        if every(alike(one, event), contrary(_earlier(event.decided_on, one.decided_on)))
        and held_before(one, [each for each in others if each is not one]) is False
    ]
    return max(found, key=lambda one: (one.decided_on or date.min, one.id), default=None)


def _of(events: Sequence[Event], kinds: Sequence[EventKind]) -> Iterator[Event]:
    return (event for event in events if event.event in kinds)


def _same(one: object | None, other: object | None) -> Answer:
    return None if one is None or other is None else one == other


def _earlier(one: date | None, other: date | None) -> Answer:
    return None if one is None or other is None else one < other


def _judged_earlier(one: Event, other: Event) -> Answer:
    """By year where both tell it: two notices on one year's evaluation are one evaluation."""
    if one.year is not None and other.year is not None:
        return one.year < other.year
    return _earlier(one.decided_on, other.decided_on)
