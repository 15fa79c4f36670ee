"""What each step towards more machines costs: import, index, a second worker, load, match, screen, search, encode.

`python -m tests.benchmarks.scaling --records 10000 --database postgresql://… --vectors milvus+http://…` prints JSON.
Without `--database` it is SQLite, and what needs `--vectors` is left out. `--encode N` encodes N texts with the real
encoder, found in MATCHER_CACHE_DIR. Seconds are those of this process's processor time (`_s`) and of the clock
(`_wall_s`): servers work outside it. Memory is what this process holds after a step.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from matcher.bootstrap import Installation
from matcher.bootstrap.bench import sample_vocabulary
from matcher.domain.records import Achievement, Kind
from matcher.domain.visibility import Viewer
from matcher.encoder.model import Role
from matcher.encoder.resolve import resolve_encoder
from matcher.index.server import Address, connected
from matcher.index.shared import SharedTables
from matcher.intake import read
from matcher.measure.generated import LAST_DAY, LIMITS, write_ecosystem
from matcher.resources import data_folder
from matcher.services.importing import Files, import_files
from matcher.settings import Settings
from matcher.text.passages import document
from matcher.wording import Said

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def main() -> None:
    """Run all steps once."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--records", type=int, default=10_000)
    arguments.add_argument("--database", default="")
    arguments.add_argument("--vectors", default="")
    arguments.add_argument("--encode", type=int, default=0)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as place:
        write_ecosystem(Path(place), sample_vocabulary(), chosen.records, 0)
        figures = measure(Path(place), chosen.records, chosen.database, chosen.vectors)
        if chosen.encode:
            figures |= encoding(chosen.encode)
        json.dump({name: round(value, 3) for name, value in figures.items()}, sys.stdout, indent=2)
        sys.stdout.write("\n")


def measure(folder: Path, records: int, database: str, vectors: str) -> dict[str, Any]:
    """All steps of one installation over the ecosystem in the folder."""

    def worker(name: str) -> Installation:
        where = Settings(home=folder / name, encoder="hashing", database_url=database, vector_store=vectors or "faiss")
        return Installation(where, tell=_quiet)

    figures: dict[str, Any] = {"records": records, "start_mib": held()}
    first = worker("first")
    first.initialise()
    step(figures, "import", lambda: import_files(first.database, Files([folder], limits=LIMITS), now=NOW))
    step(figures, "index", first.indexer.refresh)
    if vectors:
        step(figures, "second_worker", worker("second").indexer.refresh)
        figures |= searching(vectors, first)
    fresh = worker("first")
    asked = [f"a{n:07d}" for n in range(1, records, max(records // 50, 1))]
    screened = [f"i{n:05d}" for n in range(0, max(records // 50, 10), max(records // 500, 1))]
    step(figures, "load", lambda: fresh.matching.match(asked[0], 10, Viewer.BROKERS, LAST_DAY))
    figures["match_ms"] = median(
        [cpu(partial(fresh.matching.match, one, 10, Viewer.BROKERS, LAST_DAY)) for one in asked]
    )
    figures["screen_ms"] = median(
        [cpu(partial(fresh.matching.screen, one, 10, Viewer.BROKERS, LAST_DAY)) for one in screened]
    )
    figures["serving_mib"] = held()
    return figures


def searching(vectors: str, installation: Installation) -> dict[str, float]:
    """Milliseconds of the clock for ten nearest, on the server and in FAISS, one after the other."""
    here = installation.indexer.refresh()[0].tables[Kind.ACHIEVEMENTS].vectors
    ids, queries = here.ids, here.matrix[:20]
    found: dict[str, float] = {}
    with connected(Address.parse(vectors)) as client:
        there = SharedTables(client, installation.indexer.origin()).index(Kind.ACHIEVEMENTS)
        client.flush(there.name)
        for name, allowed in (("all", None), ("4_percent", ids[::25]), ("75_percent", ids[: len(ids) * 3 // 4])):
            for place, index in (("milvus", there), ("faiss", here)):
                found[f"search_{name}_{place}_ms"] = median(
                    [clock(partial(index.search, query[None], 10, allowed)) for query in queries]
                )
        found["fetched_rows_per_s"] = 1000 * len(ids) / clock(lambda: there.matrix)
    return found


def encoding(count: int) -> dict[str, float]:
    """Whole texts of results with the real encoder: how many a second of one processor, and of the clock."""
    texts = [document(item) for item in read(data_folder("sample")) if isinstance(item, Achievement)]
    texts = [texts[number % len(texts)] for number in range(count)]
    encoder = resolve_encoder("default", Settings().cache_folder / "encoder")
    encoder.encode(texts[:2], Role.PASSAGE)
    wall, processor = time.perf_counter(), time.process_time()
    encoder.encode(texts, Role.PASSAGE)
    return {
        "encoded_per_cpu_s": count / (time.process_time() - processor),
        "encoded_per_wall_s": count / (time.perf_counter() - wall),
        "characters": float(np.mean([len(text) for text in texts])),
    }


def step(figures: dict[str, Any], name: str, work: Callable[[], object]) -> None:
    """Note what a step costs, and what is held after it."""
    wall, processor = time.perf_counter(), time.process_time()
    work()
    figures[f"{name}_s"] = time.process_time() - processor
    figures[f"{name}_wall_s"] = time.perf_counter() - wall
    figures[f"{name}_mib"] = held()


def cpu(work: Callable[[], object]) -> float:
    """Milliseconds of the processor."""
    start = time.process_time()
    work()
    return 1000 * (time.process_time() - start)


def clock(work: Callable[[], object]) -> float:
    """Milliseconds of the clock."""
    start = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - start)


def median(values: list[float]) -> float:
    """The middle one."""
    return float(np.median(values))


def held() -> float:
    """MiB of this process."""
    return float(psutil.Process().memory_info().rss / 2**20)


def _quiet(said: Said) -> None:
    """Nobody reads remarks here."""


if __name__ == "__main__":
    main()
