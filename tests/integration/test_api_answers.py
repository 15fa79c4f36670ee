"""What a programmer sees of the service: problems with a next step, where things were put, and a true description."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from api.app import ROUTERS
from api.parts import Workbook
from api.permissions import PERMISSIONS
from matcher.domain.accounts import Role, Scope
from tests.service import Service

CSV = "成果名称,完成单位\n沙棘果油微胶囊,示例大学\n".encode()
COMMAND = re.compile(r"\bmatcher [a-z]")


def told(answer: Any) -> str:
    """What a problem says is to be done, in English."""
    problem = answer.json()
    assert answer.headers["content-type"] == "application/problem+json"
    assert all(problem[name] for name in ("type", "title", "status", "detail", "detail_zh", "request_id")), problem
    assert re.search("[\u4e00-\u9fff]", problem["detail_zh"])
    assert all(problem["step"][language] for language in ("zh", "en")), problem
    return str(problem["step"]["en"])


@pytest.mark.parametrize(
    ("method", "path", "sent", "status"),
    [
        ("GET", "/achievements/none", {}, 404),
        ("GET", "/nothing/at/all", {}, 404),
        ("GET", "/achievements?cursor=zzz", {}, 422),
        ("POST", "/match", {"json": {}}, 422),
        ("POST", "/match", {"content": b"{not json"}, 422),
        ("POST", "/achievements", {"json": {"title": "x" * 30_000}}, 422),
        ("POST", "/achievements", {"content": b"x" * 1_000_001}, 413),
        ("POST", "/tokens", {"json": {"name": "x", "scopes": ["metrics"], "days": 0}}, 422),
        ("DELETE", "/tokens/none", {}, 404),
        ("PUT", "/match", {"json": {}}, 405),
        ("GET", "/users", {}, 403),
        ("POST", "/arrangements/x/openings", {"json": {"organisation_id": "org-fund"}}, 422),
        ("DELETE", "/outcomes/x/openings/org-fund", {}, 422),
    ],
)
def test_every_problem_says_what_to_do(
    reading: Service, method: str, path: str, sent: dict[str, Any], status: int
) -> None:
    answer = reading.call(Role.BROKER, method, path, **sent)
    assert answer.status_code == status
    told(answer)


def test_a_stranger_is_told_how_to_sign_in_and_no_more(reading: Service) -> None:
    answers = [reading.get(None, path) for path in ("/achievements", "/nothing/at/all")]
    answers.append(reading.call(None, "PUT", "/match"))
    assert {answer.status_code for answer in answers} == {401}
    assert len({told(answer) for answer in answers}) == 1
    assert "Authorization: Bearer" in told(answers[0])


def test_a_wrong_method_is_told_the_right_ones(reading: Service) -> None:
    answer = reading.call(Role.BROKER, "POST", "/achievements/ex-a001")
    assert (answer.status_code, answer.headers["allow"]) == (405, "DELETE, GET, HEAD, PUT")


@pytest.mark.parametrize(
    ("path", "body", "step"),
    [
        ("/match", {"record_id": "ex-i02"}, '`POST /v1/screen {"record_id": "ex-i02"}`'),
        ("/screen", {"record_id": "ex-a003"}, '`POST /v1/match {"record_id": "ex-a003"}`'),
        ("/match", {"record_id": "ex-a003", "to": "funds"}, '{"record_id": "ex-a003", "to": "incubators"}`'),
        ("/cases/{case}/moves", {"move": "advance"}, "`PATCH /v1/cases/{id}/facts`"),
        ("/achievements", {"institution": "示例大学"}, "send it again"),
    ],
)
def test_steps_name_operations_and_no_commands(service: Service, path: str, body: dict[str, Any], step: str) -> None:
    case = service.post(Role.BROKER, "/cases", {"left_id": "ex-a003", "right_id": "ex-i02"}).json()["id"]
    answer = service.post(Role.BROKER, path.replace("{case}", case), body, headers={"If-Match": "*"})
    assert step in told(answer)
    assert not COMMAND.search(answer.text)


def test_a_wish_that_stands_in_the_way_tells_how_it_is_taken_back(service: Service) -> None:
    wish = {"wish": "exclude", "record_id": "ex-i02", "aim": "record", "target": "ex-a003"}
    number = service.post(Role.BROKER, "/exclusions", wish).json()["id"]
    verdicts = service.get(Role.BROKER, "/why?left=ex-a003&right=ex-i02").json()["verdicts"]
    assert f"DELETE /v1/exclusions/{number}" in str([one["change"] for one in verdicts])


def test_what_is_wrong_with_a_field_is_said_in_both_languages(reading: Service) -> None:
    body = {"record_id": "ex-a003", "k": 999, "kk": 1, "today": "morgen", "must": "玉米"}
    answer = reading.post(Role.BROKER, "/match", body)
    found = {one["field"]: one["message"] for one in answer.json()["errors"]}
    assert {name: message["zh"] for name, message in found.items()} == {
        "body.k": "不得大于 200。",
        "body.kk": "没有这一项。",
        "body.today": "须为日期，如 2026-11-26。",
        "body.must": "须为列表。",
    }
    assert found["body.k"]["en"] == "Input should be less than or equal to 200"
    both = reading.post(Role.FUND, "/mandates", {"name": "x"}).json()["errors"][0]["message"]
    assert both == {"zh": "请给出 record_id，或 text 与 to。", "en": "Give record_id, or text together with to."}


def test_a_misspelt_field_is_refused_and_not_passed_over(service: Service) -> None:
    user = service.accounts[Role.BROKER].id
    answer = service.call(Role.ADMINISTRATOR, "PATCH", f"/users/{user}", json={"naem": "z"}, headers={"If-Match": "*"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "body.naem")
    bodies = service.client.get("/openapi.json").json()["components"]["schemas"]
    for name in ("NewUser", "UserChange", "MatchAsked", "ScreenAsked", "NewFeedback", "TokenWanted", "GrantPayment"):
        assert bodies[name]["additionalProperties"] is False, name


def test_what_was_made_is_read_where_the_answer_says(service: Service) -> None:
    case = service.post(Role.BROKER, "/cases", {"left_id": "ex-a003", "right_id": "ex-i02"})
    folder, free = case.headers["location"].removeprefix("/v1"), {"If-Match": "*"}
    user = {"email": "neu@example.org", "role": "broker"}
    made = [
        (Role.BROKER, case),
        (Role.ADMINISTRATOR, service.post(Role.ADMINISTRATOR, "/users", user)),
        (Role.ADMINISTRATOR, service.post(Role.ADMINISTRATOR, "/organisations", {"id": "新 2", "name": "新机构"})),
        (Role.BROKER, service.post(Role.BROKER, f"{folder}/introductions", {}, headers=free)),
        (Role.BROKER, service.call(Role.BROKER, "POST", f"{folder}/attachments?name=a.txt", content="你好".encode())),
        (Role.BROKER, service.post(Role.BROKER, "/achievements", {"id": "新 1", "title": "沙棘果油微胶囊"})),
    ]
    for role, answer in made:
        assert answer.status_code == 201, answer.text
        there = service.get(role, answer.headers["location"].removeprefix("/v1"))
        assert there.status_code == 200, answer.headers["location"]


def test_a_file_goes_up_whatever_its_content_type(service: Service) -> None:
    case = service.post(Role.BROKER, "/cases", {"left_id": "ex-a003", "right_id": "ex-i02"}).json()["id"]
    path, kind = f"/cases/{case}/attachments?name=a.txt", {"Content-Type": "application/json"}
    answer = service.call(Role.BROKER, "POST", path, content="不是 JSON".encode(), headers=kind)
    assert answer.status_code == 201
    kept = service.get(Role.BROKER, f"/cases/{case}/attachments/{answer.json()['id']}")
    assert kept.content.decode() == "不是 JSON"


def test_a_task_is_given_to_somebody_there_is(service: Service) -> None:
    case = service.post(Role.BROKER, "/cases", {"left_id": "ex-a003", "right_id": "ex-i02"}).json()["id"]
    task = {"text": "约访", "due": "2099-01-01"}
    answer = service.post(Role.BROKER, f"/cases/{case}/tasks", task | {"assignee": "nobody"})
    assert answer.status_code == 422
    assert "account" in told(answer)
    somebody = service.accounts[Role.BUREAU].id
    given = service.post(Role.BROKER, f"/cases/{case}/tasks", task | {"assignee": somebody})
    assert (given.status_code, given.json()["assignee"]) == (201, somebody)


def test_a_form_sent_again_under_its_key_is_done_once_though_its_boundary_is_another(service: Service) -> None:
    def send(content: bytes) -> Any:
        files = {"files": ("achievements.csv", content, "text/csv")}
        return service.call(Role.BUREAU, "POST", "/imports", files=files, headers={"Idempotency-Key": "k-1"})

    first, second = send(CSV), send(CSV)
    assert first.request.headers["content-type"] != second.request.headers["content-type"]
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["id"] == second.json()["id"]
    assert send(CSV + b"x,y\n").status_code == 422


def test_the_description_tells_how_to_sign_in_and_every_header(reading: Service) -> None:
    document = reading.client.get("/openapi.json").json()
    assert set(document["components"]["securitySchemes"]) == {"token", "session"}
    for path in document["paths"].values():
        for operation in path.values():
            permission = PERMISSIONS[operation["operationId"]]
            assert bool(operation["security"]) == (permission.roles is not None)
            named = {each["name"].lower() for each in operation.get("parameters", [])}
            keyed = permission.roles is not None and permission.scope is Scope.WRITE
            assert ("idempotency-key" in named) == keyed, operation["operationId"]


def test_headers_are_described_where_they_are_sent(service: Service) -> None:
    document = service.client.get("/openapi.json").json()["paths"]
    case = service.post(Role.BROKER, "/cases", {"left_id": "ex-a003", "right_id": "ex-i02"})
    record = service.get(Role.BROKER, "/achievements/ex-a001")
    job = service.post(Role.BUREAU, "/jobs", {"kind": "index"})
    sent = ((case, "/v1/cases", "post"), (record, "/v1/achievements/{record_id}", "get"), (job, "/v1/jobs", "post"))
    for answer, path, method in sent:
        described = document[path][method]["responses"][str(answer.status_code)].get("headers", {})
        assert {name.lower() for name in described} == {"etag", "location"} & set(answer.headers), path


def test_every_moment_of_an_answer_is_told_in_utc(reading: Service) -> None:
    schemas = reading.client.get("/openapi.json").json()["components"]["schemas"]
    moments = {
        f"{name}.{field}": told
        for name, schema in schemas.items()
        for field, described in schema.get("properties", {}).items()
        for told in (described, *described.get("anyOf", ()), described.get("items", {}))
        if told.get("format") == "date-time"
    }
    assert {name for name, told in moments.items() if told.get("pattern") != "Z$"} == set()
    assert len(moments) > 20


BINARY = {"application/octet-stream", Workbook.media_type}
"""Answers that nobody could read an example of."""


def test_every_success_that_is_answered_with_something_has_an_example_that_its_model_answers(reading: Service) -> None:
    routes = {each.name: each for router in ROUTERS for each in router.routes if isinstance(each, APIRoute)}
    asked = 0
    for path in reading.client.get("/openapi.json").json()["paths"].values():
        for operation in path.values():
            name = operation["operationId"]
            successes = [told for code, told in operation["responses"].items() if int(code) < 300]
            for kind, content in [each for told in successes for each in told.get("content", {}).items()]:
                assert kind in BINARY or "example" in content, name
                if kind == "application/json" and content["example"] is not None:
                    model = TypeAdapter[Any](routes[name].response_model)
                    read = model.validate_python(content["example"])
                    assert model.dump_python(read, mode="json", by_alias=True) == content["example"], name
                    asked += 1
    assert asked > 100


def test_every_body_has_an_example(reading: Service) -> None:
    document = reading.client.get("/openapi.json").json()
    schemas = document["components"]["schemas"]

    def shown(schema: dict[str, Any]) -> bool:
        if "$ref" in schema:
            return shown(schemas[schema["$ref"].rsplit("/", 1)[1]])
        return "examples" in schema or any(map(shown, schema.get("properties", {}).values()))

    for path in document["paths"].values():
        for operation in path.values():
            for kind, content in operation.get("requestBody", {}).get("content", {}).items():
                assert kind == "application/octet-stream" or shown(content["schema"]), operation["operationId"]
