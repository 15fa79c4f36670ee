"""Fails when the whole path got markedly slower or less exact: ratios of one run, which hold on any machine.

`python -m tests.benchmarks.regression`. CI runs it by itself, while nothing else does. A limit is what was measured
(docs/performance.md) with room for another machine, and is tightened when the path gets faster.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

from matcher.bootstrap.bench import Size, bench
from matcher.settings import Settings

SIZE = Size(records=5_000, questions=60)


@dataclass(frozen=True, slots=True)
class Limit:
    """A ratio, and where it must lie."""

    name: str
    of: Callable[[dict[str, Any]], float]
    least: float = 0.0
    most: float = float("inf")


LIMITS = (
    Limit("documents/s over plain sentence-transformers", lambda told: told["encode_speedup"], least=0.9),
    Limit("free text to answer, over the encoder's own time", lambda told: told["query_over_encoder"], most=3.5),
    Limit("recall@10 while a filter keeps 4 %", lambda told: told["recall_at_10_filtered"], least=0.99),
    Limit("recall@10", lambda told: told["search"]["recall_at_10"], least=0.99),
    Limit("match of a known record, over the yardstick", lambda t: t["path"]["match_p50_ms"] / t["yardstick"], most=6),
    Limit("screen again, over the yardstick", lambda t: t["path"]["screen_again_p50_ms"] / t["yardstick"], most=18),
)


def main() -> None:
    """Run the benchmark once and print each ratio beside its limit."""
    before = yardstick()
    told = bench(Settings(), SIZE, lambda *_: None)
    told["yardstick"] = median([before, yardstick()])
    failed = False
    for limit in LIMITS:
        value = limit.of(told)
        kept = limit.least <= value <= limit.most
        failed |= not kept
        said = f"at least {limit.least:g}" if limit.least else f"at most {limit.most:g}"
        sys.stdout.write(f"{'ok  ' if kept else 'FAIL'} {limit.name}: {value:.3g} ({said})\n")
    sys.exit(failed)


def yardstick() -> float:
    """Milliseconds of a plain loop of 100,000 rounds: what this machine makes of Python just now."""
    times = []
    for _ in range(20):
        start, total = time.perf_counter(), 0
        for number in range(100_000):
            total += number & 7
        times.append(1000 * (time.perf_counter() - start))
    return median(times)


if __name__ == "__main__":
    main()
