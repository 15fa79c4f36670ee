"""The matches of a question as a list to choose from: with their records, narrowed by what those state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from matcher.domain.matches import Answer, Match, Passed
from matcher.domain.places import Gazetteer
from matcher.domain.records import Kind, Record
from matcher.domain.visibility import Viewer
from matcher.ranking.listing import Listing
from matcher.services.finding import as_counted, facets_of
from matcher.services.records import RecordBook


@dataclass(frozen=True, slots=True)
class Choice:
    """A match with the record it names."""

    match: Match
    record: Record


@dataclass(frozen=True, slots=True)
class KeptOut:
    """A better-ranked record that rules kept out, with the record itself."""

    passed: Passed
    record: Record


@dataclass(frozen=True, slots=True)
class Choices:
    """A part of the matches, best first; how many pass the facets; and for each facet the counts as if not set."""

    listed: tuple[Choice, ...]
    total: int
    facets: Mapping[str, Mapping[str, int]]
    excluded: Mapping[str, int]
    """How many better-ranked candidates each rule kept out."""
    kept_out: tuple[KeptOut, ...]
    """The best-ranked of these."""
    passed_over: int
    """All whom rules kept out, each counted once."""


def choices(
    listing: Listing, kind: Kind, chosen: Mapping[str, Sequence[str]], limit: int, book: RecordBook, viewer: Viewer,
    places: Gazetteer,
) -> Choices:  # fmt: skip
    """What passes every chosen facet, of which only the first ones are explained. What is gone by now is left out."""
    facets = facets_of(kind, listing.records, places)
    kept, counts = facets.narrowed(facets.passing(as_counted(chosen, places)))
    answer = listing.answer(kept[:limit])
    found = book.many(kind, [match.id for match in answer.matches], viewer)
    listed = [Choice(match, found[match.id]) for match in answer.matches if match.id in found]
    left_out = kept_out(answer, kind, book, viewer)
    return Choices(tuple(listed), len(kept), counts, answer.excluded, left_out, answer.passed_over)


def kept_out(answer: Answer, kind: Kind, book: RecordBook, viewer: Viewer) -> tuple[KeptOut, ...]:
    """The best-ranked records that rules kept out, without those that are gone by now."""
    found = book.many(kind, [one.id for one in answer.passed], viewer)
    return tuple(KeptOut(one, found[one.id]) for one in answer.passed if one.id in found)
