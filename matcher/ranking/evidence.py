"""The evidence for a pair. Nothing else may enter a score.

Each function takes what was known (`Knowledge`) and the left records asked about (`Side`, q rows) and gives named
values (q, right), NaN where nothing is known. A higher value always speaks for the pair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.domain.records import Left
from matcher.index import terms
from matcher.ranking.categories import categories
from matcher.ranking.corpus import ALL, Columns, Matrix, Side
from matcher.ranking.habits import ages, habits
from matcher.ranking.knowledge import Knowledge
from matcher.ranking.refusals import detail, refusals
from matcher.ranking.takings import Takings
from matcher.ranking.votes import Asking, neighbours, own_places

CHUNK = 64

Numbers = NDArray[np.float64]


def gather(
    known: Knowledge, queries: Side[Left], columns: Columns = ALL, votes: Mapping[str, Matrix] | None = None
) -> dict[str, Matrix]:
    """All evidence of each query with the right records asked about, by the names of `KINDS`, float32.

    `votes` is what the neighbours say, where it was counted before.
    """
    asked = Asking.of(known, queries)
    told = {
        **profile(known, queries, columns, asked),
        **(votes or neighbours(known, queries, columns, asked)),
        **categories(known, queries, columns),
    }
    for part in (activity, habits, refusals, fit, record):
        told |= part(known, queries, columns)
    return {name: np.asarray(values, np.float32) for name, values in told.items()}


def profile(known: Knowledge, queries: Side[Left], columns: Columns, asked: Asking) -> dict[str, Matrix]:
    """Similarity with what the right record says of itself and with what it took."""
    adapted = asked.adapted
    own = known.centred(queries.vectors) @ known.right_meaning[columns].T
    own[:, known.own_text[columns] == 0] = np.nan
    mean = adapted @ known.centroids[columns].T
    mean[:, known.counts[columns] == 0] = np.nan
    return {
        "focus_dense": own,
        "past_dense_mean": mean,
        "past_dense_top": _top_of_past(known, queries.ids, asked, columns),
        "bm25_profile": known.profile_weights["bigrams"].scores(terms.present(queries.bigrams), columns),
        "bm25_words": known.profile_weights["words"].scores(terms.present(queries.words), columns),
        "tfidf_profile": known.tfidf_profile.scores(asked.weighed, columns),
    }


def activity(known: Knowledge, queries: Side[Left], columns: Columns = ALL) -> dict[str, Matrix]:
    """How much the right record took: at all, lately, just now."""
    return {name: np.tile(told[columns], (len(queries), 1)) for name, told in known.activity.items()}


def fit(known: Knowledge, queries: Side[Left], columns: Columns = ALL) -> dict[str, Matrix]:
    """How well the left record's figures fit what the right record states, 0 to 1, and what it has room for."""
    right, shape = known.right, (len(queries), len(known.open_talks[columns]))
    sought, trl = queries.numbers("funding_sought"), queries.numbers("trl")
    values = {name: np.full(shape, np.nan, np.float32) for name in ("ticket_fit", "trl_fit")}
    if np.isfinite(sought).any():
        low, high = (_log(right.numbers(name)[columns]) for name in ("ticket_min", "ticket_max"))
        same = queries.currencies[:, None] == right.currencies[columns]
        values["ticket_fit"] = np.where(same, _inside(_log(sought), low, high), np.nan).astype(np.float32)
    if np.isfinite(trl).any():
        values["trl_fit"] = _inside(trl, *(right.numbers(name)[columns] for name in ("trl_min", "trl_max")))
    return {
        **values,
        "free_places": np.tile(known.free_places[columns], (len(queries), 1)),
        "open_talks": np.tile(-np.log1p(known.open_talks[columns]), (len(queries), 1)),
    }


def record(known: Knowledge, queries: Side[Left], columns: Columns = ALL) -> dict[str, Matrix]:
    """What makes a left record welcome to anybody; it orders nothing unless left records are compared."""
    width = len(known.right.ids[columns]) if isinstance(columns, slice) else len(columns)
    values = {
        "freshness": -ages(queries, np.full(len(queries), known.as_of)),
        "detail": detail(queries),
    }
    return {name: np.repeat(value[:, None].astype(np.float32), width, axis=1) for name, value in values.items()}


def _top_of_past(known: Knowledge, ids: Sequence[str], asked: Asking, columns: Columns) -> Matrix:
    """Mean cosine with the three most similar past left records of each right record; NaN without a past."""
    table = known.taken_by(columns)
    top = np.full((len(ids), table.shape[1]), np.nan, np.float32)
    if not table.nnz:
        return top
    whole = isinstance(columns, slice)
    # One right record took a few of the past ones: only these are multiplied with.
    used = ALL if whole else np.flatnonzero(np.diff(table.indptr))
    taken = known.takings if whole else Takings(table[used])
    place = np.full(len(known.past_rows), -1)
    place[used] = np.arange(len(place[used]))
    past = known.past_adapted[used].T
    for start in range(0, len(ids), CHUNK):
        rows = slice(start, start + CHUNK)
        found = asked.adapted[rows] @ past if asked.meant is None else asked.meant[:, used]
        own, theirs = (np.array(each, np.int64) for each in own_places(known, ids[rows]))
        taking = place[theirs] >= 0
        if taking.any():
            found = found.copy()
            found[own[taking], place[theirs[taking]]] = -np.inf
        top[rows] = taken.mean_of_best(found)
    return top


def _log(values: Numbers) -> Numbers:
    return np.asarray(np.log(np.maximum(values, 1)), np.float64)


def _inside(values: Numbers, low: Numbers, high: Numbers) -> Matrix:
    """1 inside the window, halved for each unit outside (a TRL level, a factor e of money); NaN if not stated."""
    below = np.nan_to_num(low - values[:, None], nan=0.0)
    above = np.nan_to_num(values[:, None] - high, nan=0.0)
    inside = np.exp2(-np.maximum(np.maximum(below, above), 0))
    inside[:, np.isnan(low) & np.isnan(high)] = np.nan
    inside[np.isnan(values)] = np.nan
    return np.asarray(inside, np.float32)
