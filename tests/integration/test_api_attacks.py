"""What somebody tries who wants more than is theirs: secrets, other people's records, a way round the throttle."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from api.app import create_app
from matcher.domain.accounts import Role, Scope
from matcher.domain.records import Kind, PairKind
from matcher.domain.visibility import Viewer
from matcher.errors import MailDelayedError, SignInError
from matcher.services.access import ThrottledError
from matcher.services.mail import Letter
from matcher.wording import Said
from tests.service import PASSWORD, Service

HIDDEN = "ex-a023"
"""A restricted result of the example university."""
WRONG = "x" * 12


def from_address(service: Service, address: str) -> TestClient:
    return TestClient(create_app(service.installation), client=(address, 50000))


def signed_in(client: TestClient, email: str, password: str) -> int:
    return client.post("/v1/session", json={"email": email, "password": password}).status_code


# --- secrets ---


def test_the_secret_of_a_new_token_is_told_once_and_kept_nowhere_even_under_a_key(service: Service) -> None:
    key = {"Idempotency-Key": "k-1"}
    first = service.post(Role.BROKER, "/tokens", {"name": "a"}, headers=key)
    with sqlite3.connect(service.installation.home / "matcher.db") as database:
        dump = "\n".join(database.iterdump())
    assert first.json()["secret"] not in dump
    again = service.post(Role.BROKER, "/tokens", {"name": "a"}, headers=key)
    assert (again.status_code, "secret" in again.json()) == (409, False)
    assert [one["name"] for one in service.get(Role.BROKER, "/tokens").json()].count("a") == 1


def test_a_token_made_by_a_token_does_not_outlive_it(service: Service) -> None:
    account, now = service.accounts[Role.BROKER], datetime.now(UTC)
    _, secret = service.installation.access.add_token(account, "short", Scope, timedelta(days=1), now)
    headers = {"Authorization": f"Bearer {secret}"}
    made = service.client.post("/v1/tokens", json={"name": "long", "days": 400}, headers=headers).json()
    assert datetime.fromisoformat(made["expires_at"]) <= now + timedelta(days=1)


def test_what_was_answered_is_kept_by_no_cache_on_the_way(reading: Service) -> None:
    assert reading.get(Role.BUREAU, f"/achievements/{HIDDEN}").headers["cache-control"] == "no-store"


def test_the_answers_kept_about_somebody_go_with_their_account(service: Service) -> None:
    new = {"email": "leaving@example.org", "name": "离开者", "role": "broker"}
    made = service.post(Role.ADMINISTRATOR, "/users", new, headers={"Idempotency-Key": "k-1"}).json()
    service.call(Role.ADMINISTRATOR, "DELETE", f"/users/{made['id']}", headers={"Idempotency-Key": "k-2"})
    with sqlite3.connect(service.installation.home / "matcher.db") as database:
        assert [line for line in database.iterdump() if "leaving@example.org" in line or "离开者" in line] == []


# --- what was only opened to somebody ---


@pytest.fixture
def opened(service: Service) -> Service:
    """The hidden result, opened to the brokers' station for reading."""
    people = service.installation.people
    people.open_to(Kind.ACHIEVEMENTS, HIDDEN, "org-station", "x", datetime.now(UTC))
    return service


def test_a_record_that_was_opened_to_a_broker_is_not_theirs_to_write_or_pass_on(opened: Service) -> None:
    answer = opened.get(Role.BROKER, f"/achievements/{HIDDEN}")
    body = {name: value for name, value in answer.json().items() if not name.endswith("_at")}
    everything = {"headers": {"If-Match": "*"}}
    public = body | {"visibility": "public"}
    for refused in (
        opened.call(Role.BROKER, "PUT", f"/achievements/{HIDDEN}", json=public, **everything),
        opened.call(Role.BROKER, "DELETE", f"/achievements/{HIDDEN}", **everything),
        opened.post(Role.BROKER, f"/achievements/{HIDDEN}/openings", {"organisation_id": "org-fund"}),
    ):
        assert refused.status_code == 403
    assert opened.get(Role.FUND, f"/achievements/{HIDDEN}").status_code == 404


# --- guessing ---


def test_guesses_at_once_are_counted_before_they_are_judged(service: Service) -> None:
    def guess(_: int) -> int:
        with from_address(service, "203.0.113.7") as client:
            return signed_in(client, "fund@example.org", WRONG)

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(guess, range(10)))
    assert (answers.count(401), answers.count(429)) == (5, 5)


def test_nobody_shuts_somebody_else_out_from_one_address(service: Service) -> None:
    with from_address(service, "203.0.113.7") as stranger:
        assert [signed_in(stranger, "fund@example.org", WRONG) for _ in range(6)] == [401] * 5 + [429]
    with from_address(service, "198.51.100.1") as fund:
        assert signed_in(fund, "fund@example.org", PASSWORD) == 201


