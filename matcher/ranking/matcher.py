"""The ranking, once: query → evidence → candidates → score → rules → explained matches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from matcher.domain.controls import PLAIN, Diversity, Question
from matcher.domain.matches import Answer, Component, Match, Quote
from matcher.domain.records import Left, name_of
from matcher.domain.visibility import Viewer, visible
from matcher.policy import eligibility
from matcher.policy.wishes import Wishes
from matcher.ranking import candidates, evidence, explain
from matcher.ranking.asked import Asked
from matcher.ranking.calibration import Calibration
from matcher.ranking.corpus import FACETS, Matrix, Side
from matcher.ranking.diversity import diversify, reach
from matcher.ranking.explain import Case
from matcher.ranking.judge import Judge
from matcher.ranking.knowledge import Knowledge
from matcher.ranking.questions import recommended, refusing, screened
from matcher.ranking.quotes import Encode, quoted
from matcher.ranking.ranker import Direction, Ranker

POOL = 300
"""Left records each way of screening may bring in before evidence is gathered for them."""


BOARDS, MOST_KEPT = 8, 5 * POOL
"""Boards whose scores are kept, and the most left records of one that is."""
MOST_CUT = 2048
"""Texts whose words are kept: those of the asking record, and of the takers that are shown again and again."""


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
        told = {name: self.evidence[name][rows, columns] for name in self.standardised}
        added = self.ranker.contributions({name: part[rows, columns] for name, part in self.standardised.items()})
        return [
            tuple(_component(name, told[name][number], added[name][number]) for name in told)
            for number in range(len(places))
        ]


def _component(name: str, value: np.float32, contribution: np.float32) -> Component:
    return Component(name, float(value) if np.isfinite(value) else None, float(contribution))


def score_pairs(gathered: Mapping[str, Matrix], ranker: Ranker, direction: Direction) -> Scored:
    """Score all (left, right) pairs of the evidence for one direction."""
    standardised = ranker.standardised(gathered, direction.axis)
    found = candidates.retrieve(gathered, direction.axis)
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

    def __init__(self, scorer: Scorer, judge: Judge, *, words: Callable[[str], list[str]], encode: Encode) -> None:
        self.scorer = scorer
        self.judge = judge
        self.known = scorer.known
        self._words = lru_cache(MOST_CUT)(words)
        self._encode = encode
        self._screens: dict[tuple[int, tuple[int, ...]], tuple[Side[Left], Scored]] = {}

    def match(self, query: Side[Left], k: int, viewer: Viewer, question: Question = PLAIN) -> Answer:
        """The k best eligible right records for one left record (a side of one row)."""
        wishes, (asker,) = self.wishes(question), query.records
        watched = wishes.watched_rows(asker, self.known.right.records)
        scored = self.scorer.score(query, Direction.RECOMMEND).watching(watched, Direction.RECOMMEND)
        ranking, score, ids = scored.ranking[0], scored.score[0], self.known.right.ids
        # Those no retriever names stand at the end, so that rules never empty a list while somebody is eligible.
        asked_about = [row for row in range(len(ids)) if ids[row] not in question.without]
        order = sorted(asked_about, key=lambda row: (-float(ranking[row]), -float(score[row]), ids[row]))
        asked = [recommended(self.known, query, 0, row, viewer, wishes) for row in order]
        return self._first_eligible(asked, scored, k, question.diversity)

    def screen(self, right_id: str, k: int, viewer: Viewer, question: Question = PLAIN) -> Answer:
        """The k best eligible left records for one right record; a priority tier stands above the score."""
        pool, column = POOL, self.known.right.rows[right_id]
        while True:
            answer, all_seen = self._screened(column, k, pool, viewer, question)
            if all_seen or (len(answer.matches) >= k and not self._crowded(answer, question.diversity)):
                return answer
            if not answer.matches and (none := self._nobody(column, viewer, question)):
                return none
            pool *= 4

    def _screened(self, column: int, k: int, pool: int, viewer: Viewer, question: Question) -> tuple[Answer, bool]:
        """The answer from a pool of left records, and whether no other was left out of it."""
        right, wishes, fresh = self.known.right.records[column], self.wishes(question), self._fresh(column, viewer)
        watched = [fresh[at] for at in wishes.watched_rows(right, [self.known.left.records[row] for row in fresh])]
        rows = sorted({*self._pool(column, fresh, pool), *watched})
        if not rows:
            return Answer((), 0, {}), True
        side, scored = self._scored(column, tuple(rows))
        scored = scored.watching(np.flatnonzero(np.isin(rows, watched)).tolist(), Direction.SCREEN)
        ranking, score = scored.ranking[:, 0], scored.score[:, 0]
        tiers = [self.judge.tier(record, right).level for record in side.records]
        order = sorted(
            (row for row in range(len(side)) if side.ids[row] not in question.without),
            key=lambda row: (tiers[row], -float(ranking[row]), -float(score[row]), side.ids[row]),
        )
        asked = [screened(self.known, side, row, column, viewer, wishes) for row in order]
        return self._first_eligible(asked, scored, k, question.diversity), len(rows) == len(fresh)

    def _scored(self, column: int, rows: tuple[int, ...]) -> tuple[Side[Left], Scored]:
        """Left records before one right record; of boards that are looked at again and again it is worked out once."""
        if kept := self._screens.get((column, rows)):
            return kept
        side = self.known.left.take(list(rows))
        found = side, self.scorer.score(side, Direction.SCREEN, np.array([column]))
        if len(rows) <= MOST_KEPT:
            self._screens = dict([*list(self._screens.items())[1 - BOARDS :], ((column, rows), found)])
        return found

    def _fresh(self, column: int, viewer: Viewer) -> list[int]:
        """The rows of the left records that nothing was decided about."""
        decided, right_id = self.judge.decided, self.known.right.ids[column]
        records = enumerate(self.known.left.records)
        return [row for row, record in records if not decided(record.id, right_id) and visible(record, viewer)]

    def _nobody(self, column: int, viewer: Viewer, question: Question) -> Answer | None:
        """The answer where rules keep everybody out, which no score changes; None where they do not."""
        side, wishes, excluded = (
            self.known.left.take(self._fresh(column, viewer)),
            self.wishes(question),
            Counter[str](),
        )
        asked = [
            screened(self.known, side, row, column, viewer, wishes)
            for row in range(len(side))
            if side.ids[row] not in question.without
        ]
        return None if next(self._eligible(asked, excluded), None) else Answer((), len(asked), dict(excluded))

    def why(self, query: Side[Left], right_id: str, viewer: Viewer, question: Question = PLAIN) -> Match:
        """The whole explanation of one pair, eligible or not, with the numbers that `match` would show."""
        column = self.known.right.rows[right_id]
        pair = recommended(self.known, query, 0, column, viewer, self.wishes(question))
        watched = [column] if pair.wishes.watched(pair.asker, pair.shown) else []
        scored = self.scorer.score(query, Direction.RECOMMEND).watching(watched, Direction.RECOMMEND)
        return self.explained([pair], scored)[0]

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
            return Answer(tuple(self.explained(list(islice(eligible, k)), scored)), len(asked), dict(excluded))
        pool = reach(eligible, k, diversity.cap)
        levels = [(self._queue(pair), not np.isfinite(scored.ranking[pair.place])) for pair in pool]
        scores = [float(scored.score[pair.place]) for pair in pool]
        places = diversify(levels, scores, [pair.institution for pair in pool], self._meaning(pool), k, diversity)
        if gave_way := min(k, len(pool)) - sum(place.before < k for place in places):
            excluded["diversity"] = gave_way
        found = self.explained([pool[place.before] for place in places], scored)
        return Answer(explain.moved(found, places), len(asked), dict(excluded))

    def _eligible(self, asked: Iterable[Asked], excluded: Counter[str]) -> Iterator[Asked]:
        """The pairs that no rule rejects, in their order; the others are counted by rule while they are passed."""
        for pair in asked:
            rejecting = refusing(self.judge.verdicts(pair))
            excluded.update(sorted(rejecting))  # a set has another order in each process
            if not rejecting:
                yield pair

    def _crowded(self, answer: Answer, diversity: Diversity | None) -> bool:
        """Whether the pool left a list of left records no other choice than to exceed the cap."""
        if diversity is None or diversity.cap is None:
            return False
        records, rows = self.known.left.records, self.known.left.rows
        institution = self.wishes(PLAIN).institution
        counts = Counter(institution(records[rows[match.id]]) for match in answer.matches)
        return any(name and count > diversity.cap for name, count in counts.items())

    def _queue(self, pair: Asked) -> int:
        """The priority tier where it stands above the score, that is, in screening."""
        return self.judge.tier(pair.left, pair.right).level if pair.direction is Direction.SCREEN else 0

    def _meaning(self, pairs: Sequence[Asked]) -> Matrix:
        """Centred vectors of what is shown, (pairs, d)."""
        if pairs and pairs[0].direction is Direction.RECOMMEND:
            return self.known.right_meaning[[pair.column for pair in pairs]]
        return self.known.left_meaning[[self.known.left.rows[pair.left.id] for pair in pairs]]

    def explained(self, pairs: Sequence[Asked], scored: Scored) -> list[Match]:
        """The pairs as matches with all there is to say of them, in their order; `scored` holds their evidence."""
        components = scored.components([pair.place for pair in pairs])
        cases = [explain.past_cases(*self.judge.taken(pair)) for pair in pairs]
        both = [(pair.left, pair.right) for pair in pairs]
        quotes = quoted(both, [[case.record for case in found] for found in cases], self._encode, self.known)
        return [self._match(*told, scored) for told in zip(pairs, components, cases, quotes, strict=True)]

    def wishes(self, question: Question) -> Wishes:
        """What is wished behind a question."""
        return Wishes(question, self.judge.organisations)

    def _match(
        self,
        pair: Asked,
        components: tuple[Component, ...],
        cases: tuple[Case, ...],
        quote: Quote | None,
        scored: Scored,
    ) -> Match:
        shown, verdicts = pair.shown, self.judge.verdicts(pair)
        priority, score = self.judge.tier(pair.left, pair.right), float(scored.score[pair.place])
        terms = explain.shared_terms(pair.left, pair.right, self._words)
        watched = pair.wishes.watched(pair.asker, shown)
        pluses = (*self.judge.pluses(pair, verdicts), *([explain.watched(watched)] if watched else ()))
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
            quote=quote,
        )
