"""What was judged, for those whose words they are; and standing queries, kept and applied."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from io import BytesIO

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from api.app import create_app
from api.guard import COOKIE
from matcher.domain.accounts import Role
from matcher.domain.records import Kind, Project, Visibility
from matcher.domain.visibility import Viewer
from matcher.store import Records
from tests.browsing import hidden, visitor
from tests.service import NOW, Service

PAIR = ("ex-a003", "ex-i02")
NEW = {"name": "玉米深加工", "record_id": "ex-f01", "must": "玉米", "ban": "药", "k": "10"}


def say(browser: TestClient, word: str, pair: tuple[str, str] = PAIR, note: str = "") -> str:
    """Judge a pair; where one is led then."""
    form = {"word": word, "left": pair[0], "right": pair[1], "note": note, "back": "/shortlist"}
    answer = browser.post("/screen/judge", data=hidden(browser, "/screen/mandates") | form, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def colleague(service: Service) -> TestClient:
    """Another broker of the same station, at a browser."""
    account = service.installation.people.create(
        "two@example.org", "乙经纪人", Role.BROKER, NOW, organisation_id="org-station"
    )
    browser = TestClient(create_app(service.installation), headers={"Accept": "text/html"})
    browser.cookies.set(COOKIE, service.installation.access.open(account, datetime.now(UTC)).token)
    return browser


# --- shortlist and history ---


def test_the_shortlist_holds_what_one_and_ones_colleagues_found_fitting_latest_first(service: Service) -> None:
    first, second = visitor(service, Role.BROKER), colleague(service)
    say(first, "fits", note="方向对口")
    say(second, "fits", ("ex-a001", "ex-i01"))
    for reader in (first, second):
        page = reader.get("/shortlist").text
        assert page.index("ex-a001") < page.index("ex-a003")
        assert "方向对口" in page
        assert "/cases/new?left=ex-a003&amp;right=ex-i02" in page
    assert "乙经纪人" in first.get("/shortlist").text


def test_the_shortlist_is_exported_with_who_said_what_and_what_each_is_about(service: Service) -> None:
    broker = visitor(service, Role.BROKER)
    say(broker, "fits", note="方向对口")
    say(broker, "later", ("ex-a001", "ex-i01"))
    answer = broker.get("/shortlist/export")
    assert "attachment" in answer.headers["content-disposition"]
    page = load_workbook(BytesIO(answer.content)).active
    assert page is not None
    heading, *rows = page.iter_rows(values_only=True)
    assert heading[:5] == ("编号", "名称", "给谁", "判断", "理由和备注")
    assert [(row[0], row[3], row[4]) for row in rows] == [("ex-a003", "合适", "方向对口")]
    assert "低聚木糖" in str(rows[0][heading.index("内容")])


def test_what_was_just_judged_is_named_beside_its_undoing(service: Service) -> None:
    broker = visitor(service, Role.BROKER)
    said = say(broker, "fits")
    (mine,) = re.findall(r"/screen/undo.*?name=\"given\" value=\"(\d+)\"", broker.get(said).text, re.DOTALL)
    assert "玉米皮半纤维素酶解制低聚木糖”：<b>合适</b>" in broker.get(f"/shortlist?done=noted&given={mine}").text
    other = visitor(service, Role.FUND).get(f"/shortlist?done=noted&given={mine}").text
    assert "低聚木糖" not in other


def test_another_judgement_takes_a_pair_off_the_list_of_all_colleagues(service: Service) -> None:
    broker = visitor(service, Role.BROKER)
    say(broker, "fits")
    say(colleague(service), "capacity")
    assert "ex-a003" not in broker.get("/shortlist").text
    assert "容量不足" in broker.get("/shortlist?verdict=does_not").text


def test_no_other_organisation_reads_what_was_said(service: Service) -> None:
    say(visitor(service, Role.BROKER), "fits", note="只给本站看的话")
    pair = f"/why?left={PAIR[0]}&right={PAIR[1]}"
    for role in Role:
        browser = visitor(service, role)
        for path in ("/shortlist", pair):
            assert ("只给本站看的话" in browser.get(path).text) == (role is Role.BROKER), (role, path)


def test_the_history_of_a_pair_tells_who_said_what_the_latest_first(service: Service) -> None:
    broker = visitor(service, Role.BROKER)
    say(broker, "later", note="等样机")
    say(colleague(service), "does_not", note="太远")
    page = broker.get(f"/why?left={PAIR[0]}&right={PAIR[1]}").text
    told = page[page.index("本机构说过的") :]
    assert told.index("太远") < told.index("等样机")
    assert told.index("乙经纪人") < told.index("您 ·")


def test_what_is_hidden_by_now_is_on_no_list(service: Service) -> None:
    broker = visitor(service, Role.BROKER)
    say(broker, "fits", ("ex-p001", "ex-f01"))
    assert "ex-p001" in broker.get("/shortlist").text
    with service.installation.database.begin() as connection:
        kept = Records(connection).many(Kind.PROJECTS, ["ex-p001"])["ex-p001"]
        assert isinstance(kept, Project)
        Records(connection).upsert([replace(kept, visibility=Visibility.RESTRICTED)], NOW)
    assert "ex-p001" not in broker.get("/shortlist").text


def test_a_long_shortlist_is_turned_forward_and_back(service: Service) -> None:
    broker = visitor(service, Role.BROKER)
    left = [one.id for one in service.installation.records.page(Kind.PROJECTS, Viewer.BROKERS, "", 43)]
    form = {"word": "fits", "right": "ex-f02", "left": left}
    assert broker.post("/screen/judge", data=hidden(broker, "/screen/mandates") | form).status_code == 200

    def turned(page: str, way: str) -> str:
        [path] = re.findall(rf'href="([^"]+)" rel="{way}"', page)
        return broker.get(unescape(path)).text

    def cards(page: str) -> list[str]:
        return re.findall(r'name="left" value="([^"]+)"', page)

    first = broker.get("/shortlist?right=ex-f02").text
    second = turned(first, "next")
    third = turned(second, "next")
    assert [one.count("data-card") for one in (first, second, third)] == [20, 20, 3]
    assert 'rel="prev"' not in first
    assert 'rel="next"' not in third
    assert cards(turned(third, "prev")) == cards(second)
    assert cards(turned(turned(third, "prev"), "prev")) == cards(first)
    assert "right=ex-f02" in turned(third, "prev")


# --- standing queries ---


def keep(browser: TestClient, **changed: str) -> str:
    """Keep a standing query, and give its id."""
    form = hidden(browser, "/screen/mandates") | NEW | changed
    answer = browser.post("/screen/mandates", data=form, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(re.findall(r"mandate=(\w+)", answer.headers["location"])[0])


def test_a_standing_query_is_applied_to_the_board_by_its_address(service: Service) -> None:
    fund = visitor(service, Role.FUND)
    name = keep(fund)
    page = fund.get(f"/screen?mandate={name}").text
    assert "按长期查询“玉米深加工”" in page
    found = re.findall(r'name="left" value="([^"]+)" form="bulk"', page)
    records = service.installation.records.many(Kind.PROJECTS, found, Viewer.PUBLIC)
    projects = [one for one in records.values() if isinstance(one, Project)]
    texts = [" ".join((one.name, one.summary, *one.keywords, *one.industry)) for one in projects]
    assert texts
    assert all("玉米" in text and "药" not in text for text in texts)
    assert f'value="{name}" selected' in page


def test_a_standing_query_of_a_text_leads_to_its_takers(service: Service) -> None:
    broker = visitor(service, Role.BROKER)
    name = keep(broker, record_id="", text="沙棘果油微胶囊", to="funds", must="")
    answer = broker.get(f"/screen?mandate={name}", follow_redirects=False)
    assert answer.headers["location"].startswith("/match?q=")
    assert "to=funds" in answer.headers["location"]


@pytest.mark.parametrize("wrong", [{"name": ""}, {"k": "0"}, {"record_id": ""}, {"record_id": "no-such"}])
def test_a_form_that_cannot_be_kept_comes_back_as_it_was_typed(wrong: dict[str, str], service: Service) -> None:
    fund = visitor(service, Role.FUND)
    answer = fund.post("/screen/mandates", data=hidden(fund, "/screen/mandates") | NEW | {"ban": "仍在这里"} | wrong)
    assert answer.status_code in (404, 422)
    assert 'value="仍在这里"' in answer.text
    assert "还没有长期查询" in answer.text


def test_of_two_editors_the_second_is_told_and_keeps_what_they_typed(service: Service) -> None:
    fund = visitor(service, Role.FUND)
    path = f"/screen/mandates/{keep(fund)}"
    for name, status in (("第一", 303), ("第二", 409)):
        form = hidden(fund, path) | NEW | {"name": name, "tag": "1"}
        answer = fund.post(path, data=form, follow_redirects=False)
        assert answer.status_code == status
    assert 'value="第二"' in answer.text
    assert "其他人已修改过它" in answer.text
    assert 'value="第一"' in fund.get(path).text
    assert fund.post(f"{path}/delete", data=hidden(fund, path) | {"tag": "1"}).status_code == 409
    assert fund.post(f"{path}/delete", data=hidden(fund, path) | {"tag": "2"}).status_code == 200
    assert "还没有长期查询" in fund.get("/screen/mandates").text


def test_nobody_else_comes_to_a_standing_query(service: Service) -> None:
    name = keep(visitor(service, Role.FUND))
    broker = visitor(service, Role.BROKER)
    for path in (f"/screen?mandate={name}", f"/screen/mandates/{name}", f"/screen/export?mandate={name}"):
        assert broker.get(path).status_code == 404
    assert "玉米深加工" not in broker.get("/screen?id=ex-f01").text
