"""What every request may rely on: ids with slashes, HEAD, and no parameter that is passed over."""

from __future__ import annotations

import re
from typing import Any

import pytest

from api.permissions import PERMISSIONS
from matcher.domain.accounts import Role
from tests.service import Service

SLASHED = "2023/17"
PATHS = ("2023/17", "2023%2F17")
UNIVERSITY = "白音温都民族医药大学"
FREE = {"If-Match": "*"}
UNSTEADY = {"list_audit", "read_metrics", "download_workbook"}
"""Operations that tell of the requests before, or of the moment: their answers are not as long twice."""


@pytest.fixture
def slashed(service: Service) -> Service:
    """The service with a restricted result of the example university, whose id holds a slash."""
    new = {"id": SLASHED, "title": "沙棘果油微胶囊", "institution": UNIVERSITY, "visibility": "restricted", "trl": 5}
    made = service.post(Role.UNIVERSITY, "/achievements", new)
    assert (made.status_code, made.headers["location"]) == (201, "/v1/achievements/2023%2F17")
    return service


# --- ids are their owners' ---


@pytest.mark.parametrize("path", PATHS)
def test_a_record_whose_id_holds_a_slash_is_read_compared_replaced_and_deleted(slashed: Service, path: str) -> None:
    where, role = f"/achievements/{path}", Role.UNIVERSITY
    read = slashed.get(role, where)
    assert (read.status_code, read.json()["id"]) == (200, SLASHED)
    similar = slashed.get(role, f"{where}/similar", params={"limit": 3})
    assert len(similar.json()) == 3
    assert SLASHED not in [one["id"] for one in similar.json()]
    body = {"title": "沙棘果油微胶囊", "institution": UNIVERSITY, "trl": 7}
    replaced = slashed.call(role, "PUT", where, json=body, headers={"If-Match": read.headers["etag"]})
    assert (replaced.status_code, replaced.json()["id"], replaced.json()["trl"]) == (200, SLASHED, 7)
    assert slashed.call(role, "DELETE", where, headers=FREE).status_code == 204
    assert slashed.get(role, where).status_code == 404


@pytest.mark.parametrize("path", PATHS)
def test_such_a_record_is_opened_and_closed_and_hidden_until_then(slashed: Service, path: str) -> None:
    where = f"/achievements/{path}"
    assert slashed.get(Role.BROKER, where).status_code == 404
    opened = slashed.post(Role.UNIVERSITY, f"{where}/openings", {"organisation_id": "org-station"})
    assert (opened.status_code, slashed.get(Role.BROKER, where).status_code) == (204, 200)
    assert slashed.call(Role.UNIVERSITY, "DELETE", f"{where}/openings/org-station").status_code == 204
    assert slashed.get(Role.BROKER, where).status_code == 404


def test_such_a_record_is_matched_explained_and_put_into_a_case(slashed: Service) -> None:
    admin = Role.ADMINISTRATOR
    matched = slashed.post(admin, "/match", {"record_id": SLASHED, "k": 1})
    assert len(matched.json()["items"]) == 1
    why = slashed.get(admin, "/why", params={"left": SLASHED, "right": "ex-i02"})
    assert (why.status_code, why.json()["id"]) == (200, "ex-i02")
    case = slashed.post(admin, "/cases", {"left_id": SLASHED, "right_id": "ex-i02"})
    assert (case.status_code, case.json()["left_id"]) == (201, SLASHED)
    listed = slashed.get(admin, "/cases", params={"record": SLASHED}).json()
    assert [one["id"] for one in listed["items"]] == [case.json()["id"]]


def test_carriers_and_organisations_may_have_slashes_too(service: Service) -> None:
    admin = Role.ADMINISTRATOR
    carrier = {"id": "通辽/1", "name": "草原示例孵化器", "kind": "incubator", "region": "内蒙古自治区通辽市"}
    assert service.post(admin, "/incubators", carrier).status_code == 201
    for path in ("通辽/1", "通辽%2F1"):
        for where in ("/policy/criteria", "/policy/evaluations/2026"):
            assert service.get(admin, f"{where}/{path}").json()["id"] == "通辽/1", where
    made = service.post(admin, "/organisations", {"id": "org/2", "name": "新机构"})
    assert made.headers["location"] == "/v1/organisations/org%2F2"
    assert service.get(admin, "/organisations/org/2").json()["name"] == "新机构"
    assert service.post(Role.UNIVERSITY, "/achievements/ex-a030/openings", {"organisation_id": "org/2"}).is_success
    assert service.call(Role.UNIVERSITY, "DELETE", "/achievements/ex-a030/openings/org%2F2").status_code == 204


