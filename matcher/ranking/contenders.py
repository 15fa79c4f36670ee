"""Who contends for a place in the digests of a week: the best of many questions at once, and the new ones behind them.

The rankers, rules and retrievers are those of `match` and `screen`. New left records are looked at for every screen
even where older ones are nearer, for a digest tells what is new first; all are standardised beside each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.domain.controls import PLAIN, Question
from matcher.domain.matches import Match, Verdict
from matcher.domain.records import Left
from matcher.domain.visibility import Viewer
from matcher.ranking import evidence
from matcher.ranking.corpus import ALL, Matrix, Rows, Side
from matcher.ranking.matcher import Matcher
from matcher.ranking.questions import recommended
from matcher.ranking.ranker import Direction, Ranker
from matcher.ranking.scorer import Scored, best_first, score_pairs
from matcher.ranking.screening import Screening, views
from matcher.ranking.shortlists import LEFTS, RIGHTS, Asking, blocks, pair_evidence

FEW = 8
"""Eligible left records from which a pool is wide enough."""
IN_VAIN = 300
"""Left records asked about in vain, after which nobody is expected to be eligible."""
POOR = "poor"
"""Counts candidates that suit far worse than the best one of their question."""
NEW_POOL = 100
"""New left records that each way of screening brings in."""
PLACES = frozenset({"capacity", "new_this_period"})
"""Rules that count what a carrier or fund holds against what it can."""


@dataclass(frozen=True, slots=True)
class Contest:
    """What is asked about many records at once."""

    most: Mapping[int, int]
    """By row of the asking side, how many of the best are wanted, and how many new ones behind them."""
    new: NDArray[np.bool_]
    """Which rows of the shown side are new."""
    viewer: Viewer
    question: Question = PLAIN
    rival: Ranker | None = None
    """Another ranker to compare with."""
    floor: float = 0.0
    """Least probability, in shares of the best eligible one's; a tier needs none."""


@dataclass(frozen=True, slots=True)
class Contenders:
    """The eligible pairs of one question in their order; the asking row is the same in all of them."""

    asker: int
    shown: tuple[int, ...]
    tiers: tuple[int, ...]
    probabilities: tuple[float, ...]
    rivals: tuple[float, ...] | None
    """What the other ranker gives, in the probabilities of the first: who it puts first has the highest."""
    excluded: Mapping[str, int]
    """How many were kept out, by rule."""


def screened(matcher: Matcher, contest: Contest) -> Iterator[Contenders]:
    """The left records for right ones, block by block."""
    known, wishes, columns = matcher.known, matcher.wishes(contest.question), sorted(contest.most)
    asked: list[Asking] = []
    for start in range(0, len(columns), RIGHTS):
        block = np.asarray(columns[start : start + RIGHTS], np.int64)
        seen = views(known, block)
        for at, column in enumerate(block.tolist()):
            screening = matcher.screening(column, contest.viewer, wishes)
            if not _full(matcher, column, contest.viewer):
                told = tuple(view[:, at] for view in seen)
                pools = screening.pools(FEW, told)
                rows = np.union1d(_wide(screening, pools), _new(screening, told, contest.new))
                asked.append(Asking(screening, pools, rows))
    for block_of in blocks([one for one in asked if len(one.rows)]):
        yield from _screened(matcher, block_of, contest)


def matched(matcher: Matcher, contest: Contest) -> Iterator[Contenders]:
    """The right records for left ones, block by block."""
    known, wishes = matcher.known, matcher.wishes(contest.question)
    for block, scored in _scored(matcher, sorted(contest.most)):
        side = known.left.take(block)
        for row, asker in enumerate(side.records):
            watched = wishes.watched_rows(asker, known.right.records)
            ranking = scored.ranking[row].copy()
            ranking[watched] = scored.score[row, watched]

            def refusing(column: int, row: int = row, side: Side[Left] = side) -> frozenset[str]:
                return matcher.judge.refusing(recommended(known, side, row, column, contest.viewer, wishes))

            order = best_first(ranking, scored.score[row], known.right.by_id)
            tiers = [matcher.judge.tier(asker, right).level for right in known.right.records]
            chances = matcher.scorer.trained[Direction.RECOMMEND].calibration.probability(scored.score[row])
            most, asking = contest.most[int(block[row])], int(block[row])
            shown, excluded = _kept(order, refusing, most, contest, contest.new, chances, tiers)
            rival = _rival(contest.rival, scored, Direction.RECOMMEND, (row, shown))
            yield _contenders(asking, shown, [tiers[column] for column in shown], chances[shown], rival, excluded)


def explained(
    matcher: Matcher, pairs: Iterable[tuple[int, int]], viewer: Viewer, question: Question = PLAIN
) -> Iterator[tuple[tuple[int, int], Match]]:
    """Everything there is to say of some pairs (left row, right row), as `why` says it."""
    known, wishes = matcher.known, matcher.wishes(question)
    wanted: dict[int, list[int]] = {}
    for row, column in sorted(set(pairs)):
        wanted.setdefault(row, []).append(column)
    for block, scored in _scored(matcher, sorted(wanted)):
        side = known.left.take(block)
        keys = [(at, column) for at, row in enumerate(block.tolist()) for column in wanted[row]]
        asked = [recommended(known, side, at, column, viewer, wishes) for at, column in keys]
        for (at, column), match in zip(keys, matcher.explained(asked, scored), strict=True):
            yield (int(block[at]), column), match


def places(matcher: Matcher, column: int, viewer: Viewer) -> int | None:
    """What a carrier or fund can still take, where it tells."""
    counted = [left for verdict in _of_anybody(matcher, column, viewer) if (left := _left(verdict)) is not None]
    return min(counted, default=None)