def test_guesses_from_many_addresses_are_held_back_too(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    access, now = service.installation.access, datetime.now(UTC)
    with monkeypatch.context() as quick:
        quick.setattr("matcher.services.access.matches", lambda *_: False)  # as argon2 says, but in no time
        for number in range(100):
            with pytest.raises(SignInError, match="wrong"):
                access.sign_in("fund@example.org", WRONG, f"203.0.113.{number}", now)
    with pytest.raises(ThrottledError):
        access.sign_in("fund@example.org", PASSWORD, "198.51.100.1", now)
    assert access.sign_in("broker@example.org", PASSWORD, "203.0.113.1", now).account.role is Role.BROKER


def test_one_network_of_the_new_protocol_is_one_address(service: Service) -> None:
    told = []
    for number in range(6):
        with from_address(service, f"2001:db8:0:1::{number}") as client:
            told.append(signed_in(client, "fund@example.org", WRONG))
    assert told == [401] * 5 + [429]


# --- who has an account ---


class NoMail:
    """A mail server that is away."""

    def send(self, letter: Letter, now: datetime) -> None:
        """Refuse the letter."""
        raise MailDelayedError(Said("连不上", "away"), Said("稍后", "later"))


def test_a_letter_that_cannot_be_sent_does_not_tell_who_has_an_account(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.installation.letters, "_mailer", NoMail())
    for address in ("fund@example.org", "nobody@example.org"):
        assert service.client.post("/v1/password-letters", json={"email": address}).status_code == 202


def test_letters_are_written_when_the_request_is_answered_and_kept(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    committed = []

    class Watching:
        def send(self, letter: Letter, now: datetime) -> None:
            """Another connection sees the account already, and the database is not locked."""
            with sqlite3.connect(service.installation.home / "matcher.db", timeout=0) as database:
                committed.extend(database.execute("SELECT name FROM accounts WHERE email = ?", (letter.to,)).fetchall())
                database.execute("DELETE FROM attempts")

    monkeypatch.setattr(service.installation.letters, "_mailer", Watching())
    new = {"email": "new@example.org", "name": "新人", "role": "broker"}
    assert service.post(Role.ADMINISTRATOR, "/users", new).status_code == 201
    assert committed == [("新人",)]


def test_one_address_cannot_have_letters_written_to_everybody(service: Service) -> None:
    with from_address(service, "203.0.113.7") as client:
        asked = [client.post("/v1/password-letters", json={"email": f"{n}@example.org"}) for n in range(51)]
    assert [one.status_code for one in asked] == [202] * 50 + [429]


# --- by how long it takes ---


@pytest.mark.parametrize("path", ["/achievements/{}", "/achievements/{}/similar", "/why?left={}&right=ex-i01"])
def test_what_is_hidden_takes_as_many_questions_to_the_database_as_what_is_not_there(
    reading: Service, path: str
) -> None:
    def asked(record_id: str) -> list[str]:
        statements: list[str] = []

        def note(_c: object, _cur: object, statement: str, *_more: Any) -> None:
            statements.append(statement)

        engine = reading.installation.database.engine
        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            assert reading.get(Role.FUND, path.format(record_id)).status_code == 404
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)
        return [one for one in statements if "LIKE" in one]

    assert len(asked(HIDDEN)) == len(asked("ex-a999")) > 0


def test_what_was_hidden_a_moment_ago_is_not_shown_while_another_request_loads(service: Service) -> None:
    pairings, today = service.installation.pairings, datetime.now(UTC).date()
    pair = PairKind.of(Kind.ACHIEVEMENTS)
    assert "ex-a001" in pairings.load(pair, today, Viewer.PUBLIC).corpus.left.rows
    body = service.get(Role.BUREAU, "/achievements/ex-a001").json() | {"visibility": "restricted"}
    body = {name: value for name, value in body.items() if not name.endswith("_at")}
    hidden = service.call(Role.BUREAU, "PUT", "/achievements/ex-a001", json=body, headers={"If-Match": "*"})
    assert hidden.status_code == 200
    with ThreadPoolExecutor(1) as pool:
        with pairings._loading:
            seen = pool.submit(pairings.load, pair, today, Viewer.PUBLIC)
            wait([seen], 1)
        assert "ex-a001" not in seen.result().corpus.left.rows


# --- bodies and headers ---


@pytest.mark.parametrize("path", ["/users/%00", "/jobs?kind=%00", "/audit?account_id=a%00", "/cases?%00=1"])
def test_a_nul_reaches_no_database(reading: Service, path: str) -> None:
    assert reading.get(Role.ADMINISTRATOR, path).status_code == 422


def test_a_body_nested_beyond_all_measure_is_refused(service: Service) -> None:
    body = b"[" * 100_000 + b'"\\u0041"' + b"]" * 100_000
    headers = {"Content-Type": "application/json"}
    assert service.client.post("/v1/session", content=body, headers=headers).status_code in (400, 422)


def test_another_site_cannot_sign_a_browser_in(service: Service) -> None:
    body = f'{{"email": "fund@example.org", "password": "{PASSWORD}"}}'
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = service.client.post("/v1/session", content=body, headers={"Content-Type": kind})
        assert answer.status_code in (400, 422), kind  # 400: what it calls a form is none
        assert "set-cookie" not in answer.headers
    bare = service.client.build_request("POST", "/v1/session", content=body)
    bare.headers.pop("content-type", None)
    assert service.client.send(bare).status_code == 422


def test_the_cookie_is_for_https_only_where_the_service_is_reached_by_it(service: Service) -> None:
    installation = service.installation
    object.__setattr__(installation, "settings", replace_settings(installation.settings))
    with TestClient(create_app(installation)) as client:
        credentials = {"email": "fund@example.org", "password": PASSWORD}
        answer = client.post("/v1/session", json=credentials)
        # The browser names the public address, whatever the proxy makes of the host.
        origin = {"Origin": "https://match.example.org"}
        page = client.post("/sign-in", data=credentials, headers=origin, follow_redirects=False)
    assert "secure" in answer.headers["set-cookie"].lower()
    assert page.status_code == 303
    assert "secure" in page.headers["set-cookie"].lower()


def replace_settings(settings: Any) -> Any:
    return settings.model_copy(update={"base_url": "https://match.example.org"})


def test_no_answer_sends_anybody_to_a_host_that_the_request_named(reading: Service) -> None:
    answer = reading.client.get("/openapi.json/", headers={"Host": "evil.example"}, follow_redirects=False)
    assert "evil.example" not in str(answer.headers)
