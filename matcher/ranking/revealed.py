"""What somebody took lately, beside what it states: decisions, their words, and the review of the statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from matcher.domain.records import Outcome, Result, Right
from matcher.ranking.corpus import Rows
from matcher.ranking.drift import Edit, Review, Share, review
from matcher.ranking.knowledge import Knowledge
from matcher.ranking.mandate import Decision, Mandates
from matcher.ranking.significance import drawn_at_least
from matcher.text.passages import document
from matcher.text.words import fold

CLOSEST = 0.75
"""A decision is close to the stated focus when it is among the closest quarter of what was on offer."""
RAREST, TERMS = 3, 8
"""Decisions that must share a term for it to be told, and how many terms are told."""
CHANCE = 0.01
"""Largest probability that any told term is so frequent by chance: shared by all words that are tried (Bonferroni)."""


@dataclass(frozen=True, slots=True)
class TermUse:
    """A word of what was taken that the record does not use itself."""

    term: str
    taken: Share
    offered: Share


@dataclass(frozen=True, slots=True)
class Focus:
    """The stated text against the texts of what was taken."""

    close: Share | None
    """None where the record has no text, or took nothing."""
    terms: tuple[TermUse, ...]


@dataclass(frozen=True, slots=True)
class Drift:
    """Stated focus against the decisions of a period (after `since`, until `until`) that the viewer may know of."""

    right: Right
    since: date
    until: date
    accepted: tuple[Decision, ...]
    rejected: tuple[Decision, ...]
    review: Review
    focus: Focus

    @property
    def refusals(self) -> tuple[tuple[str, int], ...]:
        """How often each class of reason was given, the most frequent first; the class stands before the colon."""
        classes = Counter(one.outcome.reason.partition("：")[0].partition(":")[0].strip() for one in self.rejected)
        return tuple(sorted(classes.items(), key=lambda item: (-item[1], item[0])))


class Observer:
    """Reads decisions within one pairing as the viewer of its knowledge may know them."""

    def __init__(
        self,
        known: Knowledge,
        outcomes: Iterable[Outcome],
        since: date,
        mandates: Mandates,
        words: Callable[[str], list[str]],
    ) -> None:
        self._known = known
        self._since = since
        self._mandates = mandates
        self._words = words
        self._last = _last_of_each_pair(known, outcomes, since)
        self._market = np.array(sorted({known.left.rows[left] for left, _ in self._last}), np.int64)

    def drift(self, right_id: str) -> Drift:
        """How far what one record took lies from what it states."""
        known, column = self._known, self._known.right.rows[right_id]
        right = known.right.records[column]
        found = {result: self._decisions(right_id, result) for result in (Result.ACCEPTED, Result.REJECTED)}
        accepted = found[Result.ACCEPTED]
        taken = np.array([known.left.rows[one.left.id] for one in accepted], np.int64)
        return Drift(
            right,
            self._since,
            date.fromordinal(known.as_of - 1),
            accepted,
            found[Result.REJECTED],
            self._review(right, accepted, found[Result.REJECTED]),
            Focus(self._close(column, taken), self._terms(right, taken)),
        )

    def edits(self, right_id: str) -> tuple[Edit, ...]:
        """The proposed edits alone: quicker than all there is to say."""
        right = self._known.right.records[self._known.right.rows[right_id]]
        decided = (self._decisions(right_id, result) for result in (Result.ACCEPTED, Result.REJECTED))
        return self._review(right, *decided).edits

    def _review(self, right: Right, accepted: Sequence[Decision], rejected: Sequence[Decision]) -> Review:
        market = [self._known.left.records[row] for row in self._market]
        return review(right, accepted, market, self._mandates, rejected)

    def _decisions(self, right_id: str, result: Result) -> tuple[Decision, ...]:
        """What the record decided in that way, latest first."""
        of_right = [one for (_, right), one in self._last.items() if right == right_id and one.result is result]
        ordered = sorted(of_right, key=lambda one: (-one.decided_on.toordinal(), one.left_id))
        left = self._known.left
        return tuple(Decision(left.records[left.rows[one.left_id]], one) for one in ordered)

    def _close(self, column: int, taken: Rows) -> Share | None:
        """How many of what was taken are among the closest quarter of the offer to the stated text."""
        known = self._known
        if not (len(taken) and known.own_text[column]):
            return None
        similarity = known.likeness(np.array([column]))[0][:, 0]
        edge = np.quantile(similarity[self._market], CLOSEST)
        return Share("", int((similarity[taken] >= edge).sum()), len(taken))

    def _terms(self, right: Right, taken: Rows) -> tuple[TermUse, ...]:
        """Words that what was taken uses more often than the offer, most telling first (frequency · rarity)."""
        offered, stated = self._offered, fold(document(right))
        tried = {
            term: count
            for term, count in self._uses(taken.tolist()).items()
            if count >= RAREST and term not in stated and not any(map(str.isdigit, term))
        }
        total, limit = len(self._market), CHANCE / max(len(tried), 1)
        told = [
            TermUse(term, Share(term, count, len(taken)), Share(term, offered[term], total))
            for term, count in tried.items()
            if drawn_at_least(count, len(taken), offered[term], total) <= limit
        ]
        return tuple(sorted(told, key=lambda use: (-_weight(use), use.term))[:TERMS])

    @cached_property
    def _offered(self) -> Counter[str]:
        return self._uses(self._market.tolist())

    def _uses(self, rows: Sequence[int]) -> Counter[str]:
        """In how many of the records each word stands."""
        records = self._known.left.records
        return Counter(word for row in rows for word in set(self._words(document(records[row]))))


def _last_of_each_pair(known: Knowledge, outcomes: Iterable[Outcome], since: date) -> dict[tuple[str, str], Outcome]:
    """The last outcome in the period of each pair whose records are both known, by the ids of the pair."""
    kind = known.corpus.pairing
    inside = (
        one
        for one in outcomes
        if one.kind is kind
        and since < one.decided_on
        and one.decided_on.toordinal() < known.as_of
        and one.left_id in known.left.rows
        and one.right_id in known.right.rows
    )
    return {(one.left_id, one.right_id): one for one in sorted(inside, key=lambda one: one.decided_on)}


def _weight(use: TermUse) -> float:
    return use.taken.count * float(np.log((use.offered.total + 1) / (use.offered.count + 0.5)))
