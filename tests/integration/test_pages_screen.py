"""The board of funds and carriers: in the order of the notice, judged one by one or together, undone, exported."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from matcher.domain.accounts import Role
from matcher.domain.records import Fund, Kind, Outcome, PairKind, Project, Result, Visibility
from matcher.store import Outcomes, Records
from tests.browsing import hidden, visitor
from tests.service import NOW, Service

CARD = re.compile(r'<input type="hidden" name="left" value="([^"]+)"')
BACK = re.compile(r'name="left" value="{}".*?name="back" value="([^"]*)"', re.DOTALL)


def lefts(browser: TestClient, path: str = "/screen") -> list[str]:
    """The cards of a board, in their order."""
    answer = browser.get(path)
    assert answer.status_code == 200, path
    return CARD.findall(answer.text)


def back_of(page: str, left: str) -> str:
    """Where the form of a card leads back to."""
    found = re.search(BACK.pattern.format(re.escape(left)), page, re.DOTALL)
    assert found
    return unescape(found[1])


def judge(browser: TestClient, word: str, *left: str, right: str = "ex-f01", **more: str) -> str:
    """Send a judgement, and give the address it leads to."""
    form = {**hidden(browser, "/screen/mandates"), "word": word, "right": right, "left": list(left), **more}
    answer = browser.post("/screen/judge", data=form, follow_redirects=False)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def undo(browser: TestClient, given: list[str]) -> int:
    form = {**hidden(browser, "/screen/mandates"), "given": given}
    return int(browser.post("/screen/undo", data=form, follow_redirects=False).status_code)


# --- who sees which board ---


def test_a_fund_comes_straight_to_its_own_board_with_tiers_and_their_clause(reading: Service) -> None:
    page = visitor(reading, Role.FUND).get("/screen").text
    assert "马莲滩天使投资基金" in page
    assert page.index("第 1 级：") < page.index("第 2 级：")
    assert "通创办发〔2023〕2号" in page
    assert "初创科技型企业" in page


def test_a_carrier_screens_results_and_a_broker_chooses_for_whom(reading: Service) -> None:
    assert all(name.startswith("ex-a") for name in lefts(visitor(reading, Role.INCUBATOR)))
    broker = visitor(reading, Role.BROKER)
    assert "/screen?id=ex-f02" in broker.get("/screen").text
    assert "/screen?id=ex-i01" in broker.get("/screen?table=incubators").text
    assert lefts(broker, "/screen?id=ex-f02")


@pytest.mark.parametrize("path", ["/screen?id=ex-f02", "/screen/export?id=ex-f02"])
def test_nobody_screens_for_somebody_elses_fund(path: str, reading: Service) -> None:
    assert visitor(reading, Role.FUND).get(path).status_code == 403


def test_what_a_fund_may_not_see_is_on_no_board_and_in_no_export(service: Service) -> None:
    hidden_one = Project(id="hidden", name="玉米保密项目", summary="玉米", visibility=Visibility.RESTRICTED)
    with service.installation.database.begin() as connection:
        Records(connection).upsert([hidden_one], NOW)
    fund, bureau = visitor(service, Role.FUND), visitor(service, Role.BUREAU)
    assert "玉米保密项目" in bureau.get("/screen?id=ex-f01&must=玉米保密").text
    for path in ("/screen?must=玉米保密", "/screen"):
        assert "玉米保密项目" not in fund.get(path).text
    assert "玉米保密项目" not in str(sheet(fund, "/screen/export?must=玉米"))


# --- judging ---


def test_after_a_judgement_the_next_card_stands_at_the_top(service: Service) -> None:
    fund = visitor(service, Role.FUND)
    page = fund.get("/screen").text
    cards = CARD.findall(page)
    for word in ("fits", "later", "too_early"):
        led = judge(fund, word, cards[0], back=back_of(page, cards[0]))
        assert led.endswith("#next")
        page = fund.get(led).text
        assert CARD.findall(page)[:3] == cards[1:4]
        cards = cards[1:]
    third = CARD.findall(page)[2]
    assert "at=2" in back_of(page, third)
    led = judge(fund, "fits", third, back=back_of(page, third))
    assert CARD.findall(fund.get(led).text)[0] == cards[3]


def test_a_refusal_is_kept_with_its_class_and_its_note(service: Service) -> None:
    fund = visitor(service, Role.FUND)
    one, two, *_ = lefts(fund)
    judge(fund, "price", one, note=" 高出两成 ")
    judge(fund, "topic", two)
    told = {each["left_id"]: each for each in service.get(Role.FUND, "/feedback").json()["items"]}
    assert {name: (each["verdict"], each["reason"]) for name, each in told.items()} == {
        one: ("does_not", "价格不合：高出两成"),
        two: ("does_not", "方向不符"),
    }
    assert "价格不合：高出两成" in fund.get("/shortlist?verdict=does_not").text


def test_several_are_judged_in_one_request_and_undone_in_one(service: Service) -> None:
    fund = visitor(service, Role.FUND)
    before = lefts(fund)
    led = judge(fund, "later", *before[:3], note="一起看")
    assert lefts(fund)[:3] == before[3:6]
    page = fund.get(led).text
    given = parse_qs(urlsplit(led).query)["given"]
    assert "撤销刚才的判断（3 个）" in page
    assert undo(fund, given) == 303
    assert lefts(fund) == before
    assert undo(fund, given) == 404


def test_of_several_all_are_judged_or_none(service: Service) -> None:
    fund = visitor(service, Role.FUND)
    form = hidden(fund, "/screen/mandates") | {"word": "fits", "right": "ex-f01"}
    for left in ([lefts(fund)[0], "no-such"], []):
        assert fund.post("/screen/judge", data={**form, "left": left}).status_code in (404, 422)
    assert service.get(Role.FUND, "/feedback").json()["items"] == []


def test_undoing_brings_back_what_was_said_before(service: Service) -> None:
    fund = visitor(service, Role.FUND)
    one = lefts(fund)[0]
    judge(fund, "too_early", one)
    led = judge(fund, "fits", one)
    assert one in fund.get("/shortlist").text
    assert undo(fund, parse_qs(urlsplit(led).query)["given"]) == 303
    assert one not in lefts(fund)
    assert "过早期" in fund.get("/shortlist?verdict=does_not").text


def test_only_the_last_word_on_a_pair_can_be_undone_and_only_by_who_said_it(service: Service) -> None:
    fund = visitor(service, Role.FUND)
    one = lefts(fund)[0]
    first = parse_qs(urlsplit(judge(fund, "later", one)).query)["given"]
    last = parse_qs(urlsplit(judge(fund, "fits", one)).query)["given"]
    assert undo(fund, first) == 409
    assert undo(visitor(service, Role.BROKER), last) == 404
    assert one in fund.get("/shortlist").text


def test_a_judgement_that_is_sent_twice_is_kept_once(service: Service) -> None:
    fund = visitor(service, Role.FUND)
    form = hidden(fund, "/screen/mandates") | {"word": "fits", "right": "ex-f01", "left": lefts(fund)[0]}
    places = [fund.post("/screen/judge", data=form, follow_redirects=False).headers["location"] for _ in range(2)]
    assert places[0] == places[1]
    assert len(service.get(Role.FUND, "/feedback").json()["items"]) == 1


# --- drift ---


def test_a_board_tells_where_decisions_depart_from_what_is_stated(service: Service) -> None:
    projects = [Project(id=f"d{n}", name=f"风电项目{n}", summary="风电", industry=("风力发电",)) for n in range(9)]
    told = [
        Outcome(
            kind=PairKind.PROJECT_FUND, left_id=one.id, right_id="drifting", result=Result.ACCEPTED,
            decided_on=date(2026, 6, 1),
        )
        for one in projects
    ]  # fmt: skip
    fund = Fund(id="drifting", name="偏离基金", thesis="软件", industries=("软件开发",))
    with service.installation.database.begin() as connection:
        Records(connection).upsert([fund, *projects], NOW)
        Outcomes(connection).upsert(told, NOW)
    broker = visitor(service, Role.BROKER)
    page = broker.get("/screen?id=drifting").text
    assert "投资行业增加 风力发电" in page
    assert "风电项目0" in page
    assert f"/records/{Kind.FUNDS}/drifting" in page
    assert "投资行业增加" not in broker.get("/screen?id=drifting&drift=no").text
    with service.installation.database.begin() as connection:
        Records(connection).upsert([replace(fund, industries=("软件开发", "风力发电"))], NOW)
    assert "投资行业增加" not in broker.get("/screen?id=drifting").text


# --- export ---


def sheet(browser: TestClient, path: str) -> list[tuple[object, ...]]:
    answer = browser.get(path)
    assert answer.headers["content-disposition"].endswith(".xlsx"), answer.text
    page = load_workbook(io.BytesIO(answer.content)).active
    assert page is not None
    return list(page.iter_rows(values_only=True))


def test_the_export_has_the_cards_of_the_board_headed_in_the_readers_language(service: Service) -> None:
    fund = visitor(service, Role.FUND)
    shown = lefts(fund)
    heading, *rows = sheet(fund, "/screen/export")
    assert heading[:5] == ("名次", "编号", "名称", "优先级", "条款")
    assert [row[1] for row in rows][: len(shown)] == shown
    assert rows[0][4] == "通创办发〔2023〕2号 三(三)"
    fund.get("/language/en")
    assert sheet(fund, "/screen/export")[0][:3] == ("place", "id", "name")


def test_a_name_that_looks_like_a_formula_stays_a_text_in_the_export(service: Service) -> None:
    evil = Project(id="evil", name='=HYPERLINK("http://x","蒙药")', summary="蒙药", keywords=("极特别的词",))
    with service.installation.database.begin() as connection:
        Records(connection).upsert([evil], NOW)
    fund = visitor(service, Role.FUND)
    answer = fund.get("/screen/export?must=极特别的词")
    page = load_workbook(io.BytesIO(answer.content)).active
    assert page is not None
    cell = page.cell(2, 3)
    assert (cell.value, cell.data_type, cell.quotePrefix) == (evil.name, "s", True)
