"""Drive the running service with many clients at once; print latencies, errors and memory as JSON.

`python -m tests.benchmarks.service --records 10000 --clients 50 --seconds 60 --workers 1`. The records are generated
from the sample's sentences, the quick word encoder stands in for the real one, and the clients never pause.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

from matcher.bootstrap import Installation
from matcher.bootstrap.bench import sample_vocabulary
from matcher.domain.accounts import Role, Scope
from matcher.measure.generated import write_ecosystem
from matcher.services.importing import Files, import_files
from matcher.settings import Settings

WORDS = ("玉米淀粉", "蒙药制剂", "煤化工废水", "风电叶片", "沙棘", "肉牛育种", "人工智能视觉")
HOST = "127.0.0.1"


@dataclass
class Figures:
    """What the clients saw."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, name: str, took: float, status: int) -> None:
        """Count one answer."""
        with self.lock:
            self.seconds[name].append(took)
            if status >= 400:
                self.errors.append(f"{name} {status}")


@dataclass(frozen=True)
class Ask:
    """One sort of request."""

    name: str
    share: int
    make: Callable[[random.Random, int], tuple[str, str, object]]


def result_id(drawn: random.Random, records: int) -> str:
    """One of the generated results."""
    return f"a{drawn.randrange(records):07d}"


def carrier_id(drawn: random.Random, records: int) -> str:
    """One of the generated carriers."""
    return f"i{drawn.randrange(max(records // 50, 10)):05d}"


MIX = (
    Ask("match", 30, lambda drawn, n: ("POST", "/v1/match", {"record_id": result_id(drawn, n), "k": 10})),
    Ask("screen", 10, lambda drawn, n: ("POST", "/v1/screen", {"record_id": carrier_id(drawn, n), "k": 10})),
    Ask("search", 25, lambda drawn, _: ("GET", f"/v1/achievements/search?q={quote(drawn.choice(WORDS))}", None)),
    Ask("read", 20, lambda drawn, n: ("GET", f"/v1/achievements/{result_id(drawn, n)}", None)),
    Ask("cases", 10, lambda _drawn, _n: ("GET", "/v1/cases", None)),
    Ask(
        "open case",
        5,
        lambda drawn, n: (
            "POST",
            "/v1/cases",
            {"left_id": result_id(drawn, n), "right_id": carrier_id(drawn, n)},
        ),
    ),
)


def main() -> None:
    """Build the records, start the service, drive it."""
    arguments = argparse.ArgumentParser(description=__doc__)
    for name, value in (("records", 10_000), ("clients", 50), ("seconds", 60), ("workers", 1)):
        arguments.add_argument(f"--{name}", type=int, default=value)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as place:
        home = Path(place) / "home"
        token = prepare(Path(place), home, chosen.records)
        with served(home, chosen.workers) as (process, port):
            _one(port, token, MIX[0].make(random.Random(0), chosen.records))  # noqa: S311  # loads what is kept in memory
            before = _memory(process.pid)
            found = drive(port, token, chosen.records, chosen.clients, chosen.seconds)
            after = _memory(process.pid)
    json.dump(told(found, chosen.seconds) | {"memory_mib": [before, after]}, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def prepare(place: Path, home: Path, records: int) -> str:
    """A home with so many records, indexed, and the token of a broker."""
    folder = place / "ecosystem"
    folder.mkdir()
    write_ecosystem(folder, sample_vocabulary(), records, 0)
    installation = Installation(Settings(home=home, encoder="hashing"), tell=lambda _: None)
    now = datetime.now(UTC)
    import_files(installation.database, Files([folder]), now=now)
    installation.indexer.refresh()
    account = installation.people.create("load@example.org", "", Role.BROKER, now)
    token = installation.access.add_token(account, "load", Scope, timedelta(days=1), now)[1]
    installation.close()
    return token


@contextmanager
def served(home: Path, workers: int) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """The service as a process of its own, on a free port of this machine."""
    command = [sys.executable, "-c", "from api.app import main; main()", "--port", "0", "--workers", str(workers)]
    environment = os.environ | {"MATCHER_HOME": str(home), "MATCHER_ENCODER": "hashing"}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        port = next(int(found[1]) for line in process.stderr if (found := re.search(r"127\.0\.0\.1:(\d+)", line)))
        threading.Thread(target=_drain, args=(process,), daemon=True).start()
        try:
            yield process, port
        finally:
            process.terminate()


def _drain(process: subprocess.Popen[str]) -> None:
    """Read what the service logs, so that it never waits for a reader."""
    with suppress(ValueError):  # closed under our hands at the end
        for _ in process.stderr or ():
            pass


def drive(port: int, token: str, records: int, clients: int, seconds: int) -> Figures:
    """So many clients for so long, each with its own connection and its own seed."""
    found, until = Figures(), time.monotonic() + seconds
    threads = [
        threading.Thread(target=_client, args=(port, token, records, random.Random(seed), until, found))  # noqa: S311
        for seed in range(clients)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def _client(port: int, token: str, records: int, drawn: random.Random, until: float, found: Figures) -> None:
    while time.monotonic() < until:
        ask = drawn.choices(MIX, [each.share for each in MIX])[0]
        start = time.perf_counter()
        status = _one(port, token, ask.make(drawn, records))
        found.note(ask.name, time.perf_counter() - start, status)


def _one(port: int, token: str, request: tuple[str, str, object]) -> int:
    method, path, body = request
    connection = HTTPConnection(HOST, port, timeout=120)
    try:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = connection.getresponse()
        response.read()
    finally:
        connection.close()
    return response.status


def told(found: Figures, seconds: int) -> dict[str, object]:
    """The figures: requests a second, and milliseconds of each sort."""
    count = sum(map(len, found.seconds.values()))
    return {
        "requests": count,
        "requests_per_second": round(count / seconds, 1),
        "errors": sorted(set(found.errors)),
        "milliseconds": {
            name: {"n": len(times), "p50": _at(times, 0.5), "p99": _at(times, 0.99)}
            for name, times in sorted(found.seconds.items())
        },
    }


def _at(times: list[float], part: float) -> float:
    return round(1000 * sorted(times)[min(int(len(times) * part), len(times) - 1)], 1)


def _memory(pid: int) -> int:
    """MiB of the process and its children."""
    total = 0
    for each in [pid, *_children(pid)]:
        pages = int(Path(f"/proc/{each}/statm").read_text().split()[1])
        total += pages * os.sysconf("SC_PAGE_SIZE") // 2**20
    return total


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(each) for each in text.split()]


if __name__ == "__main__":
    main()
