"""Administration and one's own account, as pages."""

from __future__ import annotations

import re

from matcher.domain.accounts import Role
from tests.browsing import hidden, visitor
from tests.service import Service


def outbox(service: Service) -> int:
    folder = service.installation.home / "outbox"
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def test_an_account_is_made_changed_shut_out_and_erased(service: Service) -> None:
    browser, letters = visitor(service, Role.ADMINISTRATOR), outbox(service)
    new = {
        "email": "New@Example.org",
        "name": "新人",
        "role": "broker",
        "organisation": "org-station",
        "language": "zh",
    }
    sent = browser.post("/admin/users", data=hidden(browser, "/admin") | new, follow_redirects=False)
    assert (sent.headers["location"], outbox(service)) == ("/admin?done=sent", letters + 1)
    account = service.installation.people.by_email("new@example.org")
    path = f"/admin/users/{account.id}"
    change = {"name": "新人", "role": "fund", "organisation": "org-fund", "version": str(account.version)}
    browser.post(path, data=hidden(browser, path) | change)
    assert not service.installation.people.get(account.id).active
    stale = browser.post(path, data=hidden(browser, path) | change | {"name": "旧版"})
    assert (stale.status_code, "其他人已修改过它" in stale.text, "旧版" in stale.text) == (409, True, True)
    browser.post(f"{path}/erase", data=hidden(browser, path))
    assert browser.get(path).status_code == 404


def test_a_bad_address_is_refused_and_what_was_typed_stays(service: Service) -> None:
    browser = visitor(service, Role.ADMINISTRATOR)
    new = {"email": "nobody", "name": "新人", "role": "fund"}
    answer = browser.post("/admin/users", data=hidden(browser, "/admin") | new)
    assert (answer.status_code, 'value="新人"' in answer.text, '<option value="fund" selected>' in answer.text) == (
        422, True, True,
    )  # fmt: skip


def test_the_last_administrator_stays(service: Service) -> None:
    browser, own = visitor(service, Role.ADMINISTRATOR), service.accounts[Role.ADMINISTRATOR]
    path = f"/admin/users/{own.id}"
    answer = browser.post(f"{path}/erase", data=hidden(browser, path))
    assert (answer.status_code, "最后一位管理员" in answer.text) == (403, True)


def test_an_organisation_gets_what_is_its_own(service: Service) -> None:
    browser = visitor(service, Role.ADMINISTRATOR)
    new = {"id": "org-new", "name": "新机构", "institutions": "甲大学\n甲大学医学院", "funds": "ex-f02"}
    browser.post("/admin/organisations", data=hidden(browser, "/admin/organisations") | new)
    kept = service.installation.people.organisation("org-new")
    assert (kept.institutions, kept.fund_ids) == (("甲大学", "甲大学医学院"), ("ex-f02",))
    path = "/admin/organisations/org-new"
    bad = {"name": "新机构", "incubators": "no-such", "version": "1"}
    answer = browser.post(path, data=hidden(browser, path) | bad)
    assert (answer.status_code, "no-such" in answer.text) == (404, True)


def test_the_audit_is_filtered_by_account(service: Service) -> None:
    visitor(service, Role.BROKER).post("/feedback", data={})
    broker = visitor(service, Role.BROKER)
    broker.post("/account/language", data=hidden(broker, "/account") | {"language": "en"})
    browser = visitor(service, Role.BUREAU)
    own, other = service.accounts[Role.BROKER].id, service.accounts[Role.FUND].id
    assert "page_set_language" in browser.get(f"/admin/audit?account={own}").text
    assert "page_set_language" not in browser.get(f"/admin/audit?account={other}").text


def test_models_say_what_serves_and_are_trained_by_a_job(service: Service) -> None:
    browser = visitor(service, Role.BUREAU)
    page = browser.get("/admin/models").text
    assert "尚未训练" in page
    form = hidden(browser, "/admin/models") | {"only_stale": "true"}
    sent = browser.post("/admin/models/train", data=form, follow_redirects=False)
    job = service.installation.jobs.get(sent.headers["location"].rpartition("/")[2], None)
    assert (job.kind, job.arguments) == ("train", {"only_stale": True})


def test_everybody_reads_the_rules_with_their_clauses(reading: Service) -> None:
    book = reading.installation.rulebook
    rule = next(iter(book.rules.values()))
    for role in (Role.UNIVERSITY, Role.FUND):
        page = visitor(reading, role).get(f"/rules?q={rule.id}&all=true").text
        assert (rule.id in page, rule.clause in page, book.version[:12] in page) == (True, True, True)
    assert "没有找到规则" in visitor(reading, Role.FUND).get("/rules?q=没有这种规则").text


def test_the_secret_of_a_token_is_told_once(service: Service) -> None:
    browser = visitor(service, Role.UNIVERSITY)
    form = hidden(browser, "/account") | {"name": "夜间同步", "days": "30", "scopes": ["read"]}
    page = browser.post("/account/tokens", data=form)
    secret = re.search(r"<code>([\w-]{40,})</code>", page.text)
    assert secret is not None
    answer = service.client.get("/v1/me", headers={"Authorization": f"Bearer {secret[1]}"})
    assert answer.json()["role"] == "university"
    twice = browser.post("/account/tokens", data=form)
    assert (twice.status_code, secret[1] in twice.text, secret[1] in browser.get("/account").text) == (
        409,
        False,
        False,
    )
    token = next(
        one
        for one in service.installation.access.tokens(service.accounts[Role.UNIVERSITY].id)
        if one.name == "夜间同步"
    )
    browser.post(f"/account/tokens/{token.id}/revoke", data=hidden(browser, "/account"))
    assert service.client.get("/v1/me", headers={"Authorization": f"Bearer {secret[1]}"}).status_code == 401


def test_a_language_is_kept_and_other_sessions_end(service: Service) -> None:
    browser, elsewhere = visitor(service, Role.BROKER), visitor(service, Role.BROKER)
    browser.post("/account/language", data=hidden(browser, "/account") | {"language": "en"})
    assert "My account" in browser.get("/account").text
    assert service.installation.people.get(service.accounts[Role.BROKER].id).language == "en"
    browser.post("/account/sessions/end", data=hidden(browser, "/account"))
    assert elsewhere.get("/account", follow_redirects=False).status_code == 303
    assert browser.get("/account").status_code == 200


def test_a_letter_to_oneself_sets_a_new_password(service: Service) -> None:
    browser, letters = visitor(service, Role.FUND), outbox(service)
    sent = browser.post("/account/password-letter", data=hidden(browser, "/account"), follow_redirects=False)
    assert (sent.headers["location"], outbox(service)) == ("/account?done=sent", letters + 1)
