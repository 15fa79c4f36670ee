"""How attention is spread: showings of records, and figures that compare one way of spreading it with another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from matcher.digest.offers import Offer
from matcher.digest.portfolio import Bound, program, value
from matcher.digest.program import Program, filled
from matcher.digest.selection import Material

T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How attention was spread over the results and projects that could have been shown."""

    shown: int
    """Items in all."""
    records: int
    """Records that could have been shown."""
    coverage: float
    """Share of those that were."""
    gini: float
    """Inequality of their showings: 0 all the same, near 1 one has everything."""
    gini_institutions: float
    """The same over the institutions behind them."""
    most: int
    """Showings of the most shown record."""
    probability: float
    """Mean probability of the items."""


def gini(counts: Iterable[int]) -> float:
    """The Gini coefficient of some counts; 0 where there is nothing to share."""
    ordered = sorted(counts)
    total, number = sum(ordered), len(ordered)
    if not total:
        return 0.0
    ranked = sum(rank * count for rank, count in enumerate(ordered, 1))
    return 2 * ranked / (number * total) - (number + 1) / number


def spread(offers: Sequence[Offer], chosen: Collection[int]) -> Spread:
    """The figures of a choice among offers."""
    told = [offers[one] for one in chosen]
    records = _counted({offer.shown for offer in offers}, [offer.shown for offer in told])
    owners = _counted({o.institution for o in offers if o.institution}, [o.institution for o in told if o.institution])
    return Spread(
        shown=len(told),
        records=len(records),
        coverage=sum(count > 0 for count in records.values()) / len(records) if records else 0.0,
        gini=gini(records.values()),
        gini_institutions=gini(owners.values()),
        most=max(records.values(), default=0),
        probability=sum(offer.probability for offer in told) / len(told) if told else 0.0,
    )


def each_for_themselves(material: Material) -> tuple[int, ...]:
    """What every reader would be told alone: their own best, whatever the others are told."""
    values = [value(one, {}, material.terms) for one in material.offers]
    asked = program(material.offers, values, material.readers, {}, material.terms)
    return filled(Program(values, [limit for limit in asked.limits if limit.name != Bound.ATTENTION]))


def _counted(names: Iterable[T], shown: Iterable[T]) -> Mapping[T, int]:
    counts = Counter(shown)
    return {name: counts[name] for name in names}
