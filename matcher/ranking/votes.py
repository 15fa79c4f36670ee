"""What past left records vote for: those most like a left record speak for who took them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.domain.records import Left
from matcher.index import terms
from matcher.ranking.centring import products
from matcher.ranking.corpus import ALL, Columns, Matrix, Rows, Side, Sparse
from matcher.ranking.knowledge import Knowledge

NEIGHBOURS, MANY = 60, 200
"""Past left records asked for their takers: few, and many of which the recent ones count more."""
SHARPNESS, LEXICAL_SHARPNESS = 0.1, 0.05
"""Temperatures of the neighbours' votes, in cosines around the mean and of TF-IDF rows."""
NOBODY = 1e-9
"""Weight below which all votes of a row together are none."""
WIDE, SAMPLED, SPARE = 2**15, 16, 8
"""Scores in a row from which one in so many is looked at first to see how high the best reach, and how many more of
those than should be enough."""
CHUNK = 256
VOTES = ("dense_knn", "dense_knn_recent", "bm25_knn", "tfidf_knn_recent")
BLOCK, MOST_KEPT = 64, 2**23
"""Left records whose votes are counted at once, and the shares kept (8 bytes each)."""
FILLED = 0.9
"""Share of the room that is filled ahead: what is asked for must not push out what was just counted."""


class Votes:
    """The votes for each left record of what is known: no question changes them, so they are counted once and kept.

    What is answered must not depend on what was asked before, but the last digit of a product depends on its shape and
    on the place of a row in it. So blocks have one size, and their products are taken to double precision.
    """

    def __init__(self, known: Knowledge) -> None:
        self._known = known
        self._kept: dict[int, tuple[NDArray[np.int32], Matrix]] = {}
        """By left row the places among (vote, right) that have a share, and the shares."""
        self._size = 0
        self._changing = Lock()

    def of(self, rows: Sequence[int] | Rows, columns: Columns) -> dict[str, Matrix]:
        """Shares of the votes for some left rows that went to the right records asked about, (rows, right) each."""
        found = {row: held for row in map(int, rows) if (held := self._kept.get(row))}
        missing = [row for row in map(int, rows) if row not in found]
        for start in range(0, len(missing), BLOCK):
            found |= self._counted(missing[start : start + BLOCK])
        places, shares = zip(*(found[int(row)] for row in rows), strict=True)
        ends = np.cumsum([0, *map(len, places)])
        width = len(self._known.right)
        table: Sparse = sparse.csr_array(
            (np.concatenate(shares), np.concatenate(places), ends), shape=(len(rows), len(VOTES) * width)
        )
        asked = np.arange(width)[columns]
        return {name: table[:, number * width + asked].toarray() for number, name in enumerate(VOTES)}

    def ahead(self, stopped: Callable[[], bool]) -> None:
        """Count for all left records, block after block, until it is stopped or no more could be kept."""
        for start in range(0, len(self._known.left), BLOCK):
            rows = [row for row in range(start, min(start + BLOCK, len(self._known.left))) if row not in self._kept]
            if stopped() or self._size > MOST_KEPT * FILLED:
                return
            if rows:
                self._counted(rows)

    def _counted(self, rows: list[int]) -> dict[int, tuple[NDArray[np.int32], Matrix]]:
        """The votes for at most a block of rows; the last of them fills what is left of the block."""
        filled = rows + rows[-1:] * (BLOCK - len(rows))
        known = self._known
        side = known.left.take(filled)
        counted = neighbours(known, side, asked=Asking.of(known, side))
        shares = sparse.csr_array(np.hstack([counted[name] for name in VOTES])[: len(rows)])
        places = shares.indices.astype(np.int32)
        parts = [slice(start, end) for start, end in zip(shares.indptr[:-1], shares.indptr[1:], strict=True)]
        found = {row: (places[part], shares.data[part]) for row, part in zip(rows, parts, strict=True)}
        with self._changing:
            self._size += sum(len(places) for row, (places, _) in found.items() if row not in self._kept)
            self._kept |= found
            while self._size > MOST_KEPT:
                self._size -= len(self._kept.pop(next(iter(self._kept)))[0])
        return found


@dataclass(frozen=True)
class Asking:
    """What several pieces of evidence need of the left records asked about."""

    adapted: Matrix
    """(q, d)"""
    weighed: Sparse
    """TF-IDF rows."""
    meant: Matrix | None
    """Cosines of a single one with every past left record, (1, past): a scan of them all, that is done once."""

    @classmethod
    def of(cls, known: Knowledge, queries: Side[Left]) -> Asking:
        """Of some queries."""
        adapted = known.adapted(queries.vectors)
        meant = adapted @ known.past_adapted.T if len(queries) == 1 else None
        return cls(adapted, terms.tfidf(queries.bigrams, known.inverse_frequency), meant)


def neighbours(
    known: Knowledge, queries: Side[Left], columns: Columns = ALL, asked: Asking | None = None
) -> dict[str, Matrix]:
    """Share of the votes of the most similar past left records that went to each right record, 0 to 1."""
    asked = asked or Asking.of(known, queries)
    taken = known.taken_by(columns)
    found = {name: np.empty((len(queries), taken.shape[1]), np.float32) for name in VOTES}
    for start in range(0, len(queries), CHUNK):
        rows = slice(start, start + CHUNK)
        own = own_places(known, queries.ids[rows])
        lexical = known.past_weights.scores(terms.present(queries.bigrams[rows]))
        lexical[own] = 0
        cosines = known.tfidf_past.scores(asked.weighed[rows])
        meant = products(asked.adapted[rows], known.past_adapted) if asked.meant is None else asked.meant.copy()
        cosines[own] = meant[own] = -np.inf
        for name, shares in zip(VOTES, _shares(_votes(known, meant, lexical, cosines), taken), strict=True):
            found[name][rows] = shares
    return found


