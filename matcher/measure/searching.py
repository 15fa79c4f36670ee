"""How well and how quickly an index finds nearest vectors: of all rows, and of the few that a filter keeps."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np

from matcher.index.vectors import FaissIndex, Hits, VectorIndex, Vectors

CUTOFF = 10
QUERIES = 200
KEPT = 0.04
"""Share of the rows that the filter keeps: a region, or a field, of a whole country's records."""
TOPIC = 400
"""Rows a topic has in the mean."""
SHARED, SPREAD, DECAY = 7.0, 1.0, 0.2
"""Variance that all texts share, and that texts have within their topic, in those of the topics; how fast directions
lose weight. So chosen that cosines lie as those of multilingual-e5-small on the sample (mean .87, deviation .017)."""


@dataclass(frozen=True, slots=True)
class SearchFigures:
    """Recall against the exact answer, milliseconds of one question, seconds to build, bytes in memory."""

    rows: int
    dimension: int
    recall_at_10: float
    p50_ms: float
    p99_ms: float
    recall_at_10_filtered: float
    filtered_p50_ms: float
    filtered_p99_ms: float
    build_s: float
    bytes: int


def measure_search(
    rows: int, dimension: int, seed: int, make: Callable[[int], VectorIndex] = FaissIndex
) -> SearchFigures:
    """Fill an empty index with clustered vectors and ask it one question after the other, with a filter and without."""
    drawn = np.random.default_rng(seed)
    vectors = clustered(rows + QUERIES, dimension, drawn)
    queries, vectors = vectors[:QUERIES], vectors[QUERIES:]
    ids = [f"r{number:08d}" for number in range(rows)]
    kept = np.sort(drawn.permutation(rows)[: max(int(rows * KEPT), 1)])
    allowed = frozenset(ids[row] for row in kept)
    start = time.perf_counter()
    index = make(dimension)
    index.upsert(ids, vectors)
    index.search(queries[:1], CUTOFF)  # what is made for the first question belongs to the building
    built = time.perf_counter() - start
    found, (p50, p99) = _asked(index, queries, None)
    narrow, (narrow_p50, narrow_p99) = _asked(index, queries, allowed)
    return SearchFigures(
        rows=rows,
        dimension=dimension,
        recall_at_10=_recall(found, _exact(vectors, ids, queries)),
        p50_ms=p50,
        p99_ms=p99,
        recall_at_10_filtered=_recall(narrow, _exact(vectors[kept], [ids[row] for row in kept], queries)),
        filtered_p50_ms=narrow_p50,
        filtered_p99_ms=narrow_p99,
        build_s=built,
        bytes=int(getattr(index, "bytes", vectors.nbytes)),
    )


def clustered(rows: int, dimension: int, drawn: np.random.Generator) -> Vectors:
    """Unit rows as texts give them: topics of very different sizes, few directions that tell much, one that all share.

    Uniform noise, where everybody is equally far from everybody, would be harder than any text and tell nothing.
    """
    topics = max(rows // TOPIC, 4)
    weights = drawn.pareto(1.5, topics) + 0.1
    scales = np.asarray(np.arange(1, dimension + 1) ** -DECAY, np.float32)
    centres = drawn.standard_normal((topics, dimension), np.float32) * scales
    variance = (1 + SPREAD) * float(scales @ scales)
    centres += (SHARED * variance) ** 0.5 * _unit(drawn.standard_normal((1, dimension), np.float32))
    of = drawn.choice(topics, rows, p=weights / weights.sum())
    noise = drawn.standard_normal((rows, dimension), np.float32)
    noise *= SPREAD**0.5 * scales
    noise += centres[of]
    return _unit(noise)


def _unit(rows: Vectors) -> Vectors:
    rows = rows.astype(np.float32, copy=False)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


def _asked(
    index: VectorIndex, queries: Vectors, allowed: Collection[str] | None
) -> tuple[list[Hits], tuple[float, float]]:
    """The answers to one question after the other, and the median and 99th percentile of their milliseconds."""
    found, taken = [], []
    index.search(queries[:1], CUTOFF, allowed)
    for query in queries:
        start = time.perf_counter()
        found.extend(index.search(query[None], CUTOFF, allowed))
        taken.append(1000 * (time.perf_counter() - start))
    return found, (float(np.percentile(taken, 50)), float(np.percentile(taken, 99)))


def _exact(vectors: Vectors, ids: Sequence[str], queries: Vectors) -> list[set[str]]:
    """The true nearest ids of each question."""
    k = min(CUTOFF, len(ids))
    nearest = (np.argpartition(-(vectors @ query), k - 1)[:k] for query in queries)
    return [{ids[row] for row in rows} for rows in nearest]


def _recall(found: Sequence[Hits], true: Sequence[set[str]]) -> float:
    shares = [len(wanted.intersection(hits.ids)) / len(wanted) for hits, wanted in zip(found, true, strict=True)]
    return float(np.mean(shares))
