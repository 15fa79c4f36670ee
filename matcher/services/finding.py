"""Records found by words and by what they state, with counts; and the records most like one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial
from typing import cast
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from matcher.domain.places import Gazetteer
from matcher.domain.records import Kind, PairKind, Record, name_of
from matcher.domain.visibility import Viewer, told
from matcher.encoder.model import Role
from matcher.index.terms import count_terms, present
from matcher.ranking.corpus import AnyRecord, Side
from matcher.ranking.sides import SideBuilder
from matcher.services.facets import Facets
from matcher.services.pairings import Pairings
from matcher.text.words import bigrams, fold

FACETS: Mapping[Kind, tuple[str, ...]] = {
    Kind.ACHIEVEMENTS: ("industry", "field", "region", "trl", "institution", "transfer_modes"),
    Kind.INCUBATORS: ("kind", "level", "focus_type", "industries", "region"),
    Kind.PROJECTS: ("industry", "region", "stage", "trl"),
    Kind.FUNDS: ("kind", "industries", "stages", "regions"),
}
"""What a list of each table can be narrowed by."""
PLACES = frozenset({"region", "regions"})
"""Facets that are places."""
NEAREST, COMPARED = 20, 200
"""Records that are near in meaning and share no word with the question are shown up to the first number; up to the
second, nearness in meaning counts for those that share words."""
WEAKEST = 0.2
"""Share of the best lexical score below which a record shares no more than a common pair of characters."""
RRF = 60
"""The constant of reciprocal rank fusion (Cormack, Clarke and Büttcher 2009)."""


@dataclass(frozen=True, slots=True)
class Found:
    """A part of the hits, best first; how many there are; and for each facet the counts as if it were not set."""

    records: tuple[Record, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]]


class Read:
    """What is read once of the records of a table as a viewer knows them."""

    def __init__(self, kind: Kind, records: Sequence[Record], places: Gazetteer) -> None:
        self._kind = kind
        self._records = records
        self._places = places

    @cached_property
    def facets(self) -> Facets[Record]:
        """What they state."""
        return facets_of(self._kind, self._records, self._places)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Their names, folded."""
        return tuple(fold(name_of(record)) for record in self._records)


class Finding:
    """The use cases of finding records on one installation."""

    def __init__(self, pairings: Pairings, builder: SideBuilder, places: Gazetteer) -> None:
        self.places = places
        self._pairings = pairings
        self._builder = builder
        self._reads: WeakKeyDictionary[Side[Record], Read] = WeakKeyDictionary()
        """Each goes with the side it was read from: nobody counts what another viewer sees."""

    def search(
        self,
        kind: Kind,
        query: str,
        chosen: Mapping[str, Sequence[str]],
        viewer: Viewer,
        today: date,
        *,
        offset: int = 0,
        limit: int = 20,
    ) -> Found:
        """Records that fit the words and every chosen facet; without words all that do, by id."""
        side = self._side(kind, viewer, today)
        order = self._ranked(side, query) if query.strip() else None
        read = self._read(kind, side).facets
        kept, facets = read.narrowed(read.passing(as_counted(chosen, self.places)), order)
        part = tuple(told(side.records[row], viewer) for row in kept[offset : offset + limit])
        return Found(part, len(kept), facets)

    def similar(self, kind: Kind, record_id: str, viewer: Viewer, today: date, k: int) -> list[tuple[Record, float]]:
        """The records of the same table nearest in meaning, with the cosine of the two texts standardised to the table.

        A raw cosine says nothing (they all lie between .85 and .95): what is told is how many standard deviations
        above the table's mean it lies.
        """
        side = self._side(kind, viewer, today, [record_id])
        row = side.row(record_id)
        vector = side.vectors[row]
        if len(side) < 2 or not vector.any():
            return []
        mean, deviation = _others(side, vector)
        rows, cosines = side.nearest(vector, k + 1)
        near = [(at, (cosine - mean) / deviation) for at, cosine in zip(rows, cosines, strict=True) if at != row][:k]
        return [(told(side.records[at], viewer), float(likeness)) for at, likeness in near]

    def named(self, kinds: Sequence[Kind], text: str, viewer: Viewer, today: date, most: int) -> list[Record]:
        """Records whose name holds a text, the shortest names first: they hold little else."""
        wanted = fold(text)
        sides = [(kind, self._side(kind, viewer, today)) for kind in kinds]
        found = [
            told(side.records[row], viewer)
            for kind, side in sides
            for row, name in enumerate(self._read(kind, side).names)
            if wanted in name
        ]
        return sorted(found, key=lambda record: (len(name_of(record)), record.id))[:most]

    def _side(self, kind: Kind, viewer: Viewer, today: date, needed: Sequence[str] = ()) -> Side[Record]:
        corpus = self._pairings.load(PairKind.of(kind), today, viewer, needed).corpus
        return cast("Side[Record]", corpus.left if kind is corpus.pairing.left else corpus.right)

    def _read(self, kind: Kind, side: Side[Record]) -> Read:
        if (read := self._reads.get(side)) is None:
            read = self._reads[side] = Read(kind, side.records, self.places)
        return read

    def _ranked(self, side: Side[Record], query: str) -> list[int]:
        """Rows that share words with the question, and the nearest in meaning, by reciprocal rank fusion."""
        if not len(side):
            return []
        pairs, words = side.postings["bigrams"], side.postings["words"]
        lexical = pairs.scores(present(count_terms([query], bigrams)))[0]
        lexical = lexical + words.scores(present(count_terms([query], self._builder.words)))[0]
        near, _ = side.nearest(self._builder.encoder.encode([query], Role.QUERY)[0], COMPARED)
        worded = lexical > max(WEAKEST * float(lexical.max()), 0)
        nearness = np.full(len(side), np.inf)
        nearness[near] = np.arange(1, len(near) + 1)
        fused = 1 / (RRF + _ranks(lexical)) * worded + 1 / (RRF + nearness)
        rows = np.flatnonzero(worded | (nearness <= NEAREST))
        return [int(row) for row in rows[np.argsort(-fused[rows], kind="stable")]]


def stated(name: str, record: Record) -> tuple[str, ...]:
    """What a record says in a facet, as texts."""
    value = getattr(record, name)
    values = value if isinstance(value, tuple) else (value,)
    return tuple(str(each) for each in values if each not in (None, ""))


def facets_of(kind: Kind, records: Sequence[Record], places: Gazetteer) -> Facets[Record]:
    """What records of a table state in its facets. A place is one, however it is written."""
    return Facets(records, {name: partial(_counted, name, places) for name in FACETS[kind]})


def as_counted(chosen: Mapping[str, Sequence[str]], places: Gazetteer) -> dict[str, Sequence[str]]:
    """What is chosen of the facets as they count it; a place may be named as a record writes it."""
    return {name: [*map(places.called, values)] if name in PLACES else values for name, values in chosen.items()}


def _counted(name: str, places: Gazetteer, record: Record) -> tuple[str, ...]:
    values = stated(name, record)
    return tuple(dict.fromkeys(map(places.called, values))) if name in PLACES else values


def _others(side: Side[AnyRecord], vector: NDArray[np.float32]) -> tuple[float, float]:
    """Mean and deviation of the cosines of one record with all the others."""
    first, second = side.moments
    wide, count = vector.astype(np.float64), len(side) - 1
    own = float(wide @ wide)
    mean = (len(side) * float(wide @ first) - own) / count
    square = (len(side) * float(wide @ second @ wide) - own**2) / count
    return mean, max(square - mean**2, 0.0) ** 0.5 or 1.0


def _ranks(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    ranks = np.empty(len(scores))
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return ranks
