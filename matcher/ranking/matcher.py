"""The ranking, once: query → evidence → candidates → score → rules → explained matches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from matcher.domain.controls import PLAIN, Diversity, Question
from matcher.domain.matches import Answer, Component, Match, Quote, Reason, Verdict
from matcher.domain.names import BY_SPELLING, Organisations
from matcher.domain.places import Gazetteer
from matcher.domain.records import CarrierKind, Fund, Left, Outcome, Project, Right, name_of
from matcher.domain.taxonomy import Taxonomy
from matcher.policy import eligibility, portfolio
from matcher.policy.eligibility import Pair
from matcher.policy.portfolio import Holding
from matcher.policy.priority import Tier, tier
from matcher.policy.visibility import Viewer, visible
from matcher.policy.wishes import Wishes
from matcher.ranking import candidates, evidence, explain
from matcher.ranking.asked import Asked
from matcher.ranking.calibration import Calibration
from matcher.ranking.corpus import FACETS, Matrix, Side
from matcher.ranking.diversity import diversify, reach
from matcher.ranking.explain import Encode
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

    def watching(self, rows: Sequence[int], direction: Direction) -> Scored:
        """The same with what stands in these rows of the shown side named by the watch-list as well."""
        if not rows:
            return self
        named = np.zeros(self.score.shape, np.bool_)
        named[(slice(None), rows) if direction is Direction.RECOMMEND else (rows, slice(None))] = True
        return replace(self, found={**self.found, "watch_list": named})

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
        industries: Taxonomy,
        carriers: Mapping[str, CarrierKind | None] | None = None,
        organisations: Organisations = BY_SPELLING,
    ) -> None:
        self._organisations = organisations
        self.scorer = scorer
        self.known = scorer.known
        self._gazetteer = gazetteer
        self._industries = industries
        self._words = words
        self._encode = encode
        self._carriers = carriers
        self._outcomes: dict[tuple[str, str], list[Outcome]] = {}
        for outcome in outcomes:
            if outcome.decided_on.toordinal() >= self.known.as_of:
                continue
            self._outcomes.setdefault((outcome.left_id, outcome.right_id), []).append(outcome)

    def match(self, query: Side[Left], k: int, viewer: Viewer, question: Question = PLAIN) -> Answer:
        """The k best eligible right records for one left record (a side of one row)."""
        wishes, (asker,) = Wishes(question, self._organisations), query.records
        watched = wishes.watched_rows(asker, self.known.right.records)
        scored = self.scorer.score(query, Direction.RECOMMEND).watching(watched, Direction.RECOMMEND)
        ranking, score, ids = scored.ranking[0], scored.score[0], self.known.right.ids
        # Those no retriever names stand at the end, so that rules never empty a list while somebody is eligible.
        order = sorted(range(len(ids)), key=lambda row: (-float(ranking[row]), -float(score[row]), ids[row]))
        rights = self.known.right.records
        asked = [Asked(query, 0, rights[row], row, Direction.RECOMMEND, viewer, wishes) for row in order]
        return self._first_eligible(asked, scored, k, question.diversity)

    def screen(self, right_id: str, k: int, viewer: Viewer, question: Question = PLAIN) -> Answer:
        """The k best eligible left records for one right record; a priority tier stands above the score."""
        pool = POOL
        while True:
            answer, all_seen = self._screened(self.known.right.rows[right_id], k, pool, viewer, question)
            if all_seen or (len(answer.matches) >= k and not self._crowded(answer, question.diversity)):
                return answer
            pool *= 4

    def _screened(self, column: int, k: int, pool: int, viewer: Viewer, question: Question) -> tuple[Answer, bool]:
        """The answer from a pool of left records, and whether no other was left out of it."""
        right = self.known.right.records[column]
        fresh = [
            row
            for row, record in enumerate(self.known.left.records)
            if (record.id, right.id) not in self._outcomes and visible(record, viewer)
        ]
        wishes = Wishes(question, self._organisations)
        watched = [fresh[at] for at in wishes.watched_rows(right, [self.known.left.records[row] for row in fresh])]
        rows = sorted({*self._pool(column, fresh, pool), *watched})
        side = self.known.left.take(rows)
        if not len(side):
            return Answer((), 0, {}), True
        scored = self.scorer.score(side, Direction.SCREEN, np.array([column]))
        scored = scored.watching(np.flatnonzero(np.isin(rows, watched)).tolist(), Direction.SCREEN)
        ranking, score = scored.ranking[:, 0], scored.score[:, 0]
        tiers = [self._tier(record, right).level for record in side.records]
        order = sorted(
            range(len(side)),
            key=lambda row: (tiers[row], -float(ranking[row]), -float(score[row]), side.ids[row]),
        )
        asked = [Asked(side, row, right, 0, Direction.SCREEN, viewer, wishes) for row in order]
        return self._first_eligible(asked, scored, k, question.diversity), len(rows) == len(fresh)

    def why(self, query: Side[Left], right_id: str, viewer: Viewer, question: Question = PLAIN) -> Match:
        """The whole explanation of one pair, eligible or not, with the numbers that `match` would show."""
        column = self.known.right.rows[right_id]
        right = self.known.right.records[column]
        pair = Asked(query, 0, right, column, Direction.RECOMMEND, viewer, Wishes(question, self._organisations))
        watched = [column] if pair.wishes.watched(pair.asker, right) else []
        scored = self.scorer.score(query, Direction.RECOMMEND).watching(watched, Direction.RECOMMEND)
        return self._explained([pair], scored)[0]

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

    def _first_eligible(self, asked: Sequence[Asked], scored: Scored, k: int, diversity: Diversity | None) -> Answer:
        excluded: Counter[str] = Counter()
        eligible = self._eligible(asked, excluded)
        if diversity is None:
            return Answer(tuple(self._explained(list(islice(eligible, k)), scored)), len(asked), dict(excluded))
        pool = reach(eligible, k, diversity.cap)
        levels = [(self._queue(pair), not np.isfinite(scored.ranking[pair.place])) for pair in pool]
        scores = [float(scored.score[pair.place]) for pair in pool]
        places = diversify(levels, scores, [pair.institution for pair in pool], self._meaning(pool), k, diversity)
        if gave_way := min(k, len(pool)) - sum(place.before < k for place in places):
            excluded["diversity"] = gave_way
        found = self._explained([pool[place.before] for place in places], scored)
        return Answer(explain.moved(found, places), len(asked), dict(excluded))

    def _eligible(self, asked: Iterable[Asked], excluded: Counter[str]) -> Iterator[Asked]:
        """The pairs that no rule rejects, in their order; the others are counted by rule while they are passed."""
        for pair in asked:
            rejecting = {verdict.rule for verdict in self._verdicts(pair) if verdict.rejects}
            excluded.update(rejecting)
            if not rejecting:
                yield pair

    def _crowded(self, answer: Answer, diversity: Diversity | None) -> bool:
        """Whether the pool left a list of left records no other choice than to exceed the cap."""
        if diversity is None or diversity.cap is None:
            return False
        records, rows = self.known.left.records, self.known.left.rows
        institution = Wishes(PLAIN, self._organisations).institution
        counts = Counter(institution(records[rows[match.id]]) for match in answer.matches)
        return any(name and count > diversity.cap for name, count in counts.items())

    def _queue(self, pair: Asked) -> int:
        """The priority tier where it stands above the score, that is, in screening."""
        return self._tier(pair.left, pair.right).level if pair.direction is Direction.SCREEN else 0

    def _meaning(self, pairs: Sequence[Asked]) -> Matrix:
        """Centred vectors of what is shown, (pairs, d)."""
        if pairs and pairs[0].direction is Direction.RECOMMEND:
            return self.known.right_meaning[[pair.column for pair in pairs]]
        return self.known.left_meaning[[self.known.left.rows[pair.left.id] for pair in pairs]]

    def _tier(self, left: Left, right: Right) -> Tier:
        return tier(left, right, self._carriers)

    def _verdicts(self, pair: Asked) -> tuple[Verdict, ...]:
        outcomes = self._outcomes.get((pair.left.id, pair.right.id), [])
        verdicts = eligibility.check(Pair(pair.left, pair.right, outcomes, self._gazetteer, self._organisations))
        return (*verdicts, *pair.wishes.check(pair.asker, pair.shown))

    def _explained(self, pairs: Sequence[Asked], scored: Scored) -> list[Match]:
        around = (self.known.centred, self.known.centred_right)
        quotes = explain.closest_sentences([(pair.left, pair.right) for pair in pairs], self._encode, around)
        return [self._match(pair, scored, quote) for pair, quote in zip(pairs, quotes, strict=True)]

    def _match(self, pair: Asked, scored: Scored, quote: Quote | None) -> Match:
        shown, components, (taken, similarity) = pair.shown, scored.components(pair.place), self._taken(pair)
        warnings, pluses = self._portfolio(pair, taken, similarity)
        verdicts = (*self._verdicts(pair), *warnings)
        cases = explain.past_cases(taken, similarity)
        priority, score = self._tier(pair.left, pair.right), float(scored.score[pair.place])
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
            reasons=(*explain.reasons(quote, terms, cases, components, priority), *pluses),
            missing=explain.missing_facts(verdicts),
            retrievers=tuple(name for name, found in scored.found.items() if found[pair.place]),
        )

    def _taken(self, pair: Asked) -> tuple[list[tuple[Left, date]], Matrix]:
        """What the right record took and the viewer may see, and how near in meaning it is to the left record."""
        known, asked = self.known, pair.query.ids[pair.row]
        taken = known.taken_on.get(known.right.rows[pair.right.id], {})
        rows = [row for row in taken if known.left.ids[row] != asked and visible(known.left.records[row], pair.viewer)]
        similarity = known.left_meaning[rows] @ known.centred(pair.query.vectors[[pair.row]])[0]
        return [(known.left.records[row], date.fromordinal(taken[row])) for row in rows], similarity

    def _portfolio(
        self, pair: Asked, taken: Sequence[tuple[Left, date]], similarity: Matrix
    ) -> tuple[tuple[Verdict, ...], tuple[Reason, ...]]:
        """Warnings of competitors, and what of the portfolio or the watch-list speaks for the pair."""
        watched = pair.wishes.watched(pair.asker, pair.shown)
        pluses = (explain.watched(watched),) if watched else ()
        if not (isinstance(pair.left, Project) and isinstance(pair.right, Fund)):
            return (), pluses
        near = zip(taken, similarity.tolist(), strict=True)
        holdings = [Holding(case, day, like) for (case, day), like in near if isinstance(case, Project)]
        told = (pair.left, pair.right, holdings, self._industries)
        return tuple(portfolio.competitors(*told)), (*portfolio.pluses(*told), *pluses)
