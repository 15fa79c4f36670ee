"""A technology broker: who takes this result and why, and the case of the two from its first fact to its end."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from matcher.domain.accounts import Role
from matcher.domain.records import Achievement
from matcher.store import Records
from tests.person import Come, Person, Way, everywhere
from tests.service import NOW, Service

STAGES = (("发现", "discover"), ("挖掘", "dig"), ("策划", "plan"), ("转化", "convert"), ("服务", "serve"))
EXITS = (
    (("线索编号", "number of the lead", "X-7"), ("成果持有方联系人", "contact of the owner", "周老师"),
     ("案件保密级别", "confidentiality of the case", "公开")),
    (("技术就绪度自评", "readiness as assessed", "6"), ("知识产权状况核查", "state of the IP", "授权两项"),
     ("权属类型", "kind of ownership", "单位所有"), ("佐证材料", "files of evidence", "检测报告")),
    (("选定的转化方式", "mode of conversion chosen", "许可"), ("委托或中介协议", "agreement of agency", "W-1"),
     ("报酬和费用的约定", "agreement on fee and expenses", "3%")),
    (("所签技术合同类型", "type of the contract signed", "许可"),
     ("所签合同的登记编号", "its registration number", "R-1")),
    (("归档编号", "number in the archive", "D-1"), ("奖励分配核对结果", "check of the reward", "已核对")),
)  # fmt: skip
"""What is asked for before each stage is left."""
SPOKEN_OF = "主攻氨基酸、淀粉糖、功能糖、有机酸和生物发酵控制，能接入蒸汽、葡萄糖浆和污水预处理。"
"""Nearly what a carrier says of itself, so that there is something to quote."""
OF_UNIVERSITY = ("ex-a017", "ex-a018", "ex-a019", "ex-a022")
"""Results whose owner can answer; each way takes one."""


@pytest.fixture(scope="module", autouse=True)
def quotable(service: Service) -> None:
    """A result that speaks as one of the carriers does."""
    result = Achievement(id="qt-a1", title="功能糖发酵控制成套工艺", summary=SPOKEN_OF, industry=("玉米生物",), trl=6)
    with service.installation.database.begin() as connection:
        Records(connection).upsert([result], NOW)
    service.installation.indexer.refresh()


def opened(broker: Person, left: str, right: str = "ex-i01") -> str:
    """Open a case from the page of its pair; its address."""
    broker.opens(f"/why?left={left}&right={right}")
    broker.follows("立案", "Open a case")
    against = broker.field("仍要立案，因为（记入案件历史）", "A case all the same, because (kept in its history)")
    if against.count():
        against.fill("另一批次")
    broker.presses("立案", "Open the case")
    broker.is_told("已立案。", "The case is open.")
    return broker.path.partition("?")[0]


@everywhere
def test_a_carrier_is_found_narrowed_explained_and_shortlisted(come: Come) -> None:
    with come(Role.BROKER) as her:
        her.opens("/")
        her.writes("描述、编号或名称", "A description, an id or a name", "qt-a1")
        her.presses("匹配", "Match")
        her.stands_at("功能糖发酵控制成套工艺")
        her.follows("国家级", "national")
        expect(her.page.locator("ol.cards > li").first).to_contain_text("国家级" if her.way.zh else "national")
        her.follows("✓ 国家级", "✓ national")  # once more takes it back
        her.follows("为什么", "Why")
        her.stands_at("最相近的两句话", "The two sentences that are closest")
        for quoted in her.page.locator("blockquote").all():
            assert len(quoted.inner_text()) > 10
        expect(her.page.locator("blockquote")).to_have_count(2)
        her.stands_at("条件与依据", "Conditions and what they stand on")
        her.unfolds("这一对合适吗？", "Does it fit?")
        her.writes("理由（可不填）", "Reason (optional)", "方向对口")
        her.presses("合适", "It fits")
        her.is_told("已记下。", "Noted.")
        her.follows("入选", "Shortlist")
        her.section("功能糖发酵控制成套工艺").reads("方向对口")


def test_one_that_is_not_listed_is_asked_about_by_its_name_or_id(come: Come) -> None:
    with come(Role.BROKER) as her:
        her.opens("/match?id=ex-a027")
        her.unfolds("为什么没有某一个？", "Why is one not here?")
        her.writes("查某一个（名称或编号）", "Ask about one (name or id)", "敖包泉蒙医药孵化器")
        her.presses("查原因", "Why not?")
        her.stands_at("为什么不行，怎样才行", "Why not, and what would change it")
        her.reads("怎样才行：", "What would change it:")
        her.opens("/match?id=ex-a027")
        her.unfolds("为什么没有某一个？", "Why is one not here?")
        her.writes("查某一个（名称或编号）", "Ask about one (name or id)", "ex-i99")
        her.presses("查原因", "Why not?")
        her.is_warned("没有编号或名称为“ex-i99”的记录", "No record has the id or name “ex-i99”")
        her.stands_at("蒙药那如类散剂超微粉碎与口腔速溶片")


def test_three_are_compared_and_the_letter_is_printed(come: Come) -> None:
    with come(Role.BROKER) as her:
        her.opens("/match?id=ex-a003")
        boxes = her.page.get_by_role("checkbox", name="比较" if her.way.zh else "Compare")
        for box in boxes.all()[:3]:
            box.check()
        her.presses("比较所选（2–4 个）", "Compare the ticked (2 to 4)")
        expect(her.page.locator("thead th[scope=col]")).to_have_count(3)
        her.follows("全部理由", "In full")
        her.follows("引荐信", "Letter of introduction")
        her.reads("现向贵单位推荐成果", "We should like to introduce to you the result")
        her.misses("（+", "(+")  # what a reason adds to the score is not for strangers
        her.page.emulate_media(media="print")
        for gone in (her.page.locator("header.bar"), her.page.locator("[data-print]")):
            expect(gone).to_be_hidden()
        expect(her.page.get_by_role("heading", level=1)).to_be_visible()
        assert her.page.pdf().startswith(b"%PDF")


@everywhere
def test_a_case_goes_through_all_stages_by_what_each_asks_for(come: Come, way: Way) -> None:
    left = ("ex-a009", "ex-a015", "ex-a016", "ex-a058")[way.turn]
    with come(Role.BROKER) as her:
        opened(her, left)
        for at, facts in enumerate(EXITS):
            ahead = ("办结", "Close it as taken up") if at == 4 else (
                f"进入“{STAGES[at + 1][0]}”", f"On to “{STAGES[at + 1][1]}”")  # fmt: skip
            expect(her.page.locator("ol.track [aria-current=step]")).to_have_text(STAGES[at][0 if way.zh else 1])
            expect(her.page.get_by_role("button", name=ahead[0 if way.zh else 1])).to_have_count(0)
            for zh, en, told in facts:
                her.writes(zh, en, told)
            if at == 3:
                her.chooses("选定的定价方式", "way of pricing chosen", zh_option="挂牌交易", en_option="listed")
            her.presses("保存事实", "Save the facts")
            her.reads("已齐备", "complete")
            if at == 4:
                her.writes("成交金额（可不填）", "What it came to (optional)", "很多")
                her.presses(*ahead)
                her.was_refused(422)
                her.is_warned("很多")
                expect(her.field("成交金额（可不填）", "What it came to (optional)")).to_have_value("很多")
                her.writes("成交金额（可不填）", "What it came to (optional)", "80万")
            her.presses(*ahead)
            her.is_told("环节已变动。", "The case has moved.")
        her.part("历史", "History").reads("办结，金额 800,000 元" if way.zh else "800,000")


def test_a_step_too_early_and_a_step_taken_back(come: Come, way: Way) -> None:
    left = ("ex-a028", "ex-a029", "ex-a049", "ex-a050")[way.turn]
    with come(Role.BROKER) as her:
        opened(her, left)
        for zh, en, told in EXITS[0]:
            her.writes(zh, en, told)
        her.unfolds("“挖掘”环节的事实", "Facts of “dig”")
        her.writes("技术就绪度自评", "readiness as assessed", "十分成熟")
        her.presses("保存事实", "Save the facts")
        her.was_refused(422)
        her.is_warned("十分成熟")
        expect(her.field("线索编号", "number of the lead")).to_have_value("X-7")  # what was right is still there
        expect(her.field("技术就绪度自评", "readiness as assessed")).to_have_value("十分成熟")
        her.writes("技术就绪度自评", "readiness as assessed", "6")
        her.presses("保存事实", "Save the facts")
        her.presses("进入“挖掘”", "On to “dig”")
        her.presses("撤销", "Take it back")
        her.is_told("已撤销。", "Undone.")
        history = her.part("历史", "History")
        history.reads("已撤销", "taken back")
        expect(her.page.locator("ol.track [aria-current=step]")).to_have_text("发现" if way.zh else "discover")


def test_a_task_is_planned_overdue_and_done(come: Come, service: Service, way: Way) -> None:
    left = ("ex-a066", "ex-a067", "ex-a073", "ex-a080")[way.turn]
    now = datetime.now(UTC)
    with come(Role.BROKER) as her:
        path = opened(her, left)
        her.unfolds("安排任务", "Plan a task")
        her.writes("要做什么", "What is to be done", f"约到现场 {left}")
        her.writes("截止日期", "By which day", (now + timedelta(days=3)).date().isoformat())
        her.presses("安排", "Plan it")
        her.is_told("已保存。", "Saved.")
        actor = service.installation.access.of_account(service.accounts[Role.BROKER].id)
        assert actor is not None
        due, before = (now - timedelta(days=4)).date(), now - timedelta(days=9)
        service.installation.case_papers.plan(path.rpartition("/")[2], f"寄出样品 {left}", due, actor, before)
        her.opens("/")
        her.section(f"寄出样品 {left}").reads("逾期 4 天", "4 days overdue")
        her.opens("/tasks")
        her.section(f"约到现场 {left}")
        her.section(f"寄出样品 {left}").presses("完成", "Done")
        her.misses(f"寄出样品 {left}")
        her.reads(f"约到现场 {left}")


def test_both_sides_accept_and_only_then_learn_whom_to_call(come: Come, way: Way) -> None:
    with come(Role.BROKER) as broker, come(Role.UNIVERSITY) as owner, come(Role.INCUBATOR) as taker:
        path = opened(broker, OF_UNIVERSITY[way.turn])
        broker.writes("给双方的话（可不填）", "Words for both sides (optional)", f"建议见面 {way}")
        broker.presses("提出引荐", "Propose it")
        for side, phone in ((owner, "周老师 0475-1"), (taker, "白经理 0475-2")):
            side.opens("/introductions")
            mine = side.section(f"建议见面 {way}")
            mine.writes("联系方式（双方同意后才告诉对方）", "Whom to call", phone)
            mine.presses("同意引荐", "Accept")
            side.is_told("已答复。", "Answered.")
        taker.section(f"建议见面 {way}").reads("0475-1")
        owner.opens("/introductions")
        owner.section(f"建议见面 {way}").reads("0475-2")
        broker.opens(path)
        broker.part("引荐", "Introduction").reads("周老师 0475-1")
