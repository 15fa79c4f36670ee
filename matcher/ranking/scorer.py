"""Evidence to scores, and what scored them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from matcher.domain.matches import Component
from matcher.domain.records import Left
from matcher.ranking import candidates, evidence
from matcher.ranking.calibration import Calibration
from matcher.ranking.corpus import ALL, Columns, Matrix, Rows, Side
from matcher.ranking.knowledge import Knowledge
from matcher.ranking.ranker import Direction, Ranker
from matcher.ranking.votes import Votes


@dataclass(frozen=True)
class Scored:
    """Evidence and scores of (left, right) pairs, what scored them, and which retrievers named them."""

    evidence: Mapping[str, Matrix]
    standardised: Mapping[str, Matrix]
    ranker: Ranker
    score: Matrix
    found: Mapping[str, NDArray[np.bool_]]

    @cached_property
    def ranking(self) -> Matrix:
        """The scores, minus infinity where no retriever named the pair."""
        return np.where(candidates.union(self.found), self.score, -np.inf).astype(np.float32)

    def watching(self, rows: Sequence[int], direction: Direction) -> Scored:
        """The same with what stands in these rows of the shown side named by the watch-list as well."""
        if not rows:
            return self
        named = np.zeros(self.score.shape, np.bool_)
        named[(slice(None), rows) if direction is Direction.RECOMMEND else (rows, slice(None))] = True
        return replace(self, found={**self.found, "watch_list": named})

    def components(self, places: Sequence[tuple[int, int]]) -> list[tuple[Component, ...]]:
        """What each piece of evidence says of some pairs."""
        rows, columns = ([place[side] for place in places] for side in (0, 1))
        parts = self.ranker.contributions({name: part[rows, columns] for name, part in self.standardised.items()})
        told = ((name, self.evidence[name][rows, columns].tolist(), part.tolist()) for name, part in parts.items())
        by_kind = [[_component(name, *one) for one in zip(*both, strict=True)] for name, *both in told]
        return list(zip(*by_kind, strict=True))


def _component(name: str, value: float, contribution: float) -> Component:
    return Component(name, value if isfinite(value) else None, contribution)


def best_first(ranking: Matrix, score: Matrix, by_id: Rows, tiers: Sequence[int] = ()) -> list[int]:
    """Places in the order of a list: by tier, by the ranking of what was named, by score, by id, all (n,)."""
    keys = (by_id, -score, -ranking)
    order: list[int] = np.lexsort((*keys, np.array(tiers)) if len(tiers) else keys).tolist()
    return order


def score_pairs(gathered: Mapping[str, Matrix], ranker: Ranker, direction: Direction) -> Scored:
    """Score all (left, right) pairs of the evidence for one direction."""
    standardised = ranker.standardised(gathered, direction.axis)
    found = candidates.retrieve(gathered, direction.axis, standard=standardised)
    return Scored(gathered, standardised, ranker, ranker.score(standardised), found)


@dataclass(frozen=True)
class Trained:
    """What serves one direction: its ranker and its calibration."""

    ranker: Ranker
    calibration: Calibration


@dataclass(frozen=True)
class Scorer:
    """Left records to scores: what is known, and how evidence is weighed in each direction."""

    known: Knowledge
    trained: Mapping[Direction, Trained]

    @cached_property
    def votes(self) -> Votes:
        """What the neighbours of known left records say, kept from one question to the next."""
        return Votes(self.known)

    def score(self, queries: Side[Left], direction: Direction, columns: Columns = ALL) -> Scored:
        """Score every query with the right records asked about."""
        return score_pairs(evidence.gather(self.known, queries, columns), self.trained[direction].ranker, direction)

    def screened(self, rows: Rows, column: int) -> Scored:
        """Score some of the known left records for one right record."""
        columns = np.array([column])
        votes = self.votes.of(rows, columns)
        gathered = evidence.gather(self.known, self.known.left.take(rows), columns, votes)
        return score_pairs(gathered, self.trained[Direction.SCREEN].ranker, Direction.SCREEN)

    def probability(self, score: float, direction: Direction) -> float:
        """What is shown for a score."""
        return float(self.trained[direction].calibration.probability(np.array(score)))

    def probabilities(self, queries: Side[Left]) -> Matrix:
        """Probability of every right record for each query, (q, right)."""
        scored = self.score(queries, Direction.RECOMMEND)
        return self.trained[Direction.RECOMMEND].calibration.probability(scored.score).astype(np.float32)
