"""What comes in between: a session that ends, the way back, two clicks for one, another language, a very long name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from matcher.domain.accounts import Role
from matcher.domain.cases import Case
from matcher.domain.records import Achievement, Visibility
from matcher.store import Records
from tests.person import APART, Come, Person, Way
from tests.service import NOW, PASSWORD, Service

LONG = "基于玉米秸秆半纤维素定向酶解与连续离交脱盐耦合的低聚木糖阿拉伯糖联产及其副产木质素全组分高值化利用成套技术" * 2
WORD = "Lignocellulosebiorefineryintegratedhemicellulosefractionation" * 3


def case_of(service: Service, left: str) -> Case:
    """A case of the broker."""
    actor = service.installation.access.of_account(service.accounts[Role.BROKER].id)
    assert actor is not None
    return service.installation.case_handling.open(left, "ex-i02", actor, datetime.now(UTC))


@pytest.fixture(scope="module", autouse=True)
def long_and_hidden(service: Service) -> None:
    """Results with very long names, and one that few may see."""
    found = [
        Achievement(id="lg-a1", title=LONG, summary=LONG, institution="示例大学" * 9, keywords=("玉米",)),
        Achievement(id="lg-a2", title=WORD, summary=WORD, keywords=(WORD,)),
        Achievement(id="lg-a3", title="不公开的成果", summary="玉米", visibility=Visibility.RESTRICTED),
    ]
    with service.installation.database.begin() as connection:
        Records(connection).upsert(found, NOW)
    service.installation.indexer.refresh()
    for name in ("lg-a1", "lg-a2"):
        case_of(service, name)


def signs_in(person: Person) -> None:
    """Fill in the form that one was led to."""
    person.writes("邮箱", "E-mail", "broker@example.org")
    person.writes("密码", "Password", PASSWORD)
    person.presses("登录", "Sign in")


def leaves(person: Person) -> None:
    """The session is gone, the choice of language is not."""
    person.page.context.clear_cookies(name="matcher_session")


def test_whoever_was_signed_out_comes_back_to_where_they_were(come: Come, service: Service, way: Way) -> None:
    case = case_of(service, ("ex-a003", "ex-a009", "ex-a015", "ex-a016")[way.turn])
    with come(Role.BROKER) as her:
        her.opens("/match?id=ex-a003&level=national")
        leaves(her)
        her.follows("为什么", "Why")
        signs_in(her)
        her.stands_at("条件与依据", "Conditions and what they stand on")
        her.opens(f"/cases/{case.id}")
        leaves(her)
        her.writes("写一条记录", "Write a note", "写到一半")
        her.presses("保存记录", "Save the note")
        signs_in(her)
        assert her.path == f"/cases/{case.id}"
        her.misses("写到一半")  # it was not kept, and nothing says that it was


def test_a_hidden_record_and_an_unknown_one_are_the_same_page(come: Come) -> None:
    with come(Role.BROKER) as her:
        pages = []
        for name in ("lg-a3", "lg-a9"):
            her.opens(f"/records/achievements/{name}")
            her.was_refused(404)
            pages.append(her.page.inner_text("main"))
        assert pages[0] == pages[1]


def test_the_way_back_after_something_was_sent_sends_nothing_again(come: Come, service: Service, way: Way) -> None:
    case = case_of(service, ("ex-a028", "ex-a029", "ex-a049", "ex-a050")[way.turn])
    with come(Role.BROKER) as her:
        her.opens(f"/cases/{case.id}")
        her.writes("写一条记录", "Write a note", "只写一次")
        her.presses("保存记录", "Save the note")
        her.goes_back()
        her.opens(f"/cases/{case.id}")
        expect(her.page.locator("article.note")).to_have_count(1)


def test_two_clicks_do_it_once(come: Come, service: Service, way: Way) -> None:
    case = case_of(service, ("ex-a066", "ex-a067", "ex-a073", "ex-a080")[way.turn])
    with come(Role.BROKER) as her:
        her.opens(f"/cases/{case.id}")
        her.writes("写一条记录", "Write a note", "只写一次")
        her.page.get_by_role("button", name="保存记录" if way.zh else "Save the note").dblclick(no_wait_after=True)
        expect(her.page.locator("article.note")).to_have_count(1)  # after one answer or two: the second ends the first
        her.page.wait_for_load_state("networkidle")
        her.opens(f"/cases/{case.id}")
        expect(her.page.locator("article.note")).to_have_count(1)


def test_another_language_shows_the_same_page(come: Come, way: Way) -> None:
    with come(Role.BROKER) as her:
        her.opens("/match?id=ex-a003&level=national&must=玉米")
        before = her.page.locator("ol.cards > li h3 a").all_inner_texts()
        her.page.locator(".menu summary").click()
        her.follows("English" if way.zh else "中文")
        expect(her.page.locator("html")).to_have_attribute("lang", "en" if way.zh else "zh-CN")
        assert her.page.locator("ol.cards > li h3 a").all_inner_texts() == before
        assert "level=national" in her.path


@pytest.mark.parametrize("way", [APART[0]], ids=str)
@pytest.mark.parametrize(("name", "word"), [("lg-a1", LONG), ("lg-a2", WORD)], ids=["chinese", "latin"])
def test_a_very_long_name_on_a_phone_pushes_nothing_aside(name: str, word: str, come: Come) -> None:
    pair = f"left={name}&right=ex-i02"
    with come(Role.BROKER) as her:
        for path in (
            "/cases", "/cases?view=table", "/", f"/records/achievements?q={word[:20]}", f"/records/achievements/{name}",
            f"/match?id={name}", f"/why?{pair}", f"/letter?{pair}", f"/cases/new?{pair}",
            f"/compare?id={name}&other=ex-i02&other=ex-i01", f"/edit/achievements/{name}",
            f"/delete/achievements/{name}", f"/screen?id=ex-i02&must={word[:20]}",
        ):  # fmt: skip
            her.opens(path)
