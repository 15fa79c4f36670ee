"""List the best for all at once, both ways, on a large generated ecosystem; print seconds, pairs a second and memory.

`python -m tests.benchmarks.shortlists --lefts 10000 --rights 2000`. Records as in `tests.benchmarks.pipeline`.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from matcher.bootstrap import Installation
from matcher.bootstrap.bench import sample_vocabulary
from matcher.domain.records import Kind
from matcher.domain.visibility import Viewer
from matcher.measure.generated import LAST_DAY, write_ecosystem
from matcher.services.importing import Files, import_files
from matcher.settings import Settings


def main() -> None:
    """Build the records once, then list each table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    for name, value in (("lefts", 10_000), ("rights", 2_000), ("k", 10)):
        arguments.add_argument(f"--{name}", type=int, default=value)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "ecosystem"
        folder.mkdir()
        write_ecosystem(folder, sample_vocabulary(), chosen.lefts, 0, chosen.rights)
        installation = Installation(Settings(home=Path(place) / "home", encoder="hashing"), tell=lambda _: None)
        import_files(installation.database, Files([folder]), now=datetime(2026, 11, 1, tzinfo=UTC))
        installation.matching.screen("i00000", chosen.k, Viewer.BROKERS, LAST_DAY)  # index and load
        tables = (Kind.INCUBATORS, Kind.ACHIEVEMENTS)
        figures = {
            table.value: measure(installation, table, chosen.lefts * chosen.rights, chosen.k) for table in tables
        }
        installation.close()
    json.dump({"lefts": chosen.lefts, "rights": chosen.rights, **figures}, sys.stdout, indent=2)
    sys.stdout.write("\n")


def measure(installation: Installation, table: Kind, pairs: int, k: int) -> dict[str, float]:
    """Wall and processor seconds for the lists of one table, pairs a wall second, peak memory so far in MiB."""
    wall, processor = time.perf_counter(), time.process_time()
    listed = sum(len(found) for _, found in installation.matching.shortlists(table, k, Viewer.BROKERS, LAST_DAY))
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    return {
        "listed": listed,
        "seconds": round(wall, 1),
        "processor_seconds": round(processor, 1),
        "pairs_per_second": round(pairs / wall),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    main()
