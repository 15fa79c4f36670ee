"""The HTTP service as a process of its own: it tells how it is, shows nothing to strangers, and ends when told."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from matcher import __version__
from tests.commandline import start


@dataclass(frozen=True)
class Answer:
    """Status, media type, headers and JSON body."""

    status: int
    type: str
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True)
class Service:
    """A running service."""

    process: subprocess.Popen[str]
    port: int

    def ask(self, path: str, method: str = "GET") -> Answer:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        kind = response.headers.get_content_type()
        return Answer(response.status, kind, dict(response.headers), json.loads(text) if text else None)

    def end(self) -> str:
        """Send SIGTERM and return what the service had to say."""
        self.process.send_signal(signal.SIGTERM)
        _, err = self.process.communicate(timeout=30)
        return err


def started(home: Path) -> Service:
    """The service on a free port of this machine, as soon as it listens."""
    process = start(home, "--port", "0", module="api.app")
    return Service(process, listening(process))


def listening(process: subprocess.Popen[str]) -> int:
    """The port of a service, as soon as it listens."""
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
            return int(found[1])
    raise AssertionError("".join(said))


@pytest.fixture(scope="module")
def service(sample_home: Path) -> Iterator[Service]:
    """The service over the sample."""
    running = started(sample_home)
    yield running
    running.end()


def test_it_lives_and_is_ready(service: Service) -> None:
    live = service.ask("/v1/health/live")
    assert (live.status, live.body) == (200, {"status": "live"})
    ready = service.ask("/v1/health/ready")
    assert (ready.status, ready.body["status"], ready.body["index"]) == (200, "ready", "current")


def test_it_loads_what_questions_need_as_soon_as_it_starts(service: Service) -> None:
    until = time.monotonic() + 300
    while not (warm := service.ask("/v1/health/ready").body["warm"]) and time.monotonic() < until:
        time.sleep(0.2)
    assert warm


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/records/ex-a003", "/v1/health", "/v1/%E8%92%99?q=1"])
def test_everything_else_is_closed_to_strangers(service: Service, method: str, path: str) -> None:
    answer = service.ask(path, method)
    assert (answer.status, answer.type) == (401, "application/problem+json")
    assert {"type", "title", "status", "detail"} <= set(answer.body)
    assert answer.body["status"] == 401
    assert "WWW-Authenticate" in {name.title().replace("Www", "WWW") for name in answer.headers}


def test_a_head_request_is_closed_too(service: Service) -> None:
    assert service.ask("/v1/records", "HEAD").status == 401


@pytest.mark.parametrize("path", ["/nothing", "/docs", "/v2/records"])
def test_an_unknown_page_leads_strangers_to_the_door_as_every_page_does(service: Service, path: str) -> None:
    answer = service.ask(path)
    assert (answer.status, answer.headers["location"]) == (303, f"/sign-in?next={quote(path, safe='')}")


def test_the_description_of_the_interface_is_open(service: Service) -> None:
    answer = service.ask("/openapi.json")
    assert answer.status == 200
    assert answer.body["info"]["version"] == __version__
    assert {"/v1/health/live", "/v1/health/ready"} <= set(answer.body["paths"])


def test_sigterm_ends_it_cleanly(tmp_path: Path) -> None:
    service = started(tmp_path / "home")
    assert service.ask("/v1/health/ready").body["index"] == "stale"  # nothing was ever indexed
    said = service.end()
    assert service.process.returncode in (0, -signal.SIGTERM)
    assert "Application shutdown complete" in said
    assert "Traceback" not in said


def test_damaged_indexes_make_it_unready_without_telling_strangers_where(sample_home: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "indexes").mkdir(parents=True)
    (home / "indexes" / "current").write_text("gone", encoding="utf-8")
    service = started(home)
    answer = service.ask("/v1/health/ready")
    assert (answer.status, answer.type) == (503, "application/problem+json")
    assert "manifest" not in json.dumps(answer.body)
    assert service.ask("/v1/health/live").status == 200
    assert "manifest.json" in service.end()


def test_a_wrong_setting_is_a_named_error(tmp_path: Path) -> None:
    process = start(tmp_path, module="api.app", database_url="nonsense")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "MATCHER_DATABASE_URL" in err
    assert "Traceback" not in err
