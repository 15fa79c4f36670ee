"""A carrier's figures of a longer period, made of what it submitted for the period itself and for its parts.

What the period's own submission states counts. Else a stock has the last value told, a flow is the sum of its parts, a
lower bound while a part is missing. Nothing that carriers never submit is taken from an undated record, except traits.
"""

from __future__ import annotations

from collections.abc import Mapping

from matcher.domain.periods import Period
from matcher.policy.facts import Fact, Facts
from matcher.policy.rules import Rulebook
from matcher.policy.vocabulary import Course
from matcher.wording import Said

Told = Mapping[Period, Facts]
"""What a carrier submitted, by period."""


def traits(record: Facts) -> Facts:
    """What a carrier's record tells that is no figure of a period."""
    return Facts(record.metrics, {key: fact for key, fact in record.known.items() if not record.metrics[key].course})


def figures(period: Period, told: Told, book: Rulebook) -> Facts:
    """Every figure of the period that the submissions tell."""
    inside = {one: facts for one, facts in told.items() if period.holds(one)}
    names = {name for facts in inside.values() for name in facts.known}
    found = {name: fact for name in sorted(names) if (fact := _figure(name, period, inside, book))}
    return Facts(book.metrics, found)


def _figure(name: str, period: Period, told: Told, book: Rulebook) -> Fact | None:
    course = book.metrics[name].course
    if own := _own(name, period, told):
        return own
    if course is Course.FLOW:
        return _sum(name, period, told)
    values = sorted((one.end, one, fact) for one in told if (fact := _own(name, one, told)))
    if not values:
        return None
    if course is Course.PRESENT:
        most = max(
            (fact for *_, fact in values), key=lambda fact: fact.value if isinstance(fact.value, float) else -1.0
        )
        return Fact(most.value, most.origin, least=True)
    return values[-1][2]


def _own(name: str, period: Period, told: Told) -> Fact | None:
    """What the submission for just this period states."""
    fact = told[period].known.get(name) if period in told else None
    if fact is None:
        return None
    return Fact(fact.value, Said(f"{period} {fact.origin.zh}", f"{period} {fact.origin.en}"), fact.least)


def _size(fact: Fact) -> float:
    return fact.value if isinstance(fact.value, float) else -1.0


def _sum(name: str, period: Period, told: Told) -> Fact | None:
    """The sum over the two halves, each stated or summed itself; a lower bound while anything is missing."""
    if own := _own(name, period, told):
        return own
    parts = [_sum(name, half, told) for half in period.halves]
    known = [part for part in parts if part and isinstance(part.value, float)]
    if not known:
        return None
    total = sum(part.value for part in known if isinstance(part.value, float))
    lacking = len(known) < len(parts) or any(part.least for part in known)
    said = Said(" + ".join(part.origin.zh for part in known), " + ".join(part.origin.en for part in known))
    return Fact(total, said, least=lacking)
