"""Cases over HTTP: a whole one from opening to undo, two editors, a double submit, and who gets to know what."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from matcher.domain.accounts import Actor, Role
from matcher.domain.cases import Task
from matcher.domain.records import Kind, Outcome, PairKind, Visibility
from matcher.store import Outcomes, Papers, Records
from tests.builders import achievement
from tests.casework import EVERYTHING, PDF
from tests.service import NOW, Service

INSTITUTION = "白音温都民族医药大学"
SECRET = achievement("zz-1", title="绝密琥珀制剂", institution=INSTITUTION, visibility=Visibility.RESTRICTED)
PAIR = {"left_id": "ex-a001", "right_id": "ex-i01"}
BROKER, CARRIER, UNIVERSITY = Role.BROKER, Role.INCUBATOR, Role.UNIVERSITY


def opened(service: Service, role: Role = BROKER, **pair: str) -> tuple[str, str]:
    """A case and its ETag."""
    answer = service.post(role, "/cases", {"reason": "另一批次"} | PAIR | pair)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/v1/cases/{answer.json()['id']}"
    return answer.json()["id"], answer.headers["ETag"]


def act(service: Service, role: Role, path: str, body: object = None, tag: str = "*", method: str = "POST") -> Any:
    return service.call(role, method, path, json=body, headers={"If-Match": tag})


def outcomes(service: Service, left: str = "ex-a001") -> list[Outcome]:
    with service.installation.database.read() as connection:
        return Outcomes(connection).of(PairKind.ACHIEVEMENT_INCUBATOR, left, "ex-i01")


def test_a_case_is_walked_to_its_end_and_the_last_step_undone(service: Service) -> None:
    before = outcomes(service)
    case, tag = opened(service)
    path = f"/cases/{case}"
    refused = act(service, BROKER, f"{path}/moves", {"move": "advance"}, tag)
    assert refused.status_code == 409
    assert "线索编号" in refused.json()["detail_zh"]
    barred = [way for way in service.get(BROKER, path).json()["moves"] if not way["open"]]
    assert "线索编号" in [one["zh"] for one in barred[0]["missing"]]
    told = act(service, BROKER, f"{path}/facts", {"facts": EVERYTHING}, tag, "PATCH")
    assert told.json()["facts"]["case_trl"] == 5
    for _ in range(4):
        assert act(service, BROKER, f"{path}/moves", {"move": "advance"}).status_code == 200
    closed = act(service, BROKER, f"{path}/moves", {"move": "advance", "amount": 80000})
    assert (closed.json()["phase"], closed.json()["history"][-1]["outcome"]["amount"]) == ("closed", 80000)
    assert len(outcomes(service)) == len(before) + 1
    undone = act(service, BROKER, f"{path}/undo", tag=closed.headers["ETag"])
    assert undone.json()["phase"] == "serve"
    assert outcomes(service) == before
    stopped = act(service, BROKER, f"{path}/stop", {"reason": "对方名额已满", "refusal": "capacity"})
    assert stopped.json()["history"][-1]["outcome"]["reason"] == "容量不足：对方名额已满"
    listed = service.get(BROKER, "/cases", params={"phase": "closed_lost", "record": "ex-i01"}).json()
    assert [one["id"] for one in listed["items"]] == [case]


def test_of_two_editors_the_second_is_told(service: Service) -> None:
    case, tag = opened(service)
    first = act(service, BROKER, f"/cases/{case}/facts", {"facts": {"case_lead": "X-1"}}, tag, "PATCH")
    late = act(service, Role.ADMINISTRATOR, f"/cases/{case}/facts", {"facts": {"case_lead": "X-2"}}, tag, "PATCH")
    assert (first.status_code, late.status_code) == (200, 409)
    assert service.get(BROKER, f"/cases/{case}").json()["facts"] == {"case_lead": "X-1"}


def test_a_double_submit_is_done_once(service: Service) -> None:
    case, _ = opened(service)

    def note(_: int) -> tuple[int, str]:
        answer = service.post(BROKER, f"/cases/{case}/notes", {"text": "电话沟通"}, headers={"Idempotency-Key": "once"})
        return answer.status_code, answer.json()["id"]

    with service.client, ThreadPoolExecutor() as pool:  # the client then has one event loop, as a worker has
        assert len(set(pool.map(note, range(4)))) == 1
    assert len(service.get(BROKER, f"/cases/{case}").json()["notes"]) == 1


def test_a_pair_is_opened_once_however_many_ask(service: Service) -> None:
    with service.client, ThreadPoolExecutor() as pool:  # the client then has one event loop, as a worker has
        answers = list(pool.map(lambda _: service.post(BROKER, "/cases", PAIR).status_code, range(4)))
    assert sorted(answers) == [201, 409, 409, 409]


def test_a_restricted_result_is_introduced_without_being_told_before_both_accept(service: Service) -> None:
    with service.installation.database.begin() as connection:
        Records(connection).upsert([SECRET], NOW)
    case, tag = opened(service, Role.ADMINISTRATOR, left_id="zz-1")
    for role in (BROKER, CARRIER, Role.FUND):
        assert service.post(role, "/cases", PAIR | {"left_id": "zz-1"}).status_code in (403, 404)
    told = act(service, Role.ADMINISTRATOR, f"/cases/{case}/introductions", {"message": "请联系"}, tag)
    path = f"/introductions/{told.json()['id']}"
    assert service.get(CARRIER, path).status_code == 404
    assert service.get(CARRIER, "/introductions").json() == []
    answer = service.post(UNIVERSITY, f"{path}/answer", {"accepted": True, "contact": "周老师 0475"})
    assert answer.status_code == 200
    blind = service.get(CARRIER, path)
    assert (blind.status_code, blind.json()["left"], blind.json()["case"]) == (200, "", "")
    assert all(word not in blind.text for word in ("琥珀", "zz-1", "周老师", case))
    assert service.get(CARRIER, f"/cases/{case}").status_code == 404
    assert service.get(CARRIER, "/achievements/zz-1").status_code == 404
    both = service.post(CARRIER, f"{path}/answer", {"accepted": True, "contact": "李经理 139"})
    assert both.json()["contacts"] == {"left": "周老师 0475"}
    assert service.get(UNIVERSITY, path).json()["contacts"] == {"right": "李经理 139"}
    assert service.get(CARRIER, "/achievements/zz-1").status_code == 200
    assert service.get(CARRIER, f"/cases/{case}").json()["facts"] == {}
    assert [one.result for one in outcomes(service, "zz-1")] == ["in_talks"]
    assert service.call(CARRIER, "DELETE", f"{path}/answer").status_code == 204
    assert service.get(CARRIER, "/achievements/zz-1").status_code == 404
    assert outcomes(service, "zz-1") == []


def test_after_a_decline_the_next_best_taker_is_asked(service: Service) -> None:
    case, _ = opened(service)
    told = act(service, BROKER, f"/cases/{case}/introductions", {})
    early = act(service, BROKER, f"/cases/{case}/introductions/next", {})
    declined = service.post(
        CARRIER, f"/introductions/{told.json()['id']}/answer", {"accepted": False, "refusal": "capacity"}
    )
    following = act(service, BROKER, f"/cases/{case}/introductions/next", {})
    assert (early.status_code, declined.json()["state"], following.status_code) == (409, "declined", 201)
    assert following.json()["right_id"] not in ("", "ex-i01")
    assert following.json()["case"] != case


def test_an_attachment_goes_up_and_comes_down_as_a_file_to_save(service: Service) -> None:
    case, _ = opened(service)
    sent = {"params": {"name": "../合同.pdf"}, "headers": {"Content-Type": "application/octet-stream"}}
    kept = service.call(BROKER, "POST", f"/cases/{case}/attachments", content=PDF, **sent).json()
    assert (kept["name"], kept["audience"]) == ("合同.pdf", "internal")
    answer = service.get(BROKER, f"/cases/{case}/attachments/{kept['id']}")
    assert (answer.content, answer.headers["content-type"]) == (PDF, "application/pdf")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    disguised = service.call(BROKER, "POST", f"/cases/{case}/attachments", content=b"MZ", **sent)
    assert disguised.status_code == 422
    large = service.call(BROKER, "POST", f"/cases/{case}/attachments", content=PDF + bytes(20 * 2**20), **sent)
    assert large.status_code == 413
    for role in (CARRIER, UNIVERSITY, Role.FUND):
        assert service.get(role, f"/cases/{case}/attachments/{kept['id']}").status_code == 404


def test_a_refused_write_leaves_nothing_of_the_case(service: Service) -> None:
    case, _ = opened(service)
    before = service.get(BROKER, f"/cases/{case}").json()
    for path, body in (
        ("notes", {"text": " "}),
        ("tasks", {"text": "x", "due": "2020-01-01"}),
        ("stop", {"reason": "", "refusal": "price"}),
        ("moves", {"move": "reopen"}),
        ("undo", None),
    ):
        assert act(service, BROKER, f"/cases/{case}/{path}", body).status_code in (409, 422), path
    assert service.get(BROKER, f"/cases/{case}").json() == before


@pytest.mark.parametrize("role", [CARRIER, UNIVERSITY, Role.FUND])
def test_a_case_does_not_exist_for_those_it_does_not_concern(service: Service, role: Role) -> None:
    case, _ = opened(service, left_id="ex-a002", right_id="ex-i05")
    for path in (f"/cases/{case}", "/cases/no-such-thing"):
        answers = [
            service.get(role, path),
            act(service, role, f"{path}/undo"),
            service.get(role, f"{path}/attachments/x"),
        ]
        assert {(one.status_code, one.json()["detail_zh"]) for one in answers} == {
            (404, "没有这样的记录，或您无权查看。")
        }
    assert service.get(role, "/cases").json() == {"items": [], "next": None}


def test_a_case_is_handed_over_whole_with_its_line_in_the_audit(service: Service) -> None:
    case, tag = opened(service)
    path = f"/cases/{case}/hand-over"
    assert act(service, BROKER, path, {"to": service.accounts[UNIVERSITY].id}, tag).status_code == 422
    assert act(service, CARRIER, path, {"to": service.accounts[CARRIER].id}, tag).status_code == 404
    handed = act(service, BROKER, path, {"to": "incubator@example.org"}, tag)
    assert (handed.status_code, handed.content) == (204, b"")
    assert service.get(BROKER, f"/cases/{case}").status_code == 404
    there = service.get(CARRIER, f"/cases/{case}").json()
    assert (there["part"], there["owner"], there["organisation"]) == (
        "works", service.accounts[CARRIER].id, "org-carrier",
    )  # fmt: skip
    assert there["history"][-1]["what"] == "handed"
    [deed] = [one for one in service.get(Role.BUREAU, "/audit").json()["items"] if one["operation"] == "hand_over_case"]
    assert (deed["account_id"], deed["target"]) == (service.accounts[BROKER].id, f"/v1{path}")
    back = act(service, Role.BUREAU, path, {"to": service.accounts[BROKER].id})
    assert (back.status_code, service.get(BROKER, f"/cases/{case}").json()["part"]) == (204, "works")


def test_lists_go_on_where_the_cursor_says(service: Service) -> None:
    ids = [opened(service, right_id=f"ex-i0{number}")[0] for number in range(1, 6)]
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = service.get(BROKER, "/cases", params={"limit": 2, "cursor": cursor}).json()
        found += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert found == ids[::-1]


def test_overdue_tasks_come_by_day_a_page_at_a_time_and_a_strange_cursor_is_refused(service: Service) -> None:
    account = service.accounts[BROKER]
    broker = Actor(account=account, organisation=service.installation.people.organisation(account.organisation_id))
    for number in range(1, 4):
        case, _ = opened(service, right_id=f"ex-i0{number}")
        then = datetime.now(UTC) - timedelta(days=number)
        service.installation.case_papers.plan(case, f"第{number}", then.date(), broker, then)
    found: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = service.get(BROKER, "/cases/overdue", params={"limit": 2, "cursor": cursor}).json()
        found += [one["text"] for one in page["items"]]
        cursor = page["next"]
    assert found == ["第3", "第2", "第1"]
    assert service.get(CARRIER, "/cases/overdue").json() == {"items": [], "next": None}
    for strange in ("bm90aGluZw==", "MjAyNi0xMy0wMSB4"):
        assert service.get(BROKER, "/cases/overdue", params={"cursor": strange}).status_code == 422


def test_who_looks_at_a_case_of_a_hidden_record_stands_in_the_audit(service: Service) -> None:
    with service.installation.database.begin() as connection:
        Records(connection).upsert([SECRET], NOW)
    case, _ = opened(service, Role.ADMINISTRATOR, left_id="zz-1")
    service.get(Role.BUREAU, f"/cases/{case}")
    seen = service.get(Role.ADMINISTRATOR, "/audit").json()["items"]
    assert any(one["operation"] == "read_case" and one["record_ids"] == [f"{Kind.ACHIEVEMENTS}/zz-1"] for one in seen)


def test_the_list_of_cases_is_narrowed_as_the_page_is(service: Service) -> None:
    one, _ = opened(service)
    other, _ = opened(service, left_id="ex-p001", right_id="ex-f01")
    with service.installation.database.begin() as connection:
        due = NOW.date() - timedelta(days=3)
        task = Task(id="t1", case_id=one, by="x", at=NOW, text="打电话", due=due, assignee="x")
        Papers(connection).plan(task)

    def ids(role: Role, **asked: object) -> list[str]:
        return [case["id"] for case in service.get(role, "/cases", params=asked).json()["items"]]

    assert ids(BROKER, pairing="project_fund") == [other]
    assert ids(BROKER, late=True) == [one]
    assert set(ids(BROKER, whose="mine")) == {one, other}
    assert ids(Role.BUREAU, whose="mine") == []
    assert ids(BROKER, still=3650) == []
    assert service.get(BROKER, "/cases", params={"still": -1}).status_code == 422
    assert one not in ids(CARRIER, late=True), "a side is not told of tasks"