def test_a_wrong_method_on_an_id_with_a_slash_is_told_the_right_ones(slashed: Service) -> None:
    answer = slashed.call(Role.UNIVERSITY, "PATCH", "/achievements/2023/17", json={})
    assert (answer.status_code, answer.headers["allow"]) == (405, "DELETE, GET, HEAD, PUT")


# --- HEAD ---


def reads(service: Service) -> list[tuple[str, str]]:
    """Operation and path of everything that can be read, with ids of the sample where there are any."""
    paths = service.client.get("/openapi.json").json()["paths"]
    known = {"carrier_id": "ex-i01", "year": "2025", "period": "2026Q3"}
    records = {"achievements": "ex-a001", "incubators": "ex-i01", "projects": "ex-p001", "funds": "ex-f01"}
    found = []
    for path, each in paths.items():
        if "get" in each:
            ids = known | {"record_id": records.get(path.split("/")[2], "none")}
            where = re.sub(r"{(\w+)}", lambda named, ids=ids: ids.get(named[1], "none"), path)  # type: ignore[misc]
            found.append((each["get"]["operationId"], where.removeprefix("/v1")))
    return found


@pytest.mark.parametrize("role", [Role.BUREAU, Role.FUND, None])
def test_head_answers_as_get_does_under_the_same_permission_without_a_body(reading: Service, role: Role | None) -> None:
    for operation, where in reads(reading):
        got, head = (reading.call(role, method, where) for method in ("GET", "HEAD"))
        assert (head.status_code, head.content) == (got.status_code, b""), operation
        for name in ("content-type", "etag", "www-authenticate", "cache-control"):
            assert head.headers.get(name) == got.headers.get(name), (operation, name)
        if operation not in UNSTEADY and got.is_success:
            assert head.headers.get("content-length") == got.headers.get("content-length"), operation


def test_head_is_no_operation_of_its_own_and_is_allowed_where_get_is(reading: Service) -> None:
    for path in reading.client.get("/openapi.json").json()["paths"].values():
        assert "head" not in path
    refused = reading.call(Role.BUREAU, "HEAD", "/match")
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")


def test_who_looks_at_a_hidden_record_with_head_stands_in_the_audit(service: Service) -> None:
    assert service.call(Role.BUREAU, "HEAD", "/achievements/ex-a023").status_code == 200
    [deed] = service.get(Role.BUREAU, "/audit").json()["items"]
    assert (deed["operation"], deed["record_ids"]) == ("read_achievements", ["achievements/ex-a023"])


# --- parameters of a query ---


def said(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422
    return {one["field"]: one["message"]["en"] for one in answer.json()["errors"]}


def test_a_misspelt_parameter_is_named_with_the_nearest_there_is(reading: Service) -> None:
    found = reading.get(Role.BROKER, "/achievements/search", params={"industri": "农产品加工", "q": "玉米"})
    assert said(found) == {"query.industri": "There is no parameter industri. Did you mean industry?"}
    assert found.json()["errors"][0]["message"]["zh"] == "没有参数 industri。是否为 industry？"
    assert (
        "cursor, limit"
        in said(reading.get(Role.BROKER, "/achievements", params={"min_history": 3}))["query.min_history"]
    )
    assert "takes none" in said(reading.post(Role.BROKER, "/match?k=3", {"record_id": "ex-a003"}))["query.k"]


def test_every_operation_refuses_a_parameter_it_does_not_know_and_takes_those_it_tells(reading: Service) -> None:
    paths = reading.client.get("/openapi.json").json()["paths"]
    asked = set()
    for path, each in paths.items():
        for method, told in each.items():
            where = re.sub(r"{\w+}", "1", path.replace("{kind}", "achievements").replace("{year}", "2025"))
            known = [one["name"] for one in told.get("parameters", []) if one["in"] == "query"]
            query = dict.fromkeys(known, "1") | {"no_such_thing": "1"}
            role = Role.ADMINISTRATOR if PERMISSIONS[told["operationId"]].roles else None
            answer = reading.call(role, method.upper(), where.removeprefix("/v1"), params=query, headers=FREE)
            faults = [one["field"] for one in answer.json()["errors"]]
            assert (answer.status_code, faults) == (422, ["query.no_such_thing"]), told["operationId"]
            asked.add(told["operationId"])
    assert asked == PERMISSIONS.keys()


def test_a_stranger_is_not_told_which_parameters_there_are(reading: Service) -> None:
    assert reading.get(None, "/achievements", params={"no_such_thing": 1}).status_code == 401


def test_a_write_with_an_unknown_parameter_writes_nothing(service: Service) -> None:
    new = {"id": "new-1", "title": "沙棘果油微胶囊"}
    assert service.post(Role.BROKER, "/achievements?dry_run=1", new).status_code == 422
    assert service.get(Role.BROKER, "/achievements/new-1").status_code == 404
