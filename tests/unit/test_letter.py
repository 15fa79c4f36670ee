"""A digest as a letter: what it says, what it links to, and what it never does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any

import pytest

from matcher.domain.digests import Digest, News, Topic
from matcher.services.delivery.clipping import clipped
from matcher.services.delivery.letter import LetterWriter, Written
from matcher.services.delivery.links import Purpose
from matcher.services.mail import compose
from matcher.wording import Language, Said
from tests.digests import ACCOUNT, SIGNER, delivery, digest, item, line, reader

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
FROM = "撮合服务 <matcher@example.org>"
WRITER = LetterWriter("https://match.example.org", FROM, "example.org")


def write(told: Digest, language: Language = Language.ZH, writer: LetterWriter = WRITER) -> Written:
    return writer.write(told, delivery(), reader(replace(ACCOUNT, language=language)), SIGNER, NOW)


def message(written: Written) -> EmailMessage:
    return compose(written.letter, FROM, NOW)


class Page(HTMLParser):
    """The tags, links and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.sources: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        told = dict(attributes)
        self.links += [told["href"] or ""] if "href" in told else []
        self.sources += [told[name] or "" for name in ("src", "background") if name in told]

    def handle_data(self, text: str) -> None:
        self.text += text


@pytest.mark.parametrize("language", list(Language))
def test_both_parts_tell_the_same_of_every_item(language: Language) -> None:
    tier = Said("载体承接的优秀成果转化项目（三(三)）", "a project undertaken by a carrier (3.3)")
    made: dict[str, Any] = {"institution": "科尔沁示例大学", "inventors": ("王一", "李二", "张三", "赵四", "钱五")}
    more: dict[str, Any] = {"tier": 1, "clause": tier, "exploration": True, "changed": ("trl", "summary")}
    told = digest(item(news=News.CHANGED, **more, **made), lines=(line(),))
    letter = write(told, language).letter
    page = Page(letter.html)
    wanted = [
        "玉米秸秆制备低聚木糖的两段酶解工艺（1）",
        "西辽河生物科技孵化器",
        "48%",
        Said("可能性较高", "A good chance").to(language).casefold(),
        Said("优先 1", "Priority 1").to(language),
        tier.to(language),
        Said("技术就绪度、成果简介有更新", "Changed: trl, summary").to(language),
        "科尔沁示例大学 · ",
        Said("王一、李二、张三、赵四等", "王一, 李二, 张三, 赵四 et al.").to(language),
        Said("试荐", "On trial").to(language),
        Said("阿卡波糖发酵", "Acarbose fermentation").to(language),
        Said("合同草案已逾期", "draft contract").to(language),
        Said("待办与到期", "Tasks and deadlines").to(language),
    ]
    for text in wanted:
        assert text in letter.text or text.casefold() in letter.text.casefold()
        assert text.casefold() in page.text.casefold()
    for link in page.links:
        assert link in letter.text


def test_what_is_not_known_of_a_result_leaves_no_empty_line() -> None:
    assert item().makers == Said("", "")
    assert item(inventors=("王一",)).makers == Said("王一", "王一")
    assert item(news=News.CHANGED).why_now == News.CHANGED.said
    assert item(changed=("trl",)).why_now == News.NEW.said
    assert "\n\n\n\n" not in write(digest(item())).letter.text


def test_an_item_has_one_link_that_explains_and_three_that_answer() -> None:
    links = Page(write(digest(item())).letter.html).links
    [why] = [one for one in links if one.startswith("https://match.example.org/why?left=A-1&right=I-1&letter=")]
    assert why.split("letter=")[1] == SIGNER.token(Purpose.WHY, "d1", "item1")
    answers = [link for link in links if "/d/" in link]
    assert [link.split(".")[-2] for link in answers] == ["fits", "does_not", "later"]


def test_nothing_is_loaded_from_anywhere_and_nobody_is_watched_opening_it() -> None:
    told = digest(*(item(number) for number in range(5)), lines=(line(),))
    letter = write(told).letter
    page = Page(letter.html)
    assert not {"img", "script", "link", "style", "iframe", "object", "form", "video", "svg"} & set(page.tags)
    assert page.sources == []
    assert "url(" not in letter.html
    assert {link.split("/")[2] for link in page.links} == {"match.example.org"}


