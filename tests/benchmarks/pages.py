"""How long the pages of the workbench take and how large they are; prints JSON.

`python -m tests.benchmarks.pages --records 10000 --times 30`. Records are those of `tests.benchmarks.service`; one
client asks at a time, over a real connection, with another record each time where a page is about one.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

from api.guard import COOKIE
from matcher.bootstrap import Installation
from matcher.settings import Settings
from tests.benchmarks.service import HOST, WORDS, prepare, served

Address = Callable[[random.Random, int], str]


def _result(drawn: random.Random, records: int) -> str:
    return f"a{drawn.randrange(records):07d}"


def _carrier(drawn: random.Random, records: int) -> str:
    return f"i{drawn.randrange(max(records // 50, 10)):05d}"


PAGES: dict[str, Address] = {
    "home": lambda _drawn, _n: "/",
    "match text": lambda drawn, _n: f"/match?q={quote(drawn.choice(WORDS))}",
    "match": lambda drawn, n: f"/match?id={_result(drawn, n)}",
    "screen": lambda drawn, n: f"/match?id={_carrier(drawn, n)}",
    "board": lambda drawn, n: f"/screen?id={_carrier(drawn, n)}",
    "why": lambda drawn, n: f"/why?left={_result(drawn, n)}&right={_carrier(drawn, n)}",
    "records": lambda _drawn, _n: "/records/achievements",
    "search": lambda drawn, _n: f"/records/achievements?q={quote(drawn.choice(WORDS))}",
    "record": lambda drawn, n: f"/records/achievements/{_result(drawn, n)}",
}


def main() -> None:
    """Build the records, start the service, open every page so many times."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--records", type=int, default=10_000)
    arguments.add_argument("--times", type=int, default=30)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as place:
        home = Path(place) / "home"
        prepare(Path(place), home, chosen.records)
        with closing(Installation(Settings(home=home, encoder="hashing"), tell=lambda _: None)) as installation:
            token = installation.access.open(installation.people.by_email("load@example.org"), datetime.now(UTC)).token
        with served(home, 1) as (_process, port):
            found = {name: _timed(port, token, address, chosen) for name, address in PAGES.items()}
    json.dump(found, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def _timed(port: int, token: str, address: Address, chosen: argparse.Namespace) -> dict[str, float]:
    drawn = random.Random(0)  # noqa: S311
    took, sizes = [], []
    for number in range(chosen.times + 2):
        start = time.perf_counter()
        size = _opened(port, token, address(drawn, chosen.records))
        if number >= 2:  # the first ones load what is kept in memory
            took.append(1000 * (time.perf_counter() - start))
            sizes.append(size)
    took.sort()
    return {
        "p50_ms": round(took[len(took) // 2], 1),
        "p99_ms": round(took[min(int(len(took) * 0.99), len(took) - 1)], 1),
        "kb": round(max(sizes) / 1000, 1),
    }


def _opened(port: int, token: str, path: str) -> int:
    connection = HTTPConnection(HOST, port, timeout=120)
    with closing(connection):
        connection.request("GET", path, headers={"Cookie": f"{COOKIE}={token}"})
        answer = connection.getresponse()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status}")
        return len(answer.read())


if __name__ == "__main__":
    main()
