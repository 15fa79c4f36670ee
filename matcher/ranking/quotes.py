"""The sentences that are quoted for a pair: one of each side, or one of a case that the right record took before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.domain.matches import Quote
from matcher.domain.records import Fund, Incubator, Record, name_of
from matcher.index import terms
from matcher.ranking.corpus import Matrix
from matcher.ranking.knowledge import Knowledge
from matcher.ranking.shared import Telling
from matcher.text.declining import unwanting
from matcher.text.passages import sentences
from matcher.text.words import bigrams

Centre = Callable[[Matrix], Matrix]
Encode = Callable[[Sequence[str]], Matrix]
"""Sentences to unit rows, (n, d); cached, so that a sentence seen before costs nothing."""

Told = tuple[tuple[str, ...], tuple[str, ...]]
"""The sentences of both records of a pair."""
QUOTABLE, QUOTABLE_IN_WORDS = 0.3, 0.2
"""Cosines around the mean, and of rows of weighed words, from which sentences are quoted; random ones: about 0."""
SURE = 0.55
"""Cosine from which sentences without a telling word in common are quoted all the same, as of two languages."""
NEGLIGIBLE = 1e-6
NOTHING: Mapping[str, Matrix] = {}
MOST_READ = 2**13
"""Sentences, and groups of them, of which is kept what they say: takers and their cases are shown again and again."""


def quoted(
    pairs: Sequence[tuple[Record, Record]],
    cases: Sequence[Sequence[Record]],
    encode: Encode,
    known: Knowledge,
    telling: Telling,
    own: Mapping[str, Matrix] = NOTHING,
) -> list[Quote | None]:
    """For each pair the two sentences nearest in meaning, or else nearest in words to those of its first past case.

    Sentences that are alike in nothing but their manner (“售后尚待补充” and “希望能配齐售后方案”) lie near each other
    too: what is quoted shares a telling word, or is so near that it needs none. `own` are vectors of left sentences
    that are known already.
    """
    centres = (known.centred, known.centred_right)
    quotes = closest_sentences(pairs, encode, centres, telling=telling, own=own)
    silent = [at for at, quote in enumerate(quotes) if quote is None and cases[at]]
    theirs = closest_in_words([(pairs[at][0], cases[at][0]) for at in silent], known.inverse_frequency)
    for at, quote in zip(silent, theirs, strict=True):
        quotes[at] = quote
    return quotes


def closest_sentences(
    pairs: Sequence[tuple[Record, Record]],
    encode: Encode,
    around: tuple[Centre, Centre] = (np.asarray, np.asarray),
    least: float = QUOTABLE,
    telling: Telling | None = None,
    own: Mapping[str, Matrix] = NOTHING,
) -> list[Quote | None]:
    """For each pair the two sentences, one of each record, with the highest cosine; None where none reaches
    `least`.

    All sentences but the `own` ones of the left records are encoded in one call; `around` centres the vectors of the
    left and of the right sentences. With `telling`, two without a telling word in common must be nearer than that.
    """
    told, texts, _ = _sentences(pairs)
    offered = {text for _, right in told for text in right}
    texts = [text for text in texts if text not in own or text in offered]
    vectors = encode(texts)
    theirs, ours = (dict(zip(texts, centre(vectors), strict=True)) for centre in reversed(around))
    if own:
        ours |= zip(own, around[0](np.stack(list(own.values()))), strict=True)
    things = cache(lambda text: frozenset(bigrams(" ".join(telling(text))))) if telling else None
    return [_nearest(pair, ours, theirs, least, things) for pair in told]


def _nearest(
    told: Told,
    ours: Mapping[str, Matrix],
    theirs: Mapping[str, Matrix],
    least: float,
    things: Callable[[str], frozenset[str]] | None,
) -> Quote | None:
    """The two with the highest cosine, of those that have a thing in common or are near enough without one."""
    if not all(told):
        return None
    found = _rows(ours, told[0]) @ _rows(theirs, told[1]).T
    for place in np.argsort(-found, axis=None, kind="stable").tolist():
        row, column = divmod(place, found.shape[1])
        one, other, similarity = told[0][row], told[1][column], float(found[row, column])
        if similarity < least:
            return None
        if things is None or similarity >= SURE or things(one) & things(other):
            return Quote(one, other, similarity)
    return None


def closest_in_words(pairs: Sequence[tuple[Record, Record]], inverse_frequency: Matrix) -> list[Quote | None]:
    """For each pair of a left record and a past case the two sentences whose common words tell most; None where few do.

    Words instead of meaning, because the sentences of cases are many and not encoded. What everybody writes ("the work
    took three years") is the closest of all and tells nothing, so that rare words decide.
    """
    told, texts, rows = _sentences(pairs)
    telling = _telling(texts, inverse_frequency)
    quotes = (
        _best(pair, telling[np.ix_(*([rows[text] for text in group] for group in pair))], NEGLIGIBLE) for pair in told
    )
    return [quote and replace(quote, case=name_of(case)) for quote, (_, case) in zip(quotes, pairs, strict=True)]


def _telling(texts: Sequence[str], inverse_frequency: Matrix) -> Matrix:
    """The common weight of each two sentences that are near in words, (texts, texts), or else 0."""
    told = [_columns(text) for text in texts]
    # Of a million columns these sentences have some hundred; a product walks through all there are.
    columns, places = np.unique(np.concatenate([np.zeros(0, np.int32), *told]), return_inverse=True)
    data = np.asarray(inverse_frequency[columns], np.float32)[places]
    ends = np.cumsum([0, *map(len, told)])
    weights = sparse.csr_array((data, places, ends), shape=(len(texts), len(columns)))
    common = np.asarray((weights @ weights.T).toarray(), np.float32)
    lengths = np.sqrt(common.diagonal())
    return np.where(common >= QUOTABLE_IN_WORDS * np.outer(lengths, lengths), common, 0)


def _sentences(pairs: Sequence[tuple[Record, Record]]) -> tuple[list[Told], list[str], dict[str, int]]:
    """The sentences of both sides of each pair, all of them once, and the row of each."""
    told = [(_welcoming(left), _welcoming(right)) for left, right in pairs]
    texts = list(dict.fromkeys(text for pair in told for group in pair for text in group))
    return told, texts, {text: row for row, text in enumerate(texts)}


@lru_cache(MOST_READ)
def _columns(text: str) -> NDArray[np.int32]:
    """The columns of the terms of a sentence."""
    return np.array(sorted({terms.column(term) for term in bigrams(text)}), np.int32)


def _welcoming(record: Record) -> tuple[str, ...]:
    """Its sentences without those that say what is not wanted or not there: they are no reason for a pair."""
    return _wanted(sentences(record), isinstance(record, Incubator | Fund))


@lru_cache(MOST_READ)
def _wanted(told: tuple[str, ...], taker: bool) -> tuple[str, ...]:
    refused = unwanting(told, taker=taker)
    return tuple(text for text, out in zip(told, refused, strict=True) if not out)


def _rows(vectors: Mapping[str, Matrix], texts: Sequence[str]) -> Matrix:
    return np.stack([vectors[text] for text in texts])


def _best(told: Told, found: Matrix, least: float) -> Quote | None:
    if not found.size:
        return None
    row, column = divmod(int(found.argmax()), found.shape[1])
    similarity = float(found[row, column])
    return Quote(told[0][row], told[1][column], similarity) if similarity >= least else None
