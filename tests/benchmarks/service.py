"""Drive the running service with many clients at once; print latencies, errors by kind and memory as JSON.

`python -m tests.benchmarks.service --records 10000 --clients 50 --seconds 60 --workers 1`. The records are generated
from the sample's sentences, the quick word encoder stands in for the real one, and the clients never pause. A
connection that fails is an error of its kind, and its client goes on. Memory is looked at every five seconds.
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
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import median
from urllib.parse import quote

from matcher.bootstrap import Installation
from matcher.bootstrap.bench import sample_vocabulary
from matcher.domain.accounts import Role, Scope
from matcher.measure.generated import write_ecosystem
from matcher.services.importing import Files, import_files
from matcher.settings import Settings

WORDS = ("玉米淀粉", "蒙药制剂", "煤化工废水", "风电叶片", "沙棘", "肉牛育种", "人工智能视觉")
HOST = "127.0.0.1"
WARM_UP, APART = 10.0, 5.0
"""Seconds until memory is first looked at, or half of a shorter run, and seconds between two looks."""
PAUSE = 0.1
"""Seconds a client waits after a connection that failed: a service that is gone is not asked without end."""


@dataclass
class Figures:
    """What the clients saw."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, name: str, took: float, error: str) -> None:
        """Count one answer; one that is an error has a kind."""
        with self.lock:
            self.seconds[name].append(took)
            if error:
                self.errors[f"{name} {error}"] += 1


@dataclass
class Memory:
    """MiB of the service and its workers, looked at beside the clients."""

    pid: int
    looks: list[tuple[float, int]] = field(default_factory=list)

    @contextmanager
    def watched(self, seconds: int) -> Iterator[None]:
        """Look on as long as something else is done."""
        over = threading.Event()
        watching = threading.Thread(target=self._look, args=(over, min(WARM_UP, seconds / 2)))
        watching.start()
        try:
            yield
        finally:
            over.set()
            watching.join()

    def _look(self, over: threading.Event, wait: float) -> None:
        while not over.wait(wait):
            self.looks.append((time.monotonic(), _memory(self.pid)))
            wait = APART

    def told(self) -> dict[str, object]:
        """The first, the middle and the last look, and by how much it grew a minute between the first and the last."""
        if not self.looks:
            return {"looks": 0}
        (begun, first), (ended, last) = self.looks[0], self.looks[-1]
        middle, minutes = median(size for _, size in self.looks), (ended - begun) / 60
        growth = round((last - first) / minutes, 1) if minutes else None
        told = {"looks": len(self.looks), "first": first, "median": middle, "last": last}
        return told | {"growth_per_minute": growth}


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
            memory = Memory(process.pid)
            with memory.watched(chosen.seconds):
                found = drive(port, token, chosen.records, chosen.clients, chosen.seconds)
    json.dump(told(found, chosen.seconds) | {"memory_mib": memory.told()}, sys.stdout, indent=2, ensure_ascii=False)
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
        try:
            status = _one(port, token, ask.make(drawn, records))
            error = str(status) if status >= 400 else ""
        except (OSError, HTTPException) as failed:
            status, error = 0, type(failed).__name__
        found.note(ask.name, time.perf_counter() - start, error)
        if not status:
            time.sleep(PAUSE)


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
    """The figures: requests a second, errors by kind, and milliseconds over all and of each sort."""
    all_times = [took for times in found.seconds.values() for took in times]
    sorts = {"all": all_times, **dict(sorted(found.seconds.items()))}
    return {
        "requests": len(all_times),
        "requests_per_second": round(len(all_times) / seconds, 1),
        "errors": found.errors.total(),
        "errors_by_kind": dict(found.errors.most_common()),
        "milliseconds": {
            name: {"n": len(times), "p50": _at(times, 0.5), "p99": _at(times, 0.99)}
            for name, times in sorts.items()
            if times
        },
    }


def _at(times: list[float], part: float) -> float:
    return round(1000 * sorted(times)[min(int(len(times) * part), len(times) - 1)], 1)


def _memory(pid: int) -> int:
    """MiB of the process and its children."""
    total = 0
    for each in [pid, *_children(pid)]:
        with suppress(FileNotFoundError):  # ended meanwhile
            pages = int(Path(f"/proc/{each}/statm").read_text().split()[1])
            total += pages * os.sysconf("SC_PAGE_SIZE") // 2**20
    return total


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(each) for each in text.split()]


if __name__ == "__main__":
    main()
