"""The board of a fund or a carrier: what waits to be judged, in the order in which it should be looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from matcher.domain.accounts import Actor
from matcher.domain.controls import Question
from matcher.domain.feedback import Feedback, Judgement
from matcher.domain.matches import Match, Reason, Verdict
from matcher.domain.records import Fund, Incubator, Kind, Left, PairKind, Project, Right
from matcher.errors import NotAllowedError, StoreError
from matcher.policy.arrangements import RESIDENT
from matcher.policy.criteria import Assessment
from matcher.policy.fund_fit import return_multiple
from matcher.policy.priority import NONE, Tier, keeps_queue, tiers
from matcher.services.choosing import KeptOut, kept_out
from matcher.services.matching import Matching
from matcher.services.opinions import Opinions, counted
from matcher.services.policy import Policy
from matcher.services.records import RecordBook, owns
from matcher.wording import Said

HOUSE = ("own_carrier_fund", "portfolio_complement", RESIDENT)
"""Evidence of reasons that speak of the fund's own house and portfolio."""
SPREAD = 100
"""Matches that are asked for where the list is spread: its order depends on how long it is."""


@dataclass(frozen=True, slots=True)
class Card:
    """One record that waits to be judged, with what a decision needs."""

    match: Match
    left: Left
    place: int
    """Its place on the whole board, from 0."""
    tier: Tier
    reasons: tuple[Reason, ...]
    house: tuple[Reason, ...]
    """What of the fund's own house and portfolio speaks for it."""
    concerns: tuple[Verdict, ...]
    """What is to be told beside it without keeping it out, competitors in the portfolio among it."""
    returning: Verdict | None
    """Whether it counts as return investment, where the fund owes one."""
    startup: Assessment | None
    """Whether it is a start-up technology business by the tax rule."""
    word: Feedback | None
    """What was said of it before."""
    by: str
    """Who said it."""


@dataclass(frozen=True, slots=True)
class Board:
    """A part of what waits, what was passed over, and how much is judged already."""

    right: Right
    cards: tuple[Card, ...]
    more: bool
    queued: bool
    """Whether the priority of the notice holds before it."""
    excluded: Mapping[str, int]
    kept_out: tuple[KeptOut, ...]
    """The best-ranked of those that rules kept out."""
    judged: Mapping[Judgement, int]


class Boards:
    """The use cases of boards on one installation."""

    def __init__(self, matching: Matching, records: RecordBook, policy: Policy, opinions: Opinions) -> None:
        self._matching = matching
        self._records = records
        self._policy = policy
        self._opinions = opinions

    def own(self, actor: Actor) -> list[Right]:
        """The funds and carriers that the actor speaks for."""
        mine = actor.organisation
        named = ((Kind.FUNDS, mine.fund_ids), (Kind.INCUBATORS, mine.incubator_ids)) if mine else ()
        found = [one for kind, ids in named for one in self._records.many(kind, ids, actor.viewer).values()]
        return cast("list[Right]", found)

    def screener(self, record_id: str, actor: Actor) -> Right:
        """The fund or carrier of an id, for whose decisions the actor may speak.

        Raises:
            StoreError: it is neither.
            NotAllowedError: it is somebody else's.
        """
        found = self._records.named(record_id, actor.viewer)
        if not isinstance(found, Incubator | Fund):
            raise StoreError(
                Said(f"{record_id} 不是载体或基金。", f"{record_id} is neither a carrier nor a fund."),
                Said("请选一个载体或基金。", "Choose a carrier or a fund."),
            )
        if not owns(actor, found):
            raise NotAllowedError(
                Said("只能筛选给本机构的载体或基金。", "You can screen for your own organisation's only."),
                Said("如应属于本机构，请联系管理员。", "If it should be yours, ask an administrator."),
            )
        return found

    def board(self, record_id: str, question: Question, actor: Actor, today: date, *, start: int, limit: int) -> Board:
        """What waits for a fund or carrier from a place on; what its people found fitting waits no longer.

        Raises like `screener`.
        """
        right = self.screener(record_id, actor)
        pair = PairKind.of(right.table)
        words = self._opinions.of_right(pair, right.id, actor)
        fitting = frozenset(name for name, given in words.items() if given.verdict is Judgement.FITS)
        k = start + limit + 1
        asked = replace(question, without=fitting)
        reach = max(k, SPREAD) if asked.diversity else k
        listing = self._matching.listing(right.id, reach, actor.viewer, today, asked)
        waiting = len(listing.pairs)
        answer = listing.answer(range(min(start, waiting), min(start + limit, waiting)))
        shown = answer.matches
        lefts = self._records.many(pair.left, [match.id for match in shown], actor.viewer)
        said = self._opinions.names([words[match.id] for match in shown if match.id in words])
        places = {tier.level: tier for tier in tiers(self._policy.book, today)}
        cards = [
            _card(match, cast("Left", lefts[match.id]), start + at, places.get(match.tier, NONE))
            for at, match in enumerate(shown)
            if match.id in lefts
        ]
        return Board(
            right,
            tuple(self._told(card, words.get(card.match.id), said, today) for card in cards),
            waiting > start + limit,
            keeps_queue(right, self._policy.book, today),
            answer.excluded,
            kept_out(answer, pair.left, self._records, actor.viewer),
            counted(words),
        )

    def _told(self, card: Card, word: Feedback | None, names: Mapping[str, str], today: date) -> Card:
        startup: Sequence[Assessment] = ()
        if isinstance(card.left, Project):
            startup = self._policy.startup(card.left, today)
        by = names.get(word.account_id, "") if word else ""
        return replace(card, startup=startup[0] if startup else None, word=word, by=by)


def _card(match: Match, left: Left, place: int, tier: Tier) -> Card:
    told = [reason for reason in match.reasons if reason.evidence != "priority"]
    returning = next((one for one in match.verdicts if one.rule == return_multiple.__name__), None)
    return Card(
        match,
        left,
        place,
        tier,
        tuple(reason for reason in told if reason.evidence not in HOUSE),
        tuple(reason for reason in told if reason.evidence in HOUSE),
        tuple(one for one in match.verdicts if one.warns and one is not returning),
        returning,
        None,
        None,
        "",
    )
