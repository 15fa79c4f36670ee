"""The workbench in a real browser: the main ways of each role, on a desk and on a phone, with and without scripts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from matcher.domain.accounts import Role
from tests.chromium import DESKTOP, PHONE, Visit, installed, visiting
from tests.service import PASSWORD, Service

pytestmark = pytest.mark.skipif(not installed(), reason="no Chromium: install Debian's `chromium`")

Enter = Callable[..., AbstractContextManager[Visit]]

ADDRESSES: Mapping[Role, tuple[str, ...]] = {
    Role.BROKER: (
        "/",
        "/help",
        "/match",
        "/match?q=蒙药复方制剂的现代化工艺",
        "/match?id=ex-a003",
        "/match?q=没有这种东西&must=没有这种词",
        "/why?left=ex-a003&right=ex-i02",
        "/why?left=ex-a027&right=ex-i04",
        "/compare?id=ex-a003&other=ex-i02&other=ex-i01",
        "/letter?left=ex-a003&right=ex-i02",
        "/records/achievements",
        "/records/incubators?q=玉米",
        "/records/achievements/ex-a003",
        "/records/funds/ex-f01",
        "/screen",
        "/shortlist",
        "/cases",
        "/cases?view=table&late=true",
        "/cases/new",
        "/cases/new?left=ex-a003&right=ex-i02",
        "/tasks",
        "/introductions",
        "/edit/achievements/ex-a003",
        "/delete/achievements/ex-a003",
        "/data",
        "/data/duplicates",
        "/data/aliases",
    ),
    Role.FUND: (
        "/",
        "/match?id=ex-f01",
        "/screen",
        "/screen?must=没有这种词",
        "/screen/mandates",
        "/shortlist",
        "/rules",
        "/account",
    ),
    Role.INCUBATOR: (
        "/",
        "/match?id=ex-i01",
        "/screen",
        "/edit/incubators/ex-i01",
        "/carriers/ex-i01",
        "/carriers/ex-i01/criteria",
        "/carriers/ex-i01/grants",
        "/carriers/ex-i01/evaluation",
        "/carriers/ex-i01/filings",
        "/carriers/ex-i01/contracts",
    ),
    Role.UNIVERSITY: ("/", "/cases", "/introductions", "/records/achievements", "/edit/achievements"),
    Role.BUREAU: (
        "/",
        "/records/projects",
        "/data",
        "/data/jobs",
        "/data/imports/1",
        "/admin/models",
        "/admin/audit",
        "/carriers",
        "/bureau",
        "/bureau/chains",
        "/bureau/grants",
        "/bureau/evaluation",
        "/bureau/filings",
        "/bureau/reports",
    ),
    Role.ADMINISTRATOR: ("/", "/admin", "/admin/organisations", "/admin/organisations/org-fund"),
}
"""Pages that are looked at as the role that lives in them."""


@pytest.fixture
def enter(browser: Browser, address: str, service: Service) -> Enter:
    """Sign somebody of a role in, in a browser of their own."""

    def entered(role: Role, **settings: Any) -> AbstractContextManager[Visit]:
        opened = service.installation.access.open(service.accounts[role], datetime.now(UTC))
        return visiting(browser, address, opened.token, **settings)

    return entered


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("role", ADDRESSES)
def test_every_page_is_whole_quiet_and_open_to_everybody(role: Role, viewport: Any, enter: Enter) -> None:
    """No error in the console, no request to elsewhere, nothing sideways, nothing serious that axe-core finds."""
    axe = Axe()
    with enter(role, viewport=viewport) as visit:
        for path in ADDRESSES[role]:
            page = visit.open(path)
            assert visit.sideways == 0, path
            found = axe.run(page).response["violations"]
            serious = [
                (one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in ("serious", "critical")
            ]
            assert serious == [], path
        assert visit.complaints == []


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "without"])
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_broker_finds_a_carrier_and_says_why(viewport: Any, scripts: bool, enter: Enter) -> None:
    with enter(Role.BROKER, viewport=viewport, java_script_enabled=scripts) as visit:
        page = visit.open("/")
        page.get_by_label("描述、编号或名称").fill("ex-a003")
        page.get_by_role("button", name="匹配").click()
        expect(page).to_have_title("玉米皮半纤维素酶解制低聚木糖 · 技术转移撮合")
        page.get_by_role("link", name="国家级").click()
        expect(page.locator("ol.cards > li").first).to_contain_text("国家级")
        page.get_by_role("link", name="为什么").first.click()
        expect(page.get_by_role("heading", name="理由")).to_be_visible()
        expect(page.get_by_role("heading", name="条件与依据")).to_be_visible()
        page.get_by_text("这一对合适吗？").click()
        page.get_by_label("理由（可不填）").fill("方向对口")
        page.get_by_role("button", name="合适", exact=True).click()
        expect(page.get_by_role("status")).to_have_text("已记下。")
        page.get_by_role("link", name="引荐信").click()
        expect(page.get_by_role("heading", name="引荐信")).to_be_visible()
        assert visit.complaints == []


def test_several_are_compared_side_by_side(enter: Enter) -> None:
    with enter(Role.BROKER) as visit:
        page = visit.open("/match?id=ex-a003")
        for box in page.get_by_role("checkbox", name="比较").all()[:3]:
            box.check()
        page.get_by_role("button", name="比较所选").click()
        expect(page.locator("thead th[scope=col]")).to_have_count(3)


def test_somebody_signs_in_speaks_english_and_signs_out(enter: Enter, browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/match?q=maize")
    page.get_by_label("邮箱").fill("broker@example.org")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_label("描述、编号或名称")).to_have_value("maize")
    page.locator(".menu summary").click()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_label("A description, an id or a name")).to_have_value("maize")
    page.locator(".menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    assert page.url.endswith("/sign-in")
    page.close()
