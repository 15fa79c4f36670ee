"""An officer of the bureau: figures with the table behind each, what waits, who leads, and the quarter's report."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from matcher.domain.accounts import Role
from tests.casework import EVERYTHING
from tests.person import Come, Person
from tests.service import Service


@pytest.fixture(scope="module", autouse=True)
def worked_on(service: Service) -> None:
    """Brokers have opened two cases, one of which has moved."""
    actor, now = service.installation.access.of_account(service.accounts[Role.BROKER].id), datetime.now(UTC)
    assert actor is not None
    handling = service.installation.case_handling
    handling.open("ex-a003", "ex-i02", actor, now)
    other = handling.open("ex-a009", "ex-i02", actor, now)
    handling.tell(other.id, other.version, EVERYTHING, actor, now)


def charted(person: Person) -> None:
    """Every picture on the page says in words what it shows, and has a table behind it."""
    charts = person.page.locator("svg.chart[role=img]")
    assert charts.count() > 0
    for one in charts.all():
        assert (one.get_attribute("aria-labelledby") or one.get_attribute("aria-label") or "").strip()
    person.page.locator("details.behind summary").first.click()
    expect(person.page.locator("details.behind[open] table").first).to_be_visible()


def test_the_funnel_and_the_gaps_have_tables_behind(come: Come) -> None:
    with come(Role.BUREAU) as her:
        her.opens("/")
        her.follows("科技局", "Bureau")
        her.stands_at("对接案件漏斗", "Funnel of cases")
        charted(her)
        her.follows("产业链", "Chains")
        charted(her)
        her.chooses("产业", "Industry", zh_option="玉米生物", en_option="Corn biology")
        her.presses("查看", "Show")
        her.stands_at("玉米生物", "Corn biology")
        charted(her)


def test_a_grant_is_applied_for_and_taken_back(come: Come) -> None:
    with come(Role.BUREAU) as her:
        her.opens("/bureau/grants?state=entitled")
        charted(her)
        before = her.page.locator("li.card", has=her.page.locator("form")).count()
        entry = her.card("霍林云端煤化工专业孵化器")
        entry.unfolds("登记申请", "Note the application")
        entry.writes("文号", "Document", "示例通财〔2026〕3号")
        entry.presses("登记申请", "Note the application")
        her.opens("/bureau/grants?state=applied")
        entry = her.card("霍林云端煤化工专业孵化器")
        entry.unfolds("登记拨付或撤回", "Note the payment, or take back")
        entry.presses("撤回上一步", "Take the last step back")
        her.opens("/bureau/grants?state=entitled")
        expect(her.page.locator("li.card", has=her.page.locator("form"))).to_have_count(before)


def test_the_ranking_and_the_report_are_taken_away(come: Come) -> None:
    with come(Role.BUREAU) as her:
        her.opens("/bureau/evaluation?year=2025")
        charted(her)
        ranking = load_workbook(her.takes("下载 .xlsx", "Download .xlsx"))
        assert "沙柳原科技企业孵化器" in str([list(sheet.values) for sheet in ranking])
        her.follows("填报与报告", "Reports")
        her.follows("2026Q3")
        report = load_workbook(her.takes("下载 .xlsx", "Download .xlsx"))
        assert len(report.sheetnames) > 3
        printed = her.takes("打印版 .html", "To print, .html").read().decode()
        assert "<table" in printed


def test_who_has_not_told_is_named(come: Come) -> None:
    with come(Role.BUREAU) as her:
        her.opens("/bureau")
        her.section("未报", "not submitted").reads("8")
        her.page.get_by_role("link", name="未报" if her.way.zh else "not submitted").click()
        her.reads("ex-i19")
