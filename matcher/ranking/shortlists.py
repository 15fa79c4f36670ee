"""The best for many at once, for digests and reports: what `match` and `screen` list, without the explanations.

Evidence is gathered for blocks of left records with all right ones, as matrix products; blocks bound the memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from matcher.domain.controls import PLAIN, Question
from matcher.domain.matches import Listed
from matcher.domain.visibility import Viewer
from matcher.ranking import candidates, evidence
from matcher.ranking.corpus import ALL, Matrix, Rows
from matcher.ranking.matcher import Matcher
from matcher.ranking.questions import recommended
from matcher.ranking.ranker import Direction, Ranker
from matcher.ranking.scorer import best_first, score_pairs
from matcher.ranking.screening import Screening, views

LEFTS, RIGHTS = 256, 64
"""Left records whose evidence is gathered at once, and right records whose pools are looked for at once."""
PAIRS = 2**21
"""Pairs whose evidence is held at once: a hundred bytes or so each."""

Lists = Iterator[tuple[str, tuple[Listed, ...]]]
"""An id and its list, best first."""


def matched(matcher: Matcher, rows: Sequence[int] | Rows, k: int, viewer: Viewer, question: Question = PLAIN) -> Lists:
    """The k best eligible right records for each of some left rows, in their order."""
    known, scorer, wishes = matcher.known, matcher.scorer, matcher.wishes(question)
    for start in range(0, len(rows), LEFTS):
        block = np.asarray(rows[start : start + LEFTS], np.int64)
        side = known.left.take(block)
        gathered = evidence.gather(known, side, ALL, scorer.votes.of(block, ALL))
        scored = score_pairs(gathered, scorer.trained[Direction.RECOMMEND].ranker, Direction.RECOMMEND)
        ranking = scored.ranking.copy()
        for row, asker in enumerate(side.records):
            watched = wishes.watched_rows(asker, known.right.records)
            ranking[row, watched] = scored.score[row, watched]
            order = best_first(ranking[row], scored.score[row], known.right.by_id)
            pairs = (recommended(known, side, row, column, viewer, wishes) for column in order)
            best = islice((pair for pair in pairs if not matcher.judge.refusing(pair)), k)
            yield (
                asker.id,
                tuple(
                    _listed(matcher, pair.right.id, scored.score[pair.place], pair.direction, tier)
                    for pair in best
                    for tier in [matcher.judge.tier(pair.left, pair.right).level]
                ),
            )


def screened(matcher: Matcher, columns: Sequence[int], k: int, viewer: Viewer, question: Question = PLAIN) -> Lists:
    """The k best eligible left records for each of some right columns, in no order of theirs."""
    wishes = matcher.wishes(question)
    asked: list[Asking] = []
    for start in range(0, len(columns), RIGHTS):
        block = np.asarray(columns[start : start + RIGHTS], np.int64)
        seen = views(matcher.known, block)
        for at, column in enumerate(block.tolist()):
            screening = matcher.screening(column, viewer, wishes)
            pools = screening.pools(k, tuple(view[:, at] for view in seen))
            asked.append(Asking(screening, pools, next(pools)))
    while asked:
        wider: list[Asking] = []
        for block_of in blocks([one for one in asked if not one.screening.hopeless(one.rows)]):
            for one, found in zip(block_of, _from_pools(matcher, block_of, k), strict=True):
                if len(found) == k or one.screening.exhausted(one.rows):
                    yield one.screening.right.id, found
                else:
                    wider.append(one)
        yield from ((one.screening.right.id, ()) for one in asked if one.screening.hopeless(one.rows))
        asked = [Asking(one.screening, one.pools, next(one.pools)) for one in wider]


@dataclass(frozen=True, slots=True)
class Asking:
    """A right record with the pool it is asked about now, and those it would be asked about next."""

    screening: Screening
    pools: Iterator[Rows]
    rows: Rows


def blocks(asked: Sequence[Asking]) -> Iterator[list[Asking]]:
    """The questions in blocks of at most so many pairs, or of one."""
    block: list[Asking] = []
    for one in asked:
        if block and sum(len(other.rows) for other in (*block, one)) > PAIRS:
            yield block
            block = []
        block.append(one)
    if block:
        yield block


def _from_pools(matcher: Matcher, asked: Sequence[Asking], k: int) -> Iterator[tuple[Listed, ...]]:
    """The list of each question from its pool."""
    ranker, by_id = matcher.scorer.trained[Direction.SCREEN].ranker, matcher.known.left.by_id
    gathered = pair_evidence(matcher, asked, ranker)
    ends = np.cumsum([0, *(len(one.rows) for one in asked)])
    for one, start, end in zip(asked, ends[:-1], ends[1:], strict=True):
        screening, rows = one.screening, one.rows
        part = {name: values[start:end, None] for name, values in gathered.items()}
        watched = np.flatnonzero(np.isin(rows, screening.watched)).tolist()
        scored = score_pairs(part, ranker, Direction.SCREEN).watching(watched, Direction.SCREEN)
        score, tiers = scored.score[:, 0], screening.tiers(rows)
        order = best_first(scored.ranking[:, 0], score, by_id[rows], tiers)
        best = islice((place for place in order if not screening.refusing(int(rows[place]))), k)
        ids = matcher.known.left.ids
        yield tuple(_listed(matcher, ids[rows[at]], score[at], Direction.SCREEN, tiers[at]) for at in best)


def pair_evidence(matcher: Matcher, asked: Sequence[Asking], *rankers: Ranker) -> dict[str, Matrix]:
    """What the rankers and the retrievers read of each pair, question after question, (pairs,) each."""
    known, votes = matcher.known, matcher.scorer.votes
    rows = np.concatenate([one.rows for one in asked])
    columns = np.repeat([one.screening.column for one in asked], [len(one.rows) for one in asked])
    read = {*candidates.READ, *(kind for ranker in rankers for kind in ranker.kinds)}
    found = {name: np.empty(len(rows), np.float32) for name in sorted(read)}
    order = np.argsort(rows, kind="stable")
    lefts, starts = np.unique(rows[order], return_index=True)
    for start in range(0, len(lefts), LEFTS):
        block = lefts[start : start + LEFTS]
        end = starts[start + LEFTS] if start + LEFTS < len(lefts) else len(rows)
        pairs = order[starts[start] : end]
        among, places = np.unique(columns[pairs], return_inverse=True)
        gathered = evidence.gather(known, known.left.take(block), among, votes.of(block, among))
        for name, values in found.items():
            values[pairs] = gathered[name][np.searchsorted(block, rows[pairs]), places]
    return found


def _listed(matcher: Matcher, name: str, score: np.float32, direction: Direction, tier: int) -> Listed:
    return Listed(name, float(score), matcher.scorer.probability(float(score), direction), tier)
