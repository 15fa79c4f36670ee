"""How long the pages of the workbench take and how large they are; prints JSON.

`python -m tests.benchmarks.pages --records 10000 --times 20`. Records are those of `tests.benchmarks.service`, a
hundredth of the results has a case; one client asks at a time, over a real connection, with another record each time
where a page is about one. Beside the clock stands the processor's time of the service, which others on the machine do
not change much; the first opening, which loads what is kept in memory, is told by itself, and so is what the service
counts ahead after it before it rests.
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
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

from api.guard import COOKIE
from matcher.bootstrap import Installation
from matcher.domain.accounts import Actor, Role
from matcher.settings import Settings
from tests.benchmarks.service import HOST, WORDS, carrier_id, prepare, result_id, served

REST, RESTING = 1.0, 0.02
"""Seconds for which the service is watched, and the share of the processor's time below which it rests."""

Address = Callable[[random.Random, int], str]


@dataclass(frozen=True, slots=True)
class Page:
    """A page, and whose it is."""

    address: Address
    role: Role = Role.BROKER


def _fixed(path: str) -> Address:
    return lambda _drawn, _records: path


PAGES: dict[str, Page] = {
    "home": Page(_fixed("/")),
    "match text": Page(lambda drawn, _n: f"/match?q={quote(drawn.choice(WORDS))}"),
    "match": Page(lambda drawn, n: f"/match?id={result_id(drawn, n)}"),
    "match narrowed": Page(lambda drawn, n: f"/match?id={result_id(drawn, n)}&region={quote('通辽市')}"),
    "match for a carrier": Page(lambda drawn, n: f"/match?id={carrier_id(drawn, n)}"),
    "board": Page(lambda drawn, n: f"/screen?id={carrier_id(drawn, n)}"),
    "why": Page(lambda drawn, n: f"/why?left={result_id(drawn, n)}&right={carrier_id(drawn, n)}"),
    "records": Page(_fixed("/records/achievements")),
    "records narrowed": Page(_fixed(f"/records/achievements?region={quote('通辽市')}")),
    "search": Page(lambda drawn, _n: f"/records/achievements?q={quote(drawn.choice(WORDS))}"),
    "record": Page(lambda drawn, n: f"/records/achievements/{result_id(drawn, n)}"),
    "cases": Page(_fixed("/cases")),
    "cases, table": Page(_fixed("/cases?view=table")),
    "carrier": Page(lambda drawn, n: f"/carriers/{carrier_id(drawn, n)}", Role.BUREAU),
    "bureau": Page(_fixed("/bureau"), Role.BUREAU),
    "chains": Page(_fixed("/bureau/chains"), Role.BUREAU),
    "data": Page(_fixed("/data"), Role.BUREAU),
    "digests": Page(_fixed("/digests")),
}


def main() -> None:
    """Build the records, start the service, open every page so many times."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--records", type=int, default=10_000)
    arguments.add_argument("--times", type=int, default=20)
    arguments.add_argument("--only", nargs="*", choices=PAGES, default=[*PAGES])
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory() as place:
        home = Path(place) / "home"
        prepare(Path(place), home, chosen.records)
        with closing(Installation(Settings(home=home, encoder="hashing"), tell=lambda _: None)) as installation:
            tokens = _ways_in(installation)
            _open_cases(installation, chosen.records)
        with served(home, 1) as (process, port):
            found = {}
            for name in chosen.only:
                found[name] = _timed(process.pid, port, tokens[PAGES[name].role], PAGES[name].address, chosen)
    json.dump(found, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def _ways_in(installation: Installation) -> dict[Role, str]:
    now = datetime.now(UTC)
    accounts = [
        installation.people.by_email("load@example.org"),
        installation.people.create("bureau@example.org", "", Role.BUREAU, now),
    ]
    return {account.role: installation.access.open(account, now).token for account in accounts}


def _open_cases(installation: Installation, records: int) -> None:
    """A case for every hundredth result."""
    drawn, broker = random.Random(1), installation.people.by_email("load@example.org")  # noqa: S311
    for number in range(1, records, 100):
        pair = f"a{number:07d}", carrier_id(drawn, records)
        installation.case_handling.open(*pair, Actor(account=broker), datetime.now(UTC), "load")


def _timed(pid: int, port: int, token: str, address: Address, chosen: argparse.Namespace) -> dict[str, float]:
    drawn = random.Random(0)  # noqa: S311
    took, cpu, sizes = [], [], []
    ahead = 0.0
    for number in range(chosen.times + 1):
        if number == 1:
            ahead = _settled(pid)
        start, used = time.perf_counter(), _processor(pid)
        sizes.append(_opened(port, token, address(drawn, chosen.records)))
        took.append(1000 * (time.perf_counter() - start))
        cpu.append(1000 * (_processor(pid) - used))
    later, used_later = sorted(took[1:]), sorted(cpu[1:])
    return {
        "first_cpu_ms": round(cpu[0], 1),
        "ahead_cpu_ms": round(ahead, 1),
        "p50_ms": round(later[len(later) // 2], 1),
        "p99_ms": round(later[min(int(len(later) * 0.99), len(later) - 1)], 1),
        "cpu_p50_ms": round(used_later[len(later) // 2], 1),
        "cpu_max_ms": round(used_later[-1], 1),
        "kb": round(max(sizes) / 1000, 1),
    }


def _settled(pid: int) -> float:
    """Wait until the service rests, and tell the processor's milliseconds of what it counted ahead meanwhile."""
    begun = before = _processor(pid)
    while True:
        time.sleep(REST)
        now = _processor(pid)
        if now - before < RESTING * REST:
            return 1000 * (now - begun)
        before = now


def _processor(pid: int) -> float:
    """Seconds that a process has computed, by the clock that Linux keeps for it (clock_getcpuclockid)."""
    return time.clock_gettime((~pid << 3) | 2)


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
