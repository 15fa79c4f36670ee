"""Terms to scores: one sparse count matrix a field serves BM25, TF-IDF and the neighbours in words.

bm25s keeps an index of finished scores; here the counts stay, because what a carrier's "text" is depends on the date
asked about (its own words plus those of the results it had taken by then), and that is a sparse product of counts.
The scores equal bm25s's Lucene variant (a test compares them).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import mmh3
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Counts = Any
"""scipy.sparse.csr_array of float32, (records, COLUMNS): how often a term stands in a record."""

Text = TypeVar("Text")

COLUMNS = 2**20
AT_ONCE = 2**23
"""Entries that are counted at once."""
FEW, MOST_HASHED = 16, 2**16
"""Texts that are counted one by one, and terms whose column is kept."""
K1, B = 1.2, 0.75
"""Term saturation and length normalisation of BM25 (Robertson and Zaragoza, 2009: the usual 1.2 and 0.75)."""


def count_terms(texts: Sequence[Text], analyse: Callable[[Text], list[str]], columns: int = COLUMNS) -> Counts:
    """Hashed term counts of each text, (len(texts), columns). Hashing needs no vocabulary to keep in step."""
    if len(texts) <= FEW:
        return count_few(texts, analyse, columns)
    from sklearn.feature_extraction.text import HashingVectorizer  # noqa: PLC0415  # most of a second to import

    vectorizer = HashingVectorizer(
        analyzer=analyse, n_features=columns, alternate_sign=False, norm=None, dtype=np.float32
    )
    return sparse.csr_array(vectorizer.transform(texts))


@lru_cache(MOST_HASHED)
def column(term: str, columns: int = COLUMNS) -> int:
    """Where a term stands; the same as in `HashingVectorizer`."""
    hashed = mmh3.hash(term.encode("utf-8", "surrogatepass"))  # of text itself a lone surrogate would end the process
    return (2**31 - columns) % columns if hashed == -(2**31) else abs(hashed) % columns


def count_few(texts: Sequence[Text], analyse: Callable[[Text], list[str]], columns: int = COLUMNS) -> Counts:
    """The same matrix without the vectorizer, which takes longer to import and to set up than to count a few texts."""
    read = [Counter(column(term, columns) for term in analyse(text)) for text in texts]
    indices = [sorted(row) for row in read]
    data = [row[place] for row, places in zip(read, indices, strict=True) for place in places]
    ends = np.cumsum([0, *map(len, indices)], dtype=np.int32)
    flat = np.array([place for places in indices for place in places], np.int32)
    return sparse.csr_array((np.array(data, np.float32), flat, ends), shape=(len(read), columns))


def document_frequencies(counts: Counts) -> NDArray[np.int64]:
    """In how many rows each term stands, (COLUMNS,)."""
    found = np.zeros(counts.shape[1], np.int64)
    for start in range(0, max(counts.nnz, 1), AT_ONCE):  # NumPy would make a wider copy of all of them
        found += np.bincount(counts.indices[start : start + AT_ONCE], minlength=counts.shape[1])
    return found


def idf(counts: Counts) -> NDArray[np.float32]:
    """Lucene's inverse document frequency, (COLUMNS,): ln(1 + (N - df + .5) / (df + .5))."""
    df = document_frequencies(counts)
    told = np.arange(df.max(initial=0) + 1)  # frequencies are few: a logarithm for each of them, not for each column
    return np.asarray(np.log1p((counts.shape[0] - told + 0.5) / (told + 0.5)), np.float32)[df]


def bm25_weights(counts: Counts) -> Counts:
    """Weight of each term in each row, so that `queries @ weights.T` are BM25 scores, (n, COLUMNS)."""
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    mean = lengths.mean() if lengths.size and lengths.any() else 1.0
    damping = K1 * (1 - B + B * lengths / mean)
    weights = np.repeat(damping.astype(np.float32), np.diff(counts.indptr))  # of very many entries few copies fit
    weights += counts.data
    np.divide(counts.data, weights, out=weights)
    weights *= idf(counts)[counts.indices]
    return _weighed(counts, weights)


def tfidf(counts: Counts, inverse: NDArray[np.float32]) -> Counts:
    """Unit rows of (1 + ln tf) · idf, (n, COLUMNS)."""
    weights = np.log(counts.data)
    weights += 1
    weights *= inverse[counts.indices]
    sizes = np.diff(counts.indptr)
    squares = np.ones(len(sizes), np.float32)
    squares[sizes > 0] = np.add.reduceat(weights * weights, counts.indptr[:-1][sizes > 0])
    weights /= np.repeat(np.sqrt(np.where(squares > 0, squares, 1)), sizes)
    return _weighed(counts, weights)


def _weighed(counts: Counts, weights: NDArray[np.float32]) -> Counts:
    """The weights where the counts stand."""
    return sparse.csr_array((weights, counts.indices, counts.indptr), shape=counts.shape)


