"""The way in for people, without a script: signing in and out, and a password by letter."""

from __future__ import annotations

import email
import re
from email import policy
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from matcher.domain.accounts import Role
from tests import browsing
from tests.service import PASSWORD, Service


def browser(service: Service) -> TestClient:
    return TestClient(create_app(service.installation), headers={"Accept": "text/html"})


def link_of(service: Service) -> str:
    """What the only letter leads to."""
    [letter] = (service.installation.home / "outbox").glob("*.eml")
    body = email.message_from_bytes(letter.read_bytes(), policy=policy.default).get_body()
    assert body is not None
    found = re.search(r"https?://[^/]+(/password/\S+)", body.get_content())
    assert found is not None
    return found[1]


def test_a_stranger_is_led_to_the_form_and_through_it_to_their_page(service: Service) -> None:
    visitor = browser(service)
    form = visitor.get("/")
    assert str(form.url).endswith("/sign-in")
    page = visitor.post("/sign-in", data={"email": "broker@example.org", "password": PASSWORD})
    assert page.status_code == 200
    assert "broker@example.org" in page.text
    assert visitor.get("/v1/me").json()["role"] == "broker"
    assert str(visitor.post("/sign-out").url).endswith("/sign-in")
    assert visitor.get("/v1/me").status_code == 401


def test_what_is_wrong_is_said_and_what_was_typed_is_kept_harmless(service: Service) -> None:
    answer = browser(service).post("/sign-in", data={"email": '"><script>x</script>', "password": "no"})
    assert answer.status_code == 401
    assert "邮箱或密码不正确" in answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null"])
def test_a_form_of_another_site_signs_nobody_in(service: Service, origin: str) -> None:
    visitor = browser(service)
    sent = {"email": "broker@example.org", "password": PASSWORD}
    answer = visitor.post("/sign-in", data=sent, headers={"Origin": origin})
    assert answer.status_code == 403
    assert visitor.get("/v1/me").status_code == 401


def test_a_letter_leads_to_a_form_that_sets_the_password_and_looking_uses_nothing_up(service: Service) -> None:
    visitor = browser(service)
    for address in ("fund@example.org", "nobody@example.org"):
        assert "信已发出" in visitor.post("/forgotten", data={"email": address}).text
    link = link_of(service)
    for _ in range(3):  # a scanner of mails looks at every link
        assert visitor.get(link).status_code == 200
    assert visitor.post(link, data={"password": "short"}).status_code == 422
    assert "密码已设置" in visitor.post(link, data={"password": "quite another password"}).text
    assert visitor.post(link, data={"password": "and yet another one"}).status_code == 422
    page = visitor.post("/sign-in", data={"email": "fund@example.org", "password": "quite another password"})
    assert "fund@example.org" in page.text


def test_the_pages_leave_the_same_lines_in_the_audit_as_the_interface(service: Service) -> None:
    visitor, fund = browser(service), service.accounts[Role.FUND].id
    visitor.post("/forgotten", data={"email": "fund@example.org"})
    link = link_of(service)
    visitor.post(link, data={"password": "quite another password"})
    visitor.post("/sign-in", data={"email": "fund@example.org", "password": "no"})
    visitor.post("/sign-in", data={"email": "fund@example.org", "password": "quite another password"})
    visitor.post("/sign-out")
    answer = service.get(Role.BUREAU, "/audit")
    told = [(deed["operation"], deed["account_id"], deed["target"]) for deed in answer.json()["items"]]
    names = ("sign_out", "sign_in", "sign_in_failed", "set_password", "ask_for_password")
    assert told == [(name, fund, "") for name in names]
    assert urlsplit(link).path.rpartition("/")[2] not in answer.text


def test_pages_may_load_and_send_nothing_elsewhere_and_speak_chinese_first(service: Service) -> None:
    visitor = browser(service)
    page = visitor.get("/sign-in", headers={"Accept-Language": "en"})
    told = page.headers["content-security-policy"]
    assert "default-src 'none'" in told
    assert "form-action 'self'" in told
    assert page.headers["referrer-policy"] == "same-origin"
    assert not re.search(r'(src|href)="https?:', page.text)
    assert "登录" in page.text
    assert "Sign in" in visitor.get("/sign-in?lang=en").text
    assert visitor.get("/static/matcher.css").headers["content-type"].startswith("text/css")


def test_whoever_is_signed_out_while_sending_a_form_comes_back_to_it_and_to_nowhere_else(service: Service) -> None:
    visitor = browser(service)
    sent = {"left": "ex-a003", "right": "ex-i02", "verdict": "fits"}
    for page, led in (
        ("http://testserver/why?left=ex-a003&right=ex-i02", "/sign-in?next=%2Fwhy%3Fleft%3Dex-a003%26right%3Dex-i02"),
        ("http://elsewhere.example/why", "/sign-in"),
        ("http://testserver//elsewhere.example", "/sign-in"),
    ):
        answer = visitor.post("/feedback", data=sent, headers={"Referer": page}, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, led)


@pytest.mark.parametrize(
    ("language", "said", "number"),
    [
        ("zh", "请把下面的请求编号告知管理员", "请求编号："),
        ("en", "the number of the request below", "Number of the request"),
    ],
)
def test_a_mistake_of_ours_is_told_with_the_number_by_which_the_log_has_it(
    service: Service, monkeypatch: pytest.MonkeyPatch, language: str, said: str, number: str
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setattr("api.pages.rules.rendered", broken)
    page = browsing.visitor(service, Role.BROKER).get(f"/rules?lang={language}")
    assert page.status_code == 500
    assert said in page.text
    assert re.search(rf"{number}[^<]*<code>\w{{6,}}", page.text)
    assert "request_id" not in page.text
