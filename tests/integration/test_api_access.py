"""Who gets in, who may do what, and that a writing request is done once and whole."""

from __future__ import annotations

import email
import re
import sqlite3
from datetime import UTC, datetime, timedelta
from email import policy
from typing import Any

import pytest
from httpx2 import Cookies
from starlette.testclient import TestClient

from api.app import create_app
from api.permissions import PERMISSIONS
from matcher.domain.accounts import Role, Scope
from tests.browsing import hidden, visitor
from tests.service import PASSWORD, Service

NEW = {"id": "new-1", "title": "沙棘果油微胶囊", "summary": "低温包埋。", "institution": "甲大学"}


def sign_in(client: TestClient, email: str, password: str) -> Any:
    return client.post("/v1/session", json={"email": email, "password": password})


# --- strangers ---


def test_a_stranger_learns_nothing_but_that_the_service_lives(reading: Service) -> None:
    for path in ("/achievements", "/achievements/ex-a001", "/users", "/audit", "/nothing/at/all", "/me"):
        answer = reading.get(None, path)
        assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json"), path
        assert answer.json()["detail_zh"] == "请先登录。"
    assert reading.get(None, "/health/live").json() == {"status": "live"}
    assert reading.get(None, "/health/ready").json() == {"status": "ready", "index": "current", "warm": False}


def test_what_a_stranger_sends_is_not_even_looked_at(reading: Service) -> None:
    answer = reading.client.post("/v1/match", content=b"{not json")
    assert answer.status_code == 401


# --- every route and every role ---


def operations(service: Service) -> dict[str, tuple[str, str]]:
    paths = service.client.get("/openapi.json").json()["paths"]
    return {
        told["operationId"]: (method.upper(), path) for path, each in paths.items() for method, told in each.items()
    }


def test_every_operation_has_a_row_of_permissions_and_every_row_an_operation(reading: Service) -> None:
    assert operations(reading).keys() == PERMISSIONS.keys()


def test_each_role_reaches_exactly_the_operations_of_its_rows(reading: Service) -> None:
    for operation, (method, path) in operations(reading).items():
        permission = PERMISSIONS[operation]
        if permission.roles is None or operation == "sign_out":
            continue
        where = re.sub(r"{\w+}", "no-such-thing", path.removeprefix("/v1").replace("{kind}", "achievements"))
        assert reading.call(None, method, where).status_code == 401, operation
        for role in Role:
            refused = reading.call(role, method, where, json=None).status_code == 403
            assert refused == (role not in permission.roles), (operation, role)


def test_a_token_that_may_only_read_writes_nothing(service: Service) -> None:
    account = service.accounts[Role.ADMINISTRATOR]
    now = datetime.now(UTC)
    _, secret = service.installation.access.add_token(account, "r", [Scope.READ], timedelta(days=1), now)
    headers = {"Authorization": f"Bearer {secret}"}
    assert service.client.get("/v1/achievements", headers=headers).status_code == 200
    answer = service.client.post("/v1/achievements", json=NEW, headers=headers)
    assert (answer.status_code, answer.json()["type"].rsplit(":", 1)[-1]) == (403, "not-allowed")


def test_tokens_end_when_they_are_revoked_and_when_their_day_comes(service: Service) -> None:
    made = service.post(Role.BROKER, "/tokens", {"name": "同步", "days": 1}).json()
    headers = {"Authorization": f"Bearer {made['secret']}"}
    assert service.client.get("/v1/me", headers=headers).status_code == 200
    [shown] = [one for one in service.get(Role.BROKER, "/tokens").json() if one["id"] == made["id"]]
    assert "secret" not in shown
    later = datetime.now(UTC) + timedelta(days=2)
    assert service.installation.access.of_token(made["secret"], later) is None
    assert service.call(Role.BROKER, "DELETE", f"/tokens/{made['id']}").status_code == 204
    assert service.client.get("/v1/me", headers=headers).status_code == 401


def test_a_token_cannot_give_more_than_it_has(service: Service) -> None:
    reader = service.post(Role.BROKER, "/tokens", {"name": "a", "scopes": ["write"]}).json()["secret"]
    answer = service.client.post(
        "/v1/tokens", json={"name": "b", "scopes": ["read"]}, headers={"Authorization": f"Bearer {reader}"}
    )
    assert answer.status_code == 403


# --- sessions ---


def test_a_session_needs_its_csrf_secret_to_write_and_none_to_read(service: Service) -> None:
    with TestClient(create_app(service.installation)) as browser:
        opened = sign_in(browser, "broker@example.org", PASSWORD)
        assert opened.status_code == 201
        assert "httponly" in opened.headers["set-cookie"].lower()
        assert browser.get("/v1/me").json()["role"] == "broker"
        refused = browser.post("/v1/achievements", json=NEW)
        assert (refused.status_code, "X-CSRF-Token" in refused.json()["detail"]) == (403, True)
        csrf = {"X-CSRF-Token": opened.json()["csrf"]}
        assert browser.post("/v1/achievements", json=NEW, headers=csrf).status_code == 201
        assert browser.delete("/v1/session", headers=csrf).status_code == 204
        assert browser.get("/v1/me").status_code == 401


