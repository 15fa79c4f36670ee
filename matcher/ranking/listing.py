"""The eligible pairs of one question in the order of the list, before anything is told of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from matcher.domain.matches import Answer, Match, Passed
from matcher.domain.records import Record, name_of
from matcher.domain.visibility import visible
from matcher.ranking import explain
from matcher.ranking.asked import Asked
from matcher.ranking.diversity import Place
from matcher.ranking.judge import Judge

PASSED = 3
"""Better-ranked candidates that are named with what kept them out."""

Refusing = Callable[[Asked], Collection[str]]
"""The rules that keep a pair out."""
Explain = Callable[[Sequence[Asked]], list[Match]]


@dataclass
class Passing:
    """What is passed over on the way to the last eligible pair."""

    refusing: Refusing
    excluded: Counter[str] = field(default_factory=Counter)
    first: list[Asked] = field(default_factory=list)
    count: int = 0
    """How many were passed over."""

    def eligible(self, asked: Iterable[Asked]) -> Iterator[Asked]:
        """The pairs that no rule rejects, in their order; the others are noted while they are passed."""
        for pair in asked:
            rejecting = self.refusing(pair)
            self.excluded.update(sorted(rejecting))  # a set has another order in each process
            if not rejecting:
                yield pair
                continue
            self.count += 1
            if len(self.first) < PASSED and visible(pair.shown, pair.viewer):
                self.first.append(pair)


@dataclass(frozen=True)
class Listing:
    """The list of a question, of which whoever asks may have only some places explained: explaining is what costs."""

    pairs: tuple[Asked, ...]
    ranked: int
    excluded: Mapping[str, int]
    passed: tuple[Asked, ...]
    """The best-ranked of those that rules kept out."""
    judge: Judge
    explain: Explain
    places: tuple[Place, ...] = ()
    """Where the pairs stood before the list was spread; empty where it was not."""
    passed_over: int = 0
    """Better-ranked candidates that rules kept out, all of them."""

    @property
    def records(self) -> tuple[Record, ...]:
        """What is listed, best first."""
        return tuple(pair.shown for pair in self.pairs)

    def answer(self, chosen: Sequence[int] | None = None) -> Answer:
        """The matches of all places, or of those chosen, explained."""
        at = range(len(self.pairs)) if chosen is None else chosen
        matches = self.explain([self.pairs[place] for place in at])
        if self.places:
            matches = [explain.moved(one, self.places[now], now) for one, now in zip(matches, at, strict=True)]
        return Answer(
            tuple(matches), self.ranked, dict(self.excluded), tuple(map(self._kept_out, self.passed)), self.passed_over
        )

    def _kept_out(self, pair: Asked) -> Passed:
        verdicts = tuple(verdict for verdict in self.judge.verdicts(pair) if verdict.rejects)
        return Passed(pair.shown.id, name_of(pair.shown), verdicts)
