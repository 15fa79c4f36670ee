"""A fund's analyst: a week's projects in the order of the notice, judged by keys or buttons, kept, and taken away."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, expect

from matcher.domain.accounts import Role
from matcher.domain.records import Outcome, PairKind, Project, Result
from matcher.domain.terms import Stage
from matcher.store import Outcomes, Records
from tests.person import Come, Person, Way, everywhere
from tests.service import NOW, Service

OTHERS = "本基金决定从速"
"""What another fund's people wrote."""


@pytest.fixture(scope="module", autouse=True)
def invested(service: Service, browser: Browser) -> None:
    """The fund has lately taken what it does not state, one of which competes with what is new; another one wrote."""
    meals: dict[str, Any] = {"summary": "社区老年助餐设备与配送", "industry": ("养老服务",), "stage": Stage.ANGEL}
    taken = [Project(id=f"tk-p{n}", name=f"老年助餐{n}号", **meals) for n in range(8)]
    near = Project(id="tk-new", name="老年助餐新创", **meals)
    told = [
        Outcome(kind=PairKind.PROJECT_FUND, left_id=one.id, right_id="ex-f01", result=Result.ACCEPTED,
                decided_on=date(2025, 12, 1))
        for one in taken
    ]  # fmt: skip
    with service.installation.database.begin() as connection:
        Records(connection).upsert([*taken, near], NOW)
        Outcomes(connection).upsert(told, NOW)
    service.post(Role.BROKER, "/feedback", {"left_id": "ex-p026", "right_id": "ex-f01", "verdict": "fits",
                                            "reason": OTHERS})  # fmt: skip
    service.installation.indexer.refresh()


def first(person: Person) -> str:
    """The name of the card on top."""
    return str(person.page.locator("[data-card]").first.get_attribute("aria-label"))


@everywhere
def test_a_week_is_screened_card_by_card(come: Come, way: Way) -> None:
    with come(Role.FUND) as her:
        her.opens("/screen")
        her.stands_at("第 1 级：", "Tier 1:")
        one = first(her)
        card = her.card(one)
        card.reads("税收身份", "Tax status")
        card.writes("备注", "Note", f"约路演 {way}")
        if way.scripts:
            her.page.keyboard.press("Tab")
            her.page.locator("[data-card]").first.focus()
            her.hits("1")
        else:
            card.presses("感兴趣，入选", "Interested: shortlist")
        her.is_told("已记下。", "Noted.")
        two = first(her)
        assert two != one
        if way.scripts:
            her.page.keyboard.press("j")
            her.page.keyboard.press("3")
            expect(her.page.get_by_role("group", name="不合适的原因" if way.zh else "Why not").first).to_be_visible()
            her.hits("2")
        else:
            her.card(two).unfolds("不合适…", "No…")
            her.card(two).presses("过早期", "too early")
        her.is_told("已记下。", "Noted.")
        assert first(her) != two
        if way.scripts:
            her.hits("u")
        else:
            her.presses("撤销刚才的判断", "Undo what was just judged")
        her.is_told("已撤销。", "Undone.")
        her.opens("/screen")
        assert first(her) == two
        her.follows("入选", "Shortlist")
        her.card(one).reads(f"约路演 {way}")
        her.misses(OTHERS)


def test_several_are_put_off_with_one_note(come: Come, way: Way) -> None:
    with come(Role.FUND) as her:
        her.opens("/screen")
        names = [str(one.get_attribute("aria-label")) for one in her.page.locator("[data-card]").all()[1:3]]
        for name in names:
            her.ticks(f"勾选 {name}", f"Tick {name}")
        together = her.section("对勾选的：", "Those ticked:")
        together.writes("备注", "Note", f"下月再议 {way}")
        together.presses("以后再看", "Later")
        her.is_told("已记下。", "Noted.")
        her.opens("/shortlist?right=ex-f01&verdict=later")
        for name in names:
            her.card(name).reads(f"下月再议 {way}")


def test_a_standing_query_is_kept_and_leaves_out_what_it_bans(come: Come, way: Way) -> None:
    with come(Role.FUND) as her:
        her.opens("/screen")
        her.follows("存为长期查询", "Keep as a standing query")
        her.writes("名称", "Name", f"玉米 {way}")
        her.writes("须含的词", "Must hold", "玉米")
        her.writes("不得含的词", "Must not hold", "饲料")
        her.writes("在周报和接口中最多列几个（1–200）", "At most so many in letters and answers", "20")
        her.presses("保存", "Save")
        her.reads(f"按长期查询“玉米 {way}”", f"By the standing query “玉米 {way}”")
        for card in her.page.locator("[data-card]").all():
            assert "饲料" not in card.inner_text()
        her.follows("全部长期查询", "All standing queries")
        her.card(f"玉米 {way}").presses("删除", "Delete")
        her.misses(f"玉米 {way}")


def test_the_board_says_where_decisions_depart_from_what_is_stated(come: Come) -> None:
    with come(Role.FUND) as her:
        her.opens("/screen")
        her.unfolds("年的决定偏离了自述", "depart from what is stated")
        her.reads("养老服务")
        her.follows("本次不再提示", "Hide this")
        her.misses("年的决定偏离了自述", "depart from what is stated")


def test_a_project_that_competes_with_one_of_the_portfolio_is_marked(come: Come) -> None:
    with come(Role.FUND) as her:
        her.opens("/screen?must=助餐")
        her.card("老年助餐新创").reads("注意", "Mind")
        her.card("老年助餐新创").reads("可能竞争", "it may compete")


def test_the_export_opens_and_holds_the_cards(come: Come) -> None:
    with come(Role.FUND) as her:
        her.opens("/screen")
        top = first(her)
        sheet = load_workbook(her.takes("导出 .xlsx", "Export .xlsx")).worksheets[0]
        heading, row, *_ = sheet.iter_rows(values_only=True)
        assert heading[:3] == (("名次", "编号", "名称") if her.way.zh else ("place", "id", "name"))
        assert row[2] == top
        assert OTHERS not in str(list(sheet.values))


def test_nothing_of_another_fund_is_there(come: Come) -> None:
    with come(Role.FUND) as her:
        her.opens("/screen?id=ex-f02")
        her.was_refused(403)
        her.reads("回首页", "To the first page")
        her.opens("/why?left=ex-p026&right=ex-f01")
        her.misses(OTHERS)