def test_wrong_address_and_wrong_password_are_answered_alike_and_slowed_down(service: Service) -> None:
    unknown = sign_in(service.client, "nobody@example.org", "x" * 12)
    wrong = [sign_in(service.client, "fund@example.org", "x" * 12) for _ in range(5)]
    told = {(one.status_code, one.json()["detail"]) for one in (unknown, *wrong)}
    assert told == {(401, "The address or the password is wrong.")}
    held = sign_in(service.client, "fund@example.org", PASSWORD)
    assert (held.status_code, held.headers["retry-after"]) == (429, "900")
    assert sign_in(service.client, "broker@example.org", PASSWORD).status_code == 201


def test_a_password_is_set_once_by_letter_and_ends_every_session_and_token(service: Service) -> None:
    assert service.get(Role.FUND, "/me").status_code == 200
    token = sign_in(service.client, "fund@example.org", PASSWORD).cookies["matcher_session"]
    for address in ("fund@example.org", "nobody@example.org"):
        assert service.client.post("/v1/password-letters", json={"email": address}).status_code == 202
    [letter] = (service.installation.home / "outbox").glob("*.eml")
    message = email.message_from_bytes(letter.read_bytes(), policy=policy.default)
    body = message.get_body()
    assert body is not None
    secret = re.search(r"/password/([^?\s]+)", body.get_content())
    assert secret is not None
    new = {"secret": secret[1], "password": "quite another password"}
    assert service.client.post("/v1/password", json=new | {"password": "short"}).status_code == 422
    assert service.client.post("/v1/password", json=new).status_code == 204
    assert service.client.post("/v1/password", json=new).status_code == 401
    service.client.cookies = Cookies({"matcher_session": token})
    assert service.client.get("/v1/me").status_code == 401
    assert service.get(Role.FUND, "/me").status_code == 401
    assert sign_in(service.client, "fund@example.org", "quite another password").status_code == 201


def test_nothing_that_is_kept_opens_anything(service: Service) -> None:
    token = sign_in(service.client, "fund@example.org", PASSWORD).cookies["matcher_session"]
    secrets = [PASSWORD, token, *service.tokens.values()]
    with sqlite3.connect(service.installation.home / "matcher.db") as database:
        dump = "\n".join(database.iterdump())
    assert [secret for secret in secrets if secret in dump] == []


def test_whoever_is_shut_out_is_out_at_once(service: Service) -> None:
    fund = service.accounts[Role.FUND]
    changed = service.call(
        Role.ADMINISTRATOR, "PATCH", f"/users/{fund.id}", json={"active": False}, headers={"If-Match": "*"}
    )
    assert (changed.status_code, changed.json()["active"]) == (200, False)
    assert service.get(Role.FUND, "/me").status_code == 401


def test_the_last_administrator_stays(service: Service) -> None:
    path = f"/users/{service.accounts[Role.ADMINISTRATOR].id}"
    assert service.call(Role.ADMINISTRATOR, "DELETE", path).status_code == 403
    demoted = service.call(Role.ADMINISTRATOR, "PATCH", path, json={"role": "broker"}, headers={"If-Match": "*"})
    assert demoted.status_code == 403
    assert service.get(Role.ADMINISTRATOR, "/me").json()["role"] == "administrator"


# --- once and whole ---


def test_the_same_request_under_one_key_is_done_once(service: Service) -> None:
    key = {"Idempotency-Key": "k-1"}
    first = service.post(Role.BROKER, "/achievements", NEW, headers=key)
    again = service.post(Role.BROKER, "/achievements", NEW, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert (again.headers["etag"], again.headers["idempotent-replay"]) == (first.headers["etag"], "true")
    other = service.post(Role.BROKER, "/achievements", NEW | {"id": "new-2"}, headers=key)
    assert other.status_code == 422
    without = service.post(Role.BROKER, "/achievements", NEW)
    assert without.status_code == 409


def test_two_people_may_use_the_same_key(service: Service) -> None:
    key = {"Idempotency-Key": "k-1"}
    assert service.post(Role.BROKER, "/achievements", NEW, headers=key).status_code == 201
    assert service.post(Role.BUREAU, "/achievements", NEW | {"id": "new-2"}, headers=key).status_code == 201


def test_a_refused_request_leaves_nothing_and_may_be_mended_under_its_key(service: Service) -> None:
    key = {"Idempotency-Key": "k-1"}
    refused = service.post(Role.BROKER, "/achievements", {"institution": "甲大学"}, headers=key)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "required_missing")
    assert service.post(Role.BROKER, "/achievements", NEW, headers=key).status_code == 201
    deeds = service.get(Role.BUREAU, "/audit").json()["items"]
    assert [deed["operation"] for deed in deeds] == ["create_achievements"]


