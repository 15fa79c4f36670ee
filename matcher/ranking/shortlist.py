"""The best pairs of one question without their explanations, for whoever chooses among the answers of many questions.

The order, the rules and the numbers are those of `match` and `screen`; the pairs that are chosen in the end are
explained from the same evidence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.domain.controls import PLAIN, Question
from matcher.domain.matches import Match, Verdict
from matcher.domain.records import Left, Record
from matcher.domain.visibility import Viewer
from matcher.ranking.asked import Asked
from matcher.ranking.corpus import Side
from matcher.ranking.matcher import POOL, Matcher, Scored
from matcher.ranking.questions import refusing
from matcher.ranking.ranker import Direction, Ranker

PLACES = frozenset({"capacity", "new_this_period"})
"""Rules that count what a carrier or fund holds against what it can."""


@dataclass(frozen=True)
class Shortlist:
    """The best eligible pairs of a question, in their order."""

    pairs: tuple[Asked, ...]
    scored: Scored
    tiers: tuple[int, ...]
    probabilities: tuple[float, ...]
    rivals: tuple[float, ...] | None
    """What the other ranker gives, in the probabilities of the first: who it puts first has the highest."""
    places: Mapping[str, int]
    """What right records can still take, by id, where they tell it."""
    excluded: Mapping[str, int]
    """How many were kept out, by rule."""


def screening(
    matcher: Matcher,
    right_id: str,
    most: int,
    viewer: Viewer,
    question: Question = PLAIN,
    *,
    favoured: Callable[[Record], bool],
    rival: Ranker | None = None,
) -> Shortlist | None:
    """The best left records for a right one: `most` in all, and as many favoured ones further down."""
    asked, scored, _ = matcher.screening(matcher.known.right.rows[right_id], max(POOL, most), viewer, question)
    return _shortlist(matcher, asked, scored, most, favoured, rival) if scored is not None else None


def matching(
    matcher: Matcher,
    query: Side[Left],
    most: int,
    viewer: Viewer,
    question: Question = PLAIN,
    *,
    favoured: Callable[[Record], bool],
    rival: Ranker | None = None,
) -> Shortlist:
    """The best right records for a left one (a side of one row)."""
    asked, scored = matcher.contest(query, viewer, question)
    return _shortlist(matcher, asked, scored, most, favoured, rival)


def explained(matcher: Matcher, shortlist: Shortlist, at: Sequence[int]) -> list[Match]:
    """The pairs at some places of the shortlist, with all there is to say of them."""
    return matcher.explained([shortlist.pairs[place] for place in at], shortlist.scored)


def _shortlist(
    matcher: Matcher,
    asked: Sequence[Asked],
    scored: Scored,
    most: int,
    favoured: Callable[[Record], bool],
    rival: Ranker | None,
) -> Shortlist:
    kept: list[Asked] = []
    excluded: Counter[str] = Counter()
    places: dict[str, int] = {}
    more = most
    for pair in asked:
        if len(kept) >= most and not favoured(pair.shown):
            continue
        verdicts = matcher.judge.verdicts(pair)
        excluded.update(rejecting := sorted(refusing(verdicts)))
        if rejecting:
            continue
        kept.append(pair)
        places |= _places(pair, verdicts)
        more -= len(kept) > most
        if not more:
            break
    return _trimmed(matcher, kept, scored, places, excluded, rival)


def _trimmed(
    matcher: Matcher,
    kept: Sequence[Asked],
    scored: Scored,
    places: Mapping[str, int],
    excluded: Counter[str],
    rival: Ranker | None,
) -> Shortlist:
    if not kept:
        return Shortlist((), scored.among([], []), (), (), None, places, dict(excluded))
    direction, rows, columns = kept[0].direction, [pair.row for pair in kept], [pair.column for pair in kept]
    scores = scored.score[rows, columns]
    chances = matcher.scorer.trained[direction].calibration.probability(scores)
    rivals = _as_ranked(chances, _scores(rival, scored, direction)[rows, columns]) if rival else None
    if direction is Direction.SCREEN:
        own, trimmed = kept[0].query.take(rows), scored.among(rows, [0])
        spots = [(at, 0) for at in range(len(kept))]
    else:
        own, trimmed = kept[0].query, scored.among([0], columns)
        spots = [(0, at) for at in range(len(kept))]
    pairs = tuple(
        Asked(own, row, pair.right, column, direction, pair.viewer, pair.wishes)
        for pair, (row, column) in zip(kept, spots, strict=True)
    )
    tiers = tuple(matcher.judge.tier(pair.left, pair.right).level for pair in pairs)
    return Shortlist(pairs, trimmed, tiers, tuple(map(float, chances)), rivals, places, dict(excluded))


def _scores(ranker: Ranker, scored: Scored, direction: Direction) -> NDArray[np.float32]:
    return ranker.score(ranker.standardised(scored.evidence, direction.axis))


def _as_ranked(chances: NDArray[np.floating], scores: NDArray[np.float32]) -> tuple[float, ...]:
    """The same chances in the order of other scores: two rankers differ in their order only."""
    told = np.empty(len(chances))
    told[np.argsort(-scores, kind="stable")] = np.sort(chances)[::-1]
    return tuple(map(float, told))


def _places(pair: Asked, verdicts: Sequence[Verdict]) -> dict[str, int]:
    counted = [
        int(verdict.threshold - verdict.value)
        for verdict in verdicts
        if verdict.rule in PLACES
        and isinstance(verdict.value, float | int)
        and isinstance(verdict.threshold, float | int)
    ]
    return {pair.right.id: min(counted)} if counted else {}