def _screened(matcher: Matcher, asked: Sequence[Asking], contest: Contest) -> Iterator[Contenders]:
    ranker, by_id = matcher.scorer.trained[Direction.SCREEN].ranker, matcher.known.left.by_id
    gathered = pair_evidence(matcher, asked, ranker, *([contest.rival] if contest.rival else []))
    ends = np.cumsum([0, *(len(one.rows) for one in asked)])
    for one, start, end in zip(asked, ends[:-1], ends[1:], strict=True):
        rows, screening = one.rows, one.screening
        part = {name: values[start:end, None] for name, values in gathered.items()}
        watched = np.flatnonzero(np.isin(rows, screening.watched)).tolist()
        scored = score_pairs(part, ranker, Direction.SCREEN).watching(watched, Direction.SCREEN)
        score, tiers = scored.score[:, 0], screening.tiers(rows)

        def refusing(at: int, rows: Rows = rows, screening: Screening = screening) -> frozenset[str]:
            return screening.refusing(int(rows[at]))

        order = best_first(scored.ranking[:, 0], score, by_id[rows], tiers)
        chances = matcher.scorer.trained[Direction.SCREEN].calibration.probability(score)
        most = contest.most[screening.column]
        spots, excluded = _kept(order, refusing, most, contest, contest.new[rows], chances, tiers)
        rival = _rival(contest.rival, scored, Direction.SCREEN, (spots, 0))
        shown, stages = rows[spots].tolist(), [tiers[at] for at in spots]
        yield _contenders(screening.column, shown, stages, chances[spots], rival, excluded)


def _contenders(
    asker: int,
    shown: Sequence[int],
    tiers: Sequence[int],
    chances: NDArray[Any],
    rival: Matrix | None,
    excluded: Counter[str],
) -> Contenders:
    rivals = None if rival is None else _as_ranked(chances, rival)
    return Contenders(asker, tuple(shown), tuple(tiers), tuple(map(float, chances)), rivals, dict(excluded))


def _scored(matcher: Matcher, rows: Sequence[int]) -> Iterator[tuple[Rows, Scored]]:
    """Left rows in blocks, each with the scores of all right records."""
    ranker = matcher.scorer.trained[Direction.RECOMMEND].ranker
    for start in range(0, len(rows), LEFTS):
        block = np.asarray(rows[start : start + LEFTS], np.int64)
        gathered = evidence.gather(
            matcher.known, matcher.known.left.take(block), ALL, matcher.scorer.votes.of(block, ALL)
        )
        yield block, score_pairs(gathered, ranker, Direction.RECOMMEND)


def _wide(screening: Screening, pools: Iterator[Rows]) -> Rows:
    """The first pool; a wider one where it holds some eligible left records, but few."""
    rows = next(pools)
    if screening.exhausted(rows):
        return rows
    eligible = 0
    for asked, row in enumerate(rows.tolist(), 1):
        eligible += not screening.refusing(row)
        if eligible >= FEW or (asked >= IN_VAIN and not eligible):
            return rows
    return next(pools) if eligible else rows


def _new(screening: Screening, seen: Sequence[Matrix], new: NDArray[np.bool_]) -> Rows:
    """The new rows nearest in each way."""
    fresh = screening.fresh[new[screening.fresh]]
    if len(fresh) <= NEW_POOL:
        return fresh
    return np.unique(np.concatenate([fresh[np.argpartition(-view[fresh], NEW_POOL)[:NEW_POOL]] for view in seen]))


def _kept(
    order: Sequence[int],
    refusing: Callable[[int], frozenset[str]],
    most: int,
    contest: Contest,
    new: NDArray[np.bool_],
    chances: NDArray[Any],
    tiers: Sequence[int],
) -> tuple[list[int], Counter[str]]:
    """The first eligible places, as many new ones behind them, and what kept out the others that were looked at."""
    kept: list[int] = []
    excluded: Counter[str] = Counter()
    best = 0.0
    for place in order:
        if len(kept) >= 2 * most:
            break
        if len(kept) >= most and not new[place]:
            continue
        if chances[place] < contest.floor * best and not tiers[place]:
            excluded[POOR] += 1
            continue
        why = refusing(place)
        excluded.update(sorted(why))
        if not why:
            kept.append(place)
            best = max(best, float(chances[place]))
    return kept, excluded


def _rival(ranker: Ranker | None, scored: Scored, direction: Direction, at: Any) -> Matrix | None:
    if ranker is None:
        return None
    scores: Matrix = ranker.score(ranker.standardised(scored.evidence, direction.axis))[at]
    return scores


def _as_ranked(chances: NDArray[Any], scores: Matrix) -> tuple[float, ...]:
    """The same chances in the order of other scores: two rankers differ in their order only."""
    told = np.empty(len(chances))
    told[np.argsort(-scores, kind="stable")] = np.sort(chances)[::-1]
    return tuple(map(float, told))


def _full(matcher: Matcher, column: int, viewer: Viewer) -> bool:
    """Whether a carrier or fund can take nobody, whoever it is, so that nobody need be asked about."""
    return any(verdict.rule in PLACES and verdict.rejects for verdict in _of_anybody(matcher, column, viewer))


def _of_anybody(matcher: Matcher, column: int, viewer: Viewer) -> Sequence[Verdict]:
    """What the rules say of a right record; those that count its places say the same of any left one."""
    known = matcher.known
    if not len(known.left):
        return ()
    return matcher.judge.verdicts(recommended(known, known.left, 0, column, viewer, matcher.wishes(PLAIN)))


def _left(verdict: Verdict) -> int | None:
    held, most = verdict.value, verdict.threshold
    told = verdict.rule in PLACES and isinstance(held, float | int) and isinstance(most, float | int)
    return int(most - held) if told else None  # type: ignore[operator]
