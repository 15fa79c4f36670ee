"""What two records share and that tells something: terms, rare and long ones first, and the places both name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np

from matcher.domain.places import Gazetteer
from matcher.domain.records import Left, Record, Right
from matcher.index.terms import column, document_frequencies
from matcher.ranking.corpus import Matrix, Rows, Side
from matcher.text.passages import document, places

Telling = Callable[[str], list[str]]
"""Text to the words of it that are worth being told of."""
Rare = Callable[[Sequence[str]], Matrix]
"""How rare each word is among the records that are known, (words,)."""

TERMS, PLACES = 5, 3
PRIOR = 20
"""Records without the word that are counted beside those there are: in a handful of records every word looks common."""
LEAST_RARE = 1.2
"""ln of how many records there are to one with the word, from which it tells something: three in ten, or fewer."""


class Rarity:
    """How rare words are among the records of both sides."""

    def __init__(self, left: Side[Left], right: Side[Right]) -> None:
        self._sides = (left, right)

    def __call__(self, words: Sequence[str]) -> Matrix:
        """ln((N + PRIOR + 1) / (records with the word + ½)) of each word, (words,)."""
        columns = [column(word) for word in words]
        records = sum(len(side) for side in self._sides) + PRIOR
        return np.asarray(np.log((records + 1) / (self._frequencies[columns] + 0.5)), np.float32)

    @cached_property
    def _frequencies(self) -> Rows:
        left, right = (document_frequencies(side.words) for side in self._sides)
        return left + right


def _all_alike(words: Sequence[str]) -> Matrix:
    return np.full(len(words), LEAST_RARE, np.float32)


def shared_terms(left: Record, right: Record, telling: Telling, rare: Rare = _all_alike) -> tuple[str, ...]:
    """At most five telling words of both, by rarity and length, then in the order of the left text."""
    theirs = set(telling(document(right)))
    ours = [word for word in dict.fromkeys(telling(document(left))) if word in theirs and not word.isdigit()]
    if not ours:
        return ()
    weights = dict(zip(ours, rare(ours).tolist(), strict=True))
    chosen = [word for word in ours if weights[word] >= np.float32(LEAST_RARE)]
    return tuple(sorted(chosen, key=lambda word: -weights[word] * len(word))[:TERMS])


def shared_places(left: Record, right: Record, gazetteer: Gazetteer) -> tuple[str, ...]:
    """At most three places of both by name, without those above them, in the order of the left text."""
    theirs = set(places(right, gazetteer))
    both = [place for place in places(left, gazetteer) if place in theirs]
    lowest = (place for place in both if not any(other.startswith(f"{place}/") for other in both))
    return tuple(place.rpartition("/")[2] for place in lowest)[:PLACES]
