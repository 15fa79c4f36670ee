"""A letter of introduction to print, and what is asked before a case of a pair that is not recommended."""

from __future__ import annotations

import re
from html import unescape

from matcher.domain.accounts import Role
from matcher.domain.visibility import Viewer
from matcher.wording import Language
from tests.browsing import visitor
from tests.forms import form
from tests.service import NOW, Service

DONE = "left=ex-a003&right=ex-i17"
"""A pair of the sample that came together."""


def letter_of(page: str) -> str:
    found = re.search(r'<article class="card letter">(.*?)</article>', page, re.DOTALL)
    assert found
    return unescape(re.sub(r"<[^>]+>", " ", found.group(1)))


def test_a_letter_speaks_to_its_reader_without_figures_of_the_ranking(reading: Service) -> None:
    broker = visitor(reading, Role.BROKER)
    why = reading.installation.matching.why("ex-a003", "ex-i02", Viewer.BROKERS, NOW.date())
    sentences = [reason.to_taker for reason in why.reasons if reason.to_taker]
    assert sentences
    for language, seal in ((Language.ZH, "（盖章）"), (Language.EN, "Signature")):
        told = letter_of(broker.get(f"/letter?left=ex-a003&right=ex-i02&lang={language}").text)
        assert all(said.to(language) in told for said in sentences)
        assert seal in told
        assert "对方" not in told
        assert not re.search(r"[+-]\d\.\d\d|（[强中弱]）|\((strong|medium|weak)\)", told)


def test_the_reasons_of_a_letter_are_reworded_or_left_out_before_it_is_printed(reading: Service) -> None:
    broker = visitor(reading, Role.BROKER)
    page = broker.get("/letter?left=ex-a003&right=ex-i02").text
    sent = form(page, "/letter")
    first, *_ = sent["reasons"].split("\n")
    assert first in letter_of(page)

    told = letter_of(broker.post("/letter", data=sent | {"reasons": "你们的木糖线正缺原料 <b>。\n\n  \n"}).text)

    assert "你们的木糖线正缺原料 <b>。" in told
    assert first not in told
    assert "推荐理由" not in letter_of(broker.post("/letter", data=sent | {"reasons": " "}).text)
    assert broker.post("/letter", data={"left": "ex-a003", "right": "ex-i02"}).status_code == 403, "of another site"


def test_a_pair_that_came_together_says_so_first_on_its_page_and_its_letter(reading: Service) -> None:
    broker = visitor(reading, Role.BROKER)
    page = broker.get(f"/why?{DONE}").text
    assert page.index("这一对已经对接成功") < page.index("双方已对接成功（2024-03-15）") < page.index("引荐信")
    assert "重新发起" not in page
    assert "这个比例是什么意思" not in page, "there is no figure"
    assert "双方已对接成功（2024-03-15）" in broker.get(f"/letter?{DONE}").text
    assert "这个比例是什么意思" in broker.get("/why?left=ex-a003&right=ex-i02").text


def test_a_case_of_a_pair_that_came_together_asks_why_and_keeps_it(service: Service) -> None:
    broker = visitor(service, Role.BROKER)
    page = broker.get(f"/cases/new?{DONE}").text
    assert "双方已对接成功（2024-03-15）" in page
    sent = form(page, "/cases")

    refused = broker.post("/cases", data=sent)
    assert refused.status_code == 422
    assert "这一对已在 2024-03-15 对接成功。" in refused.text
    opened = broker.post("/cases", data=form(refused.text, "/cases", reason="二期另签协议"))

    assert "立案，因为：二期另签协议" in opened.text
    assert 'name="reason"' not in broker.get("/cases/new?left=ex-a003&right=ex-i02").text


def test_machines_are_refused_such_a_case_by_name(service: Service) -> None:
    pair = {"left_id": "ex-a003", "right_id": "ex-i17"}
    refused = service.post(Role.BROKER, "/cases", pair)
    assert (refused.status_code, refused.json()["type"].rpartition(":")[2]) == (422, "case")
    assert "2024-03-15" in refused.json()["detail_zh"]
    assert service.post(Role.BROKER, "/cases", pair | {"reason": "phase two"}).status_code == 201
