"""An administrator: who may come in and do what, and what the service did; one's own account, and one's digests."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from matcher.domain.accounts import Role
from matcher.domain.weeks import Week
from tests.person import Come, Way
from tests.post import read
from tests.service import Service

WEEK = Week.of(datetime.now(UTC).date())


@pytest.fixture(scope="module", autouse=True)
def composed(service: Service) -> None:
    """This week's digests are made, and sent."""
    service.installation.composing.compose(WEEK, datetime.combine(WEEK.monday, datetime.min.time(), UTC), seed=0)
    service.installation.sending.run(WEEK)


def letters(service: Service, address: str) -> list[str]:
    """What was written to an address, the latest last."""
    outbox = sorted((service.installation.home / "outbox").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    told = [read(path.read_bytes()) for path in outbox]
    bodies = [one.get_body(("plain",)) for one in told if one["To"].addresses[0].addr_spec == address]
    return [str(body.get_content()) for body in bodies if body]


def test_a_user_is_invited_comes_in_and_is_shut_out(come: Come, service: Service, way: Way) -> None:
    email, secret = f"new{way.turn}@example.org", "a sentence nobody else says"
    with come(Role.ADMINISTRATOR) as her, come(Role.BROKER) as somebody:
        her.opens("/admin")
        her.writes("邮箱", "E-mail", email)
        her.writes("姓名", "Name", "新来的")
        her.chooses("角色", "Role", zh_option="基金", en_option="fund")
        her.chooses("机构", "Organisation", zh_option="示例基金")
        her.presses("新增并发设置密码的信", "Add and send the password letter")
        her.is_told("已发出。", "Sent.")
        [link] = re.findall(r"(/password/\S+)", letters(service, email)[-1])
        somebody.page.context.clear_cookies()
        somebody.opens(link.rstrip(".。"))
        somebody.page.locator("input[type=password]").first.fill(secret)
        somebody.page.get_by_role("button").first.click()
        somebody.opens("/sign-in?lang=" + way.language)
        somebody.writes("邮箱", "E-mail", email)
        somebody.writes("密码", "Password", secret)
        somebody.presses("登录", "Sign in")
        expect(somebody.page.locator(".menu summary")).to_contain_text("新来的")
        her.section(email).follows("新来的")
        her.page.get_by_role("checkbox").uncheck()
        her.presses("保存", "Save")
        her.is_told("已保存。", "Saved.")
        somebody.opens("/screen")
        assert somebody.path.startswith("/sign-in")


def test_rules_models_jobs_and_what_was_done_can_be_looked_up(come: Come) -> None:
    with come(Role.ADMINISTRATOR) as her:
        her.opens("/admin")
        her.follows("模型与质量", "Models and quality")
        her.reads("使用固定权重", "the fixed mix serves")
        her.follows("任务", "Jobs")
        her.stands_at("任务", "Jobs")
        her.opens("/admin/audit")
        her.page.locator("td code").first.wait_for()
        her.opens("/rules?q=TL-GRANT")
        her.reads("通创办发〔2023〕2号")
        her.reads("TL-GRANT.incubator-national")


def test_a_token_is_shown_once_and_revoked(come: Come, way: Way) -> None:
    with come(Role.FUND) as her:
        her.opens("/account")
        her.writes("用途", "What for", f"报表 {way}")
        her.presses("新建令牌", "Make a token")
        her.reads("密钥只显示这一次", "The secret is shown this once")
        secret = her.page.locator("[role=status] code").inner_text()
        assert len(secret) > 20
        her.opens("/account")
        her.misses(secret)
        her.section(f"报表 {way}").presses("撤销", "Revoke")
        her.misses(f"报表 {way}")


def test_a_week_is_read_judged_and_the_settings_are_kept(come: Come) -> None:
    with come(Role.FUND) as her:
        her.opens("/digests")
        her.follows(str(WEEK))
        her.stands_at(str(WEEK))
        her.presses("以后再看", "Later")
        her.is_told("已记下。", "Noted.")
        her.opens("/digests/settings")
        her.writes("最多几条推荐（1–20）", "Recommendations at most (1 to 20)", "3")
        her.presses("保存", "Save")
        her.is_told("已保存。", "Saved.")
        expect(her.field("最多几条推荐（1–20）", "Recommendations at most (1 to 20)")).to_have_value("3")


def test_whoever_follows_the_letter_is_asked_and_may_leave_unsigned(come: Come, service: Service, way: Way) -> None:
    [path] = set(re.findall(r"(/unsubscribe/[^\s?>)]+)", letters(service, "fund@example.org")[0]))
    with come(Role.FUND) as her:
        her.page.context.clear_cookies()
        her.opens(f"{path}?lang={way.language}")
        her.reads("fund@example.org")
        her.ticks("每四周", "every four weeks")
        her.presses("保存", "Save")
        her.reads("已保存", "Saved:")
        her.presses("全部退订", "Stop all digests")
        her.reads("已退订，不再发送简报。", "You are unsubscribed")
        her.opens(f"{path}x?lang={way.language}")
        her.was_refused(404)
        her.reads("未作任何更改", "Nothing was changed")
