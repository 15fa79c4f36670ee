"""A digest as a letter: text and HTML for a phone, one link that explains and three that answer for every item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from matcher.domain.accounts import Account
from matcher.domain.chances import in_words, percent
from matcher.domain.deliveries import Delivery
from matcher.domain.digests import Digest, DigestSettings, Item, Line, Topic
from matcher.domain.feedback import Judgement
from matcher.services.delivery.clipping import clipped
from matcher.services.delivery.links import Purpose, Signer
from matcher.services.mail import Letter, compose
from matcher.wording import Language, Said

MOST_BYTES = 100_000
"""Of the whole message as it is sent. Mail programs cut longer ones off, and with them the way to unsubscribe."""
NAME, MAKERS, FOR, REASON, CLAUSE, LINE = 120, 120, 80, 240, 120, 300
"""Most characters of each text."""
MOST_LINES, FEW_LINES = 40, 10
"""Lines that are ever shown, and those that stay while items have to go for them."""
TITLE = Said("技术转移简报", "Tech-transfer digest")


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An item as the letter shows it."""

    name: str
    makers: str
    for_name: str
    chance: str
    labels: Sequence[str]
    priority: str
    reason: str
    why: str
    answers: Sequence[tuple[str, str]]
    """What can be answered, and the link for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """What the letter has to say under one topic: items, and facts with the page that tells more."""

    title: str
    cards: Sequence[Card]
    lines: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A letter, the items that are really in it, and how many found no room."""

    letter: Letter
    items: tuple[str, ...]
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whom a letter is for, and how they want it."""

    account: Account
    settings: DigestSettings


class LetterWriter:
    """Writes digests as letters on one installation."""

    def __init__(self, address: str, sender: str, list_host: str, most_bytes: int = MOST_BYTES) -> None:
        self._address = address.rstrip("/")
        self._sender = sender
        self._list_host = list_host
        self._most_bytes = most_bytes

    def write(self, digest: Digest, delivery: Delivery, reader: Reader, signer: Signer, now: datetime) -> Written:
        """The letter, with as much of the digest as there is room for: lines beyond a few go first, then last items.

        The same message whenever it is written: `now` only dates it.
        """
        items, lines = digest.items, digest.lines[:MOST_LINES]
        while True:
            letter = self._letter(digest, items, lines, delivery, reader, signer)
            if len(compose(letter, self._sender, now).as_bytes()) <= self._most_bytes or len(items) + len(lines) <= 1:
                return Written(
                    letter=letter,
                    items=tuple(item.id for item in items),
                    left_out=len(digest.items) - len(items) + len(digest.lines) - len(lines),
                )
            if len(lines) > FEW_LINES or len(items) <= 1:
                lines = lines[:-1]
            else:
                items = items[:-1]

    def _letter(
        self,
        digest: Digest,
        items: Sequence[Item],
        lines: Sequence[Line],
        delivery: Delivery,
        reader: Reader,
        signer: Signer,
    ) -> Letter:
        language = reader.account.language
        settings = f"{self._address}/unsubscribe/{signer.token(Purpose.SETTINGS, reader.account.id)}"
        told = {
            "say": lambda zh, en: Said(zh, en).to(language),
            "language": language.value,
            "title": TITLE.to(language),
            "week": digest.week,
            "span": _span(digest, language),
            "sections": self._sections(items, lines, delivery, signer, language),
            "count": len(items),
            "left_out": len(digest.items) - len(items) + len(digest.lines) - len(lines),
            "archive": f"{self._address}/digests/{digest.week}",
            "settings": settings,
            "frequency": reader.settings.frequency.said.to(language),
            "address": reader.account.email,
        }
        return Letter(
            id=f"digest-{digest.week.lower()}-{delivery.id}",
            to=mailbox(reader.account),
            subject=_subject(digest, items, lines, language),
            text=_environment().get_template("letter.txt").render(**told),
            html=_environment().get_template("letter.html").render(**told),
            headers={
                "List-Id": f"<digest.{self._list_host}>",
                "List-Unsubscribe": f"<{settings}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                "Precedence": "bulk",
                "X-Auto-Response-Suppress": "All",  # as Auto-Submitted, for those that read only this one
            },
        )

    def _sections(
        self, items: Sequence[Item], lines: Sequence[Line], delivery: Delivery, signer: Signer, language: Language
    ) -> list[Section]:
        return [
            Section(
                title=_capital(topic.said.to(language)),
                cards=[self._card(item, delivery, signer, language) for item in items if item.topic is topic],
                lines=[self._line(line, language) for line in lines if line.topic is topic],
            )
            for topic in _topics(items, lines)
        ]

    def _card(self, item: Item, delivery: Delivery, signer: Signer, language: Language) -> Card:
        labels = [item.why_now] + [TRIAL] * item.exploration
        return Card(
            name=clipped(item.name, NAME),
            makers=clipped(item.makers.to(language), MAKERS),
            for_name=clipped(item.for_name, FOR),
            chance=_capital(f"{in_words(item.probability).to(language)} · {percent(item.probability)}"),
            labels=[_capital(label.to(language)) for label in labels],
            priority=_priority(item, language),
            reason=_capital(clipped(item.reason.to(language), REASON)),
            why=self._why(item, delivery, signer),
            answers=[
                (_capital(verdict.said.to(language)), self._answer(item, verdict, delivery, signer))
                for verdict in Judgement
            ],
        )

    def _why(self, item: Item, delivery: Delivery, signer: Signer) -> str:
        letter = signer.token(Purpose.WHY, delivery.id, item.id)
        return f"{self._address}/why?{urlencode({'left': item.left_id, 'right': item.right_id, 'letter': letter})}"

    def _answer(self, item: Item, verdict: Judgement, delivery: Delivery, signer: Signer) -> str:
        return f"{self._address}/d/{signer.token(Purpose.ANSWER, delivery.id, item.id, verdict.value)}"

    def _line(self, line: Line, language: Language) -> tuple[str, str]:
        path = f"{self._address}/{quote(line.path.lstrip('/'), safe='/?&=%')}" if line.path else ""
        return _capital(clipped(line.said.to(language), LINE)), path


TRIAL = Said("试荐：换一种方式选出，欢迎评价", "on trial: chosen in another way; tell us")


def mailbox(account: Account) -> str:
    """The account's address with the name beside it, where a header can hold the name."""
    name = clipped(account.name, 60).translate({ord(char): None for char in '<>"\\'})
    return f"{name} <{account.email}>" if name else account.email


