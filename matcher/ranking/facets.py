"""What records state, as categories that two of them can share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matcher.domain.places import Gazetteer, levels
from matcher.domain.records import Achievement, Fund, Project, Record
from matcher.domain.taxonomy import Path, Taxonomy
from matcher.index.terms import Counts, count_few
from matcher.ranking.corpus import STATED
from matcher.ranking.later import Later
from matcher.ranking.trees import Stated, read_stated
from matcher.text.passages import places

FACET_COLUMNS = 2**16
MOST_READ = 2**16

Stating = tuple[str, ...]
"""What a record states of one facet, as it is written."""
Categories = tuple[Stating, Stating, Stating, Stating]
Values = TypeVar("Values", Counts, Stated)


class FacetReader:
    """Reads the categories of a record as words that two records can share.

    Only what a record states is read: nothing is guessed from its text, an empty cell stays unknown. Many records state
    the same, which is read once. The places that a text names are a facet of their own.
    """

    def __init__(self, gazetteer: Gazetteer, industries: Taxonomy, fields: Taxonomy) -> None:
        self._gazetteer = gazetteer
        self._industries = industries
        self._field_tree = fields
        self._categories = lru_cache(MOST_READ)(self._read)
        self._nodes = lru_cache(MOST_READ)(self._read_nodes)

    def read(self, records: Sequence[Record]) -> tuple[Later[Counts], Later[Stated]]:
        """The indicator matrix of each facet, (n, columns), and what the records state in each tree.

        Fields lie below industries, so the tree of `field` compares with `industry` too.
        """
        stated = Later(STATED, lambda facet: _distinct(facet, records))

        def matrix(facet: str) -> Counts:
            distinct, rows = stated[facet]
            return _each(count_few([self._categories(facet, one) for one in distinct], list, FACET_COLUMNS), rows)

        def tree(facet: str) -> Stated:
            distinct, rows = stated[facet]
            return _each(read_stated([self._nodes(facet, one) for one in distinct]), rows)

        return Later(STATED, matrix), Later(("region", "industry", "field"), tree)

    def places(self, record: Record) -> list[str]:
        """The places that a record names, at every level."""
        return places(record, self._gazetteer)

    def _read(self, facet: str, stated: Stating) -> Sequence[str]:
        if facet == "region":
            return sorted({level for place in stated for level in levels(self._gazetteer.path(place))})
        if facet == "stage":
            return sorted(stated)
        return sorted(self._tree(facet).codes(stated))

    def _read_nodes(self, facet: str, stated: Stating) -> list[frozenset[Path]]:
        if facet == "region":
            paths = {self._gazetteer.path(place) for place in stated}
            return [frozenset([path]) for path in sorted(paths) if path]
        taxonomy = self._tree(facet)
        return [taxonomy.paths(node) for node in sorted(taxonomy.nodes(stated))]

    def _tree(self, facet: str) -> Taxonomy:
        return self._field_tree if facet == "field" else self._industries


def stated_categories(record: Record) -> Categories:
    """All that a record states of places, industries, stages and fields, in the order of `STATED`."""
    return _places(record), _industries(record), _stages(record), _fields(record)


def _distinct(facet: str, records: Sequence[Record]) -> tuple[list[Stating], NDArray[np.int32]]:
    """What is stated by any of the records, once, and where among it stands what each of them states."""
    places: dict[Stating, int] = {}
    stated = (places.setdefault(one, len(places)) for one in map(STATES[facet], records))
    rows = np.fromiter(stated, np.int32, len(records))
    return list(places), rows


def _each(distinct: Values, rows: NDArray[np.int32]) -> Values:
    """A row for each record from those of what is stated."""
    return distinct if np.array_equal(rows, np.arange(len(rows))) else distinct[rows]


def _places(record: Record) -> Stating:
    return record.regions if isinstance(record, Fund) else (record.region,) if record.region else ()


def _industries(record: Record) -> Stating:
    return tuple(record.industry if isinstance(record, Achievement | Project) else record.industries)


def _stages(record: Record) -> Stating:
    if isinstance(record, Fund):
        return record.stages
    return (record.stage,) if isinstance(record, Project) and record.stage else ()


def _fields(record: Record) -> Stating:
    return _split(record.field) if isinstance(record, Achievement) else ()


@lru_cache(MOST_READ)
def _split(field: str) -> Stating:
    return tuple(re.split(r"[;；/|]", field))


STATES: Mapping[str, Callable[[Record], Stating]] = {
    "region": _places,
    "industry": _industries,
    "stage": _stages,
    "field": _fields,
}
