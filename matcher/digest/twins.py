"""Near-duplicates: one thing under two numbers is not told again where the other was told, taken or is in hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from matcher.digest.offers import FRESH, Found, Offer, Shown
from matcher.domain.records import PairKind

Beside = tuple[str, PairKind, str]
"""A reader, and the right record of pairs."""


@dataclass(frozen=True, slots=True)
class Twins:
    """Which left records are near-duplicates, and which of them a right record has already."""

    of: Mapping[Shown, frozenset[str]] = field(default_factory=dict)
    """By table and id."""
    had: Callable[[Found], Collection[str]] = lambda _: ()
    """What the right record of a pair took, or the reader works on with it, as far as the reader may know."""

    def echoes(self, one: Found, told: Collection[str]) -> bool:
        """Whether a near-duplicate of the pair's left record was told, taken or is in hand.

        Not asked about a pair that was told itself: when it changed, that is told whatever is like it.
        """
        twins = self.of.get((one.kind.left, one.left_id), frozenset())
        return bool(twins) and not (twins.isdisjoint(told) and twins.isdisjoint(self.had(one)))

    def doubled(self, offers: Iterable[Offer]) -> list[Offer]:
        """Of offers to one reader for one right record those that are near-duplicates of a better one."""
        kept: dict[Beside, set[str]] = defaultdict(set)
        found = []
        for one in sorted(offers, key=_best):
            mine = kept[beside(one)]
            if mine.isdisjoint(self.of.get((one.kind.left, one.left_id), ())):
                mine.add(one.left_id)
            else:
                found.append(one)
        return found


def beside(one: Found | Offer) -> Beside:
    """Whom a pair is for, and which right record it has."""
    return one.reader, one.kind, one.right_id


def _best(one: Offer) -> tuple[object, ...]:
    return one.tier or 99, one.news not in FRESH, -one.probability, one.key
