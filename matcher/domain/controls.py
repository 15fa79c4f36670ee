"""What somebody asks for besides a ranking: standing wishes that are kept, and the terms of one question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from matcher.domain.records import Kind, PairKind


class Wish(StrEnum):
    """Never show it, always consider it, or not this pair again."""

    EXCLUDE = "exclude"
    WATCH = "watch"
    DISMISS = "dismiss"


class Aim(StrEnum):
    """What a wish names: one record, whatever an institution is behind, or whatever holds a term."""

    RECORD = "record"
    INSTITUTION = "institution"
    TERM = "term"


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A standing wish of the record that is asked about (the asker); a dismissed pair has its left record as asker.

    Exclusions and dismissals bind the pair whichever side asks; a watch-list serves only its asker's own questions.
    """

    wish: Wish
    asker_kind: Kind
    asker: str
    aim: Aim
    target: str
    """An id of the other side, a name, or a term."""
    made_on: date
    reason: str = ""
    until: date | None = None
    """The last day it holds; None: until it is undone."""
    owner: str = ""
    """The account it belongs to; empty while there are none."""
    id: int = 0
    """Its number once it is kept."""

    @property
    def target_kind(self) -> Kind:
        """The table of the records it is aimed at."""
        pairing = PairKind.of(self.asker_kind)
        return pairing.right if self.asker_kind is pairing.left else pairing.left

    def holds_on(self, day: date) -> bool:
        """Whether it is still in force. It serves questions about earlier days too: it says what to show, not what
        was known."""
        return self.until is None or day <= self.until


@dataclass(frozen=True, slots=True)
class Diversity:
    """How far a list may leave the order of scores so that it is not all of one kind."""

    cap: int | None = 3
    """At most so many of one institution while others of the same priority are eligible; None: no cap."""
    relevance: float = 0.8
    """Weight of the score against likeness to what is already listed (the lambda of MMR); 1: the order of scores."""


@dataclass(frozen=True, slots=True)
class Question:
    """What one question adds to the ranking."""

    must: tuple[str, ...] = ()
    """The shown record must hold each of these terms."""
    ban: tuple[str, ...] = ()
    """It must hold none of these."""
    controls: tuple[Control, ...] = ()
    """The standing wishes that are in force."""
    diversity: Diversity | None = None
    without: frozenset[str] = frozenset()
    """Ids of the shown side that are left out without a word: whoever asks has dealt with them."""


PLAIN = Question()
"""A question without any wish."""
