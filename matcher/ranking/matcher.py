"""The ranking, once: query → evidence → candidates → score → rules → explained matches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from itertools import islice

import numpy as np

from matcher.domain.controls import PLAIN, Diversity, Question
from matcher.domain.matches import Answer, Component, Match, Quote
from matcher.domain.records import Left, name_of
from matcher.domain.visibility import Viewer, visible
from matcher.policy import eligibility
from matcher.policy.wishes import Wishes
from matcher.ranking import explain
from matcher.ranking.asked import Asked
from matcher.ranking.corpus import AnyRecord, Matrix, Rows, Side
from matcher.ranking.diversity import Place, diversify, reach
from matcher.ranking.explain import Case
from matcher.ranking.judge import Judge
from matcher.ranking.listing import PASSED, Listing, Passing, Refusing
from matcher.ranking.questions import recommended
from matcher.ranking.quotes import Encode, quoted
from matcher.ranking.ranker import Direction
from matcher.ranking.scorer import Scored, Scorer, best_first
from matcher.ranking.screening import Screening
from matcher.ranking.shared import Rarity, Telling, shared_places, shared_terms

MOST_VIEWERS = 8
"""Viewers for whom the left records that each may see are kept."""
MOST_CUT = 2048
"""Texts whose words are kept: those of the asking record, and of the takers that are shown again and again."""


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
        likeness = self.known.meanings(rows) @ self.known.right_meaning[screening.column]
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
        return self.known.meanings(np.array([self.known.left.rows[pair.left.id] for pair in pairs], np.int64))

    def explained(self, pairs: Sequence[Asked], scored: Scored) -> list[Match]:
        """The pairs as matches with all there is to say of them, in their order; `scored` holds their evidence."""
        components = scored.components([pair.place for pair in pairs])
        cases = [explain.past_cases(*taken) for taken in self.judge.taken(pairs)]
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
        places = partial(shared_places, pair.left, pair.right, self.judge.gazetteer)
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
            reasons=(*explain.reasons(quote, terms, cases, components, priority, places), *pluses),
            missing=explain.missing_facts(verdicts),
            retrievers=tuple(name for name, found in scored.found.items() if found[pair.place]),
            quote=quote,
            cites=tuple(case.record.id for case in cases),
        )
