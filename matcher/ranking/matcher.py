"""The ranking, once: query → evidence → candidates → score → rules → explained matches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.domain.matches import Answer, Component, Match, Quote, State, Verdict
from matcher.domain.places import Gazetteer
from matcher.domain.records import CarrierKind, Left, Outcome, Record, Right, name_of
from matcher.policy import eligibility
from matcher.policy.eligibility import Pair
from matcher.policy.priority import Tier, tier
from matcher.policy.visibility import Viewer, visible
from matcher.ranking import candidates, evidence, explain
from matcher.ranking.calibration import Calibration
from matcher.ranking.corpus import FACETS, Matrix, Side
from matcher.ranking.explain import Case, Encode
from matcher.ranking.knowledge import Knowledge
from matcher.ranking.ranker import Direction, Ranker

POOL = 300
"""Left records each way of screening may bring in before evidence is gathered for them."""


@dataclass(frozen=True)
class Scored:
    """Evidence, contributions and scores of (left, right) pairs, and which retrievers named them."""

    evidence: Mapping[str, Matrix]
    contributions: Mapping[str, Matrix]
    score: Matrix
    found: Mapping[str, NDArray[np.bool_]]

    @cached_property
    def ranking(self) -> Matrix:
        """The scores, minus infinity where no retriever named the pair."""
        return np.where(candidates.union(self.found), self.score, -np.inf).astype(np.float32)

    def components(self, place: tuple[int, int]) -> tuple[Component, ...]:
        """What each piece of evidence says of one pair."""
        values = {name: float(self.evidence[name][place]) for name in self.contributions}
        return tuple(
            Component(name, values[name] if np.isfinite(values[name]) else None, float(added[place]))
            for name, added in self.contributions.items()
        )


def score_pairs(gathered: Mapping[str, Matrix], ranker: Ranker, direction: Direction) -> Scored:
    """Score all (left, right) pairs of the evidence for one direction."""
    contributions = ranker.contributions(gathered, direction.axis)
    total = np.asarray(sum(contributions.values()), np.float32)
    return Scored(gathered, contributions, total, candidates.retrieve(gathered, direction.axis))


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

    def score(self, queries: Side[Left], direction: Direction, columns: evidence.Columns = evidence.ALL) -> Scored:
        """Score every query with the right records asked about."""
        return score_pairs(evidence.gather(self.known, queries, columns), self.trained[direction].ranker, direction)

    def probability(self, score: float, direction: Direction) -> float:
        """What is shown for a score."""
        return float(self.trained[direction].calibration.probability(np.array(score)))

    def probabilities(self, queries: Side[Left]) -> Matrix:
        """Probability of every right record for each query, (q, right)."""
        scored = self.score(queries, Direction.RECOMMEND)
        return self.trained[Direction.RECOMMEND].calibration.probability(scored.score).astype(np.float32)


@dataclass(frozen=True)
class Asked:
    """One pair within a question: where it stands in the arrays, and who asks."""

    query: Side[Left]
    row: int
    right: Right
    column: int
    direction: Direction
    viewer: Viewer

    @property
    def left(self) -> Left:
        """The left record of the pair."""
        return self.query.records[self.row]

    @property
    def place(self) -> tuple[int, int]:
        """Row and column of the pair in the evidence."""
        return self.row, self.column


class Matcher:
    """Recommends and screens within one pairing, as of the day of its knowledge."""

    def __init__(
        self,
        scorer: Scorer,
        outcomes: Iterable[Outcome],
        *,
        gazetteer: Gazetteer,
        words: Callable[[str], list[str]],
        encode: Encode,
        carriers: Mapping[str, CarrierKind | None] | None = None,
    ) -> None:
        self.scorer = scorer
        self.known = scorer.known
        self._gazetteer = gazetteer
        self._words = words
        self._encode = encode
        self._carriers = carriers
        self._outcomes: dict[tuple[str, str], list[Outcome]] = {}
        for outcome in outcomes:
            if outcome.decided_on.toordinal() >= self.known.as_of:
                continue
            self._outcomes.setdefault((outcome.left_id, outcome.right_id), []).append(outcome)

    def match(self, query: Side[Left], k: int, viewer: Viewer) -> Answer:
        """The k best eligible right records for one left record (a side of one row)."""
        scored = self.scorer.score(query, Direction.RECOMMEND)
        ranking, score, ids = scored.ranking[0], scored.score[0], self.known.right.ids
        # Those no retriever names stand at the end, so that rules never empty a list while somebody is eligible.
        order = sorted(range(len(ids)), key=lambda row: (-float(ranking[row]), -float(score[row]), ids[row]))
        rights = self.known.right.records
        asked = [Asked(query, 0, rights[row], row, Direction.RECOMMEND, viewer) for row in order]
        return self._first_eligible(asked, scored, k)

    def screen(self, right_id: str, k: int, viewer: Viewer) -> Answer:
        """The k best eligible left records for one right record; a priority tier stands above the score."""
        pool = POOL
        while True:
            answer, all_seen = self._screened(self.known.right.rows[right_id], k, pool, viewer)
            if all_seen or len(answer.matches) >= k:
                return answer
            pool *= 4

    def _screened(self, column: int, k: int, pool: int, viewer: Viewer) -> tuple[Answer, bool]:
        """The answer from a pool of left records, and whether no other was left out of it."""
        right = self.known.right.records[column]
        fresh = [
            row
            for row, record in enumerate(self.known.left.records)
            if (record.id, right.id) not in self._outcomes and visible(record, viewer)
        ]
        rows = self._pool(column, fresh, pool)
        side = self.known.left.take(rows)
        if not len(side):
            return Answer((), 0, {}), True
        scored = self.scorer.score(side, Direction.SCREEN, np.array([column]))
        ranking, score = scored.ranking[:, 0], scored.score[:, 0]
        tiers = [self.tier(record, right).level for record in side.records]
        order = sorted(
            range(len(side)),
            key=lambda row: (tiers[row], -float(ranking[row]), -float(score[row]), side.ids[row]),
        )
        asked = [Asked(side, row, right, 0, Direction.SCREEN, viewer) for row in order]
        return self._first_eligible(asked, scored, k), len(rows) == len(fresh)

    def why(self, query: Side[Left], right_id: str, viewer: Viewer) -> Match:
        """The whole explanation of one pair, eligible or not, with the numbers that `match` would show."""
        column = self.known.right.rows[right_id]
        right = self.known.right.records[column]
        scored = self.scorer.score(query, Direction.RECOMMEND)
        return self.explained([Asked(query, 0, right, column, Direction.RECOMMEND, viewer)], scored)[0]

    def _pool(self, column: int, fresh: list[int], size: int) -> list[int]:
        """Rows among the fresh ones worth gathering evidence for: near in meaning, in words or in categories."""
        left, right = self.known.left, self.known.right
        if len(fresh) <= size:
            return fresh
        facets = (left.facets[facet] @ right.facets[facet][[column]].T for facet in FACETS)
        views = (
            self.known.left_meaning @ self.known.right_meaning[column],
            self.known.left_adapted @ self.known.centroids[column],
            self.known.lexical_view(column),
            np.asarray(sum(part.toarray() for part in facets), np.float32).ravel(),
        )
        among = np.array(fresh)
        return sorted({int(row) for view in views for row in among[np.argpartition(-view[among], size)[:size]]})

    def _first_eligible(self, asked: Sequence[Asked], scored: Scored, k: int) -> Answer:
        chosen: list[Asked] = []
        excluded: Counter[str] = Counter()
        for pair in asked:
            if len(chosen) == k:
                break
            failed = {verdict.rule for verdict in self.verdicts(pair) if verdict.state is State.FAIL}
            excluded.update(failed)
            if not failed:
                chosen.append(pair)
        return Answer(tuple(self.explained(chosen, scored)), len(asked), dict(excluded))

    def tier(self, left: Left, right: Right) -> Tier:
        """The place that the notice's priority gives the pair."""
        return tier(left, right, self._carriers)

    def verdicts(self, pair: Asked) -> tuple[Verdict, ...]:
        """What every rule says of the pair."""
        outcomes = self._outcomes.get((pair.left.id, pair.right.id), [])
        return eligibility.check(Pair(pair.left, pair.right, outcomes, self._gazetteer))

    def explained(self, pairs: Sequence[Asked], scored: Scored) -> list[Match]:
        """The pairs as matches with all there is to say of them, in their order; `scored` holds their evidence."""
        around = (self.known.centred, self.known.centred_right)
        quotes = explain.closest_sentences([(pair.left, pair.right) for pair in pairs], self._encode, around)
        return [self._match(pair, scored, quote) for pair, quote in zip(pairs, quotes, strict=True)]

    def _match(self, pair: Asked, scored: Scored, quote: Quote | None) -> Match:
        shown: Record = pair.right if pair.direction is Direction.RECOMMEND else pair.left
        verdicts, components = self.verdicts(pair), scored.components(pair.place)
        priority, score = self.tier(pair.left, pair.right), float(scored.score[pair.place])
        terms = explain.shared_terms(pair.left, pair.right, self._words)
        return Match(
            id=shown.id,
            name=name_of(shown),
            score=score,
            probability=self.scorer.probability(score, pair.direction),
            tier=priority.level,
            eligible=eligibility.eligible(verdicts),
            components=components,
            verdicts=verdicts,
            reasons=explain.reasons(quote, terms, self._cases(pair), components, priority),
            missing=explain.missing_facts(verdicts),
            retrievers=tuple(name for name, found in scored.found.items() if found[pair.place]),
        )

    def _cases(self, pair: Asked) -> tuple[Case, ...]:
        """The past cases of the right record most like the left one, none that the viewer may not see."""
        known, asked = self.known, pair.query.ids[pair.row]
        taken = known.taken_on.get(known.right.rows[pair.right.id], {})
        rows = [row for row in taken if known.left.ids[row] != asked and visible(known.left.records[row], pair.viewer)]
        similarity = known.left_meaning[rows] @ known.centred(pair.query.vectors[[pair.row]])[0]
        return explain.past_cases([(known.left.records[row], date.fromordinal(taken[row])) for row in rows], similarity)
