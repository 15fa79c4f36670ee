"""What a carrier would make of a result: projects that do not exist yet, as rows that can be ranked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from matcher.domain.records import Achievement, Incubator, Left, Project, Right, Stage
from matcher.ranking.corpus import Rows, Side
from matcher.ranking.facets import FacetReader

STAGES = (Stage.SEED, Stage.ANGEL)
"""Rounds a project may begin with."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A result (row of those asked about) in the hands of a carrier (column of the first pairing)."""

    row: int
    column: int
    probability: float
    taken: bool
    """Whether that has come about already; the probability is then 1."""


def hypothetical(result: Left, carrier: Incubator, stage: Stage) -> Project:
    """The project of a result at a carrier: no amount, team or figure is invented, only place and round are set.

    The id is no record's: nothing was ever decided about it, and explanations tell several of them apart.
    """
    source = cast("Achievement", result)
    return Project(
        id=f"{source.id}→{carrier.id}",
        name=source.title,
        summary=source.summary,
        keywords=source.keywords,
        industry=source.industry,
        region=carrier.region,
        stage=stage,
        incubator_id=carrier.id,
        achievement_id=source.id,
        trl=source.trl,
        visibility=source.visibility,
    )


def project_side(
    results: Side[Left], rows: Sequence[int], projects: Sequence[Project], facets: FacetReader
) -> Side[Left]:
    """Projects with the vectors and words of the results in these rows: nothing is encoded anew."""
    side = results.take(np.array(rows, np.int64))
    return replace(side, records=tuple(projects), read=facets.read, part_of=None)


def variants(
    results: Side[Left],
    carriers: Side[Right],
    carried: Sequence[Carried],
    facets: FacetReader,
    named: Collection[str] = (),
) -> tuple[Side[Left], Rows]:
    """The projects that differ, and which rows of them stand for each carried result, (carried, stages).

    Carriers of one place make the same of a result, so that it is asked about once, unless somebody `named` a carrier.
    """
    region = carriers.facets["region"]
    known: dict[tuple[int, tuple[int, ...], str], int] = {}
    rows: list[int] = []
    projects: list[Project] = []
    first: list[int] = []
    for one in carried:
        carrier = cast("Incubator", carriers.records[one.column])
        place = region.indices[region.indptr[one.column] : region.indptr[one.column + 1]]
        key = one.row, tuple(sorted(place.tolist())), carrier.id if carrier.id in named else ""
        if key not in known:
            known[key] = len(projects)
            projects += [hypothetical(results.records[one.row], carrier, stage) for stage in STAGES]
            rows += [one.row] * len(STAGES)
        first.append(known[key])
    places = np.add.outer(np.array(first, np.int64), np.arange(len(STAGES)))
    return project_side(results, rows, projects, facets), places
