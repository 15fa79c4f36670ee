"""Import, index and match a large generated ecosystem; print seconds, milliseconds and memory as JSON.

`python -m tests.benchmarks.pipeline --records 100000`. The records are those of `matcher bench`.
The quick word encoder stands in for the real one, whose speed is another question.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from matcher.bootstrap import Installation
from matcher.bootstrap.bench import quantiles, sample_vocabulary
from matcher.domain.matches import Answer
from matcher.domain.records import Kind
from matcher.domain.visibility import Viewer
from matcher.measure.generated import LAST_DAY, LIMITS, questions, write_ecosystem
from matcher.services.importing import Files, import_files
from matcher.settings import Settings
from matcher.wording import Said

QUESTIONS = 400
"""Known records that are asked about, so that four of them are slower than the p99."""
WARM, SCREENS, FEW = 2, 10, 3
"""Questions that are asked before the clock counts; carriers that are screened, and of a large ecosystem."""
LARGE = 500_000
"""Records from which only what grows in another way than before is measured: no second import, and few screens."""


def main() -> None:
    """Run all steps once."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--records", type=int, default=100_000)
    arguments.add_argument("--seed", type=int, default=0)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder, home = Path(place) / "ecosystem", Path(place) / "home"
        folder.mkdir()
        write_ecosystem(folder, sample_vocabulary(), chosen.records, chosen.seed)
        json.dump(measure(folder, home, chosen.records), sys.stdout, indent=2)
        sys.stdout.write("\n")


def measure(folder: Path, home: Path, records: int) -> dict[str, Any]:
    """Seconds of each step, wall and processor milliseconds of questions, peak memory in MiB.

    Two versions that rank and explain alike print the same `answers`.
    """
    installation = Installation(Settings(home=home, encoder="hashing"), tell=_quiet)
    moment = datetime(2026, 11, 1, tzinfo=UTC)
    figures: dict[str, Any] = {"records": records}
    ecosystem = Files([folder], limits=LIMITS)
    import_once = _timed(lambda: import_files(installation.database, ecosystem, now=moment))
    figures["import_s"], figures["import_peak_mib"] = import_once, _peak()
    if records < LARGE:
        figures["import_again_s"] = _timed(
            lambda: import_files(installation.database, Files([folder], limits=LIMITS), now=moment)
        )
    figures["index_s"], figures["index_peak_mib"] = _timed(installation.indexer.refresh), _peak()
    installation.close()
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as another:
        figures |= another.submit(serve, folder, home, records).result()
    return {name: round(value, 2) if isinstance(value, float) else value for name, value in figures.items()}


def serve(folder: Path, home: Path, records: int) -> dict[str, Any]:
    """What a process that only answers needs: seconds to begin, milliseconds of questions, MiB in the end.

    `answers` is a digest of all that was answered for known ids, `text_answers` of what was answered for texts.
    """
    fresh, moment = Installation(Settings(home=home, encoder="hashing"), tell=_quiet), datetime(2026, 11, 1, tzinfo=UTC)
    figures: dict[str, Any] = {"index_nothing_new_s": _timed(fresh.indexer.refresh)}
    figures["load_s"] = _timed(lambda: fresh.matching.match("a0000001", 10, Viewer.BROKERS, LAST_DAY))
    matching = fresh.matching
    match, screen = (
        partial(each, k=10, viewer=Viewer.BROKERS, today=LAST_DAY) for each in (matching.match, matching.screen)
    )
    asked = [f"a{n:07d}" for n in range(1, records, max(records // QUESTIONS, 1))]
    texts = questions(sample_vocabulary(), 100, 0)
    ask_text = partial(matching.match_text, to=Kind.INCUBATORS, k=10, viewer=Viewer.BROKERS, today=LAST_DAY)
    carriers = max(records // 50, 10)
    screened = [f"i{n:05d}" for n in range(0, carriers, max(carriers // (SCREENS if records < LARGE else FEW), 1))]
    digest, told = hashlib.sha256(), hashlib.sha256()
    figures |= _spread("match", match, asked, digest) | _spread("text", ask_text, texts, told)
    figures |= {"match_peak_mib": _peak(), "match_own_mib": _own()}
    figures |= _spread("screen", screen, screened, digest) | _spread("screen_again", screen, screened, digest)
    if records < LARGE:
        figures["reload_s"] = _timed(lambda: _changed(fresh, folder, moment))
    figures |= {"peak_mib": _peak(), "own_mib": _own()}
    return figures | {"answers": digest.hexdigest()[:16], "text_answers": told.hexdigest()[:16]}


def _spread(name: str, ask: Callable[[str], Answer], asked: list[str], digest: Any) -> dict[str, float]:
    """Quantiles of wall and processor milliseconds; the processor's are steadier on a busy machine."""
    for one in asked[:WARM]:  # what is read once for all questions; the first may have no words to weigh
        ask(one)
    walls, processors = [], []
    for one in asked:
        wall, processor = time.perf_counter(), time.process_time()
        answer = ask(one)
        walls.append(time.perf_counter() - wall)
        processors.append(time.process_time() - processor)
        digest.update(repr(answer).encode())
    return quantiles(name, walls) | quantiles(name, processors, "cpu_ms")


def _changed(installation: Installation, folder: Path, moment: datetime) -> None:
    """One record changes, and is asked about."""
    path = folder / "achievements.csv"
    path.write_text("id,title,summary\na0000001,改过的成果,草原奶制品的低温干燥工艺。\n", "utf-8")
    import_files(installation.database, Files([path]), now=moment)
    installation.matching.match("a0000001", 10, Viewer.BROKERS, LAST_DAY)


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _peak() -> float:
    """The most this process ever had in memory, in MiB; `getrusage` would tell of the one that started it, too."""
    return _status("VmHWM")


def _own() -> float:
    """What the process holds for itself, in MiB; the rest are pages of files, which the system takes back at need."""
    return _status("RssAnon")


def _status(name: str) -> float:
    return int(Path("/proc/self/status").read_text("ascii").split(f"{name}:")[1].split()[0]) / 1024


def _quiet(said: Said) -> None:
    """Nobody reads remarks here."""


if __name__ == "__main__":
    main()
