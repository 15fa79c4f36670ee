"""What may be told to whom: candidates as they are found, and offers, which are those that may be told this week."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from typing import Self

from matcher.domain.digests import News, Topic
from matcher.domain.records import Kind, PairKind

FRESH = frozenset({News.NEW, News.CHANGED, News.REASON})
"""What has a reason to be told now."""

Key = tuple[str, PairKind, str, str]
"""Who is told of which pair."""
Shown = tuple[Kind, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Somebody who gets a digest of the week."""

    account_id: str
    size: int
    left_out: frozenset[Topic] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """A pair for somebody: a record that is shown, for one of their own."""

    reader: str
    topic: Topic
    kind: PairKind
    left_id: str
    right_id: str
    about: Kind
    probability: float
    rival: float | None = None
    """The probability that the other ranker gives, where there are two."""
    tier: int = 0
    institution: str = ""
    record: str = ""
    """Fingerprint of what the shown record says."""

    @property
    def key(self) -> Key:
        """Who is told of which pair."""
        return self.reader, self.kind, self.left_id, self.right_id

    @property
    def shown(self) -> Shown:
        """The record that is recommended."""
        return self.about, self.left_id if self.about is self.kind.left else self.right_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Paired):
    """A pair that the ranking names for somebody and no rule keeps out."""

    published: date | None = None
    """When it came into the world, as far as that is known."""
    working: bool = False
    """Whether somebody works on the pair already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer(Paired):
    """A pair that may be told to somebody this week."""

    news: News

    @classmethod
    def of(cls, found: Paired, news: News) -> Self:
        """What was found, with why it is told now."""
        return cls(**{each.name: getattr(found, each.name) for each in fields(Paired)}, news=news)

    @property
    def right(self) -> Shown:
        """The carrier or fund of the pair."""
        return self.kind.right, self.right_id
