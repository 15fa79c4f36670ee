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


class Effect(StrEnum):
    """What a rule's answer is good for: to know, to ask for care, to stand first, to keep a pair or a grant out."""

    INFO = "info"
    WARN = "warn"
    PREFER = "prefer"
    REJECT = "reject"


class Confidence(StrEnum):
    """How a rule is known: read in the original, read in a repost, recalled, derived, or stated by a party itself."""

    SEEN_PRIMARY = "SEEN_PRIMARY"
    SEEN = "SEEN"
    MEMORY = "MEMORY"
    INFERRED = "INFERRED"
    STATED = "STATED"


@dataclass(frozen=True, slots=True)
class Basis:
    """What a verdict stands on: the rule, its clause and source, how well it is known, and what it may do."""

    rule: str
    name: Said
    clause: str
    source: str
    cites: Said
    """The source as a person cites it: its number, or its title."""
    confidence: Confidence
    effect: Effect

    def __post_init__(self) -> None:
        """Raise ValueError where clause or source is missing: nobody is told what cannot be looked up."""
        if not (self.clause and self.source and self.cites.zh and self.cites.en):
            raise ValueError(f"the rule {self.rule} names no clause or no source")


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule on one pair or record, with what it saw, what would change its mind, and what it stands on."""

    basis: Basis
    state: State
    said: Said
    change: Said | None = None
    value: float | str | None = None
    threshold: float | str | None = None
    margin: float | None = None
    """How far on the good side of the threshold the value lies; negative when it fails, in the value's unit."""
    origins: tuple[Said, ...] = ()
    """Where the values come from."""
    shortfalls: tuple[tuple[str, float], ...] = ()
    """What is short, as (metric, amount), where every one of them must be made up."""
    missing: tuple[Said, ...] = ()
    """Names of the facts that nobody has told and that the rule would need."""

    @property
    def rule(self) -> str:
        """Id of the rule."""
        return self.basis.rule

    @property
    def effect(self) -> Effect:
        """What failing means: only `reject` keeps the pair out."""
        return self.basis.effect

    @property
    def rejects(self) -> bool:
        """Whether it keeps the pair out: it failed, and the rule is one that may reject."""
        return self.state is State.FAIL and self.effect is Effect.REJECT

    @property
    def warns(self) -> bool:
        """Whether it failed and is to be told beside the pair without keeping it out."""
        return self.state is State.FAIL and self.effect is Effect.WARN


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
    to_taker: Said | None = None
    """The same as a sentence to whoever is to take it; None where it tells them nothing."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of the one side and the sentence of the other, or of a case it took, that are closest."""

    left: str
    right: str
    similarity: float
    """Cosine of the two sentences' vectors, for ordering only; it is never shown."""
    case: str = ""
    """Name of the past case that the right sentence is from; empty where it is the right record's own."""


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
    quote: Quote | None = None
    cites: tuple[str, ...] = ()
    """Ids of the past cases that its reasons name, for the audit."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One eligible record of a shortlist, without its explanation."""

    id: str
    score: float
    probability: float
    tier: int
    eligible: bool = True


@dataclass(frozen=True, slots=True)
class Passed:
    """A better-ranked record that was kept out, and the verdicts that did it."""

    id: str
    name: str
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The matches of one question, and what was passed over on the way to the last of them."""

    matches: tuple[Match, ...]
    ranked: int
    """Candidates that any retriever named."""
    excluded: Mapping[str, int]
    """How many better-ranked candidates each failed rule kept out."""
    passed: tuple[Passed, ...] = ()
    """The best-ranked of these."""
    passed_over: int = 0
    """How many candidates that is, whatever the number of rules that kept each out."""
