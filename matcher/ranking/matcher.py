"""The ranking, once: query → evidence → candidates → score → rules → explained matches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial
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
from matcher.ranking.corpus import ALL, AnyRecord, Columns, Matrix, Rows, Side
from matcher.ranking.diversity import Place, diversify, reach
from matcher.ranking.explain import Case
from matcher.ranking.judge import Judge
from matcher.ranking.knowledge import Knowledge
from matcher.ranking.listing import PASSED, Listing, Passing, Refusing
from matcher.ranking.questions import recommended
from matcher.ranking.quotes import Encode, quoted
from matcher.ranking.ranker import Direction, Ranker
from matcher.ranking.screening import Screening
from matcher.ranking.shared import Rarity, Telling, shared_terms
from matcher.ranking.votes import Votes

MOST_VIEWERS = 8
"""Viewers for whom the left records that each may see are kept."""
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


def _crowded(listing: Listing, diversity: Diversity | None) -> bool:
    """Whether the pool left a list of left records no other choice than to exceed the cap."""
    if diversity is None or diversity.cap is None:
        return False
    counts = Counter(pair.institution for pair in listing.pairs)
    return any(name and count > diversity.cap for name, count in counts.items())


def _without(question: Question, order: list[int], side: Side[AnyRecord]) -> list[int]:
    """The order without those who are not to be listed."""
    return [row for row in order if side.ids[row] not in question.without] if question.without else order


class Matcher:
    """Recommends and screens within one pairing, as of the day of its knowledge."""

    def __init__(self, scorer: Scorer, judge: Judge, *, telling: Telling, encode: Encode) -> None:
        self.scorer = scorer
        self.judge = judge
        self.known = scorer.known
        self._telling = lru_cache(MOST_CUT)(telling)
        self._rare = Rarity(self.known.left, self.known.right)
        self._encode = encode
        self._seen = lru_cache(MOST_VIEWERS)(self._seen_by)

    def match(self, query: Side[Left], k: int, viewer: Viewer, question: Question = PLAIN) -> Answer:
        """The k best eligible right records for one left record (a side of one row)."""
        return self.match_listing(query, k, viewer, question).answer()

    def match_listing(self, query: Side[Left], k: int, viewer: Viewer, question: Question = PLAIN) -> Listing:
        """The same before it is explained."""
        wishes, (asker,) = self.wishes(question), query.records
        watched = wishes.watched_rows(asker, self.known.right.records)
        scored = self.scorer.score(query, Direction.RECOMMEND).watching(watched, Direction.RECOMMEND)
        # Those no retriever names stand at the end, so that rules never empty a list while somebody is eligible.
        order = best_first(scored.ranking[0], scored.score[0], self.known.right.by_id)
        order = _without(question, order, self.known.right)
        asked = (recommended(self.known, query, 0, row, viewer, wishes) for row in order)
        return self._listing(asked, len(order), scored, k, question.diversity, self.judge.refusing)

    def screen(self, right_id: str, k: int, viewer: Viewer, question: Question = PLAIN) -> Answer:
        """The k best eligible left records for one right record; a priority tier stands above the score."""
        return self.screen_listing(right_id, k, viewer, question).answer()

    def screen_listing(self, right_id: str, k: int, viewer: Viewer, question: Question = PLAIN) -> Listing:
        """The same before it is explained."""
        screening = self.screening(self.known.right.rows[right_id], viewer, self.wishes(question))
        for rows in screening.pools(k):
            listing = self._screened(screening, rows, k, question)
            if len(listing.pairs) >= k and not _crowded(listing, question.diversity):
                break
        return listing

    def screening(self, column: int, viewer: Viewer, wishes: Wishes) -> Screening:
        """What a right record can be told of."""
        return Screening(self.judge, column, viewer, wishes, self._seen(viewer))

    def _screened(self, screening: Screening, rows: Rows, k: int, question: Question) -> Listing:
        """The list from a pool of left records."""
        if screening.hopeless(rows):
            return self._hopeless(screening, rows)
        watched = np.flatnonzero(np.isin(rows, screening.watched)).tolist()
        scored = self.scorer.screened(rows, screening.column).watching(watched, Direction.SCREEN)
        side = self.known.left.take(rows)
        order = best_first(scored.ranking[:, 0], scored.score[:, 0], side.by_id, screening.tiers(rows))
        order = _without(question, order, side)
        asked = (screening.pair(side, row) for row in order)

        def refusing(pair: Asked) -> frozenset[str]:
            return screening.refusing(int(rows[pair.row]))

        return self._listing(asked, len(order), scored, k, question.diversity, refusing)

    def _hopeless(self, screening: Screening, rows: Rows) -> Listing:
        """Nobody; the nearest in meaning stand for all whom the rules keep out."""
        excluded = Counter(rule for row in rows.tolist() for rule in sorted(screening.refusing(row)))
        likeness = self.known.left_meaning[rows] @ self.known.right_meaning[screening.column]
        nearest = rows[np.argsort(-likeness, kind="stable")[:PASSED]].tolist()
        passed = tuple(screening.pair(self.known.left, row) for row in nearest)
        return Listing((), len(rows), excluded, passed, self.judge, lambda _: [], passed_over=len(rows))

    def _seen_by(self, viewer: Viewer) -> Rows:
        return np.flatnonzero([visible(record, viewer) for record in self.known.left.records])

    def why(self, query: Side[Left], right_id: str, viewer: Viewer, question: Question = PLAIN) -> Match:
        """The whole explanation of one pair, eligible or not, with the numbers that `match` would show."""
        column = self.known.right.rows[right_id]
        pair = recommended(self.known, query, 0, column, viewer, self.wishes(question))
        watched = [column] if pair.wishes.watched(pair.asker, pair.shown) else []
        scored = self.scorer.score(query, Direction.RECOMMEND).watching(watched, Direction.RECOMMEND)
        return self.explained([pair], scored)[0]

    def _listing(
        self,
        asked: Iterable[Asked],
        ranked: int,
        scored: Scored,
        k: int,
        diversity: Diversity | None,
        refusing: Refusing,
    ) -> Listing:
        passing = Passing(refusing)
        eligible = passing.eligible(asked)
        pool = list(islice(eligible, k)) if diversity is None else reach(eligible, k, diversity.cap)
        places = self._spread(pool, scored, k, diversity) if diversity else ()
        if places and (gave_way := min(k, len(pool)) - sum(place.before < k for place in places)):
            passing.excluded["diversity"] = gave_way
        listed = [pool[place.before] for place in places] if diversity else pool
        explain = partial(self.explained, scored=scored)
        found, first = tuple(listed), tuple(passing.first)
        return Listing(found, ranked, passing.excluded, first, self.judge, explain, places, passing.count)

    def _spread(self, pool: Sequence[Asked], scored: Scored, k: int, diversity: Diversity) -> tuple[Place, ...]:
        levels = [(self._queue(pair), not np.isfinite(scored.ranking[pair.place])) for pair in pool]
        scores = [float(scored.score[pair.place]) for pair in pool]
        return tuple(diversify(levels, scores, [pair.institution for pair in pool], self._meaning(pool), k, diversity))

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
        own = pairs[0].query.sentences if pairs else {}
        cited = [[case.record for case in found] for found in cases]
        quotes = quoted(both, cited, self._encode, self.known, self._telling, own)
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
        terms = shared_terms(pair.left, pair.right, self._telling, self._rare)
        watched = pair.wishes.watched(pair.asker, shown)
        pluses = (
            *self.judge.pluses(pair, verdicts),
            *([explain.watched(watched, self.judge.wished(watched, shown))] if watched else ()),
        )
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
