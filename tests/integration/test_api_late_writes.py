"""What takes its time before it writes keeps nobody from writing, and is still done once and whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier, Event
from typing import Any

import pytest

from matcher.domain.accounts import Role
from matcher.errors import StoreError
from matcher.wording import Said
from tests.casework import PDF
from tests.service import Service

FREE = {"If-Match": "*"}
CSV = "成果名称,完成单位\n沙棘果油微胶囊,示例大学\n".encode()


def declined(service: Service) -> str:
    """A case whose introduction was declined."""
    case = service.post(Role.BROKER, "/cases", {"left_id": "ex-a001", "right_id": "ex-i01"}).json()["id"]
    told = service.post(Role.BROKER, f"/cases/{case}/introductions", {}, headers=FREE).json()["id"]
    answer = {"accepted": False, "refusal": "capacity"}
    assert service.post(Role.INCUBATOR, f"/introductions/{told}/answer", answer).status_code == 200
    return str(case)


def next_taker(service: Service, case: str, **headers: str) -> Any:
    return service.post(Role.BROKER, f"/cases/{case}/introductions/next", {}, headers=FREE | headers)


def attach(service: Service, case: str, **headers: str) -> Any:
    return service.call(Role.BROKER, "POST", f"/cases/{case}/attachments?name=a.pdf", content=PDF, headers=headers)


def hand_in(service: Service, _case: str, **headers: str) -> Any:
    files = {"files": ("achievements.csv", CSV, "text/csv")}
    return service.call(Role.BUREAU, "POST", "/imports", files=files, headers=headers)


SLOW: list[tuple[Callable[..., Any], str, str, int]] = [
    (next_taker, "introducing", "_alternates", 201),
    (attach, "case_papers._folder", "put", 201),
    (hand_in, "uploads", "keep", 202),
]
"""A request, the part that takes its time for it, and what it is answered."""


@contextmanager
def held(service: Service, monkeypatch: pytest.MonkeyPatch, part: str, method: str) -> Iterator[tuple[Event, Event]]:
    """Hold what takes its time until somebody lets it go on; tell when it has begun."""
    owner: Any = service.installation
    for name in part.split("."):
        owner = getattr(owner, name)
    work, begun, go_on = getattr(owner, method), Event(), Event()

    def slow(*arguments: Any) -> Any:
        begun.set()
        assert go_on.wait(30)
        return work(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(owner, method, slow)
        yield begun, go_on


@pytest.mark.parametrize(("request_", "part", "method", "status"), SLOW, ids=["next", "attachment", "import"])
def test_others_write_meanwhile(
    service: Service, monkeypatch: pytest.MonkeyPatch, request_: Callable[..., Any], part: str, method: str, status: int
) -> None:
    case = declined(service)
    with service.client, ThreadPoolExecutor(2) as pool, held(service, monkeypatch, part, method) as (begun, go_on):
        slow = pool.submit(request_, service, case)
        assert begun.wait(30)
        meanwhile = pool.submit(service.post, Role.BROKER, f"/cases/{case}/notes", {"text": "电话沟通"})
        try:
            assert meanwhile.result(timeout=20).status_code == 201
            assert not slow.done()
        finally:
            go_on.set()
        assert slow.result().status_code == status
    operations = [one["operation"] for one in service.get(Role.BUREAU, "/audit", params={"limit": 2}).json()["items"]]
    assert operations[1] == "add_case_note"  # the slow one is written after it


@pytest.mark.parametrize(("request_", "part", "method", "status"), SLOW, ids=["next", "attachment", "import"])
def test_the_same_request_twice_at_once_under_one_key_is_done_once(
    service: Service, monkeypatch: pytest.MonkeyPatch, request_: Callable[..., Any], part: str, method: str, status: int
) -> None:
    case = declined(service)
    jobs = len(service.get(Role.BUREAU, "/jobs").json()["items"])
    owner: Any = service.installation
    both = Barrier(2)
    for name in part.split("."):
        owner = getattr(owner, name)
    work: Callable[..., Any] = getattr(owner, method)

    def together(*arguments: Any) -> Any:
        both.wait(30)  # both have looked, and neither was answered before
        return work(*arguments)

    with service.client, ThreadPoolExecutor(2) as pool, monkeypatch.context() as patched:
        patched.setattr(owner, method, together)
        answers = list(pool.map(lambda _: request_(service, case, **{"Idempotency-Key": "once"}), range(2)))
    assert [one.status_code for one in answers] == [status] * 2
    assert answers[0].json() == answers[1].json()
    assert sorted(one.headers.get("idempotent-replay", "") for one in answers) == ["", "true"]
    made = service.get(Role.BROKER, f"/cases/{case}").json()
    if request_ is attach:
        assert len(made["attachments"]) == 1
    if request_ is hand_in:
        assert len(service.get(Role.BUREAU, "/jobs").json()["items"]) == jobs + 1
    if request_ is next_taker:
        assert len(service.get(Role.BROKER, "/cases", params={"record": "ex-a001"}).json()["items"]) == 2
    again = request_(service, case, **{"Idempotency-Key": "once"})
    assert (again.json(), again.headers["idempotent-replay"]) == (answers[0].json(), "true")


def test_what_changed_while_the_takers_were_ranked_is_looked_at_again(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = declined(service)
    with (
        service.client,
        ThreadPoolExecutor(1) as pool,
        held(service, monkeypatch, "introducing", "_alternates") as (begun, go_on),
    ):
        slow = pool.submit(next_taker, service, case)
        assert begun.wait(30)
        assert service.post(Role.BROKER, f"/cases/{case}/introductions", {}, headers=FREE).status_code == 201
        go_on.set()
        assert slow.result().status_code == 409
    assert len(service.get(Role.BROKER, "/cases", params={"record": "ex-a001"}).json()["items"]) == 1


def test_a_late_write_that_fails_leaves_nothing_and_no_line_in_the_audit(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = declined(service)

    def fails(*_: object) -> None:
        raise StoreError(Said("坏了。", "It broke."), Said("再试。", "Try again."))

    before = service.get(Role.BUREAU, "/audit").json()
    with monkeypatch.context() as broken:
        broken.setattr("matcher.services.cases.papers._log", fails)  # after the attachment was written
        assert attach(service, case, **{"Idempotency-Key": "k"}).status_code == 422
    assert service.get(Role.BROKER, f"/cases/{case}").json()["attachments"] == []
    assert service.get(Role.BUREAU, "/audit").json() == before
    assert attach(service, case, **{"Idempotency-Key": "k"}).status_code == 201


def test_nobody_leaves_a_file_on_a_case_they_may_not_write_on(service: Service) -> None:
    case = declined(service)
    folder = service.installation.home / "attachments"
    path = f"/cases/{case}/attachments?name=a.pdf"
    for role in (Role.FUND, Role.BUREAU):
        assert service.call(role, "POST", path, content=PDF).status_code in (403, 404)
    assert not folder.exists() or list(folder.rglob("*")) == []
