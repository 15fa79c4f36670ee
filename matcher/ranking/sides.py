"""Records to the arrays of a side: the one place where texts become vectors, counts and categories."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from matcher.domain.records import Record
from matcher.encoder.model import Encoder, Role
from matcher.index.fields import TermReader
from matcher.ranking.corpus import AnyRecord, Matrix, Side
from matcher.ranking.facets import FacetReader
from matcher.text.passages import document, sentences

MOST_SENTENCES = 2**13
"""Sentences whose vectors are kept in memory: 12 MiB of the default encoder's."""


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
        # What somebody asks in a few words is encoded with its sentences, all at once: explanations need them too.
        asked = [text for record in ordered for text in sentences(record)] if role is Role.QUERY else []
        vectors = self.encoder.encode([*texts, *asked], role, progress)
        return Side(
            records=ordered,
            vectors=vectors[: len(texts)],
            sentences=dict(zip(asked, vectors[len(texts) :], strict=True)),
            **self.terms.counts(ordered),
            read=self.facets.read,
        )

    @cached_property
    def terms(self) -> TermReader:
        """Records to counted terms."""
        return TermReader(self.words, self.facets.places)

    @cached_property
    def sentences(self) -> Sentences:
        """Sentences to vectors, for explanations."""
        return Sentences(self.encoder)


class Sentences:
    """Sentences to unit rows, (n, d); those of whoever is shown again and again are kept."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._kept: dict[str, Matrix] = {}

    def __call__(self, texts: Sequence[str]) -> Matrix:
        """One row per sentence."""
        found = {text: self._kept.get(text) for text in texts}
        if missing := [text for text, row in found.items() if row is None]:
            fresh = dict(zip(missing, self._encoder.encode(missing, Role.PASSAGE), strict=True))
            if len(self._kept) + len(fresh) > MOST_SENTENCES:
                self._kept = {}
            self._kept.update((text, row.copy()) for text, row in fresh.items())
            found |= fresh
        rows = [row for text in texts if (row := found[text]) is not None]
        return np.stack(rows) if rows else np.zeros((0, self._encoder.dimension), np.float32)


def _by_id(record: Record) -> str:
    return record.id