def test_names_are_text_wherever_they_come_from() -> None:
    evil = "</div><script>alert(1)</script><a href='https://evil.example'>&amp;"
    told = digest(item(name=evil, for_name=evil, reason=Said(evil, evil)), lines=(line(said=Said(evil, evil)),))
    letter = write(told).letter
    page = Page(letter.html)
    assert "script" not in page.tags
    assert evil in page.text
    assert all("evil" not in link for link in page.links)
    assert evil in letter.text


def test_a_name_cannot_turn_the_line_or_fill_the_letter() -> None:
    assert clipped("甲\u202eexe.\u2066乙\r\nBcc: x\x00", 100) == "甲exe.乙 Bcc: x"
    assert clipped("长" * 500, 10) == "长" * 9 + "…"
    letter = write(digest(item(name="长" * 5000, reason=Said("r" * 9000, "r" * 9000)))).letter
    assert len(letter.html) < 8000


def test_the_headers_say_what_it_is_and_how_to_stop_it() -> None:
    told = message(write(digest(item())))
    assert told["List-Id"] == "<digest.example.org>"
    assert told["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert str(told["List-Unsubscribe"]).startswith("<https://match.example.org/unsubscribe/1.a1b2c3d4e5f60718.")
    assert (told["Precedence"], told["Auto-Submitted"]) == ("bulk", "auto-generated")
    assert told["Message-ID"] == "<digest-2026-w48-d1@example.org>"
    assert told["To"].addresses[0].display_name == "赵 敏"
    assert told.as_bytes().isascii()


def test_the_subject_tells_topics_and_no_name() -> None:
    told = digest(item(1), item(2), item(3, topic=Topic.CARRIERS), lines=(line(),))
    assert write(told).letter.subject == "技术转移简报第 48 周：可承接的成果 2、可能承接的载体 1、待办与到期 1"
    english = write(told, Language.EN).letter.subject
    assert english.startswith("Tech-transfer digest, week 48: results to take up (2)")


@pytest.mark.parametrize("name", ['王"五"\\ <x@y>', "", "名\u202e字", "a" * 200])
def test_a_name_no_header_can_hold_as_it_is_keeps_nobody_from_their_letter(name: str) -> None:
    written = WRITER.write(digest(item()), delivery(), reader(replace(ACCOUNT, name=name)), SIGNER, NOW)
    told = message(written)["To"]
    assert [one.addr_spec for one in told.addresses] == ["zhao@example.org"]


def test_a_letter_that_grows_too_long_is_written_with_less_and_tells_which_items_are_in_it() -> None:
    items = tuple(item(number) for number in range(20))
    whole = write(digest(*items, lines=(line(),)))
    assert (len(whole.items), whole.left_out) == (20, 0)
    small = LetterWriter("https://match.example.org", FROM, "example.org", 30_000)
    short = write(digest(*items, lines=(line(),)), writer=small)
    assert len(message(short).as_bytes()) <= 30_000
    assert 1 <= len(short.items) < 20
    assert short.items == tuple(one.id for one in items[: len(short.items)])
    assert short.left_out == 20 - len(short.items)
    assert f"还有 {short.left_out} 项在网页上" in short.letter.html
    assert all(f".{one}." not in short.letter.html for one in (each.id for each in items[len(short.items) :]))


def test_the_longest_digest_there_can_be_stays_below_what_mail_programs_cut_off() -> None:
    texts: dict[str, Any] = {"name": "名" * 999, "for_name": "为" * 999, "reason": Said("因" * 999, "because " * 99)}
    told = digest(
        *(item(number, tier=1, clause=Said("款" * 999, "c" * 999), exploration=True, **texts) for number in range(20)),
        lines=tuple(line(said=Said("条" * 999, "line " * 199)) for _ in range(200)),
    )
    for language in Language:
        written = write(told, language)
        assert len(message(written).as_bytes()) <= 100_000
        assert len(written.items) >= 5


def test_the_same_digest_is_the_same_letter() -> None:
    told = digest(item(1), item(2), lines=(line(),))
    assert write(told) == write(told)
