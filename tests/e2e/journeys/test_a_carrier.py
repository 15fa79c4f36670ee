"""Who runs a carrier: what comes in, what is free, what the next level lacks, the figures of a quarter, its record."""

from __future__ import annotations

from openpyxl import load_workbook
from playwright.sync_api import expect

from matcher.domain.accounts import Role
from tests.person import Come, Way, everywhere

HOME = "/carriers/ex-i01"


def test_what_comes_in_and_what_is_free_stand_on_one_page(come: Come) -> None:
    with come(Role.INCUBATOR) as her:
        her.opens("/")
        her.follows("载体页", "Its page")
        her.stands_at("本周匹配", "Matches this week")
        assert her.page.locator("ol.cards > li").count() == 5
        her.section("空余", "Free").reads("19")
        her.reads("经纪人可见", "brokers")  # what is not public is marked
        her.follows("为什么", "Why")
        her.stands_at("条件与依据", "Conditions and what they stand on")


def test_the_next_level_says_what_it_lacks_and_by_which_clause(come: Come) -> None:
    with come(Role.INCUBATOR) as her:
        her.opens(HOME)
        her.follows("认定条件", "Criteria")
        her.stands_at("国家级", "national level")
        her.reads("工信部科〔2025〕131号")
        her.reads("不明", "unknown")
        her.chooses("目标级别", "Level", zh_option="部级卓越级", en_option="excellent tier")
        her.ticks("按艰苦边远地区减免", "with the relief of remote areas")
        her.presses("查看", "Show")
        her.stands_at("部级卓越级", "excellent tier")
        for tab, en in (
            ("奖补", "Grants"),
            ("分类评价", "Evaluation"),
            ("服务备案", "Filings"),
            ("技术合同", "Contracts"),
        ):
            her.follows(tab, en)
            her.stands_at("沙柳原科技企业孵化器")


@everywhere
def test_figures_are_corrected_and_a_wrong_one_is_named_where_it_stands(come: Come, way: Way) -> None:
    tenants = str(50 + way.turn)
    with come(Role.INCUBATOR) as her:
        her.opens(HOME)
        her.follows("填报", "Figures")
        her.stands_at("2026Q3")
        figure = her.page.locator("input.figure").first
        figure.fill("约四十家")
        her.presses("保存更正", "Save the correction")
        her.was_refused(422)
        her.is_warned("约四十家")
        expect(figure).to_have_value("约四十家")
        figure.fill(tenants)
        her.presses("保存更正", "Save the correction")
        her.is_told("已保存。", "Saved.")
        expect(figure).to_have_value(tenants)
        her.stands_at("更正记录", "Corrections")
        her.unfolds("用表格填报", "With a workbook")
        form = load_workbook(her.takes("下载填报表（.xlsx）", "Download the form (.xlsx)"))
        assert int(tenants) in [cell for row in form.worksheets[0].values for cell in row]


def test_a_service_to_be_filed_is_checked_before_it_starts(come: Come) -> None:
    with come(Role.INCUBATOR) as her:
        her.opens(f"{HOME}/filings")
        her.stands_at("拟开展的服务能否开始", "May a planned service start?")
        her.writes("接受方（编号或名称）", "Receiver (id or name)", "ex-i09")
        her.writes("拟开展日期", "To begin on", "2026-12-20")
        her.presses("查", "Ask")
        her.reads("2026-12-20")


def test_of_two_windows_the_second_is_told_and_keeps_what_was_typed(come: Come, way: Way) -> None:
    one, other = (str(start + way.turn) for start in (70, 80))
    with come(Role.INCUBATOR) as first, come(Role.INCUBATOR) as second:
        for window in (first, second):
            window.opens("/records/incubators/ex-i01")
            window.follows("修改", "Change")
        first.writes("可容纳企业数", "capacity", one)
        first.presses("保存", "Save")
        first.is_told("已保存。", "Saved.")
        second.writes("可容纳企业数", "capacity", other)
        second.presses("保存", "Save")
        second.was_refused(409)
        second.stands_at("两个版本的不同之处", "Where the two versions differ")
        expect(second.page.locator("main table td")).to_have_text([other, one])
        expect(second.field("可容纳企业数", "capacity")).to_have_value(other)
        second.presses("仍按我的保存", "Save mine all the same")
        second.is_told("已保存。", "Saved.")
        second.reads(other)
