"""The pages of cases: opened, told, moved and undone by forms; what each part sees; conflicts and mistakes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.testclient import TestClient

from matcher.domain.accounts import Role
from matcher.domain.records import Kind, Visibility
from matcher.domain.registers import Contract
from matcher.store import Registers
from tests.browsing import visitor
from tests.forms import form
from tests.service import SAMPLE_TIME, Service

PAIR = {"left": "ex-a003", "right": "ex-i01"}
PDF = b"%PDF-1.7 ..."
FACTS = {"case_lead": "X-7", "case_owner_contact": "周老师", "case_confidentiality": "公开"}


def opened(browser: TestClient, left: str = "ex-a003", right: str = "ex-i01") -> str:
    """The address of a case that was just opened from the page of its pair."""
    asked = browser.get("/cases/new", params={"left": left, "right": right})
    why = {"reason": "另有合作"} if 'name="reason"' in asked.text else {}
    answer = browser.post("/cases", data=form(asked.text, "/cases", **why))
    assert "已立案" in answer.text
    return answer.url.path


def send(browser: TestClient, path: str, _to: str, _files: Any = None, **said: str) -> Any:
    """The page after one of the forms of a page was sent."""
    action = f"{path}/{_to}"
    return browser.post(action, data=form(browser.get(path).text, action, **said), files=_files)


def told(page: str) -> str:
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def results(service: Service) -> list[dict[str, Any]]:
    """What the outcomes tell of the pair."""
    asked = {"left_id": "ex-a003", "right_id": "ex-i01"}
    items: list[dict[str, Any]] = service.get(Role.BROKER, "/outcomes", params=asked).json()["items"]
    return items


@pytest.fixture
def broker(service: Service) -> TestClient:
    """A broker at a browser."""
    return visitor(service, Role.BROKER)


def test_a_case_is_opened_from_its_pair_and_a_second_one_leads_to_the_first(broker: TestClient) -> None:
    pair = broker.get("/why", params=PAIR).text
    assert "/cases/new?left=ex-a003&amp;right=ex-i01" in pair
    asked = broker.get("/cases/new", params=PAIR).text
    path = opened(broker)
    assert f'href="{path}"' in broker.get("/cases/new", params=PAIR).text
    again = broker.post("/cases", data=form(asked, "/cases") | {"once": "another"})
    assert again.status_code == 409
    assert "已有未结的案件" in again.text
    assert f'href="{path}"' in again.text


def test_facts_offer_usual_answers_and_the_records_readiness_and_cite_their_clause_once(broker: TestClient) -> None:
    page = broker.get(opened(broker)).text
    assert '<option value="职务成果，单位所有"></option>' in page
    stated = re.search(r'<datalist id="case_trl-usual"><option value="(\d)">', page)
    assert stated
    assert f"记录中为 {stated[1]}，核对后填写。" in page
    assert 'name="case_trl" value=""' in page, "nothing is kept that nobody looked at"
    stage = page[page.index("离开“发现”需要") : page.index("“挖掘”环节的事实")]
    assert stage.count("依据：") == 1
    assert stage.count("二(四)") == 1


def test_a_form_that_is_sent_twice_opens_one_case(broker: TestClient) -> None:
    sent = form(broker.get("/cases/new", params=PAIR).text, "/cases")
    first, second = (broker.post("/cases", data=sent, follow_redirects=False) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]


def test_what_is_no_pair_is_refused_and_what_is_hidden_does_not_exist(broker: TestClient) -> None:
    asked = form(broker.get("/cases/new", params=PAIR).text, "/cases")
    wrong = broker.post("/cases", data=asked | {"right": "ex-f01", "once": "a"})
    assert (wrong.status_code, "不能构成一对" in wrong.text) == (422, True)
    hidden = broker.get("/cases/new", params=PAIR | {"left": "ex-a023"})
    gone = broker.get("/cases/new", params=PAIR | {"left": "no-such-thing"})
    assert hidden.status_code == gone.status_code == 404


def test_facts_lead_to_the_next_stage_whose_lack_is_named_before(broker: TestClient) -> None:
    path = opened(broker)
    page = broker.get(path).text
    assert told(page).count("还缺") >= 4
    assert "通创办发" in page
    assert "进入“挖掘”" in told(page)
    early = broker.post(f"{path}/move", data=form(page, f"{path}/move", move="advance"))
    assert (early.status_code, "还缺：线索编号、成果持有方联系人、案件保密级别" in early.text) == (409, True)
    saved = send(broker, path, "facts", **FACTS)
    assert "已齐备" in saved.text
    moved = send(broker, path, "move", move="advance")
    assert "环节已变动" in moved.text
    assert re.search(r'aria-current="step">挖掘<', moved.text)
    assert "进入下一环节：发现 → 挖掘" in moved.text


def test_facts_that_stay_as_they_are_leave_no_line_in_the_history(broker: TestClient) -> None:
    path = opened(broker)
    send(broker, path, "facts", **FACTS)
    send(broker, path, "facts")
    only = send(broker, path, "facts", case_trl="5", case_evidence="检测报告、附表\n合影")
    assert told(only.text).count("填写：") == 2
    assert "填写：技术就绪度自评 5 级；佐证材料 检测报告、附表、合影" in told(only.text)
    assert form(only.text, f"{path}/facts")["case_evidence"] == "检测报告、附表\n合影"


def test_what_cannot_be_read_is_shown_again_as_it_was_typed(broker: TestClient) -> None:
    path = opened(broker)
    wrong = send(broker, path, "facts", case_trl="十", case_ip="授权两项")
    assert (wrong.status_code, "不能是 十" in wrong.text) == (422, True)
    fields = form(wrong.text, f"{path}/facts")
    assert (fields["case_trl"], fields["case_ip"]) == ("十", "授权两项")
    late = send(broker, path, "tasks", text="约见", due="昨天")
    assert (late.status_code, "看不懂日期" in late.text) == (422, True)
    assert form(late.text, f"{path}/tasks")["text"] == "约见"


def test_of_two_editors_the_second_is_told_what_happened_and_loses_nothing(
    service: Service, broker: TestClient
) -> None:
    path = opened(broker)
    before = broker.get(path).text
    send(visitor(service, Role.ADMINISTRATOR), path, "facts", case_lead="X-8")
    sent = form(before, f"{path}/facts", case_lead="X-9", case_owner_contact="周老师")
    clash = broker.post(f"{path}/facts", data=sent)
    assert clash.status_code == 409
    assert "填写：线索编号 X-8" in clash.text
    assert "示例管理员" in clash.text
    assert form(clash.text, f"{path}/facts")["case_lead"] == "X-9"
    again = broker.post(f"{path}/facts", data=form(clash.text, f"{path}/facts"))
    assert "填写：线索编号 X-9；成果持有方联系人 周老师" in told(again.text)


def test_a_step_is_taken_back_and_stands_in_the_history_as_taken_back(broker: TestClient) -> None:
    path = opened(broker)
    send(broker, path, "facts", **FACTS)
    moved = send(broker, path, "move", move="advance")
    assert re.search(r"还剩\s+4:5\d|还剩\s+5:00", told(moved.text))
    undone = send(broker, path, "undo")
    assert re.search(r'aria-current="step">发现<', undone.text)
    assert re.search(r"<s>进入下一环节：发现 → 挖掘</s>", undone.text)
    assert f'action="{path}/undo"' not in undone.text


def test_stopping_asks_for_a_reason_and_a_class_and_it_can_be_taken_up_again(
    service: Service, broker: TestClient
) -> None:
    path = opened(broker)
    silent = send(broker, path, "stop", refusal="capacity", reason="  ")
    assert silent.status_code == 409
    assert form(silent.text, f"{path}/stop")["refusal"] == "capacity"
    stopped = send(broker, path, "stop", refusal="capacity", reason="场地已满")
    assert "终止：发现 → 终止（容量不足：场地已满）" in told(stopped.text)
    [outcome] = results(service)
    assert (outcome["result"], outcome["reason"]) == ("rejected", "容量不足：场地已满")
    reopened = send(broker, path, "move", move="reopen", reason="有了新场地")
    assert "重新启动：终止 → 发现（有了新场地）" in told(reopened.text)


def test_closing_takes_an_amount_as_people_write_it(service: Service, broker: TestClient) -> None:
    path = opened(broker)
    everything = FACTS | {
        "case_trl": "5", "case_ip": "授权", "case_ownership": "单位所有", "case_evidence": "报告", "case_mode": "许可",
        "case_agency_contract": "W-1", "case_fee_terms": "3%", "case_contract_type": "许可", "case_registration": "R-1",
        "case_pricing": "listed", "case_archive": "D-1", "case_reward_check": "已核对",
    }  # fmt: skip
    send(broker, path, "facts", **everything)
    for _ in range(4):
        send(broker, path, "move", move="advance")
    wrong = send(broker, path, "move", move="advance", amount="很多")
    assert (wrong.status_code, "看不懂金额" in wrong.text) == (422, True)
    assert form(wrong.text, f"{path}/move", move="advance")["amount"] == "很多"
    closed = send(broker, path, "move", move="advance", amount="80万", currency="美元")
    assert "办结，金额 800,000 USD" in told(closed.text)
    [accepted] = results(service)
    assert (accepted["result"], accepted["amount"], accepted["currency"]) == ("accepted", 800_000, "USD")


def test_tasks_are_planned_for_a_colleague_and_ticked_off_where_they_are_listed(
    service: Service, broker: TestClient
) -> None:
    path, today = opened(broker), datetime.now(UTC).date()
    send(broker, path, "tasks", text="约双方到现场", due=today.isoformat())
    tasks = broker.get("/tasks").text
    assert "约双方到现场" in tasks
    assert "约双方到现场" in broker.get("/").text
    [action] = re.findall(r'action="(/cases/[^"]+/done)"', tasks)
    done = broker.post(action, data=form(tasks, action))
    assert (done.url.path, "约双方到现场" in done.text) == ("/tasks", False)
    assert "完成任务：约双方到现场" in told(broker.get(path).text)
    assert "约双方到现场" not in told(visitor(service, Role.UNIVERSITY).get("/tasks").text)


def test_an_attachment_is_saved_and_never_run_and_what_is_not_allowed_is_said_before_and_after(
    broker: TestClient,
) -> None:
    path = opened(broker)
    assert "不超过 20 MB" in broker.get(path).text
    refused = send(broker, path, "attachments", {"file": ("坏.pdf", b"<html>")}, audience="shared")
    assert (refused.status_code, "内容不是 pdf" in refused.text) == (422, True)
    kept = send(broker, path, "attachments", {"file": ("检测报告.pdf", PDF)}, audience="shared")
    [file] = re.findall(rf'href="({path}/attachments/[^"]+)"', kept.text)
    answer = broker.get(file)
    assert answer.content == PDF
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert (answer.headers["content-security-policy"], answer.headers["x-content-type-options"]) == (
        "sandbox",
        "nosniff",
    )


def test_both_sides_are_asked_and_learn_whom_to_call_only_when_both_accepted(
    service: Service, broker: TestClient
) -> None:
    path = opened(broker, "ex-a001")
    send(broker, path, "notes", text="价格有疑问")
    send(broker, path, "notes", text="样品已寄出", audience="shared")
    send(broker, path, "introductions", message="建议见面", days="10")
    assert "等对方答复" in broker.get("/introductions").text
    carrier, owner = visitor(service, Role.INCUBATOR), visitor(service, Role.ADMINISTRATOR)
    assert "等您答复的引荐" in carrier.get("/").text
    asked = carrier.get("/introductions").text
    assert "建议见面" in asked
    [to] = set(re.findall(r'action="(/introductions/[^"]+/answer)"', asked))
    carrier.post(to, data=form(asked, to, answer="accept", contact="王经理 13900000000"))
    assert "13900000000" not in owner.get(path).text
    seen = told(carrier.get(path).text)
    assert "样品已寄出" in seen
    assert "价格有疑问" not in seen
    for secret in ("线索编号", "安排任务", "几天内答复", "终止案件"):
        assert secret not in seen, secret
    page = owner.get(path).text
    owner.post(to, data=form(page, to, side="left", answer="accept", contact="周老师 0475-1"))
    assert "13900000000" in owner.get(path).text
    both = told(carrier.get("/introductions").text)
    assert "双方同意" in both
    assert "周老师 0475-1" in both
    assert "13900000000" not in both


def test_a_decline_needs_a_class_keeps_what_was_typed_and_can_be_taken_back(
    service: Service, broker: TestClient
) -> None:
    path = opened(broker)
    send(broker, path, "introductions")
    carrier = visitor(service, Role.INCUBATOR)
    asked = carrier.get("/introductions").text
    [to] = set(re.findall(r'action="(/introductions/[^"]+/answer)"', asked))
    silent = carrier.post(to, data=form(asked, to, answer="decline", refusal="", reason="场地已满"))
    assert silent.status_code == 422
    assert 'value="场地已满"' in silent.text
    declined = carrier.post(
        to,
        data=form(silent.text, to, side="right") | {"answer": "decline", "refusal": "capacity", "reason": "场地已满"},
    )
    assert "引荐被谢绝" in told(declined.text).replace(" ", "")
    assert "容量不足：场地已满" in told(broker.get(path).text).replace("容量不足 ：", "容量不足：")
    back = form(declined.text, to.replace("/answer", "/undo"))
    undone = carrier.post(to.replace("/answer", "/undo"), data=back)
    assert "等您答复" in undone.text


def test_after_a_decline_the_next_taker_gets_a_case_of_its_own(service: Service, broker: TestClient) -> None:
    path = opened(broker)
    send(broker, path, "introductions")
    assert "找下一个承接方" not in broker.get(path).text
    carrier = visitor(service, Role.INCUBATOR)
    asked = carrier.get("/introductions").text
    [to] = set(re.findall(r'action="(/introductions/[^"]+/answer)"', asked))
    carrier.post(to, data=form(asked, to, answer="decline", refusal="capacity"))
    assert "等对方答复" not in broker.get("/introductions").text
    following = send(broker, path, "introductions/next", message="建议见面")
    assert following.url.path != path
    assert "待答复" in following.text
    assert "ex-i01" not in following.text


def test_an_introduction_is_withdrawn_within_five_minutes(service: Service, broker: TestClient) -> None:
    path = opened(broker)
    send(broker, path, "introductions")
    send(broker, path, "undo")
    assert "没有引荐" in visitor(service, Role.INCUBATOR).get("/introductions").text


def test_a_case_is_handed_over_with_its_tasks_by_its_owner_only(service: Service, broker: TestClient) -> None:
    path = opened(broker)
    send(broker, path, "tasks", text="约双方到现场", due=datetime.now(UTC).date().isoformat())
    nobody = send(broker, path, "hand-over", to="fund@example.org")
    assert (nobody.status_code, "不能移交给 fund@example.org" in nobody.text) == (422, True)
    assert form(nobody.text, f"{path}/hand-over")["to"] == "fund@example.org"
    given = send(broker, path, "hand-over", to="incubator@example.org")
    assert "已移交" in given.text
    assert path not in given.text
    assert broker.get(path).status_code == 404
    taker = visitor(service, Role.INCUBATOR)
    page = told(taker.get(path).text)
    assert "移交：示例技术经纪人 → 示例载体（含任务 1 项）" in page
    assert "经办：示例载体" in page.replace("经办： ", "经办：")


def test_who_has_nothing_to_do_with_a_case_finds_nothing_of_it_and_who_oversees_changes_nothing(
    service: Service, broker: TestClient
) -> None:
    path = opened(broker)
    send(broker, path, "facts", **FACTS)
    for role in (Role.FUND, Role.UNIVERSITY, Role.INCUBATOR):
        browser = visitor(service, role)
        assert browser.get(path).status_code == 404
        for page in ("/cases", "/cases?view=table", "/tasks", "/introductions", "/"):
            assert path not in browser.get(page).text, (role, page)
        assert "还没有" in browser.get("/cases").text
    bureau = visitor(service, Role.BUREAU)
    page = bureau.get(path).text
    assert "X-7" in page
    assert re.findall(rf'action="{path}/([^"]+)"', page) == ["hand-over"]  # only when somebody leaves or is ill
    refused = bureau.post(
        f"{path}/notes", data=form(bureau.get("/why?left=ex-a003&right=ex-i02").text, "/feedback") | {"text": "x"}
    )
    assert refused.status_code == 403


def test_the_board_and_the_table_count_what_they_show_and_keep_their_state_in_the_address(
    service: Service, broker: TestClient
) -> None:
    path = opened(broker)
    opened(visitor(service, Role.ADMINISTRATOR), "ex-a003", "ex-i02")
    other = opened(broker, "ex-p001", "ex-f01")
    send(broker, other, "stop", reason="误建")
    assert "发现 1" in told(broker.get("/cases").text)
    assert "终止 1" in told(broker.get("/cases").text)
    table = visitor(service, Role.ADMINISTRATOR).get("/cases?view=table").text
    assert "共 3 件" in table
    assert f'href="{path}"' in table
    for narrowed, n in (
        ("phase=closed_lost", 1),
        ("pairing=achievement_incubator", 2),
        ("record=ex-i01", 1),
        ("whose=mine", 1),
    ):
        page = visitor(service, Role.ADMINISTRATOR).get(f"/cases?view=table&{narrowed}").text
        assert f"共 {n} 件" in page, narrowed
    for nothing in ("late=true", "still=7"):
        assert "没有符合条件的案件" in broker.get(f"/cases?view=table&{nothing}").text, nothing


def test_a_record_that_is_not_public_is_marked_and_its_showing_is_noted(service: Service) -> None:
    owner = visitor(service, Role.ADMINISTRATOR)
    path = opened(owner, "ex-a023")
    for page in (path, "/cases", "/cases?view=table"):
        assert "保密" in told(owner.get(page).text) or "仅限" in told(owner.get(page).text), page
    deeds = service.get(Role.ADMINISTRATOR, "/audit").json()["items"]
    assert {"page_case", "page_cases"} <= {
        one["operation"] for one in deeds if "achievements/ex-a023" in one["record_ids"]
    }


def test_who_works_on_a_case_reads_the_contract_it_came_to_and_no_other(service: Service, broker: TestClient) -> None:
    theirs = told(broker.get(opened(broker, "ex-a001", "ex-i02")).text)
    other = told(broker.get(opened(broker, "ex-a001", "ex-i01")).text)

    for said in (
        "玉米浆补料产L-赖氨酸菌株实施许可合同", "买方 浆粒生物科技（通辽）有限公司", "合同成交额 120 万元",
        "技术交易额 120 万元", "签订日期 2023-12-22", "登记期限 2024-02-07", "中介费 未填",
    ):  # fmt: skip
        assert said in theirs, said
    assert "玉米浆补料产" not in other.split("技术合同台账")[1]
    assert "台账中还没有这一对的技术合同" in other


def test_a_contract_of_brokers_stays_hidden_from_who_may_not_see_it(service: Service, broker: TestClient) -> None:
    with service.installation.database.begin() as connection:
        row = Registers(connection).get(Kind.CONTRACTS, "ex-c01", lambda _: True)
        assert isinstance(row, Contract)
        Registers(connection).upsert([replace(row, visibility=Visibility.RESTRICTED)], SAMPLE_TIME)

    assert "台账中还没有这一对的技术合同" in broker.get(opened(broker, "ex-a001", "ex-i02")).text


def test_a_file_that_is_too_large_gives_a_page_that_says_the_limit_the_size_and_what_to_do(broker: TestClient) -> None:
    path = opened(broker)
    large = {"file": ("扫描.pdf", PDF + bytes(21 * 1024 * 1024), "application/pdf")}

    answer = send(broker, path, "attachments", large)
    english = broker.post(
        f"{path}/attachments?lang=en", files=large, headers={"Referer": f"http://testserver{path}?done=opened"}
    )

    assert (answer.status_code, answer.headers["content-type"]) == (413, "text/html; charset=utf-8")
    assert "所选文件共 21.0 MB，超过上限 20 MB。" in answer.text
    assert "请拆成几个文件分次上传" in answer.text
    assert "The chosen files come to 21.0 MB, more than 20 MB." in english.text
    assert f'<a class="button" href="{path}?done=opened">Back to where you were</a>' in english.text
    assert "不超过 20 MB" in broker.get(path).text
