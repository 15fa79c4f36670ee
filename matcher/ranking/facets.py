"""What records state, as categories that two of them can share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from matcher.domain.places import Gazetteer
from matcher.domain.records import Achievement, Fund, Project, Record
from matcher.domain.taxonomy import Path, Taxonomy
from matcher.index.terms import Counts, count_terms
from matcher.ranking.corpus import FACETS
from matcher.ranking.later import Later
from matcher.ranking.trees import Stated, read_stated

FACET_COLUMNS = 2**16
MOST_READ = 2**16


class FacetReader:
    """Reads the categories of a record as words that two records can share.

    Only what a record states is read: nothing is guessed from its text, an empty cell stays unknown.
    """

    def __init__(self, gazetteer: Gazetteer, industries: Taxonomy, fields: Taxonomy) -> None:
        self._gazetteer = gazetteer
        self._industries = industries
        self._field_tree = fields
        self._of = lru_cache(MOST_READ)(self._read)  # many records state the same

    def matrices(self, records: Sequence[Record]) -> Mapping[str, Counts]:
        """The indicator matrix of each facet, (n, columns)."""
        return Later(FACETS, lambda facet: count_terms([self.of(one)[facet] for one in records], list, FACET_COLUMNS))

    def trees(self, records: Sequence[Record]) -> Mapping[str, Stated]:
        """What the records state in each tree; fields lie below industries, so `field` compares with `industry` too."""
        nodes: Mapping[str, Callable[[Record], list[frozenset[Path]]]] = {
            "region": self._regions,
            "industry": lambda record: _nodes(self._industries, _industries(record)),
            "field": lambda record: _nodes(self._field_tree, _fields(record)),
        }
        return Later(tuple(nodes), lambda name: read_stated([nodes[name](record) for record in records]))

    def of(self, record: Record) -> Mapping[str, Sequence[str]]:
        """The record's categories by facet."""
        return self._of(*stated_categories(record))

    def _read(
        self, places: tuple[str, ...], industries: tuple[str, ...], stages: tuple[str, ...], fields: tuple[str, ...]
    ) -> Mapping[str, Sequence[str]]:
        return {
            "region": sorted({level for place in places for level in self._levels(place)}),
            "industry": sorted(self._industries.codes(industries)),
            "stage": sorted(stages),
            "field": sorted(self._field_tree.codes(fields)),
        }

    def _regions(self, record: Record) -> list[frozenset[Path]]:
        paths = {self._gazetteer.path(place) for place in _places(record)}
        return [frozenset([path]) for path in sorted(paths) if path]

    def _levels(self, place: str) -> list[str]:
        path = self._gazetteer.path(place)
        return ["/".join(path[: depth + 1]) for depth in range(len(path))]


Categories = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...]]


def stated_categories(record: Record) -> Categories:
    """All that a record states of places, industries, stages and fields: records that state the same fit alike."""
    return tuple(_places(record)), tuple(_industries(record)), tuple(_stages(record)), tuple(_fields(record))


def _places(record: Record) -> Sequence[str]:
    return record.regions if isinstance(record, Fund) else (record.region,) if record.region else ()


def _industries(record: Record) -> Sequence[str]:
    return record.industry if isinstance(record, Achievement | Project) else record.industries


def _stages(record: Record) -> Sequence[str]:
    if isinstance(record, Fund):
        return record.stages
    return (record.stage,) if isinstance(record, Project) and record.stage else ()


def _fields(record: Record) -> list[str]:
    return re.split(r"[;；/|]", record.field) if isinstance(record, Achievement) else []


def _nodes(taxonomy: Taxonomy, words: Sequence[str]) -> list[frozenset[Path]]:
    return [taxonomy.paths(node) for node in sorted(taxonomy.nodes(words))]
