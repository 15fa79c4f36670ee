"""A carrier's pages: its own for whoever runs it, all for the bureau; and the figures it fills in."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from matcher.domain.accounts import Role
from matcher.domain.periods import Period
from matcher.domain.registers import Submission
from matcher.domain.visibility import Viewer
from matcher.reporting.cells import Content, at, put
from matcher.services.submissions import Correction
from tests.browsing import FIELD, visitor
from tests.service import Service

TABS = ("", "/criteria", "/grants", "/evaluation", "/figures", "/filings", "/contracts")
PAGE = "/carriers/ex-i01/figures?period=2026Q3"
INPUT = re.compile(r'<input class="figure"[^>]* name="(m\.\w+)"[^>]* value="([^"]*)"')


def form_of(browser: TestClient, path: str = PAGE) -> dict[str, str]:
    """What the page's own form would send as it stands."""
    text = browser.get(path).text
    form = text[text.index('<form method="post" action="/carriers') :]
    named = dict(re.findall(r'<input type="hidden" name="(period|tag)" value="([^"]*)"', form))
    by = re.search(r'name="by"[^>]*value="([^"]*)"', form)
    assert by is not None
    typed = {name: unescape(value) for name, value in INPUT.findall(form)}
    return dict(FIELD.findall(form)) | named | typed | {"by": unescape(by[1]), "note": ""}


def kept(service: Service, period: str = "2026Q3") -> Submission:
    found = service.installation.reporting.submissions(Period(period), Viewer.BROKERS, NOW_DAY)
    one = next(one for one in found if one.carrier.id == "ex-i01")
    assert one.submitted is not None
    return one.submitted.row


# Far enough ahead for whatever day the tests run on.
NOW_DAY = Period("2027").end


@pytest.fixture(scope="module")
def carrier(reading: Service) -> TestClient:
    """Somebody who runs the carrier ex-i01, and only looks."""
    return visitor(reading, Role.INCUBATOR)


@pytest.fixture(scope="module")
def bureau(reading: Service) -> TestClient:
    """Somebody of the bureau, who only looks."""
    return visitor(reading, Role.BUREAU)


@pytest.mark.parametrize("tab", TABS)
def test_a_carrier_opens_its_own_pages_and_no_others(carrier: TestClient, bureau: TestClient, tab: str) -> None:
    assert carrier.get(f"/carriers/ex-i01{tab}").status_code == 200
    refused = carrier.get(f"/carriers/ex-i02{tab}")
    assert (refused.status_code, "只能查看本机构自己载体的数据" in refused.text) == (403, True)
    assert bureau.get(f"/carriers/ex-i02{tab}").status_code == 200
    assert bureau.get(f"/carriers/no-such{tab}").status_code == 404


def test_whoever_runs_one_carrier_is_led_to_it_and_the_bureau_chooses(carrier: TestClient, bureau: TestClient) -> None:
    assert carrier.get("/carriers").url.path == "/carriers/ex-i01"
    page = bureau.get("/carriers", params={"q": "蒙医药"})
    assert 'href="/carriers/ex-i04"' in page.text


def test_the_overview_tells_matches_room_and_stages_with_their_source(carrier: TestClient) -> None:
    page = carrier.get("/carriers/ex-i01").text
    for told in ("本周匹配", "60 家", "41 家", "19 家", "<title id=", "数字取自载体登记信息", "/why?left="):
        assert told in page, told
    assert " style=" not in page


def test_results_that_a_carrier_may_not_know_are_not_among_its_matches(carrier: TestClient) -> None:
    assert "ex-a023" not in carrier.get("/carriers/ex-i01").text


def test_criteria_show_the_level_it_has_and_the_next_with_clauses(carrier: TestClient) -> None:
    page = carrier.get("/carriers/ex-i01/criteria").text
    assert "现有级别，自查" in page
    assert "下一级" in page
    assert "工信部科〔2025〕131号" in page
    assert "缺少：运营主体为独立法人" in page
    older = carrier.get("/carriers/ex-i01/criteria", params={"to": "excellent"})
    assert "现有级别，自查" not in older.text


def test_a_place_among_few_is_not_told_to_a_carrier(carrier: TestClient, bureau: TestClient) -> None:
    path = "/carriers/ex-i01/evaluation?year=2025"
    assert "不告知名次" in carrier.get(path).text
    assert "不告知名次" not in bureau.get(path).text


def test_a_planned_service_is_checked_and_what_was_typed_stays(carrier: TestClient) -> None:
    asked = {"kind": "managed_service", "receiver": "ex-i20", "start": "2026-12-01"}
    page = carrier.get("/carriers/ex-i01/filings", params=asked).text
    assert "可以开展" in page
    assert "ex-b05" in page
    assert 'value="ex-i20"' in page
    unfiled = carrier.get("/carriers/ex-i01/filings", params=asked | {"receiver": "ex-i21"})
    assert "不得开展" in unfiled.text


def test_figures_are_shown_as_submitted_with_units_and_the_last_period(carrier: TestClient) -> None:
    form = form_of(carrier)
    assert form["m.tenants"] == "41"
    text = carrier.get(PAGE).text
    for told in ("不小于 0 的整数", "上期 2026Q2", "期末登记在册", "报送期限 2026-10-15"):
        assert told in text, told


