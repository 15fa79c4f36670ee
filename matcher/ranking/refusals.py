"""What a right record refused, and why. A reason moves only its own dimension: too early tells of readiness, not topic.

All values are 0 or below: 0 where nothing of the kind was refused, the lower the more of it was, and the nearer.
A reason without a class, and doubts about the prospects, move nothing: no piece of evidence stands for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.domain.records import Left, Refusal
from matcher.ranking.corpus import AnyRecord, Columns, Matrix, Rows, Side
from matcher.ranking.habits import amounts

if TYPE_CHECKING:
    from matcher.ranking.knowledge import Knowledge

FADING = 720.0
FULL = 180.0
"""Half-lives in days of a refusal, and of one for want of capacity."""
CHUNK = 64

EVIDENCE: Mapping[Refusal, str] = {
    Refusal.TOPIC: "refused_topic",
    Refusal.TOO_EARLY: "refused_readiness",
    Refusal.PRICE: "refused_amount",
    Refusal.INCOMPLETE: "refused_detail",
    Refusal.CAPACITY: "refused_capacity",
}
"""The piece of evidence that each class of refusal moves, the only one."""

Numbers = NDArray[np.float64]


def refusals(known: Knowledge, queries: Side[Left], columns: Columns) -> dict[str, Matrix]:
    """The evidence of refusals, (q, right) each."""
    width = len(known.right.ids[columns]) if isinstance(columns, slice) else len(columns)
    found = {}
    for refusal, name in EVIDENCE.items():
        lefts, rights, weights = _refused(known, refusal, columns)
        found[name] = np.zeros((len(queries), width), np.float32)
        if len(lefts):
            found[name] -= _against(refusal, known, queries, lefts, _by_right(rights, weights, width))
    return found


def detail(side: Side[AnyRecord]) -> Numbers:
    """ln(1 + pairs of characters) of each record's text, (n,)."""
    return np.asarray(np.log1p(side.lengths), np.float64)


def _refused(known: Knowledge, refusal: Refusal, columns: Columns) -> tuple[Rows, Rows, Numbers]:
    """Left rows refused for the reason, the positions among `columns` of those who refused, and faded weights."""
    past, chosen = known.past, known.refused[refusal]
    place = np.full(len(known.right), -1)
    place[columns] = np.arange(len(place[columns]))
    chosen = chosen[place[past.right[chosen]] >= 0]
    half_life = FULL if refusal is Refusal.CAPACITY else FADING
    return past.left[chosen], place[past.right[chosen]], np.exp2((past.day[chosen] - known.as_of) / half_life)


def _by_right(rights: Rows, weights: Numbers, width: int) -> sparse.csc_array:
    """The weight of each refusal in the column of who refused, (refusals, right)."""
    return sparse.csc_array((weights, (np.arange(len(rights)), rights)), shape=(len(rights), width))


def _against(
    refusal: Refusal, known: Knowledge, queries: Side[Left], lefts: Rows, by_right: sparse.csc_array
) -> Matrix:
    """How much the refusals of one class speak against each pair, (q, right); NaN where the query states nothing."""
    if refusal is Refusal.TOPIC:
        rows, vectors = known.refused_topics
        return _nearest(known.adapted(queries.vectors), vectors[np.searchsorted(rows, lefts)], by_right)
    applies = _applies(refusal, known, queries, lefts)
    counted = np.log1p(np.nan_to_num(applies) @ by_right)
    counted[np.isnan(applies).all(axis=1)] = np.nan
    return np.asarray(counted, np.float32)


def _applies(refusal: Refusal, known: Knowledge, queries: Side[Left], lefts: Rows) -> Numbers:
    """1 where what was refused holds for the query as well, (q, refusals); NaN where one of the two is not stated."""
    if refusal is Refusal.CAPACITY:
        return np.ones((len(queries), len(lefts)))
    if refusal is Refusal.TOO_EARLY:
        asked, theirs = queries.numbers("trl"), known.left.numbers("trl")[lefts]
    elif refusal is Refusal.PRICE:  # what is dearer is refused all the more, hence the signs
        asked, theirs = -_price(known, queries), -_price(known, known.left)[lefts]
    else:
        asked, theirs = detail(queries), detail(known.left)[lefts]
    stated = np.isfinite(asked)[:, None] & np.isfinite(theirs)[None, :]
    return np.where(stated, asked[:, None] <= theirs[None, :], np.nan)


def _price(known: Knowledge, side: Side[Left]) -> Numbers:
    """ln of what each record costs: the funding a project seeks, the price asked for a result."""
    sought, asked = amounts(side, known.left.currency), amounts(side, known.left.currency, "asking_price")
    return np.where(np.isfinite(sought), sought, asked)


def _nearest(asked: Matrix, refused: Matrix, by_right: sparse.csc_array) -> Matrix:
    """The largest faded cosine with what each right record refused, 0 or above, (q, right)."""
    sizes, rows = np.diff(by_right.indptr), by_right.indices
    near = np.zeros((len(asked), len(sizes)), np.float32)
    starts = by_right.indptr[:-1][sizes > 0]
    for start in range(0, len(asked), CHUNK):
        cosines = np.maximum(asked[start : start + CHUNK] @ refused.T, 0)[:, rows] * by_right.data
        near[start : start + CHUNK, sizes > 0] = np.maximum.reduceat(cosines, starts, axis=1)
    return near
