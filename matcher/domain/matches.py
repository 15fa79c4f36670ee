"""What matching says of a pair: verdicts of rules, components of a score, reasons, and the match as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from matcher.wording import Said


class State(StrEnum):
    """A rule's answer. Unknown never counts as passed, and never as failed."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule on one pair, with what it saw and what would change its mind."""

    rule: str
    state: State
    said: Said
    change: Said | None = None
    value: float | str | None = None
    threshold: float | str | None = None
    margin: float | None = None
    """How far on the good side of the threshold the value lies; negative when it fails, in the value's unit."""
    effect: str = "reject"
    """What failing means: `reject` keeps the pair out, `warn` is only told; `prefer` and `info` never exclude."""

    @property
    def rejects(self) -> bool:
        """Whether it keeps the pair out."""
        return self.state is State.FAIL and self.effect == "reject"


@dataclass(frozen=True, slots=True)
class Component:
    """One piece of evidence: the raw value (None: nothing known) and what it adds to the score."""

    name: str
    value: float | None
    contribution: float


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence of an explanation, and the evidence it was made from."""

    said: Said
    evidence: str


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of the one side and the sentence of the other that are closest in meaning."""

    left: str
    right: str
    similarity: float
    """Cosine of the two sentences' vectors, for ordering only; it is never shown."""


@dataclass(frozen=True, slots=True)
class Match:
    """One recommended record, with everything that was used to rank it."""

    id: str
    name: str
    score: float
    probability: float
    tier: int
    eligible: bool
    components: tuple[Component, ...]
    verdicts: tuple[Verdict, ...] = ()
    reasons: tuple[Reason, ...] = ()
    missing: tuple[Said, ...] = ()
    retrievers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The matches of one question, and what was passed over on the way to the last of them."""

    matches: tuple[Match, ...]
    ranked: int
    """Candidates that any retriever named."""
    excluded: Mapping[str, int]
    """How many better-ranked candidates each failed rule kept out; `diversity`: how many gave way to others."""