def test_a_correction_is_kept_with_what_stood_before_and_doubted_where_it_jumps(service: Service) -> None:
    browser = visitor(service, Role.INCUBATOR)
    form = form_of(browser) | {"m.tenants": "410", "m.mentors": ""}
    page = browser.post("/carriers/ex-i01/figures", data=form)
    assert page.url.path == "/carriers/ex-i01/figures"
    row = kept(service)
    assert (row.metrics["在孵企业数"], "创业导师" in row.metrics) == (410.0, False)
    assert row.submitted_by == "白云杉"
    for told in ("已保存", "更正记录", "请核对：", "410"):
        assert told in page.text, told
    names = {one.name for one in corrections(service)}
    assert names == {"在孵企业数", "创业导师"}, "what was left as it was is no correction"


def corrections(service: Service) -> tuple[Correction, ...]:
    found = service.installation.reporting.submissions(Period("2026Q3"), Viewer.BROKERS, NOW_DAY)
    return next(one for one in found if one.carrier.id == "ex-i01").corrections


def test_saving_what_is_there_changes_nothing(service: Service) -> None:
    before = kept(service)
    browser = visitor(service, Role.INCUBATOR)
    browser.post("/carriers/ex-i01/figures", data=form_of(browser))
    assert kept(service).metrics == before.metrics
    assert corrections(service) == ()


def test_a_form_that_is_sent_twice_is_kept_once(service: Service) -> None:
    browser = visitor(service, Role.INCUBATOR)
    form = form_of(browser) | {"m.tenants": "42"}
    answers = [browser.post("/carriers/ex-i01/figures", data=form, follow_redirects=False) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(corrections(service)) == 1


def test_two_who_correct_at_once_do_not_overwrite_each_other(service: Service) -> None:
    first, second = visitor(service, Role.INCUBATOR), visitor(service, Role.BUREAU)
    late = form_of(second) | {"m.tenants": "44"}
    first.post("/carriers/ex-i01/figures", data=form_of(first) | {"m.tenants": "43"})
    answer = second.post("/carriers/ex-i01/figures", data=late)
    assert (answer.status_code, "其他人已修改过" in answer.text) == (409, True)
    assert 'value="44"' in answer.text, "what was typed is not lost"
    assert kept(service).metrics["在孵企业数"] == 43.0


def test_what_is_no_figure_is_named_and_nothing_is_kept(service: Service) -> None:
    browser = visitor(service, Role.INCUBATOR)
    form = form_of(browser) | {"m.tenants": "很多", "m.mentors": "13"}
    answer = browser.post("/carriers/ex-i01/figures", data=form)
    assert answer.status_code == 422
    assert "在孵企业数" in answer.text
    assert 'value="很多"' in answer.text
    assert 'value="13"' in answer.text
    assert kept(service).metrics["创业导师"] == 12.0


def test_nobody_fills_in_the_figures_of_another_carrier(service: Service) -> None:
    browser = visitor(service, Role.INCUBATOR)
    form = form_of(browser)
    assert browser.post("/carriers/ex-i02/figures", data=form).status_code == 403
    assert browser.get("/carriers/ex-i02/figures/form.xlsx?period=2026Q3").status_code == 403


def filled(browser: TestClient, changes: dict[str, Content], path: str = PAGE) -> bytes:
    """The form of the page, downloaded and filled in."""
    answer = browser.get(path.replace("figures?", "figures/form.xlsx?"))
    assert "填报表.xlsx" in unquote(answer.headers["content-disposition"])
    book = load_workbook(BytesIO(answer.content))
    sheet = book.worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(place for place, row in enumerate(rows, start=1) if row[0] == "载体编号")
    for name, value in changes.items():
        column = rows[head - 1].index(name) + 1
        put(at(sheet, head + 1, column), value)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def upload(browser: TestClient, content: bytes, name: str = "填好的表.xlsx") -> Any:
    form = {key: value for key, value in form_of(browser).items() if key in ("csrf", "once", "period", "tag")}
    return browser.post("/carriers/ex-i01/figures/upload", data=form, files={"file": (name, content)})


def test_the_form_goes_out_as_a_workbook_and_comes_back_filled(service: Service) -> None:
    browser = visitor(service, Role.INCUBATOR)
    answer = upload(browser, filled(browser, {"指标:在孵企业数": 45, "填报人": "乌兰"}))
    assert answer.status_code == 200, answer.text
    row = kept(service)
    assert (row.metrics["在孵企业数"], row.submitted_by) == (45.0, "乌兰")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"载体编号": "ex-i02"}, "不是这家载体的 2026Q3"),
        ({"填报期": "2026Q2"}, "不是这家载体的 2026Q3"),
        ({"指标:在孵企业数": "很多"}, "很多"),
    ],
)
def test_a_form_of_another_is_refused_whole(service: Service, changes: dict[str, Content], told: str) -> None:
    browser, before = visitor(service, Role.INCUBATOR), kept(service)
    answer = upload(browser, filled(browser, changes))
    assert (answer.status_code, told in answer.text) == (422, True)
    assert kept(service) == before


def test_a_file_that_is_no_table_is_refused(service: Service) -> None:
    browser = visitor(service, Role.INCUBATOR)
    assert upload(browser, b"not a workbook").status_code == 422
    assert upload(browser, b"x", "x.exe").status_code == 422


def test_a_period_that_has_not_begun_takes_no_figures(carrier: TestClient) -> None:
    answer = carrier.get("/carriers/ex-i01/figures?period=2098Q1")
    assert (answer.status_code, "还没有开始" in answer.text) == (422, True)