def _topics(items: Sequence[Item], lines: Sequence[Line]) -> list[Topic]:
    """In the order of the digest: items first."""
    return list(dict.fromkeys([item.topic for item in items] + [line.topic for line in lines]))


def _subject(digest: Digest, items: Sequence[Item], lines: Sequence[Line], language: Language) -> str:
    """What is in it, and no name: a subject is shown on locked screens."""
    number = int(digest.week[6:])
    counts = Counter([item.topic for item in items] + [line.topic for line in lines])
    told = [
        Said(f"{topic.said.zh} {counts[topic]}", f"{topic.said.en} ({counts[topic]})")
        for topic in _topics(items, lines)[:3]
    ]
    zh, en = "、".join(one.zh for one in told), ", ".join(one.en for one in told)
    return Said(f"{TITLE.zh}第 {number} 周：{zh}", f"{TITLE.en}, week {number}: {en}").to(language)


def _span(digest: Digest, language: Language) -> str:
    first, last = digest.week.monday, digest.week.sunday
    return Said(f"{first.year}年{first.month}月{first.day}日–{last.month}月{last.day}日", f"{first} – {last}").to(
        language
    )


def _priority(item: Item, language: Language) -> str:
    """The tier with the clause that gives it; the clause is not said twice where the reason tells it."""
    if not item.tier:
        return ""
    tier = Said(f"优先 {item.tier}", f"priority {item.tier}").to(language)
    clause = clipped(item.clause.to(language), CLAUSE) if item.clause else ""
    return _capital(f"{tier} · {clause}" if clause and clause not in item.reason.to(language) else tier)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("matcher.services.delivery"),
        autoescape=select_autoescape(enabled_extensions=("html",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
