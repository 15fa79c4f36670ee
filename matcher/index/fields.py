"""Records to counted terms, field by field: pairs of characters, words, and the places that are named."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from matcher.domain.records import Record
from matcher.index.terms import Counts, count_terms
from matcher.text.passages import document
from matcher.text.words import bigrams

FIELDS = ("bigrams", "words", "places")


@dataclass(frozen=True)
class TermReader:
    """How texts are cut into words, and which places they name."""

    words: Callable[[str], list[str]]
    places: Callable[[Record], list[str]]

    def counts(self, records: Sequence[Record]) -> Mapping[str, Counts]:
        """By field the term counts of each record, (len(records), columns)."""
        texts = [document(record) for record in records]
        return {
            "bigrams": count_terms(texts, bigrams),
            "words": count_terms(texts, self.words),
            "places": count_terms(records, self.places),
        }