def present(counts: Counts) -> Counts:
    """One for each term that stands in a row: a long query must not shout."""
    queries = counts.copy()
    queries.data = np.ones_like(queries.data)
    return queries


def summed(counts: Counts, chosen: Counts) -> Counts:
    """Sums of the rows that each chooses, `chosen @ counts`, (n, COLUMNS), with sorted columns.

    A sparse product takes room for every term there is, a million: for a few rows they are gathered instead.
    """
    if chosen.shape[0] > FEW:
        return chosen @ counts
    rows = counts[chosen.indices]
    sizes = np.diff(rows.indptr)
    owners = np.repeat(np.repeat(np.arange(chosen.shape[0]), np.diff(chosen.indptr)), sizes)
    weights = rows.data * np.repeat(chosen.data, sizes)
    return sparse.csr_array((weights, (owners, rows.indices)), shape=(chosen.shape[0], counts.shape[1]))


def _narrow(weights: Counts) -> Counts:
    """The same with numbers of four bytes where these are enough."""
    if weights.nnz >= 2**31:
        return weights
    columns, ends = (part.astype(np.int32, copy=False) for part in (weights.indices, weights.indptr))
    return sparse.csr_array((weights.data, columns, ends), shape=weights.shape)


class Postings:
    """Weights of terms by record, and by term, so that one query touches only the records that share a term with it."""

    def __init__(self, weights: Counts) -> None:
        """`weights` are by record: turned round when first asked for so, and kept in the way that is asked for."""
        self._by_record: Counts = _narrow(weights)
        self._by_term: Counts = None
        self._parted = False
        """Whether somebody asked about some records alone, which takes the weights by record."""

    def _terms(self) -> Counts:
        by_record, found = self._by_record, self._by_term  # in this order: another thread may be turning them round
        if found is None:
            found = self._by_term = by_record.T.tocsr()
        if not self._parted:
            self._by_record = None
        return found

    def _records(self) -> Counts:
        self._parted = True
        found = self._by_record
        if found is None:
            found = self._by_record = self._by_term.T.tocsr()
        return found

    def scores(self, queries: Counts, rows: slice | NDArray[np.int64] = slice(None)) -> NDArray[np.float32]:
        """Products of each query with each record (or those of some rows), (queries, records)."""
        if isinstance(rows, slice):
            alone = queries.shape[0] == 1
            found = (self._added(queries) if alone else (queries @ self._terms()).toarray())[:, rows]
        elif len(rows) == 1:  # a product with one row needs no list of terms turned round
            chosen = self._records()[rows]
            weights = np.zeros(chosen.shape[1], np.float32)
            weights[chosen.indices] = chosen.data
            found = (queries @ weights)[:, None]
        else:
            found = (queries @ self._records()[rows].T).toarray()
        return np.asarray(found, np.float32)

    def _added(self, query: Counts) -> NDArray[np.float64]:
        """The products of a single query, (1, records), in half the time of a sparse product."""
        by_term = self._terms()
        found = np.zeros((1, by_term.shape[1]), np.float64)
        ends = zip(by_term.indptr[query.indices].tolist(), by_term.indptr[query.indices + 1].tolist(), strict=True)
        parts = [slice(start, end) for start, end in ends]
        if parts:
            records = np.concatenate([by_term.indices[part] for part in parts])
            weights = [by_term.data[part] * weight for part, weight in zip(parts, query.data, strict=True)]
            found[0] = np.bincount(records, np.concatenate(weights), by_term.shape[1])
        return found


class TermIndex:
    """The counts of one field of one table, with their ids."""

    def __init__(self, ids: Sequence[str] = (), counts: Counts | None = None) -> None:
        self.ids = tuple(ids)
        self.counts = sparse.csr_array((0, COLUMNS), dtype=np.float32) if counts is None else counts

    def __len__(self) -> int:
        return len(self.ids)

    def upsert(self, ids: Sequence[str], counts: Counts) -> TermIndex:
        """A new index with these rows added or replaced."""
        last = {name: row for row, name in enumerate(ids)}
        if len(last) < len(ids):
            return self.upsert(list(last), counts[list(last.values())])
        kept = self.delete(ids)
        return TermIndex((*kept.ids, *ids), sparse.csr_array(sparse.vstack([kept.counts, counts], format="csr")))

    def delete(self, ids: Collection[str]) -> TermIndex:
        """A new index without these ids."""
        gone = set(ids)
        rows = [row for row, name in enumerate(self.ids) if name not in gone]
        if len(rows) == len(self.ids):
            return self
        return TermIndex([self.ids[row] for row in rows], self.counts[rows])

    def order(self, ids: Sequence[str]) -> Counts:
        """The counts of these ids, in their order; as they are where that is all of them in the order they have."""
        if tuple(ids) == self.ids:
            return self.counts
        rows = {name: row for row, name in enumerate(self.ids)}
        return self.counts[[rows[name] for name in ids]]
