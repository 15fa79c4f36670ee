"""The bureau's pages: what it is told, in numbers with their source and a table behind each chart; and the ledger."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from matcher.domain.accounts import Role
from matcher.domain.cases import Case, Event, Happening
from matcher.domain.phases import Phase
from matcher.domain.records import PairKind
from matcher.store import Cases
from tests.browsing import FIELD, visitor
from tests.service import Service

TABS = ("", "/chains", "/chains?industry=corn", "/grants", "/evaluation", "/filings", "/reports")


@pytest.fixture(scope="module")
def bureau(reading: Service) -> TestClient:
    """Somebody of the bureau, who only looks."""
    return visitor(reading, Role.BUREAU)


@pytest.mark.parametrize("tab", ["/chains", "/chains?industry=corn", "/grants", "/evaluation?year=2025"])
def test_every_chart_is_described_and_has_a_table_behind_it(bureau: TestClient, tab: str) -> None:
    page = bureau.get(f"/bureau{tab}").text
    charts = re.findall(r'<svg class="chart" role="img" aria-labelledby="([\w-]+) ([\w-]+)"', page)
    assert charts
    for title, desc in charts:
        assert f'<title id="{title}">' in page
        assert f'<desc id="{desc}">' in page
    assert page.count('<details class="behind"><summary>') >= len(charts)
    assert " style=" not in page


def test_the_pages_speak_english_too(bureau: TestClient) -> None:
    for tab in TABS:
        mark = "&" if "?" in tab else "?"
        page = bureau.get(f"/bureau{tab}{mark}lang=en").text
        assert '<html lang="en">' in page
        assert "Chains" in page


def opened(service: Service, left_id: str, right_id: str, *path: Phase) -> None:
    """A case that went along some stages, a day each."""
    at = datetime.now(UTC) - timedelta(days=10)
    with service.installation.database.begin() as connection:
        cases = Cases(connection)
        cases.add(
            Case(
                id=left_id, pairing=PairKind.ACHIEVEMENT_INCUBATOR, left_id=left_id, right_id=right_id,
                phase=path[-1] if path else Phase.DISCOVER, owner=service.accounts[Role.BROKER].id, opened_at=at,
                changed_at=at,
            )
        )  # fmt: skip
        for day, to in enumerate(path, start=1):
            when, said = at + timedelta(days=day), {"to": to.value}
            cases.log(Event(case_id=left_id, at=when, by="x", what=Happening.MOVED, said=said))


def test_the_funnel_tells_stages_conversion_and_time(service: Service) -> None:
    browser = visitor(service, Role.BUREAU)
    assert "还没有案件" in browser.get("/bureau").text
    opened(service, "ex-a001", "ex-i01")
    opened(service, "ex-a003", "ex-i02", Phase.DIG)
    page = browser.get("/bureau").text
    assert "2 件，进入下一环节 50%" in page
    row = re.search(r'<th scope="row">发现</th>(.*?)</tr>', page)
    assert row is not None
    assert re.findall(r">([^<]+)</td>", row[1]) == ["2", "1", "50%", "0", "1", "1.0 天", "10 天"]
    assert "还没有案件" in browser.get("/bureau?pairing=project_fund").text


def test_a_chain_is_told_node_by_node_with_state_and_rule(bureau: TestClient) -> None:
    page = bureau.get("/bureau/chains?industry=corn").text
    assert "氨基酸与有机酸发酵" in page
    assert "强链" in page
    assert "距强链：" in page
    assert "环节表版本" in page
    unknown = bureau.get("/bureau/chains?region=Atlantis")
    assert unknown.status_code == 422


def grant_form(page: str, carrier: str, deed: str) -> dict[str, str]:
    """The form of the entry of a carrier on which a deed can be noted, as the page has it."""
    for form in re.findall(r'<form method="post" action="/bureau/grants".*?</form>', page, re.DOTALL):
        fields = dict(re.findall(r'<input type="hidden" name="(rule|carrier)" value="([^"]*)"', form))
        if fields["carrier"] == carrier and f'value="{deed}"' in form:
            return (
                dict(FIELD.findall(form)) | {name: unescape(value) for name, value in fields.items()} | {"deed": deed}
            )
    raise AssertionError(f"no form to {deed} for {carrier}")


def test_the_ledger_sums_by_rule_and_notes_application_payment_and_undo(service: Service) -> None:
    browser = visitor(service, Role.BUREAU)
    page = browser.get("/bureau/grants")
    assert "通创办发〔2023〕2号 三(一)" in page.text
    applied = browser.post(
        "/bureau/grants", data=grant_form(page.text, "ex-i03", "apply") | {"document": "示例〔2026〕9号"}
    )
    assert "已申请未拨付" in applied.text
    paid = browser.post("/bureau/grants", data=grant_form(applied.text, "ex-i03", "pay"))
    assert "拨付 50万元" in paid.text
    back = browser.post("/bureau/grants", data=grant_form(paid.text, "ex-i03", "undo"))
    assert "已撤销" in back.text
    assert "登记拨付" in back.text


def test_a_step_that_is_not_due_is_refused_with_the_reason(service: Service) -> None:
    browser = visitor(service, Role.BUREAU)
    form = grant_form(browser.get("/bureau/grants").text, "ex-i03", "apply")
    answer = browser.post("/bureau/grants", data=form | {"carrier": "ex-i01"})
    assert (answer.status_code, "早于规则施行日" in answer.text) == (409, True)
    page = browser.get("/bureau/grants").text
    answer = browser.post("/bureau/grants", data=grant_form(page, "ex-i12", "pay") | {"amount": "很多"})
    assert (answer.status_code, "不是金额" in answer.text) == (422, True)


def test_the_ledger_is_narrowed_by_state_rule_and_carrier(bureau: TestClient) -> None:
    due = bureau.get("/bureau/grants", params={"state": "entitled"}).text
    assert "霍林云端煤化工专业孵化器" in due
    assert "朔漠风光储孵化器" not in due
    one = bureau.get("/bureau/grants", params={"carrier": "ex-i12"}).text
    assert "朔漠风光储孵化器" in one
    nothing = bureau.get("/bureau/grants", params={"carrier": "ex-i12", "state": "paid"}).text
    assert "没有相应的条目" in nothing


def test_the_ranking_says_it_is_internal_and_goes_out_as_a_workbook(bureau: TestClient) -> None:
    page = bureau.get("/bureau/evaluation?year=2025").text
    assert "不是官方评分" in page
    assert 'href="/carriers/ex-i02/evaluation?year=2025"' in page
    assert "没有填报数据，不计分" in page
    answer = bureau.get("/bureau/evaluation/ranking.xlsx?year=2025")
    assert unquote(answer.headers["content-disposition"]).endswith("2025 年分类评价（内部）.xlsx")
    assert "script-src" not in answer.headers["content-security-policy"]
    assert len(load_workbook(BytesIO(answer.content)).sheetnames) == 3  # scores, proposals, sources


def test_a_report_is_looked_at_section_by_section_and_taken_away(bureau: TestClient) -> None:
    page = bureau.get("/bureau/reports/2026Q3?section=incubators").text
    assert 'href="/carriers/ex-i01/figures?period=2026Q3"' in page
    assert "“—”为未填或不明，不是 0" in page
    whole = bureau.get("/bureau/reports/2026Q3/report.xlsx")
    assert "科技企业孵化器和众创空间信息报告" in unquote(whole.headers["content-disposition"])
    part = bureau.get("/bureau/reports/2026Q3/report.xlsx?section=filings")
    sheets = [len(load_workbook(BytesIO(answer.content)).sheetnames) for answer in (whole, part)]
    assert sheets[0] > sheets[1] == 2
    assert "attachment" in bureau.get("/bureau/reports/2026Q3/report.html").headers["content-disposition"]


@pytest.mark.parametrize("path", ["/2026Q3?section=nothing", "/2098Q1", "/2026Q9"])
def test_a_report_that_is_not_there_says_so(bureau: TestClient, path: str) -> None:
    answer = bureau.get(f"/bureau/reports{path}")
    assert answer.status_code in (404, 422)
    assert 'role="alert"' in answer.text


def test_that_a_report_with_hidden_records_was_read_is_noted(service: Service) -> None:
    browser = visitor(service, Role.BUREAU)
    browser.get("/bureau/reports/2026Q3")
    browser.get("/bureau/chains?industry=corn")
    noted = {name for deed in service.get(Role.ADMINISTRATOR, "/audit").json()["items"] for name in deed["record_ids"]}
    assert "reports/2026Q3" in noted
