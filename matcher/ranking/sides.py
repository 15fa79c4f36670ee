"""Records to the arrays of a side: the one place where texts become vectors, counts and categories."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from matcher.domain.records import Record
from matcher.encoder.model import Encoder, Role
from matcher.index.terms import count_terms
from matcher.ranking.corpus import AnyRecord, FacetReader, Matrix, Side
from matcher.text.passages import document
from matcher.text.words import bigrams


@dataclass(frozen=True)
class SideBuilder:
    """Builds sides from records; the encoder is expected to cache."""

    encoder: Encoder
    words: Callable[[str], list[str]]
    facets: FacetReader
    telling: Callable[[str], list[str]]
    """The words of a text that may be told as shared with another."""

    def build(
        self,
        records: Iterable[AnyRecord],
        role: Role = Role.PASSAGE,
        progress: Callable[[int], None] | None = None,
    ) -> Side[AnyRecord]:
        """The side of these records, in the order of their ids."""
        ordered = tuple(sorted(records, key=_by_id))
        texts = [document(record) for record in ordered]
        return Side(
            records=ordered,
            vectors=self.encoder.encode(texts, role, progress),
            bigrams=count_terms(texts, bigrams),
            words=count_terms(texts, self.words),
            facets=self.facets.matrices(ordered),
            trees=self.facets.trees(ordered),
        )

    def sentences(self, texts: Iterable[str]) -> Matrix:
        """Unit rows of sentences, (n, d), for explanations."""
        return self.encoder.encode(list(texts), Role.PASSAGE)


def _by_id(record: Record) -> str:
    return record.id