@dataclass(frozen=True)
class Nearest:
    """The best of each row of some scores, one after the other."""

    shape: tuple[int, ...]
    rows: Rows
    places: Rows
    scores: NDArray[np.float64]
    heights: NDArray[np.float64]
    """The best score of each row, (q,)."""

    def where(self, chosen: NDArray[np.bool_]) -> Nearest:
        """Only some of them."""
        return replace(self, rows=self.rows[chosen], places=self.places[chosen], scores=self.scores[chosen])


Weights = NDArray[np.float64]


def nearest(scores: Matrix, number: int) -> Nearest:
    """The `number` best of each row, with all that equal the last of them."""
    if scores.shape[1] == 0:
        nobody = np.zeros(0, np.int64)
        return Nearest(scores.shape, nobody, nobody, np.zeros(0), np.zeros(len(scores)))
    # A tenth of the time of `nonzero`.
    rows, places = np.divmod(np.flatnonzero(scores >= _reached(scores, number)), scores.shape[1])
    return Nearest(scores.shape, rows, places, scores[rows, places].astype(np.float64), scores.max(axis=1))


def _reached(scores: Matrix, number: int) -> Matrix:
    """What the `number` best of each row reach, (q, 1)."""
    if scores.shape[1] > WIDE:
        return np.array([[_sampled(row, number)] for row in scores], np.float32)
    last = scores.shape[1] - min(number, scores.shape[1])
    return np.partition(scores, last, axis=1)[:, last, None]


def _sampled(scores: Matrix, number: int) -> np.float32:
    """The same of one row. A sample tells below what none of the best lies, so that few are sorted: NumPy takes ten
    times as long where many of 200,000 are equal."""
    drawn = scores[::SAMPLED]
    room = min(2 * number // SAMPLED + SPARE, len(drawn))
    likely = scores[scores >= np.partition(drawn, len(drawn) - room)[len(drawn) - room]]
    some = likely if len(likely) >= number else scores
    last = len(some) - min(number, len(some))
    return np.float32(np.partition(some, last)[last])


def first_by_id(near: Nearest, number: int, by_id: Rows) -> Nearest:
    """Only the `number` best of each row: of those that equal the last of them the first by id. `by_id` is the order of
    the ids."""
    counts = np.bincount(near.rows, minlength=near.shape[0])
    kept = np.ones(len(near.rows), np.bool_)
    for row in np.flatnonzero(counts > number):
        own = np.flatnonzero(near.rows == row)
        edge = own[near.scores[own] == near.scores[own].min()]
        spare = int(counts[row]) - number
        kept[edge[np.argsort(by_id[near.places[edge]])][len(edge) - spare :]] = False
    return near.where(kept)


def _votes(known: Knowledge, meant: Matrix, lexical: Matrix, cosines: Matrix) -> list[tuple[Nearest, Weights]]:
    """Who votes with which weight: the few nearest in meaning, many of them of which the recent ones count more, the
    few nearest in BM25 by its square, and many in TF-IDF, of which the recent ones count more."""
    many, words, weighed = nearest(meant, MANY), nearest(lexical, NEIGHBOURS), nearest(cosines, MANY)
    few = first_by_id(nearest(meant, NEIGHBOURS), NEIGHBOURS, known.past_order)
    few = few.where(np.isfinite(few.scores))  # nobody is their own neighbour
    return [
        (few, _sharpened(few, SHARPNESS)),
        (many, _sharpened(many, SHARPNESS) * known.past_weight[many.places]),
        (words, (words.scores / np.where(words.heights > 0, words.heights, 1)[words.rows]) ** 2),
        (weighed, _sharpened(weighed, LEXICAL_SHARPNESS) * known.past_weight[weighed.places]),
    ]


def _shares(votes: Sequence[tuple[Nearest, Weights]], taken: Sparse) -> list[Matrix]:
    """Whom each kind of votes goes to, (q, right) each, as shares of the row's; all in one product."""
    count, past = votes[0][0].shape
    rows = np.concatenate([near.rows + number * count for number, (near, _) in enumerate(votes)])
    weights = np.concatenate([weights for _, weights in votes])
    sums = np.maximum(np.bincount(rows, weights, minlength=len(votes) * count), NOBODY)
    ends = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=len(votes) * count))])
    places = np.concatenate([near.places for near, _ in votes])
    shares = sparse.csr_array(((weights / sums[rows]).astype(np.float32), places, ends), shape=(len(ends) - 1, past))
    return np.split((shares @ taken).toarray(), len(votes))


def _sharpened(near: Nearest, sharpness: float) -> Weights:
    return np.exp((near.scores - np.maximum(near.heights, -1)[near.rows]) / sharpness)


def own_places(known: Knowledge, ids: Sequence[str]) -> tuple[list[int], list[int]]:
    """Where queries that have a past of their own stand among the past records: nobody is their own neighbour."""
    own = [(row, known.past_place[name]) for row, name in enumerate(ids) if name in known.past_place]
    return [row for row, _ in own], [place for _, place in own]
