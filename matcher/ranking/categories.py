"""The evidence that follows from stated categories alone: places, industries, stages, fields.

Many records state the same, and a question in words states nothing: what was worked out for all right records once is
kept and used again.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from matcher.domain.records import Left
from matcher.ranking.corpus import Columns, Matrix, Side, Sparse
from matcher.ranking.facets import stated_categories
from matcher.ranking.knowledge import Knowledge
from matcher.ranking.trees import coverage, tree_similarity


def categories(known: Knowledge, queries: Side[Left], columns: Columns) -> Mapping[str, Matrix]:
    """How well categories fit, what was taken of each, and what each right record leans to, (q, right) each."""
    if len(queries) == 1 and isinstance(columns, slice):
        stated = stated_categories(queries.records[0])
        return known.by_categories.of(stated, lambda: _worked_out(known, queries, columns))
    return _worked_out(known, queries, columns)


def _worked_out(known: Knowledge, queries: Side[Left], columns: Columns) -> dict[str, Matrix]:
    values: dict[str, Matrix] = {}
    for facet, taken in known.facet_activity.items():
        asked = queries.facets[facet]
        values[f"{facet}_activity"] = _unknown_without(asked, taken.scores(asked, columns))
        values[f"{facet}_share"] = _unknown_without(asked, known.habits[facet].shares(asked, columns))
    region, stage = (_shared(known, queries, facet, columns) for facet in ("region", "stage"))
    industries = known.right.trees["industry"]
    offered = industries if isinstance(columns, slice) else industries[columns]
    fits: dict[str, Matrix] = {
        "region_fit": np.asarray(region / np.maximum(_sizes(queries.facets["region"])[:, None], 1), np.float32),
        "industry_fit": coverage(queries.trees["industry"], offered),
        "field_fit": tree_similarity(queries.trees["field"], offered),
        "stage_fit": stage,
    }
    return values | fits


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
