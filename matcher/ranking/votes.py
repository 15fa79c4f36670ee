"""What past left records vote for: those most like a left record speak for who took them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
        counted = neighbours(known, side, asked=Asking.of(known, side, known.left_adapted[filled]))
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
    def of(cls, known: Knowledge, queries: Side[Left], adapted: Matrix | None = None) -> Asking:
        """Of some queries; `adapted` is theirs, where it is known."""
        adapted = known.adapted(queries.vectors) if adapted is None else adapted
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
        votes = (
            _dense_votes(known, meant),
            _recent_votes(known, meant, SHARPNESS),
            _lexical_votes(lexical),
            _recent_votes(known, cosines, LEXICAL_SHARPNESS),
        )
        for name, share in zip(VOTES, _shares(votes, taken), strict=True):
            found[name][rows] = share
    return found


def _shares(votes: Sequence[Matrix], taken: Sparse) -> Sequence[Matrix]:
    """The votes by who took the left records, (q, right) each; those of one question all at once."""
    return (
        np.split(np.concatenate(votes) @ taken, len(votes)) if len(votes[0]) == 1 else [each @ taken for each in votes]
    )


def _recent_votes(known: Knowledge, cosines: Matrix, sharpness: float) -> Matrix:
    """Votes of the many nearest past left records, the recent ones more; rows sum to one."""
    if cosines.shape[1] == 0:
        return cosines
    keep = min(MANY, cosines.shape[1])
    threshold = np.partition(cosines, -keep, axis=1)[:, -keep][:, None]
    best = np.maximum(cosines.max(axis=1, keepdims=True), -1)
    votes = np.where(cosines >= threshold, np.exp((cosines - best) / sharpness), 0) * known.past_weight
    return np.asarray(votes / np.maximum(votes.sum(axis=1, keepdims=True), 1e-9), np.float32)


def _dense_votes(known: Knowledge, cosines: Matrix) -> Matrix:
    """Votes of the nearest past left records by their cosines, minus infinity for the own one; rows sum to one.

    Of equal ones at the edge the first by id.
    """
    votes = np.zeros_like(cosines)
    if cosines.shape[1] == 0:
        return votes
    keep = min(NEIGHBOURS, cosines.shape[1])
    threshold = np.partition(cosines, -keep, axis=1)[:, -keep][:, None]
    chosen = (cosines >= threshold) & np.isfinite(cosines)
    by_id = known.left.by_id[known.past_rows]
    for row in np.flatnonzero(chosen.sum(axis=1) > keep):
        edge = np.flatnonzero(cosines[row] == threshold[row])
        room = keep - int((cosines[row] > threshold[row]).sum())
        chosen[row, edge[np.argsort(by_id[edge])][room:]] = False
    rows, places = np.nonzero(chosen)
    weights = np.exp((cosines[rows, places].astype(np.float64) - cosines.max(axis=1)[rows]) / SHARPNESS)
    votes[rows, places] = weights / np.bincount(rows, weights, minlength=len(cosines))[rows]
    return votes


def own_places(known: Knowledge, ids: Sequence[str]) -> tuple[list[int], list[int]]:
    """Where queries that have a past of their own stand among the past records: nobody is their own neighbour."""
    own = [(row, known.past_place[name]) for row, name in enumerate(ids) if name in known.past_place]
    return [row for row, _ in own], [place for _, place in own]


def _lexical_votes(scores: Matrix) -> Matrix:
    """Squared BM25 relative to the best, of the nearest past left records; rows sum to one."""
    if scores.shape[1] == 0:
        return scores
    keep = min(NEIGHBOURS, scores.shape[1])
    threshold = np.partition(scores, -keep, axis=1)[:, -keep][:, None]
    best = scores.max(axis=1, keepdims=True)
    weights = np.where(scores >= threshold, (scores / np.where(best > 0, best, 1)) ** 2, 0)
    return np.asarray(weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9), np.float32)
