"""Every request is seen once: by its route's template and its role, never by what it says of somebody."""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient

from api import logging as logs
from api.metrics import Metrics
from api.observing import Handled, Observed, request_id
from matcher.domain.accounts import Role
from matcher.services.vitals import Reading

NAME = "赵某某"


class Person:
    role = Role.BROKER
    name = NAME


def application() -> FastAPI:
    app = FastAPI()
    router = APIRouter(prefix="/cases")

    @router.get("/{case_id}")
    def show(case_id: str, request: Request) -> dict[str, str]:
        request.state.actor = Person()
        logging.getLogger("matcher").warning("looked")
        return {"id": request_id()}

    @router.get("/{case_id}/broken")
    def broken(case_id: str) -> None:
        try:
            int(f"{case_id} of {NAME}")
        except ValueError as error:
            raise RuntimeError(NAME) from error

    @router.get("/{case_id}/half")
    def half(case_id: str) -> StreamingResponse:
        def parts() -> Iterator[str]:
            yield "a"
            raise RuntimeError(NAME)

        return StreamingResponse(parts())

    app.include_router(router, prefix="/v1")
    return app


@pytest.fixture
def seen() -> list[Handled]:
    return []


@pytest.fixture
def client(seen: list[Handled]) -> TestClient:
    ticks = iter(range(100))
    observed = Observed(application(), ended=[seen.append, logs.log_request], clock=lambda: float(next(ticks)))
    return TestClient(observed, raise_server_exceptions=False)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the process logs, as lines of JSON."""
    root, stream = logging.getLogger(), io.StringIO()
    before, level = root.handlers[:], root.level
    logs.configure(stream=stream)
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # the client of the test is not the service
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_request_is_told_by_template_and_role(client: TestClient, seen: list[Handled]) -> None:
    answer = client.get(f"/v1/cases/secret-7?q={NAME}")
    (handled,) = seen
    assert (handled.route, handled.method, handled.status, handled.role) == (
        "/v1/cases/{case_id}",
        "GET",
        200,
        "broker",
    )
    assert handled.seconds == 1.0
    assert answer.headers["X-Request-ID"] == handled.id == answer.json()["id"]


@pytest.mark.parametrize(
    ("path", "method", "told"), [("/nothing/at/7", "GET", "GET"), ("/v1/cases/7", "BREW", "OTHER")]
)
def test_what_no_route_takes_makes_no_label_of_its_own(
    client: TestClient, seen: list[Handled], path: str, method: str, told: str
) -> None:
    client.request(method, path)
    assert (seen[0].route in ("unmatched", "/v1/cases/{case_id}"), seen[0].method) == (True, told)


@pytest.mark.parametrize(
    ("given", "kept"), [("trace-2026.a_1", True), ("short", False), ("x" * 65, False), ("a b\tc" * 3, False)]
)
def test_only_a_well_formed_id_is_taken_over(client: TestClient, seen: list[Handled], given: str, kept: bool) -> None:
    answer = client.get("/v1/cases/7", headers={"X-Request-ID": given})
    assert (answer.headers["X-Request-ID"] == given) is kept
    assert answer.headers["X-Request-ID"] == seen[0].id


def test_the_log_has_a_line_a_request_without_personal_data(client: TestClient, log: io.StringIO) -> None:
    client.get(f"/v1/cases/secret-7?q={NAME}", headers={"X-Request-ID": "trace-0001"})
    within, line = (each for each in lines(log) if each["logger"] in ("matcher", "api.requests"))
    assert within["request_id"] == line["request_id"] == "trace-0001"
    assert line | {"time": ""} == {
        "time": "",
        "level": "info",
        "logger": "api.requests",
        "message": "request",
        "request_id": "trace-0001",
        "method": "GET",
        "route": "/v1/cases/{case_id}",
        "status": 200,
        "ms": 1000.0,
        "role": "broker",
    }
    assert not any(word in log.getvalue() for word in (NAME, "secret-7"))


def test_an_exception_is_told_with_its_places_and_without_its_words(
    client: TestClient, seen: list[Handled], log: io.StringIO
) -> None:
    answer = client.get("/v1/cases/secret-7/broken")
    assert (answer.status_code, answer.headers["X-Request-ID"]) == (500, seen[0].id)
    line = next(each for each in lines(log) if each["logger"] == "api.requests")
    assert (line["level"], line["status"]) == ("error", 500)
    assert [part for part in line["exception"] if ":" not in part] == ["ValueError", "RuntimeError"]
    assert any(part.endswith(" broken") for part in line["exception"])
    assert not any(word in log.getvalue() for word in (NAME, "secret-7"))


def test_an_answer_that_breaks_off_is_passed_to_the_server(seen: list[Handled]) -> None:
    observed = Observed(application(), ended=[seen.append])
    with pytest.raises(RuntimeError):
        TestClient(observed).get("/v1/cases/7/half")
    assert isinstance(seen[0].error, RuntimeError)


def test_a_cancelled_request_is_seen_and_stays_cancelled(seen: list[Handled]) -> None:
    async def hanging(*_: object) -> None:
        await asyncio.sleep(60)

    async def cut() -> None:
        scope = {"type": "http", "headers": [], "method": "GET"}
        task = asyncio.ensure_future(Observed(hanging, ended=[seen.append])(scope, None, None))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        task.cancel()
        await task

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cut())
    assert len(seen) == 1


def test_metrics_count_by_template_and_carry_the_readings_of_the_moment() -> None:
    metrics = Metrics()
    metrics.begun()
    metrics.begun()
    metrics.ended(Handled("x", "GET", "/v1/cases/{case_id}", 200, 0.03, "broker"))
    readings = [
        Reading("matcher_jobs", "Jobs by state.", count, {"state": state})
        for state, count in (("done", 2), ("failed", 0))
    ]
    text = metrics.render(readings).decode()
    for line in (
        'matcher_requests_total{method="GET",route="/v1/cases/{case_id}",status="200"} 1.0',
        'matcher_request_seconds_bucket{le="0.05",method="GET",route="/v1/cases/{case_id}"} 1.0',
        'matcher_request_seconds_bucket{le="0.025",method="GET",route="/v1/cases/{case_id}"} 0.0',
        "matcher_requests_running 1.0",
        'matcher_jobs{state="done"} 2.0',
    ):
        assert line in text.splitlines()