# --- the audit ---


def test_what_was_changed_and_which_hidden_records_were_seen_stands_in_the_audit(service: Service) -> None:
    service.get(Role.BUREAU, "/achievements/ex-a001")
    service.get(Role.BUREAU, "/achievements/ex-a023")
    service.post(Role.BROKER, "/achievements", NEW)
    deeds = service.get(Role.BUREAU, "/audit").json()["items"]
    assert [(deed["operation"], deed["record_ids"]) for deed in deeds] == [
        ("create_achievements", []), ("read_achievements", ["achievements/ex-a023"]),
    ]  # fmt: skip
    assert deeds[0]["account_id"] == service.accounts[Role.BROKER].id
    assert deeds[0]["target"] == "/v1/achievements/new-1"


def test_what_a_request_made_is_named_in_the_audit_where_its_address_does_not_name_it(service: Service) -> None:
    pair = {"left_id": "ex-a003", "right_id": "ex-i02"}
    case = service.post(Role.BROKER, "/cases", pair).json()["id"]
    note = service.post(Role.BROKER, f"/cases/{case}/notes", {"text": "一"}).json()["id"]
    token = service.post(Role.BROKER, "/tokens", {"name": "同步", "days": 1}).json()["id"]
    service.post(Role.BROKER, "/feedback", pair | {"verdict": "fits"})
    user = service.post(
        Role.ADMINISTRATOR, "/users", {"email": "wu@example.org", "name": "吴", "role": "broker"}
    ).json()["id"]
    job = service.post(Role.BUREAU, "/jobs", {"kind": "index"}).json()["id"]
    service.post(Role.UNIVERSITY, "/achievements/ex-a030/openings", {"organisation_id": "org-fund"})
    browser = visitor(service, Role.BUREAU)
    form = hidden(browser, "/edit/achievements")
    made = browser.post("/edit/achievements", data=form | {"title": "一项", "id": "own/7"}, follow_redirects=False)
    assert made.status_code == 303
    form = hidden(browser, "/account")
    browser.post("/account/tokens", data=form | {"name": "二"})
    [second] = service.get(Role.BUREAU, "/tokens").json()[-1:]
    deeds = reversed(service.get(Role.BUREAU, "/audit").json()["items"])
    assert [(deed["operation"], deed["target"]) for deed in deeds] == [
        ("open_case", f"/v1/cases/{case}"),
        ("add_case_note", f"/v1/cases/{case}/notes/{note}"),
        ("create_token", f"/v1/tokens/{token}"),
        ("give_feedback", "/v1/feedback/ex-a003/ex-i02"),
        ("create_user", f"/v1/users/{user}"),
        ("submit_job", f"/v1/jobs/{job}"),
        ("open_record", "/v1/achievements/ex-a030/openings/org-fund"),
        ("sign_in", ""),
        ("page_create_record", "/v1/achievements/own%2F7"),
        ("page_create_token", f"/v1/tokens/{second['id']}"),
    ]


def test_signing_in_and_out_stands_in_the_audit_once_with_its_request_and_without_an_address(service: Service) -> None:
    broker = service.accounts[Role.BROKER].id
    with TestClient(create_app(service.installation)) as browser:
        failed = sign_in(browser, "broker@example.org", "x" * 12)
        unknown = sign_in(browser, "nobody@example.org", "x" * 12)
        opened = sign_in(browser, "broker@example.org", PASSWORD)
        ended = browser.delete("/v1/session", headers={"X-CSRF-Token": opened.json()["csrf"]})
    answer = service.get(Role.BUREAU, "/audit")
    told = [(deed["operation"], deed["account_id"], deed["request_id"]) for deed in answer.json()["items"]]
    requests = [one.headers["x-request-id"] for one in (ended, opened, unknown, failed)]
    names = ("sign_out", "sign_in", "sign_in_failed", "sign_in_failed")
    assert told == list(zip(names, (broker, broker, "", broker), requests, strict=True))
    assert "@" not in answer.text


@pytest.mark.parametrize("statement", ["UPDATE audit SET target = 'x'", "DELETE FROM audit"])
def test_the_database_itself_refuses_to_change_the_audit(service: Service, statement: str) -> None:
    service.post(Role.BROKER, "/achievements", NEW)
    database = sqlite3.connect(service.installation.home / "matcher.db")
    with pytest.raises(sqlite3.IntegrityError, match="only ever added to"):
        database.execute(statement)
    database.close()
