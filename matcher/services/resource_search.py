"""The register of shared resources as something to search: words, filters, and counts of what there is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.domain.places import Gazetteer, within
from matcher.domain.registers import OwnerKind, Resource, ResourceKind
from matcher.ranking.offers import lexical, offered
from matcher.services.facets import Facets
from matcher.text.passages import document
from matcher.text.words import fold, holds

WEAKEST = 0.2
"""Share of the best score below which a hit shares no more than a common pair of characters."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a hit must be besides; an empty one asks for nothing."""

    kind: ResourceKind | None = None
    region: str = ""
    owner: OwnerKind | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of a search, best first, and what else there is."""

    hits: tuple[tuple[Resource, float], ...]
    facets: Mapping[str, Mapping[str, int]]
    """Counts by value; each facet as if its own filter were not set."""
    unheard: tuple[str, ...]
    """Terms of the question that no resource holds."""


def search(
    rows: Sequence[Resource],
    query: str,
    filters: Filters,
    gazetteer: Gazetteer,
    words: Callable[[str], list[str]],
) -> Found:
    """Resources that share words with the question and pass the filters; all that pass, where nothing is asked."""
    texts = texts_of(rows)
    scores = lexical(query, texts, words) if rows and query.strip() else [0.0] * len(rows)
    best = max(map(float, scores), default=0.0)
    asked = bool(query.strip())
    matched = [
        (row, float(score)) for row, score in zip(rows, scores, strict=True) if not asked or score > WEAKEST * best > 0
    ]
    area = gazetteer.path(filters.region)
    hits = sorted(matched, key=lambda hit: (-hit[1], hit[0].id))
    facets = Facets([row for row, _ in hits], FACETS)
    chosen = {"kind": filters.kind, "owner": filters.owner}
    passing = facets.passing({name: [value] for name, value in chosen.items() if value})
    if filters.region:
        passing["region"] = np.array([within(gazetteer.path(row.region), area) for row, _ in hits], np.bool_)
    kept, counts = facets.narrowed(passing)
    folded = [fold(text) for text in texts]
    unheard = tuple(term for term in query.split() if not any(holds(text, term) for text in folded))
    return Found(tuple(hits[at] for at in kept), counts, unheard)


FACETS: Mapping[str, Callable[[Resource], Sequence[str]]] = {
    "kind": lambda row: (row.kind.value,),
    "owner": lambda row: (row.owner_kind.value,) if row.owner_kind else (),
    "region": lambda row: (row.region,) if row.region else (),
    "industry": lambda row: row.industry,
}


def texts_of(rows: Sequence[Resource]) -> list[str]:
    """What is searched: the text as it is matched, and who opens it where on which terms."""
    return ["。".join((document(offered(row)), row.owner, row.region, row.terms)) for row in rows]
