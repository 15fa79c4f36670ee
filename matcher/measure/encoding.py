"""How fast an encoder is, and how true, beside plain sentence-transformers on the same texts in the same run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from matcher.encoder.model import Encoder, Role, Vectors

_Way = Callable[[Sequence[str], Role], Vectors]


class _Seconds(NamedTuple):
    """What one call took, by the clock and of the processor."""

    clock: float
    processor: float


@dataclass(frozen=True, slots=True)
class EncodingFigures:
    """What was measured. Rates, milliseconds and ratios are medians of the rounds; a ratio above 1 is a gain.

    `_cpu` ratios are of the processor's time, which other work on the machine hardly moves. The cosines compare the
    vectors of the same documents and questions, one by one.
    """

    documents_per_second: float
    plain_documents_per_second: float
    encode_speedup: float
    encode_speedup_cpu: float
    query_ms: float
    plain_query_ms: float
    query_speedup: float
    query_speedup_cpu: float
    cosine_mean: float
    cosine_min: float


def measure_encoding(
    encoder: Encoder, plain_folder: Path, texts: Sequence[str], queries: Sequence[str], *, rounds: int = 3
) -> EncodingFigures:
    """The encoder beside sentence-transformers' own `encode` (float32, batches of 32) on the model of `plain_folder`.

    Each round times both, one after the other, so that what else the machine does weighs on both. The encoder must
    not be a cached one. Documents should fit the model's length: what is beyond it, plain `encode` cuts off.
    """
    ways = (_plain(plain_folder), encoder.encode)
    vectors: list[Vectors] = []
    for way in ways:  # loads the models, and warms them up
        way(texts[:8], Role.PASSAGE)
        vectors.append(np.vstack([way(texts, Role.PASSAGE), *(way([query], Role.QUERY) for query in queries)]))
    bulk = [[_spent(way, texts, Role.PASSAGE) for way in ways] for _ in range(rounds)]
    single = [[_asked(way, queries) for way in ways] for _ in range(rounds)]
    cosines = (vectors[0] * vectors[1]).sum(axis=1)
    return EncodingFigures(
        documents_per_second=len(texts) / statistics.median(ours.clock for _, ours in bulk),
        plain_documents_per_second=len(texts) / statistics.median(plain.clock for plain, _ in bulk),
        encode_speedup=statistics.median(plain.clock / ours.clock for plain, ours in bulk),
        encode_speedup_cpu=statistics.median(plain.processor / ours.processor for plain, ours in bulk),
        query_ms=1000 * statistics.median(ours.clock for _, ours in single),
        plain_query_ms=1000 * statistics.median(plain.clock for plain, _ in single),
        query_speedup=statistics.median(plain.clock / ours.clock for plain, ours in single),
        query_speedup_cpu=statistics.median(plain.processor / ours.processor for plain, ours in single),
        cosine_mean=float(cosines.mean()),
        cosine_min=float(cosines.min()),
    )


def _plain(folder: Path) -> _Way:
    """What somebody gets who loads the folder with sentence-transformers and changes nothing."""
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415  # importing torch takes seconds

    model: Any = SentenceTransformer(str(folder), device="cpu", local_files_only=True)

    def encode(texts: Sequence[str], role: Role) -> Vectors:
        rows: Vectors = model.encode(list(texts), prompt_name=role.value, show_progress_bar=False)
        return rows

    return encode


def _spent(way: _Way, texts: Sequence[str], role: Role) -> _Seconds:
    clock, processor = time.perf_counter(), time.process_time()
    way(texts, role)
    return _Seconds(time.perf_counter() - clock, time.process_time() - processor)


def _asked(way: _Way, queries: Sequence[str]) -> _Seconds:
    """The middle one of the questions, each asked alone."""
    spent = [_spent(way, [query], Role.QUERY) for query in queries]
    return _Seconds(*map(statistics.median, zip(*spent, strict=True)))
