"""From what the ranking names to what may be told: nothing hidden, nothing old, nothing twice without a reason."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from matcher.digest.offers import Found, Key, Offer, Reader
from matcher.digest.terms import Terms
from matcher.digest.twins import Beside, Twins, beside
from matcher.domain.digests import News
from matcher.domain.records import Kind
from matcher.domain.weeks import Week
from matcher.wording import Word


class Passed(Word):
    """Why a candidate is not told this week."""

    HIDDEN = "hidden", "对收件人不可见", "not visible to the reader"
    TOPIC = "topic", "收件人不看这一类", "a topic that the reader leaves out"
    WORKING = "working", "已有未结案件", "an open case has it"
    TOLD = "told", "已推送过，没有变化，也没有新的理由", "told before; unchanged and no new reason"
    OLD = "old", "发布已久", "published too long ago"
    TWIN = "twin", "近似重复：相近的一项已推送、已承接或在办", "a near-duplicate was told, taken or is in hand"


@dataclass(frozen=True, slots=True)
class Before:
    """What somebody was last told of a pair."""

    week: Week
    record: str
    grounds: frozenset[str]


Sees = Callable[[str, Kind, str], bool]
"""Whether a reader may know of a record."""
NO_TWINS = Twins()
Grounds = Callable[[Found], frozenset[str]]
"""What the reason of a pair stands on; asked only for pairs that were told before."""


def sieve(
    found: Iterable[Found],
    readers: Mapping[str, Reader],
    told: Mapping[Key, Before],
    week: Week,
    terms: Terms,
    *,
    sees: Sees,
    grounds: Grounds,
    twins: Twins = NO_TWINS,
) -> tuple[list[Offer], dict[str, Counter[Passed]]]:
    """The offers in a fixed order, and how many candidates of each reader were passed over, and why."""
    offers: dict[Key, Offer] = {}
    passed: dict[str, Counter[Passed]] = {account_id: Counter() for account_id in readers}
    lately = _told_lately(told, week, terms)
    for one in sorted(found, key=_order):
        why = _kept_out(one, readers[one.reader], sees)
        said = why or _news(one, told.get(one.key), week, terms, grounds)
        mine = lately[beside(one)]
        if isinstance(said, News) and one.left_id not in mine and twins.echoes(one, mine):
            said = Passed.TWIN
        if isinstance(said, Passed):
            passed[one.reader][said] += 1
        else:
            offers.setdefault(one.key, Offer.of(one, said))  # of two questions the one that ranks it higher
    for double in twins.doubled(offers.values()):
        del offers[double.key]
        passed[double.reader][Passed.TWIN] += 1
    return sorted(offers.values(), key=lambda offer: offer.key), passed


def _told_lately(told: Mapping[Key, Before], week: Week, terms: Terms) -> Mapping[Beside, set[str]]:
    """The left records that a reader was told within the window, by the right record of the pair."""
    found: dict[Beside, set[str]] = defaultdict(set)
    for (reader, kind, left_id, right_id), before in told.items():
        if before.week >= week.back(terms.window):
            found[reader, kind, right_id].add(left_id)
    return found


def _order(one: Found) -> tuple[str, int, float, Key]:
    return one.reader, one.tier or 99, -one.probability, one.key


def _kept_out(one: Found, reader: Reader, sees: Sees) -> Passed | None:
    if not (sees(one.reader, one.kind.left, one.left_id) and sees(one.reader, one.kind.right, one.right_id)):
        return Passed.HIDDEN
    if one.topic in reader.left_out:
        return Passed.TOPIC
    return Passed.WORKING if one.working else None


def _news(one: Found, before: Before | None, week: Week, terms: Terms, grounds: Grounds) -> News | Passed:
    if before is not None:
        if before.record != one.record:
            return News.CHANGED
        if grounds(one) - before.grounds:
            return News.REASON
        return Passed.TOLD if before.week >= week.back(terms.window) else News.AGAIN
    if one.published is None or one.published > week.sunday:
        return News.UNSEEN
    if one.published < _days_before(week, terms.oldest_days):
        return Passed.OLD
    return News.NEW if one.published >= _days_before(week, terms.fresh_days) else News.UNSEEN


def _days_before(week: Week, days: int) -> date:
    return week.monday - timedelta(days=days)
