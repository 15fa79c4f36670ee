"""Jobs over HTTP: files are handed in, looked after and taken in, and nobody sees what is not theirs."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.permissions import PERMISSIONS
from matcher.domain.accounts import Role
from matcher.domain.jobs import Job
from tests.commandline import SAMPLE
from tests.service import Service

CSV = "id,title,institution\nn-1,沙棘果油微胶囊,甲大学\n,,\nn-2,,甲大学\n".encode()
STAFF = (Role.ADMINISTRATOR, Role.BUREAU)


def send(service: Service, *files: tuple[str, bytes], **form: str) -> Any:
    return service.call(Role.BUREAU, "POST", "/imports", files=[("files", one) for one in files], data=form)


def work(service: Service) -> Job | None:
    return service.installation.worker(threading.Event()).once()


def test_files_are_handed_in_taken_in_and_their_issues_downloaded(service: Service) -> None:
    answer = send(service, ("achievements.csv", CSV))
    assert answer.status_code == 202
    job = answer.json()
    where = answer.headers["location"].removeprefix("/v1")
    assert (where, job["state"], job["arguments"]["files"]) == (f"/jobs/{job['id']}", "queued", ["achievements.csv"])
    work(service)
    done = service.get(Role.BUREAU, where).json()
    assert (done["state"], done["result"]["tables"]["achievements"]["new"]) == ("done", 1)
    assert service.get(Role.BUREAU, "/achievements/n-1").status_code == 200
    sheet = service.get(Role.BUREAU, f"{where}/issues")
    assert sheet.headers["content-type"].startswith("text/csv")
    head, line = sheet.content.decode("utf-8-sig").splitlines()[:2]
    assert head.startswith("文件,行,字段,程度")
    assert line.startswith("achievements.csv,4,title,error")
    assert "row,field" in service.get(Role.BUREAU, f"{where}/issues?language=en").text
    [index, _] = service.get(Role.BUREAU, "/jobs").json()["items"]
    assert (index["kind"], index["state"], "result" in index) == ("index", "queued", False)


def test_an_import_is_listed_and_undone_as_on_its_page(service: Service) -> None:
    send(service, ("achievements.csv", CSV))
    work(service)
    page = service.get(Role.BUREAU, "/imports?limit=1").json()
    [listed] = page["items"]
    [before] = service.get(Role.BUREAU, f"/imports?limit=1&cursor={page['next']}").json()["items"]
    assert before["id"] < listed["id"]
    where = f"/imports/{listed['id']}"
    assert (listed["name"], listed["state"], listed["changes"], listed["undone_at"]) == (
        "achievements.csv", "done", 1, None,
    )  # fmt: skip
    assert service.get(Role.BUREAU, where).json() == listed
    assert service.post(Role.BROKER, f"{where}/undo", None).status_code == 403
    asked = service.post(Role.BUREAU, f"{where}/undo", None)
    assert (asked.status_code, asked.headers["location"]) == (202, f"/v1/jobs/{asked.json()['id']}")
    while work(service):
        pass
    done = service.get(Role.BUREAU, asked.headers["location"].removeprefix("/v1")).json()
    assert (done["kind"], done["state"], done["result"]["deleted"]) == ("undo", "done", {"achievements": 1})
    assert service.get(Role.BUREAU, "/achievements/n-1").status_code == 404
    assert service.get(Role.BUREAU, where).json()["undone_at"] is not None
    assert service.post(Role.BUREAU, f"{where}/undo", None).status_code == 409
    assert service.post(Role.BUREAU, "/imports/99999/undo", None).status_code == 404


def test_a_moment_is_the_same_text_when_it_is_told_and_when_it_is_read(service: Service) -> None:
    made = service.post(Role.BUREAU, "/jobs", {"kind": "index"}).json()
    read = service.get(Role.BUREAU, f"/jobs/{made['id']}").json()
    assert made["created_at"] == read["created_at"]
    assert made["created_at"].endswith("Z")


def test_a_dry_run_with_a_mapping_tells_what_would_happen(service: Service) -> None:
    content = "编码,我的列名\nn-1,沙棘果油\n".encode()
    mapping = '{"编码": "id", "我的列名": "title"}'
    answer = send(service, ("list.csv", content), kind="achievements", mapping=mapping, dry_run="true")
    assert answer.status_code == 202
    work(service)
    done = service.get(Role.BUREAU, f"/jobs/{answer.json()['id']}").json()
    assert (done["state"], done["result"]["dry_run"]) == ("done", True)
    assert done["result"]["tables"]["achievements"]["new"] == 1
    assert service.get(Role.BUREAU, "/achievements/n-1").status_code == 404


@pytest.mark.parametrize(
    ("files", "form"),
    [
        ([("achievements.exe", CSV)], {}),
        ([("achievements.xlsx", CSV)], {}),
        ([("achievements.csv", (SAMPLE / "funds.xlsx").read_bytes())], {}),
        ([("a.csv", CSV), ("A.csv", CSV)], {}),
        ([("achievements.csv", CSV)], {"mapping": "{"}),
        ([("achievements.csv", CSV)], {"mapping": "[1]"}),
        ([("achievements.csv", CSV)], {"mapping": '{"achievements": {"x": "no such field"}}'}),
        ([("achievements.csv", CSV)], {"kind": "people"}),
        ([], {}),
    ],
)
def test_what_cannot_be_imported_is_refused_at_once_and_leaves_nothing(
    service: Service, files: list[tuple[str, bytes]], form: dict[str, str]
) -> None:
    answer = send(service, *files, **form)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert service.get(Role.BUREAU, "/jobs").json()["items"] == []
    folder = service.installation.uploads.folder("")
    assert not folder.exists() or list(folder.iterdir()) == []


def test_handing_in_again_under_the_same_key_makes_no_second_job(service: Service) -> None:
    files = {"files": ("achievements.csv", CSV, "text/csv")}
    request = service.client.build_request("POST", "/v1/imports", files=files)
    body, kind = request.read(), request.headers["content-type"]
    headers = {"Idempotency-Key": "k-1", "Content-Type": kind}
    first, second = (service.call(Role.BUREAU, "POST", "/imports", content=body, headers=headers) for _ in range(2))
    assert first.json()["id"] == second.json()["id"]
    assert second.headers["idempotent-replay"] == "true"
    assert len(service.get(Role.BUREAU, "/jobs").json()["items"]) == 1


def test_an_unfinished_index_job_is_given_back_and_a_job_is_cancelled_and_resumed(service: Service) -> None:
    job = service.post(Role.BUREAU, "/jobs", {"kind": "index"}).json()
    assert service.post(Role.ADMINISTRATOR, "/jobs", {"kind": "index"}).json()["id"] == job["id"]
    assert service.post(Role.BUREAU, "/jobs", {"kind": "index", "rebuild": True}).json()["id"] != job["id"]
    assert service.post(Role.BUREAU, "/jobs", {"kind": "dance"}).status_code == 422
    assert service.post(Role.BUREAU, "/jobs", {"kind": "deliver", "week": "2026-W54"}).status_code == 422
    assert service.post(Role.BUREAU, f"/jobs/{job['id']}/cancel", None).json()["state"] == "cancelled"
    assert service.get(Role.BUREAU, f"/jobs/{job['id']}/issues").status_code == 409
    assert service.post(Role.BUREAU, f"/jobs/{job['id']}/resume", None).json()["state"] == "queued"
    work(service)
    work(service)
    assert service.post(Role.BUREAU, f"/jobs/{job['id']}/cancel", None).status_code == 409


def test_the_bureau_has_digests_sent_by_a_job_and_nobody_else_does(service: Service) -> None:
    asked = {"kind": "deliver", "week": "2026-W48"}
    assert service.post(Role.BROKER, "/jobs", asked).status_code == 403
    job = service.post(Role.BUREAU, "/jobs", asked).json()
    work(service)
    ended = service.get(Role.BUREAU, f"/jobs/{job['id']}").json()
    assert ended["state"] == "failed"
    assert "2026-W48" in ended["error"]["en"]


def test_pages_of_jobs_follow_each_other(service: Service) -> None:
    made = [send(service, ("achievements.csv", CSV)).json()["id"] for _ in range(3)]
    first = service.get(Role.BUREAU, "/jobs?limit=2").json()
    second = service.get(Role.BUREAU, f"/jobs?limit=2&cursor={first['next']}").json()
    assert [job["id"] for job in first["items"] + second["items"]] == made[::-1]
    assert second["next"] is None
    assert service.get(Role.BUREAU, "/jobs?state=done").json()["items"] == []


def test_a_job_does_not_exist_for_those_whose_business_it_is_not(service: Service) -> None:
    hidden = send(service, ("achievements.csv", CSV)).json()["id"]
    for role in Role:
        for method, path in (("GET", ""), ("GET", "/issues"), ("POST", "/cancel"), ("POST", "/resume")):
            found = service.call(role, method, f"/jobs/{hidden}{path}")
            unknown = service.call(role, method, f"/jobs/{'0' * len(hidden)}{path}")
            if role in STAFF:
                assert found.status_code != 404
                continue
            assert (found.status_code, unknown.status_code) == (404, 404)
            assert found.json()["detail_zh"] == unknown.json()["detail_zh"]
        shown = service.get(role, "/jobs").json()["items"]
        assert bool(shown) == (role in STAFF), role


def test_only_staff_import_and_a_stranger_is_not_even_listened_to(service: Service) -> None:
    assert PERMISSIONS["create_import"].roles == frozenset(STAFF)
    huge = b"x" * (PERMISSIONS["create_import"].most_bytes + 1)
    assert service.client.post("/v1/imports", content=huge).status_code == 401
    assert service.call(Role.FUND, "POST", "/imports", content=huge).status_code == 403
    assert service.call(Role.BUREAU, "POST", "/imports", content=huge).status_code == 413


def test_the_service_does_the_jobs_itself_while_it_runs(service: Service) -> None:
    with TestClient(create_app(service.installation)) as client:
        headers = {"Authorization": f"Bearer {service.tokens[Role.BUREAU]}"}
        job = client.post("/v1/jobs", json={"kind": "index"}, headers=headers).json()
        waited = threading.Event()
        for _ in range(600):
            if client.get(f"/v1/jobs/{job['id']}", headers=headers).json()["state"] == "done":
                break
            waited.wait(0.1)
        else:
            raise AssertionError("it was never done")
    assert not [thread for thread in threading.enumerate() if thread.name == "jobs"]
