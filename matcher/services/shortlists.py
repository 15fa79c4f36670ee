"""The matches of a question as a list to choose from: with their records, narrowed by what those state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matcher.domain.matches import Answer, Match
from matcher.domain.records import Kind, Record
from matcher.services.facets import narrowed
from matcher.services.finding import FACETS, stated, tests_of


@dataclass(frozen=True, slots=True)
class Listed:
    """A match with the record it names."""

    match: Match
    record: Record


@dataclass(frozen=True, slots=True)
class Shortlist:
    """A part of the matches, best first; how many pass the facets; and for each facet the counts as if not set."""

    listed: tuple[Listed, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]]
    excluded: Mapping[str, int]
    """How many better-ranked candidates each rule kept out."""


def shortlisted(
    answer: Answer, records: Mapping[str, Record], kind: Kind, chosen: Mapping[str, Sequence[str]], limit: int
) -> Shortlist:
    """The matches whose records pass every chosen facet. A match without a record is left out."""
    tests = tests_of(chosen)
    hits = [Listed(match, records[match.id]) for match in answer.matches if match.id in records]
    kept, facets = narrowed(
        hits,
        {name: lambda hit, test=test: test(hit.record) for name, test in tests.items()},  # type: ignore[misc]
        {name: lambda hit, name=name: stated(name, hit.record) for name in FACETS[kind]},  # type: ignore[misc]
    )
    return Shortlist(tuple(kept[:limit]), len(kept), facets, answer.excluded)
