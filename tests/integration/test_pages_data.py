"""The pages of data: a list is handed in, looked at, named, imported and undone; what may be one is decided."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from threading import Event
from typing import Any

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from matcher.domain.accounts import Role
from matcher.domain.records import Achievement, Kind, Visibility
from matcher.store import Records
from tests.browsing import hidden, visitor
from tests.service import NOW, Service

MESSY = "编号,技术名字,成熟度\nB1,玉米淀粉绿色制备,5\nB2,,4\n"


def upload(browser: TestClient, name: str, content: bytes, kind: str = "") -> Any:
    form = hidden(browser, "/data") | {"kind": kind}
    return browser.post("/data/uploads", data=form, files={"files": (name, content)}, follow_redirects=False)


def worked(service: Service) -> None:
    while service.installation.worker(Event()).once():
        pass


def again(browser: TestClient, path: str, do: str, **fields: Any) -> str:
    sent = browser.post(f"{path}/again", data=hidden(browser, path) | {"do": do} | fields, follow_redirects=False)
    assert sent.status_code == 303, sent.text
    return str(sent.headers["location"])


def test_a_messy_list_is_named_column_by_column_imported_and_undone(service: Service) -> None:
    browser = visitor(service, Role.BUREAU)
    sent = upload(browser, "清单.csv", MESSY.encode("gb18030"), "achievements")
    first = sent.headers["location"]
    assert (sent.status_code, 'http-equiv="refresh"' in browser.get(first).text) == (303, True)
    worked(service)
    page = browser.get(first).text
    assert "缺少必需的列" in page
    assert "玉米淀粉绿色制备" in page
    named = {"table": ["achievements"] * 3, "header": ["编号", "技术名字", "成熟度"], "was": ["id", "", "trl"]}
    second = again(browser, first, "check", kind="achievements", field=["id", "title", "trl"], **named)
    worked(service)
    page = browser.get(second).text
    assert "这是预览，还没有写入" in page
    assert "第 3 行" in page
    assert service.get(Role.BUREAU, "/achievements/B1").status_code == 404
    table = load_workbook(io.BytesIO(browser.get(f"{second}/corrections.xlsx").content))["科研成果"]
    assert [cell.value for cell in table[1]][:3] == ["编号", "成果名称", "成熟度"]
    third = again(browser, second, "import", kind="achievements")
    worked(service)
    assert service.get(Role.BUREAU, "/achievements/B1").json()["title"] == "玉米淀粉绿色制备"
    number = re.search(r"/data/imports/(\d+)", browser.get(third).text)
    assert number is not None
    path = f"/data/imports/{number[1]}"
    undo = browser.post(f"{path}/undo", data=hidden(browser, path), follow_redirects=False)
    worked(service)
    assert "已全部撤销" in browser.get(undo.headers["location"]).text
    assert service.get(Role.BUREAU, "/achievements/B1").status_code == 404
    assert "已撤销" in browser.get("/data").text


def test_a_file_of_another_sort_is_refused_on_the_form_and_the_table_stays_chosen(service: Service) -> None:
    browser = visitor(service, Role.BUREAU)
    answer = upload(browser, "清单.exe", b"MZ", "funds")
    assert (answer.status_code, "不能导入" in answer.text) == (422, True)
    assert '<option value="funds" selected>' in answer.text


def test_nothing_chosen_is_said_so(service: Service) -> None:
    browser = visitor(service, Role.BUREAU)
    answer = browser.post("/data/uploads", data=hidden(browser, "/data") | {"kind": ""}, follow_redirects=False)
    assert (answer.status_code, "没有上传文件" in answer.text) == (422, True)


def test_a_list_sent_twice_becomes_one_job(service: Service) -> None:
    browser = visitor(service, Role.BUREAU)
    form = hidden(browser, "/data") | {"kind": ""}
    sent = [
        browser.post("/data/uploads", data=form, files={"files": ("成果.csv", MESSY.encode())}, follow_redirects=False)
        for _ in range(2)
    ]
    assert sent[0].headers["location"] == sent[1].headers["location"]
    assert len(service.installation.jobs.page(None, limit=9).jobs) == 1


def test_a_job_that_waits_can_be_cancelled_and_one_that_was_taken_up_again(service: Service) -> None:
    browser = visitor(service, Role.ADMINISTRATOR)
    path = upload(browser, "成果.csv", MESSY.encode()).headers["location"]
    browser.post(f"{path}/cancel", data=hidden(browser, path))
    assert "已取消" in browser.get(path).text
    assert "成果.csv" in browser.get("/data/jobs?state=cancelled").text
    assert "成果.csv" not in browser.get("/data/jobs?state=queued").text


def test_brokers_review_but_hand_in_no_lists(service: Service) -> None:
    browser = visitor(service, Role.BROKER)
    page = browser.get("/data").text
    assert ('type="file"' in page, "/edit/achievements" in page) == (False, True)
    answer = browser.post("/data/uploads", data=hidden(browser), files={"files": ("成果.csv", b"x")})
    assert answer.status_code == 403


@pytest.mark.parametrize("kind", list(Kind))
def test_empty_tables_can_be_had_of_every_table(reading: Service, kind: Kind) -> None:
    answer = visitor(reading, Role.UNIVERSITY).get(f"/data/templates/{kind}.xlsx")
    assert "attachment" in answer.headers["content-disposition"]
    assert load_workbook(io.BytesIO(answer.content)).worksheets[0].cell(1, 1).value


def test_two_records_are_one_until_somebody_takes_it_back(service: Service) -> None:
    browser = visitor(service, Role.BROKER)
    page = browser.get("/data/duplicates").text
    assert all(name in page for name in ("ex-a013", "ex-a014", "以后再看" if "共 1 对" not in page else "不是同一个"))
    pair = {"alias": "ex-a014", "canonical": "ex-a013", "kind": "achievement"}
    form = hidden(browser, "/data/duplicates") | pair | {"verdict": "same", "back": "/data/duplicates"}
    assert (
        browser.post("/data/identities", data=form, follow_redirects=False).headers["location"].endswith("done=noted")
    )
    assert "ex-a014" not in browser.get("/data/duplicates").text
    decided = browser.get("/data/aliases").text
    assert "苏氨酸结晶母液" in decided
    assert "您" in decided
    browser.post("/data/identities/undo", data=hidden(browser, "/data/aliases") | pair)
    assert "ex-a014" in browser.get("/data/duplicates").text


def test_two_names_are_said_to_be_different(service: Service) -> None:
    browser = visitor(service, Role.BUREAU)
    assert "ex-i27" in browser.get("/data/aliases?kind=incubator").text
    pair = {"alias": "ex-i27", "canonical": "ex-i02", "kind": "incubator", "verdict": "different"}
    browser.post("/data/identities", data=hidden(browser, "/data/aliases") | pair)
    page = browser.get("/data/aliases?kind=incubator").text
    assert "没有待核对的名称" in page
    assert "不是同一个" in page


def test_hidden_records_are_reviewed_by_nobody_who_may_not_see_them(service: Service) -> None:
    with service.installation.database.begin() as connection:
        found = Records(connection).get(Kind.ACHIEVEMENTS, "ex-a014")
        assert isinstance(found, Achievement)
        Records(connection).upsert([replace(found, id="secret-9", visibility=Visibility.RESTRICTED)], NOW)
    assert "secret-9" not in visitor(service, Role.BROKER).get("/data/duplicates").text
    bureau = visitor(service, Role.BUREAU)
    assert "secret-9" in "".join(bureau.get(f"/data/duplicates?n={n}").text for n in range(3))
    seen = [deed.record_ids for deed in service.installation.journal.latest(None, 9)]
    assert ("achievements/secret-9",) in seen


GUESSED = "编号,成果名称,技术成熟程度,备注二\nB7,玉米淀粉绿色制备,六级,急\n"
SELECT = re.compile(r'name="header" value="([^"]*)".*?<select name="field".*?</select>\s*(.*?)</td>', re.DOTALL)


def chosen(page: str) -> dict[str, tuple[str, str]]:
    """By header the field that its menu has chosen, and what stands beside the menu."""
    menus = {found[1]: (found[0], re.sub("<[^>]*>", "", found[2]).strip()) for found in SELECT.finditer(page)}
    picked = {name: re.search(r'<option value="([^"]*)" selected', menu) for name, (menu, _) in menus.items()}
    return {name: (picked[name][1] if picked[name] else "", beside) for name, (_, beside) in menus.items()}  # type: ignore[index]


def test_a_guess_is_chosen_and_marked_and_what_was_confirmed_is_known_the_next_time(service: Service) -> None:
    browser = visitor(service, Role.BUREAU)
    first = upload(browser, "成果.csv", GUESSED.encode()).headers["location"]
    worked(service)
    page = browser.get(first).text
    assert chosen(page)["技术成熟程度"] == ("trl", "猜测，请核对")
    assert chosen(page)["备注二"] == ("", "")
    assert "是否指“技术就绪度”？" in page
    assert ("请在上面这一列的表头下选择它是什么" in page, "列名对照文件" in page) == (True, False)
    headers = ["编号", "成果名称", "技术成熟程度", "备注二"]
    told = {"table": ["achievements"] * 4, "header": headers, "was": ["id", "title", "?", ""],
            "field": ["id", "title", "trl", ""]}  # fmt: skip
    second = again(browser, first, "check", kind="achievements", **told)
    worked(service)
    assert chosen(browser.get(second).text)["技术成熟程度"] == ("trl", "")
    again(browser, second, "import", kind="achievements")
    worked(service)
    assert service.get(Role.BUREAU, "/achievements/B7").json()["trl"] == 6
    other = GUESSED.replace("B7", "B8").replace("备注二", "备注三")
    for role, known in ((Role.BUREAU, True), (Role.ADMINISTRATOR, False)):
        page = upload(visitor(service, role), "又一份成果.csv", other.encode()).headers["location"]
        worked(service)
        expected = ("trl", "同上次所选" if known else "猜测，请核对")
        assert chosen(visitor(service, role).get(page).text)["技术成熟程度"] == expected


def test_a_guess_that_was_refused_is_not_made_again(service: Service) -> None:
    browser = visitor(service, Role.BUREAU)
    first = upload(browser, "成果.csv", GUESSED.encode()).headers["location"]
    worked(service)
    told = {"table": ["achievements"], "header": ["技术成熟程度"], "was": ["?"], "field": [""]}
    second = again(browser, first, "check", kind="achievements", **told)
    worked(service)
    page = browser.get(second).text
    assert (chosen(page)["技术成熟程度"], "是否指" in page) == (("", ""), False)


def test_the_preview_says_what_each_cell_is_read_as_where_that_is_not_what_it_says(service: Service) -> None:
    text = (
        "编号,成果名称,意向价格,登记日期,成熟度,转化方式,关键词\n"
        "B7,沙柳平茬机,300万元,2025年3月,六级,许可;转让,沙柳;平茬\nB8,除冰涂层,面议,2025-13-01,5,许可,\n"
    )
    for language, price, lost in (("zh", "3,000,000 元", "未采用"), ("en", "3,000,000 yuan", "not used")):
        browser = visitor(service, Role.BUREAU)
        path = upload(browser, f"成果{language}.csv", text.encode()).headers["location"]
        worked(service)
        page = browser.get(f"{path}?lang={language}").text
        body = page[page.index("<tbody>") :]
        cells = re.findall(r"<td>([^<]*)(?:<br><span class=\"quiet\">→ ([^<]*)</span>)?</td>", body)
        assert dict(cells[:7]) == {
            "B7": "", "沙柳平茬机": "", "300万元": price, "2025年3月": "2025-03-01", "六级": "6",
            "许可;转让": "" if language == "zh" else "licence, transfer", "沙柳;平茬": "",
        }  # fmt: skip
        assert dict(cells[7:14]) == {
            "B8": "", "除冰涂层": "", "面议": "", "2025-13-01": lost, "5": "",
            "许可": "" if language == "zh" else "licence", "": "",
        }  # fmt: skip


def test_it_is_said_and_chosen_who_will_see_rows_that_do_not_say_so(service: Service) -> None:
    browser = visitor(service, Role.BUREAU)
    text = "编号,成果名称,可见范围\nB1,玉米淀粉,\nB2,绒山羊选育,公开\n"
    first = upload(browser, "成果.csv", text.encode()).headers["location"]
    worked(service)
    page = browser.get(first).text
    assert "导入后谁能看到" in page
    assert re.search(r'<option value="public" selected>[^<]*所有登录者', page)
    second = again(browser, first, "check", kind="achievements", visibility="restricted")
    worked(service)
    assert re.search(r'<option value="restricted" selected>', browser.get(second).text)
    again(browser, second, "import", kind="achievements")
    worked(service)
    found = {name: service.get(Role.BUREAU, f"/achievements/{name}").json()["visibility"] for name in ("B1", "B2")}
    assert found == {"B1": "restricted", "B2": "public"}
    assert service.get(Role.FUND, "/achievements/B1").status_code == 404
    carriers = upload(browser, "载体.csv", "载体名称\n甲孵化器\n".encode()).headers["location"]
    worked(service)
    assert "导入后所有登录者都能看到" in browser.get(carriers).text
