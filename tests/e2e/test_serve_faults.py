"""A running service that is killed while people write, whole or one worker of it; several workers serve one state."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest

from matcher.domain.accounts import Role
from matcher.domain.records import Kind
from matcher.domain.visibility import Viewer
from tests.commandline import start
from tests.e2e.test_serve import listening
from tests.service import copied, installed, over

WRITERS = 4


def prepared(sample_home: Path, home: Path) -> str:
    """A copy of the sample with accounts, and a broker's token."""
    installation = copied(sample_home, home)
    token = over(installation).tokens[Role.BROKER]
    installation.close()
    return token


@dataclass
class Writer:
    """Somebody who writes one record after another, each under its own key, until the service is gone."""

    port: int
    token: str
    name: str
    kept: list[str] = field(default_factory=list)
    doubtful: str = ""
    """What was sent last and never answered."""
    most: int = 10_000
    lasting: bool = False
    """Whether what was not answered is sent again, instead of giving up."""

    def write(self, name: str) -> int:
        body = {"id": name, "title": f"沙棘果油微胶囊 {name}", "institution": "示例大学"}
        return ask(self.port, self.token, "POST", "/v1/achievements", body, {"Idempotency-Key": name})[0]

    def run(self) -> None:
        for number in range(self.most):
            self.doubtful = f"{self.name}-{number}"
            try:
                status = self.write(self.doubtful)
            except (OSError, HTTPException):
                if not self.lasting:
                    return
                status = self.write(self.doubtful)
            assert status == 201
            self.kept.append(self.doubtful)


def ask(
    port: int, token: str, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        told = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **(headers or {})}
        connection.request(method, path, None if body is None else json.dumps(body), told)
        response = connection.getresponse()
        return response.status, json.loads(response.read() or b"null")
    finally:
        connection.close()


def serving(home: Path, *words: str) -> tuple[subprocess.Popen[str], int]:
    process = start(home, "--port", "0", *words, module="api.app")
    port = listening(process)
    for _ in range(600):  # workers listen a moment after their parent says so
        try:
            ask(port, "", "GET", "/v1/health/live")
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return process, port
    raise AssertionError(process.communicate())


def ended(process: subprocess.Popen[str], how: signal.Signals = signal.SIGTERM) -> None:
    process.send_signal(how)
    process.communicate(timeout=60)


def begun(writers: list[Writer], so_many: int) -> list[threading.Thread]:
    """The writers at work, once so many of their records are written."""
    threads = [threading.Thread(target=writer.run) for writer in writers]
    for thread in threads:
        thread.start()
    while sum(len(writer.kept) for writer in writers) < so_many:
        threads[0].join(0.05)
    return threads


def require_written_once(home: Path, writers: list[Writer]) -> None:
    """Nothing that was answered is lost, nothing is there or in the audit twice, and nothing else is there."""
    wanted = sorted(name for writer in writers for name in writer.kept)
    installation = installed(home)
    deeds = [deed for deed in installation.journal.latest(None, 10_000) if deed.operation == "create_achievements"]
    stored = installation.records.page(Kind.ACHIEVEMENTS, Viewer.ENTITLED, "w", 10_000)
    installation.close()
    assert [record.id for record in stored if record.id.startswith("w")] == wanted
    assert len(deeds) == len(wanted)


def workers_of(process: subprocess.Popen[str]) -> set[int]:
    """The worker processes of a service."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return {int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()}


@pytest.mark.slow
def test_what_was_answered_is_kept_and_what_was_not_can_be_sent_again_after_a_kill(
    sample_home: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    token = prepared(sample_home, home)
    process, port = serving(home)
    writers = [Writer(port, token, f"w{number}") for number in range(WRITERS)]
    threads = begun(writers, 20)
    ended(process, signal.SIGKILL)
    for thread in threads:
        thread.join()

    process, port = serving(home)
    try:
        for writer in writers:
            writer.port = port
            assert writer.write(writer.doubtful) == 201  # whether it was done or not, it is now, once
            writer.kept.append(writer.doubtful)
        status, found = ask(port, token, "POST", "/v1/match", {"record_id": writers[0].kept[0], "k": 1})
        assert (status, len(found["items"])) == (200, 1)
    finally:
        ended(process)
    require_written_once(home, writers)


@pytest.mark.slow
def test_several_workers_serve_one_state_and_one_that_is_killed_takes_no_answered_write_with_it(
    sample_home: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    token = prepared(sample_home, home)
    process, port = serving(home, "--workers", "2")
    try:
        writer = Writer(port, token, "w")
        for name in ("w-0", "w-1", "w-2"):
            assert writer.write(name) == 201
            assert writer.write(name) == 201  # again under its key, by whichever worker
            writer.kept.append(name)
            seen = [ask(port, token, "GET", f"/v1/achievements/{name}")[0] for _ in range(8)]
            matched = [ask(port, token, "POST", "/v1/match", {"record_id": name, "k": 1}) for _ in range(4)]
            assert set(seen) == {200}
            assert {status for status, _ in matched} == {200}
            assert len({found["items"][0]["id"] for _, found in matched}) == 1

        writers = [Writer(port, token, f"w{number}", most=10, lasting=True) for number in range(WRITERS)]
        threads = begun(writers, 5)
        victim = workers_of(process).pop()
        os.kill(victim, signal.SIGKILL)
        for thread in threads:
            thread.join()
        assert [len(each.kept) for each in writers] == [10] * WRITERS  # the service goes on
        while victim in (serve := workers_of(process)) or len(serve) < 2:  # its parent puts another in its place
            time.sleep(0.05)
    finally:
        ended(process)
    require_written_once(home, [writer, *writers])
