"""A board or a shortlist as a table for spreadsheets: what its cards show, headed in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from api.pages.showing import day, word
from matcher.domain.matches import State
from matcher.domain.records import name_of
from matcher.reporting.spreadsheets import Sheet, Value
from matcher.services.boards import Board, Card
from matcher.services.opinions import Opinion
from matcher.text.passages import body
from matcher.wording import Language, Said

Row = TypeVar("Row", Card, Opinion)

STATES: Mapping[State, Said] = {
    State.PASS: Said("满足", "met"),
    State.FAIL: Said("不满足", "not met"),
    State.UNKNOWN: Said("不明", "unknown"),
}


@dataclass(frozen=True)
class Column(Generic[Row]):
    """A heading, and what a card or a word on a pair says below it."""

    said: Said
    value: Callable[[Row, Language], Value]


def board_sheet(board: Board, language: Language) -> Sheet:
    """The cards of a board, one a row."""
    return _sheet(Said("筛选", "screening"), COLUMNS, board.cards, language)


def shortlist_sheet(opinions: Sequence[Opinion], language: Language) -> Sheet:
    """What was judged, one pair a row."""
    return _sheet(Said("入选", "shortlist"), JUDGED_COLUMNS, opinions, language)


def _sheet(name: Said, columns: Sequence[Column[Row]], listed: Sequence[Row], language: Language) -> Sheet:
    rows = tuple(tuple(column.value(one, language) for column in columns) for one in listed)
    return Sheet(name.to(language), tuple(column.said.to(language) for column in columns), rows)


def _told(texts: Callable[[Card], Iterable[Said]]) -> Callable[[Card, Language], Value]:
    """Sentences in one cell."""

    def value(card: Card, language: Language) -> Value:
        return Said("；", "; ").to(language).join(text.to(language) for text in texts(card)) or None

    return value


def _listed(name: str) -> Callable[[Card | Opinion, Language], Value]:
    """A field that only one of the two tables may have."""

    def value(row: Card | Opinion, language: Language) -> Value:
        found = getattr(row.left, name, None)
        if isinstance(found, tuple):
            return Said("、", ", ").to(language).join(found)
        return found if isinstance(found, float) else word(found, language) or None

    return value


def _tax(card: Card, language: Language) -> Value:
    if card.startup is None:
        return None
    return f"{card.startup.ruleset.name.to(language)}：{STATES[card.startup.state].to(language)}"


def _returning(card: Card, language: Language) -> Value:
    return card.returning.said.to(language) if card.returning else None


def _noted(card: Card, language: Language) -> Value:
    if card.word is None:
        return None
    told = (day(card.word.made_at), card.by, card.word.verdict.said.to(language), card.word.reason)
    return " ".join(part for part in told if part)


def _level(card: Card, language: Language) -> Value:
    return f"{card.tier.level} {card.tier.said.to(language)}" if card.tier.level else None


def _about(row: Card | Opinion, language: Language) -> Value:
    return body(row.left) or None


FACTS = (
    (Said("内容", "what it is about"), _about),
    (Said("阶段", "stage"), _listed("stage")),
    (Said("融资需求", "amount sought"), _listed("funding_sought")),
    (Said("意向价格", "asking price"), _listed("asking_price")),
    (Said("币种", "currency"), _listed("currency")),
    (Said("行业", "industry"), _listed("industry")),
    (Said("地区", "region"), _listed("region")),
    (Said("单位", "institution"), _listed("institution")),
)
"""What is empty for one of the two tables stays empty: every export has the same columns."""
COLUMNS: tuple[Column[Card], ...] = (
    Column(Said("名次", "place"), lambda card, language: card.place + 1),
    Column(Said("编号", "id"), lambda card, language: card.match.id),
    Column(Said("名称", "name"), lambda card, language: name_of(card.left)),
    Column(Said("优先级", "priority"), _level),
    Column(Said("条款", "clause"), lambda card, language: card.tier.clause or None),
    Column(Said("可能性（%）", "probability (%)"), lambda card, language: round(100 * card.match.probability, 1)),
    Column(Said("理由", "reasons"), _told(lambda card: [one.said for one in card.reasons])),
    Column(Said("缺少的信息", "not told"), _told(lambda card: card.match.missing)),
    Column(Said("注意", "mind"), _told(lambda card: [one.said for one in card.concerns])),
    Column(Said("与本机构和已投企业", "house and portfolio"), _told(lambda card: [one.said for one in card.house])),
    Column(Said("返投", "return investment"), _returning),
    Column(Said("税收身份", "tax status"), _tax),
    *(Column[Card](said, value) for said, value in FACTS),
    Column(Said("本机构此前的判断", "said before"), _noted),
)
JUDGED_COLUMNS: tuple[Column[Opinion], ...] = (
    Column(Said("编号", "id"), lambda one, language: one.left.id),
    Column(Said("名称", "name"), lambda one, language: name_of(one.left)),
    Column(Said("给谁", "for whom"), lambda one, language: name_of(one.right)),
    Column(Said("判断", "judgement"), lambda one, language: one.given.verdict.said.to(language)),
    Column(Said("理由和备注", "reason and note"), lambda one, language: one.given.reason or None),
    Column(Said("判断人", "by"), lambda one, language: one.by or None),
    Column(Said("日期", "on"), lambda one, language: day(one.given.made_at)),
    *(Column[Opinion](said, value) for said, value in FACTS),
)
