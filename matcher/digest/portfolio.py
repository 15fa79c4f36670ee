"""All digests of a week as one program: what each offer is worth, and what bounds them all together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from math import ceil
from typing import TypeVar

from matcher.digest.offers import FRESH, Offer, Reader, Shown
from matcher.digest.program import Limit, Program, Quota
from matcher.digest.terms import Terms
from matcher.domain.digests import News
from matcher.wording import Word

T = TypeVar("T", bound=Hashable)
TIERS = 9
"""One more than the last step of the priority that counts."""


class Bound(Word):
    """What keeps an offer out of a digest although it may be told."""

    SIZE = "size", "篇幅已满", "the digest is full"
    TWICE = "twice", "同一对象已在其中", "the same record is in it already"
    UNSEEN = "unseen", "非新内容已达上限", "enough that is not new"
    INSTITUTION = "institution", "同一单位已达上限", "its institution has its share"
    ATTENTION = "attention", "本周已推送给足够多的人", "enough people are shown it this week"
    PLACES = "places", "承接或投资方余量不足", "its carrier or fund cannot take more"


def value(offer: Offer, showings: Mapping[Shown, int], terms: Terms, probability: float | None = None) -> float:
    """The tier above news, news above probability, and a bounded boost for who was seldom shown."""
    chance = offer.probability if probability is None else probability
    boosted = chance * (1 + terms.boost / (1 + showings.get(offer.shown, 0)))
    step = max(0, TIERS - offer.tier) if offer.tier else 0
    return terms.tier * step + terms.fresh * (offer.news in FRESH) + boosted


def program(
    offers: Sequence[Offer],
    values: Sequence[float],
    readers: Mapping[str, Reader],
    places: Mapping[Shown, int],
    terms: Terms,
) -> Program:
    """The choice among the offers, by their number."""
    attention = _attention(offers, readers, terms)

    def told_of_places(offer: Offer) -> Shown | None:
        return offer.right if offer.right in places else None

    limits = [
        *_limits(Bound.SIZE, offers, lambda one: one.reader, lambda reader: readers[reader].size),
        *_limits(Bound.TWICE, offers, lambda one: (one.reader, one.shown), lambda _: 1),
        *_limits(Bound.UNSEEN, offers, _unseen, lambda _: terms.unseen),
        *_institutions(offers, readers, terms),
        *_limits(Bound.ATTENTION, offers, lambda one: one.shown, attention),
        *_limits(Bound.PLACES, offers, told_of_places, lambda one: max(0, places[one]) * terms.offers_a_place),
    ]
    wanted = _grouped(offers, lambda one: one.shown if one.news is News.NEW and _is_left(one) else None)
    all_of = _grouped(offers, lambda one: one.shown)
    quotas = [Quota(all_of[shown], min(terms.least_shown, len(all_of[shown])), terms.shown) for shown in wanted]
    return Program(values, limits, quotas)


def _is_left(offer: Offer) -> bool:
    return offer.about is offer.kind.left


def _unseen(offer: Offer) -> str | None:
    return None if offer.news in FRESH else offer.reader


def _institutions(offers: Sequence[Offer], readers: Mapping[str, Reader], terms: Terms) -> Iterable[Limit]:
    """No more of one institution than a diverse list has, unless too few of others are there to fill the digest."""
    by_reader = _grouped(offers, lambda one: one.reader)
    of_one = _grouped(offers, lambda one: (one.reader, one.institution) if one.institution else None)
    for (reader, _), members in of_one.items():
        others = len(by_reader[reader]) - len(members)
        yield Limit(members, max(terms.institution, readers[reader].size - others), Bound.INSTITUTION)


def _attention(offers: Sequence[Offer], readers: Mapping[str, Reader], terms: Terms) -> Callable[[Shown], int]:
    """Most showings of a record, by the mean of its table."""
    shown: dict[str, set[Shown]] = defaultdict(set)
    slots: dict[str, int] = defaultdict(int)
    for (reader, table), members in _grouped(offers, lambda one: (one.reader, one.about)).items():
        slots[table] += min(readers[reader].size, len(members))
        shown[table].update(offers[member].shown for member in members)
    most = {table: max(terms.fewest, ceil(terms.shares * slots[table] / len(shown[table]))) for table in slots}
    return lambda one: most[one[0]]


def _limits(
    bound: Bound, offers: Sequence[Offer], group: Callable[[Offer], T | None], most: Callable[[T], int]
) -> Iterable[Limit]:
    return (Limit(members, most(name), bound) for name, members in _grouped(offers, group).items())


def _grouped(offers: Sequence[Offer], group: Callable[[Offer], T | None]) -> dict[T, list[int]]:
    found: dict[T, list[int]] = defaultdict(list)
    for number, offer in enumerate(offers):
        if (name := group(offer)) is not None:
            found[name].append(number)
    return found
