"""The pages: who gets to them, that their forms are ours and sent once, and that every error is a page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from api.app import PAGE_ROUTERS, create_app
from api.pages import home
from api.pages.routing import PageRoute
from api.permissions import PAGES, PERMISSIONS
from matcher.domain.accounts import Role, Scope
from tests.browsing import hidden, visitor
from tests.service import Service

PAIR = {"left": "ex-a003", "right": "ex-i02"}


ROUTES: dict[str, APIRoute] = {
    route.name: route
    for router in (*PAGE_ROUTERS, home.unknown)
    for route in router.routes
    if isinstance(route, PageRoute)
}


def test_every_page_has_a_row_of_permissions_and_every_row_a_page() -> None:
    assert ROUTES.keys() == PAGES.keys()


def test_pages_that_write_take_post_and_the_others_only_get() -> None:
    long = {"page_word_letter", "page_describe_record"}  # write nothing, but what is sent is too long for an address
    for name, route in ROUTES.items():
        assert route.methods == ({"POST"} if PAGES[name].scope is Scope.WRITE or name in long else {"GET"}), name


@pytest.mark.parametrize(
    ("page", "operation"),
    [
        ("page_upload", "create_import"),
        ("page_attach", "attach_to_case"),
        ("page_propose_next", "propose_next_introduction"),
    ],
)
def test_a_page_holds_up_other_writers_no_longer_than_the_operation_that_does_the_same(
    page: str, operation: str
) -> None:
    assert PAGES[page].late == PERMISSIONS[operation].late


def test_each_role_opens_exactly_the_pages_of_its_rows(reading: Service) -> None:
    browsers = {role: visitor(reading, role) for role in Role}
    for name, route in ROUTES.items():
        if name == "page_unknown":
            continue
        path = re.sub(r"{kind}", "achievements", route.path)
        path = re.sub(r"{[\w:]+}", "no-such-thing", path)
        for role, browser in browsers.items():
            if PAGES[name].scope is Scope.WRITE:
                answer = browser.post(path, data=hidden(browser), follow_redirects=False)
            else:
                answer = browser.get(path, follow_redirects=False)
            refused = answer.status_code == 403
            assert refused == (role not in (PAGES[name].roles or ())), (name, role, answer.status_code)
            assert answer.status_code < 500, (name, role)


def test_a_stranger_is_led_to_the_form_and_back_to_what_they_wanted(service: Service) -> None:
    browser = TestClient(create_app(service.installation))
    form = browser.get("/match?id=ex-a003&must=%E7%8E%89%E7%B1%B3")
    assert "/sign-in?next=" in str(form.url)
    action = re.search(r'action="([^"]+)"', form.text)
    assert action is not None
    sent = {"email": "broker@example.org", "password": "seven unrelated words"}
    page = browser.post(action[1].replace("&amp;", "&"), data=sent)
    assert (page.status_code, page.url.path, page.url.params["id"]) == (200, "/match", "ex-a003")


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"])
def test_nobody_is_led_to_another_site(service: Service, elsewhere: str) -> None:
    browser = TestClient(create_app(service.installation))
    sent = {"email": "broker@example.org", "password": "seven unrelated words"}
    answer = browser.post("/sign-in", params={"next": elsewhere}, data=sent, follow_redirects=False)
    assert answer.headers["location"] == "/"
    chosen = browser.get("/language/en", params={"back": elsewhere}, follow_redirects=False)
    assert chosen.headers["location"] == "/"


def test_a_form_without_its_secret_changes_nothing(service: Service) -> None:
    browser = visitor(service, Role.BROKER)
    for secret in ({}, {"csrf": "x"}):
        answer = browser.post("/feedback", data=PAIR | {"verdict": "fits"} | secret)
        assert (answer.status_code, "刷新后再提交" in answer.text) == (403, True)
    assert service.get(Role.BROKER, "/feedback").json()["items"] == []


@pytest.mark.parametrize("path", ["/feedback", "/sign-in"])
def test_what_no_database_keeps_is_refused_of_whoever_sends_it(service: Service, path: str) -> None:
    browser = visitor(service, Role.BROKER)
    form = hidden(browser) | PAIR | {"verdict": "fits", "reason": "a\0b", "email": "a\0b"}
    assert browser.post(path, data=form).status_code == 422


def test_a_form_that_is_sent_twice_is_done_once(service: Service) -> None:
    browser = visitor(service, Role.BROKER)
    form = hidden(browser) | PAIR | {"verdict": "fits", "back": "/match?id=ex-a003"}
    for _ in range(2):
        answer = browser.post("/feedback", data=form, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/match?id=ex-a003&done=noted")
    assert len(service.get(Role.BROKER, "/feedback").json()["items"]) == 1


def test_a_token_of_a_machine_opens_no_page(reading: Service) -> None:
    headers = {"Authorization": f"Bearer {reading.tokens[Role.BROKER]}"}
    answer = reading.client.get("/match", headers=headers, follow_redirects=False)
    assert answer.status_code == 303


def test_what_is_not_there_and_what_is_hidden_are_the_same_page(reading: Service) -> None:
    browser = visitor(reading, Role.UNIVERSITY)
    told = {text(browser.get(f"/records/achievements/{name}")) for name in ("ex-a023", "no-such-thing")}
    assert len(told) == 1
    assert "没有这样的记录" in told.pop()
    assert browser.get("/no/such/page").status_code == 404


def test_every_page_forbids_what_it_does_not_need(reading: Service) -> None:
    answer = visitor(reading, Role.BROKER).get("/")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert " style=" not in answer.text


def test_a_page_speaks_the_language_that_was_chosen_and_keeps_to_it(service: Service) -> None:
    browser = visitor(service, Role.BROKER)
    assert "谁适合承接" in browser.get("/match").text
    assert "Who suits it" in browser.get("/language/en", params={"back": "/match"}).text
    assert "Who suits it" in browser.get("/match").text


def text(answer: Any) -> str:
    assert answer.status_code == 404
    return re.sub(r'value="[^"]*"|back=[^"]*', "", answer.text)
