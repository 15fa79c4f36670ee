"""What may be told to whom: candidates as they are found, and offers, which are those that may be told this week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

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
class Found:
    """A pair that the ranking names for somebody and no rule keeps out."""

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
    published: date | None = None
    """When it came into the world, as far as that is known."""
    working: bool = False
    """Whether somebody works on the pair already."""

    @property
    def key(self) -> Key:
        """Who is told of which pair."""
        return self.reader, self.kind, self.left_id, self.right_id

    @property
    def shown(self) -> Shown:
        """The record that is recommended."""
        return self.about, self.left_id if self.about is self.kind.left else self.right_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A pair that may be told to somebody this week."""

    reader: str
    topic: Topic
    kind: PairKind
    left_id: str
    right_id: str
    about: Kind
    probability: float
    rival: float | None = None
    tier: int = 0
    institution: str = ""
    record: str = ""
    news: News

    @property
    def key(self) -> Key:
        """Who is told of which pair."""
        return self.reader, self.kind, self.left_id, self.right_id

    @property
    def shown(self) -> Shown:
        """The record that is recommended."""
        return self.about, self.left_id if self.about is self.kind.left else self.right_id

    @property
    def right(self) -> Shown:
        """The carrier or fund of the pair."""
        return self.kind.right, self.right_id
