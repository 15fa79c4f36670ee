"""The evidence that follows from categories alone: regions, industries, stages and fields that are stated, and the
places that texts name.

Many records state the same region, industry or field, and a question in words states none: what was worked out of one
for all right records is kept and used again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np

from matcher.domain.records import Left
from matcher.ranking.corpus import FACETS, PLACE, Columns, Matrix, Side, Sparse
from matcher.ranking.facets import stated_categories
from matcher.ranking.knowledge import Knowledge
from matcher.ranking.trees import Stated, coverage, tree_similarity


def categories(known: Knowledge, queries: Side[Left], columns: Columns) -> Mapping[str, Matrix]:
    """How well categories fit, what was taken of each, and what each right record leans to, (q, right) each."""
    if len(queries) != 1 or not isinstance(columns, slice):
        return {name: part for facet in FACETS for name, part in _worked_out(known, queries, facet, columns).items()}
    found: dict[str, Matrix] = {}
    named = tuple(queries.places.indices.tolist())
    for facet, stated in zip(FACETS, (*stated_categories(queries.records[0]), named), strict=True):
        work_out = partial(_worked_out, known, queries, facet, columns)
        found |= known.by_categories.of((facet, stated), work_out)
    return found


def _worked_out(known: Knowledge, queries: Side[Left], facet: str, columns: Columns) -> dict[str, Matrix]:
    asked = queries.facets[facet]
    values = {
        f"{facet}_activity": _unknown_without(asked, known.facet_activity[facet].scores(asked, columns)),
        f"{facet}_share": _unknown_without(asked, known.habits[facet].shares(asked, columns)),
    }
    return values | {f"{facet}_fit": FITS[facet](known, queries, columns)}


def _share(facet: str, known: Knowledge, queries: Side[Left], columns: Columns) -> Matrix:
    """Which share of the left record's levels the right one has too."""
    shared = _shared(known, queries, facet, columns)
    return np.asarray(shared / np.maximum(_sizes(queries.facets[facet])[:, None], 1), np.float32)


def _stage_fit(known: Knowledge, queries: Side[Left], columns: Columns) -> Matrix:
    return _shared(known, queries, "stage", columns)


def _industry_fit(known: Knowledge, queries: Side[Left], columns: Columns) -> Matrix:
    return coverage(queries.trees["industry"], _offered(known, columns))


def _field_fit(known: Knowledge, queries: Side[Left], columns: Columns) -> Matrix:
    return tree_similarity(queries.trees["field"], _offered(known, columns))


FITS: Mapping[str, Callable[[Knowledge, Side[Left], Columns], Matrix]] = {
    "region": partial(_share, "region"),
    PLACE: partial(_share, PLACE),
    "industry": _industry_fit,
    "stage": _stage_fit,
    "field": _field_fit,
}


def _offered(known: Knowledge, columns: Columns) -> Stated:
    industries = known.right.trees["industry"]
    return industries if isinstance(columns, slice) else industries[columns]


def _sizes(facets: Sparse) -> Matrix:
    return np.asarray(np.diff(facets.indptr), np.float32)


def _shared(known: Knowledge, queries: Side[Left], facet: str, columns: Columns) -> Matrix:
    """Number of shared categories; NaN where one side states none."""
    shared = known.stated_facets[facet].scores(queries.facets[facet], columns)
    shared[:, _sizes(known.right.facets[facet])[columns] == 0] = np.nan
    return _unknown_without(queries.facets[facet], shared)


def _unknown_without(facets: Sparse, values: Matrix) -> Matrix:
    values[np.diff(facets.indptr) == 0] = np.nan
    return values
