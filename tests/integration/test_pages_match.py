"""The list of a question: narrowed by facets, and whom rules kept out though they rank higher, by name and reason."""

from __future__ import annotations

import re

from matcher.domain.accounts import Role
from matcher.domain.records import Incubator, Kind
from matcher.domain.visibility import Viewer
from matcher.services.choosing import choices
from tests.browsing import visitor
from tests.forms import form
from tests.service import NOW, Service

KEPT_OUT = re.compile(r'href="/why\?left=([\w-]+)&amp;right=([\w-]+)">原因与改变条件')


def test_who_ranks_higher_and_was_kept_out_is_named_with_the_reason_and_the_way_to_it(reading: Service) -> None:
    broker = visitor(reading, Role.BROKER)
    answer = reading.installation.matching.match("ex-a003", 30, Viewer.BROKERS, NOW.date())
    assert answer.passed, "the sample has a full carrier that suits"

    page = broker.get("/match?id=ex-a003").text

    assert KEPT_OUT.findall(page) == [("ex-a003", one.id) for one in answer.passed]
    for one in answer.passed:
        assert one.name in page
        assert all(verdict.said.zh in page for verdict in one.verdicts)
    assert broker.get(f"/why?left=ex-a003&right={answer.passed[0].id}").status_code == 200


def test_a_board_names_them_too(reading: Service) -> None:
    answer = reading.installation.matching.screen("ex-f01", 13, Viewer.BROKERS, NOW.date())
    page = visitor(reading, Role.BROKER).get("/screen?id=ex-f01").text
    assert answer.passed
    assert [left for left, _ in KEPT_OUT.findall(page)] == ["ex-f01"] * len(answer.passed)


def test_the_service_tells_machines_the_same(reading: Service) -> None:
    told = reading.post(Role.BROKER, "/match", {"record_id": "ex-a003", "k": 10}).json()["passed"]
    assert [one["id"] for one in told]
    assert all(verdict["state"] == "fail" for one in told for verdict in one["verdicts"])


def test_only_what_is_shown_is_explained_and_it_is_what_the_whole_list_holds(reading: Service) -> None:
    parts, viewer = reading.installation, Viewer.BROKERS
    whole = parts.matching.match("ex-a003", 30, viewer, NOW.date())
    rights = parts.records.many(Kind.INCUBATORS, [one.id for one in whole.matches], viewer)
    kinds = {name: one.kind for name, one in rights.items() if isinstance(one, Incubator)}
    kind = kinds[whole.matches[-1].id]
    listing = parts.matching.listing("ex-a003", 30, viewer, NOW.date())

    found = choices(listing, Kind.INCUBATORS, {"kind": [str(kind)]}, 2, parts.records, viewer, parts.finding.places)

    fitting = [one for one in whole.matches if kinds[one.id] is kind]
    assert [one.match for one in found.listed] == fitting[:2]
    assert found.total == len(fitting)
    assert sum(found.facets["kind"].values()) == len(whole.matches), "the own facet counts as if it were not set"


def test_one_line_above_the_list_names_the_best_that_was_kept_out_and_leads_to_the_rest(reading: Service) -> None:
    page = visitor(reading, Role.BROKER).get("/match?id=ex-a003").text
    answer = reading.installation.matching.listing("ex-a003", 30, Viewer.BROKERS, NOW.date()).answer([])
    first = answer.passed[0]
    line = f"另有 {answer.passed_over} 个排名更前但不符合条件，首位：{first.name}（{first.verdicts[0].said.zh}）"
    assert 1 <= len(answer.passed) <= answer.passed_over <= sum(answer.excluded.values())
    assert page.index(f'<a href="#kept-out">{line}') < page.index('id="kept-out"')


def test_whoever_is_asked_about_is_named_by_a_name_or_a_part_of_it(reading: Service) -> None:
    broker = visitor(reading, Role.BROKER)
    asked = "/match?id=ex-a003&ask="

    known = broker.get(f"{asked}敖包泉蒙医药孵化器", follow_redirects=False)
    assert known.headers["location"] == "/why?left=ex-a003&right=ex-i04"
    assert broker.get(f"{asked}EX-I04", follow_redirects=False).status_code == 200
    several = broker.get(f"{asked}孵化器").text
    assert "“孵化器”可能是指：" in several
    assert '<details class="card" id="kept-out" open>' in several
    assert 'value="孵化器"' in several
    assert re.search(r'href="/why\?left=ex-a003&amp;right=ex-i\d+">[^<]+</a> <span class="quiet">ex-i\d+<', several)
    nobody = broker.get(f"{asked}没有这一家").text
    assert "没有编号或名称为“没有这一家”的记录" in nobody
    assert "openapi" not in nobody


def test_cases_and_standing_queries_take_names_and_say_beside_the_box_whom_one_may_mean(reading: Service) -> None:
    broker = visitor(reading, Role.BROKER)
    page = broker.get("/cases/new", params={"left": "ex-a003", "right": "敖包泉蒙医药孵化器"}).text
    assert "ex-a003 · ex-i04" in page
    page = broker.get("/cases/new", params={"left": "ex-a003", "right": "孵化器"}).text
    assert re.search(r'href="/cases/new\?left=ex-a003&amp;right=ex-i\d+"', page)
    sent = form(broker.get("/screen/mandates").text, "/screen/mandates") | {"name": "蒙药", "record_id": "孵化器"}
    unclear = broker.post("/screen/mandates", data=sent)
    assert unclear.status_code == 422
    assert "“孵化器”可能是指：" in unclear.text
    assert form(unclear.text, "/screen/mandates")["name"] == "蒙药"


def test_a_description_that_was_matched_becomes_a_record_without_typing_it_again(reading: Service) -> None:
    broker, text = visitor(reading, Role.BROKER), "玉米芯木糖连续结晶工艺。已完成中试，能耗下降三成。"
    page = broker.get("/match", params={"q": text}).text
    assert page.count("成果未填完成单位") <= 1, "what is missing is said once"

    filled = broker.post("/describe/achievements", data=form(page, "/describe/achievements")).text

    sent = form(filled, "/edit/achievements")
    assert sent["title"] == "玉米芯木糖连续结晶工艺"
    assert sent["summary"] == text
    assert sent["visibility"] == "brokers"
    assert "/describe/" not in visitor(reading, Role.FUND).get("/match", params={"q": text}).text


def test_a_comparison_of_too_few_stays_on_the_list_with_what_was_ticked(reading: Service) -> None:
    broker = visitor(reading, Role.BROKER)
    page = broker.get("/match?id=ex-a003&n=12").text
    back = form(page, "/compare")["back"]
    assert back == "/match?id=ex-a003&n=12"

    few = broker.get("/compare", params={"id": "ex-a003", "back": back, "other": "ex-i02"})

    assert few.url.path == "/match"
    assert few.url.params["n"] == "12"
    assert "勾选了 1 个，请勾选 2 至 4 个再比较。" in few.text
    assert 'value="ex-i02" checked' in few.text
    none = broker.get("/compare", params={"id": "ex-a003", "back": "//elsewhere.example/"}, follow_redirects=False)
    assert none.headers["location"].startswith("/&")
    both = broker.get("/compare", params={"id": "ex-a003", "back": back, "other": ["ex-i02", "ex-i01"]}).text
    assert 'class="side-by-side of-2"' in both
    assert 'href="/match?id=ex-a003&amp;n=12">回到名单' in both
