"""Records written by people: what is wrong stands beside its field, nobody is overwritten unasked, nothing leaks."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.pages import fields
from matcher.domain.accounts import Role
from matcher.domain.records import RECORD_KINDS, Achievement, Kind, Record, Visibility
from matcher.intake import read
from matcher.intake.single import read_single
from matcher.store import Records
from tests.browsing import hidden, visitor
from tests.commandline import SAMPLE
from tests.confidential import HIDDEN_PROJECTS, HIDDEN_RESULTS
from tests.service import SAMPLE_TIME, Service

EDIT = "/edit/achievements/ex-a003"
TAG = re.compile(r'name="tag" value="([^"]*)"')


def form(service: Service, browser: TestClient, path: str = EDIT, **changed: Any) -> dict[str, Any]:
    """The form of a record as the page holds it, with what somebody types."""
    kind, record_id = path.split("/")[2:4]
    with service.installation.database.read() as connection:
        texts = fields.shown(Records(connection).get(Kind(kind), record_id))
    tag = TAG.search(browser.get(path).text)
    assert tag is not None
    return hidden(browser, path) | {"tag": tag[1]} | texts | changed


def title(service: Service) -> str:
    return str(service.get(Role.BUREAU, "/achievements/ex-a003").json()["title"])


@pytest.mark.parametrize("kind", RECORD_KINDS)
def test_a_record_that_is_sent_back_unchanged_says_the_same(kind: Kind) -> None:
    records = [row for row in read(SAMPLE, kind=kind) if isinstance(row, Record)]
    assert records
    for record in records:
        content = fields.content(kind, fields.shown(record)) | {"id": record.id, "extra": dict(record.extra)}
        found, issues = read_single(kind, content, "service")
        assert not [issue for issue in issues if issue.refuses]
        for each in fields.inputs(kind):
            assert getattr(found, each.name) == getattr(record, each.name), (record.id, each.name)


def test_a_change_is_kept_and_tells_since_when(service: Service) -> None:
    browser = visitor(service, Role.BROKER)
    sent = browser.post(EDIT, data=form(service, browser, trl="7"), follow_redirects=False)
    assert (sent.status_code, sent.headers["location"]) == (303, "/records/achievements/ex-a003?done=saved")
    page = browser.get("/records/achievements/ex-a003").text
    assert re.search(r"<dd>7\s+<span[^>]*>· \d{4}-\d\d-\d\d 填写", page)
    assert re.search(r"<dt>技术就绪度</dt>", page)
    assert len(re.findall("填写</span>", page)) == 1


def test_what_cannot_be_understood_stands_beside_its_field_and_nothing_typed_is_lost(service: Service) -> None:
    browser = visitor(service, Role.BROKER)
    typed = form(service, browser, trl="很成熟", title="改了的名称", asking_price="10-20万")
    answer = browser.post(EDIT, data=typed)
    assert answer.status_code == 422
    assert 'value="很成熟" inputmode="decimal" aria-describedby="trl-hint" aria-invalid="true"' in answer.text
    assert "不是 1 到 9 级中的一级" in answer.text
    assert "是一个区间" in answer.text
    assert 'value="改了的名称"' in answer.text
    assert title(service) != "改了的名称"


def test_whoever_was_overtaken_sees_both_versions_and_decides(service: Service) -> None:
    mine, theirs = visitor(service, Role.BROKER), visitor(service, Role.BUREAU)
    typed = form(service, mine, title="我的名称")
    theirs.post(EDIT, data=form(service, theirs, title="别人的名称"))
    answer = mine.post(EDIT, data=typed)
    assert answer.status_code == 409
    table = answer.text[answer.text.index("<tbody>") : answer.text.index("</tbody>")]
    assert [html.unescape(cell) for cell in re.findall(r"<t[hd][^>]*>([^<]*)</t[hd]>", table)] == [
        "成果名称", "我的名称", "别人的名称",
    ]  # fmt: skip
    assert title(service) == "别人的名称"
    tag = TAG.search(answer.text)
    assert tag is not None
    mine.post(EDIT, data=typed | hidden(mine, EDIT) | {"tag": tag[1]})
    assert title(service) == "我的名称"


def test_a_new_record_of_ones_own_is_made_and_a_foreign_one_is_not(service: Service) -> None:
    browser = visitor(service, Role.UNIVERSITY)
    page = browser.get("/edit/achievements")
    assert 'value="白音温都民族医药大学"' in page.text
    typed = hidden(browser, "/edit/achievements") | {"title": "蒙药新制剂", "institution": "白音温都民族医药大学"}
    made = browser.post("/edit/achievements", data=typed | {"visibility": "restricted"}, follow_redirects=False)
    assert made.status_code == 303
    shown = browser.get(made.headers["location"]).text
    assert "保密" in shown
    foreign = hidden(browser, "/edit/achievements") | {"title": "别家成果", "institution": "别的大学"}
    refused = browser.post("/edit/achievements", data=foreign)
    assert (refused.status_code, "只能填写本机构自己的记录" in refused.text, "别家成果" in refused.text) == (
        403,
        True,
        True,
    )


def test_a_form_that_is_sent_twice_makes_one_record(service: Service) -> None:
    browser = visitor(service, Role.BROKER)
    typed = hidden(browser, "/edit/projects") | {"name": "示例新企业"}
    sent = [browser.post("/edit/projects", data=typed, follow_redirects=False) for _ in range(2)]
    assert sent[0].headers["location"] == sent[1].headers["location"]


@pytest.mark.parametrize("role", [Role.FUND, Role.UNIVERSITY, Role.INCUBATOR])
def test_foreign_records_are_read_but_not_changed(service: Service, role: Role) -> None:
    browser = visitor(service, role)
    assert EDIT not in browser.get("/records/achievements/ex-a003").text
    assert browser.get(EDIT).status_code == 403
    assert browser.post(EDIT, data=hidden(browser) | {"title": "x", "tag": "*"}).status_code == 403
    assert browser.post("/delete/achievements/ex-a003", data=hidden(browser) | {"tag": "*"}).status_code == 403


def test_what_is_hidden_has_no_form_either(service: Service) -> None:
    browser = visitor(service, Role.FUND)
    for path in ("/edit/achievements/{}", "/delete/achievements/{}"):
        told = {
            re.sub(r'value="[^"]*"|back=[^"]*', "", browser.get(path.format(name)).text) for name in ("ex-a023", "x")
        }
        assert len(told) == 1


def test_a_record_is_deleted_after_asking_once_more(service: Service) -> None:
    browser = visitor(service, Role.BUREAU)
    path = "/delete/achievements/ex-a003"
    page = browser.get(path).text
    tag = TAG.search(page)
    assert tag is not None
    assert "一并删除" in page
    stale = browser.post(path, data=hidden(browser, path) | {"tag": "another"})
    assert stale.status_code == 409
    sent = browser.post(path, data=hidden(browser, path) | {"tag": tag[1]}, follow_redirects=False)
    assert sent.headers["location"] == "/records/achievements?done=deleted"
    assert service.get(Role.BUREAU, "/achievements/ex-a003").status_code == 404


def test_the_owner_opens_a_record_to_an_organisation_and_takes_it_back(service: Service) -> None:
    owner, fund = visitor(service, Role.UNIVERSITY), visitor(service, Role.FUND)
    with service.installation.database.read() as connection:
        own = "白音温都民族医药大学"
        found = [one for one in Records(connection).all(Kind.ACHIEVEMENTS) if isinstance(one, Achievement)]
        record = next(one for one in found if one.institution == own and one.visibility.value != "public")
    path = f"/records/achievements/{record.id}"
    assert fund.get(path).status_code == 404
    unknown = owner.post(f"/openings/achievements/{record.id}", data=hidden(owner, path) | {"organisation": "nobody"})
    assert (unknown.status_code, "没有编号为 nobody" in unknown.text) == (409, True)
    owner.post(f"/openings/achievements/{record.id}", data=hidden(owner, path) | {"organisation": "org-fund"})
    assert ("示例基金" in owner.get(path).text, fund.get(path).status_code) == (True, 200)
    owner.post(f"/closings/achievements/{record.id}", data=hidden(owner, path) | {"organisation": "org-fund"})
    assert fund.get(path).status_code == 404
    foreign = fund.post(f"/openings/achievements/{record.id}", data=hidden(fund) | {"organisation": "org-fund"})
    assert foreign.status_code == 404


def test_a_record_names_those_it_refers_to_unless_its_reader_may_not_see_them(service: Service) -> None:
    hidden_result = HIDDEN_RESULTS[0]
    told = replace(HIDDEN_PROJECTS[0], visibility=Visibility.PUBLIC, achievement_id=hidden_result.id)
    with service.installation.database.begin() as connection:
        Records(connection).upsert([hidden_result, told], SAMPLE_TIME)

    shown = {role: visitor(service, role).get(f"/records/projects/{told.id}").text for role in (Role.FUND, Role.BUREAU)}

    assert all('<a href="/records/incubators/ex-i02">西辽河生物科技孵化器</a>' in text for text in shown.values())
    assert f">{hidden_result.title}</a>" in shown[Role.BUREAU]
    assert hidden_result.title not in shown[Role.FUND]
    assert hidden_result.id not in shown[Role.FUND]
    assert "有，未向您公开" in shown[Role.FUND]
