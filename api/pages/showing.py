"""Values as people read them: the filters of the templates."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from typing import Any
from unicodedata import east_asian_width
from urllib.parse import quote

from markupsafe import Markup, escape

from api.parts import HERE
from matcher.domain.chances import percent
from matcher.domain.columns import label
from matcher.domain.records import TABLE_LABELS, TYPES, Kind, Term, name_of
from matcher.domain.rounding import share
from matcher.intake.amounts import YUAN
from matcher.intake.preview import Meant
from matcher.plain import grant_words, scores
from matcher.policy.vocabulary import Measure
from matcher.ranking import kinds
from matcher.reporting import sections
from matcher.reporting.forms import Asked
from matcher.store.fields import fields_of
from matcher.text.passages import body
from matcher.wording import Language, Word

IN_ENGLISH = {"agri_makerspace": "agricultural makerspace", "pre_a": "pre-A", "a": "A"}
"""Words of the closed lists that are not said as they are written."""


def money(amount: float | None, language: str, currency: str = "", *, exact: bool = False) -> str:
    """An amount as this country counts it: yuan in 万 and 亿. Without a currency it is yuan; `exact` as signed for."""
    if amount is None:
        return ""
    if currency not in ("", "CNY"):
        return f"{amount:,.0f} {currency}"
    if language != "zh":
        return f"¥{amount:,.0f}"
    size, unit = next((each for each in ((1e8, "亿元"), (1e4, "万元")) if abs(amount) >= each[0]), (1, "元"))
    return f"{amount / size if exact else round(amount / size, 2):,.10g} {unit}"


def number(value: float | None) -> str:
    """A number as people read it; what nobody told is a dash, never 0."""
    return "—" if value is None else f"{value:,.10g}" if value == round(value) else f"{value:,.2f}"


def narrow(text: str, most: int = 34) -> str:
    """A label as it fits beside its figure on a phone, a Chinese character counted as two; tables have it in full."""
    width = 0
    for place, letter in enumerate(text):
        width += 2 if east_asian_width(letter) in "WF" else 1
        if width > most:
            return f"{text[:place]}…"
    return text


def answer(asked: Asked, value: float | bool | None) -> str:
    """A figure as it is typed into its form, in the form's unit; empty where it was not told."""
    if value is None:
        return ""
    if asked.measure is Measure.SHARE:
        return f"{value * 100:.10g}%"
    content = asked.content(value)
    return f"{content:.10g}" if isinstance(content, float | int) else str(content)


def day(moment: date | datetime | None) -> str:
    """A day, `2026-11-26`."""
    if moment is None:
        return ""
    return (moment.astimezone(HERE) if isinstance(moment, datetime) else moment).strftime("%Y-%m-%d")


def minute(moment: datetime | None) -> str:
    """A moment, `2026-11-26 09:30`."""
    return moment.astimezone(HERE).strftime("%Y-%m-%d %H:%M") if moment else ""


def word(value: object, language: str) -> str:
    """A word of a closed list as it is said, anything else as it is."""
    if isinstance(value, Word):
        return value.said.zh if language == "zh" else value.said.en
    if isinstance(value, Term):
        return value.label if language == "zh" else IN_ENGLISH.get(value.value, value.value.replace("_", " "))
    if isinstance(value, bool):
        return {("zh", True): "是", ("zh", False): "否", ("en", True): "yes", ("en", False): "no"}[language, value]
    return "" if value is None else str(value)


def meant(cell: Meant | None, text: str, language: str) -> str:
    """What a cell of a list was read as; empty where that is just what it says."""
    if cell is None:
        return ""
    shown = _meaning(cell, language)
    return "" if _SEPARATORS.sub("", shown).casefold() == _SEPARATORS.sub("", text).casefold() else shown


_SEPARATORS = re.compile(r"[\s;；、,，|]+")


def _meaning(cell: Meant, language: str) -> str:
    value = cell.value
    if value is None:
        return "未采用" if language == "zh" else "not used"
    if isinstance(value, tuple):
        return ("、" if language == "zh" else ", ").join(word(each, language) for each in value)
    if isinstance(value, Mapping):
        return "、".join(f"{name} {number(each)}" for name, each in value.items())
    if cell.money and isinstance(value, float):
        foreign = cell.currency not in ("", YUAN, "CNY")
        return f"{number(value)} {cell.currency if foreign else '元' if language == 'zh' else 'yuan'}"
    if cell.ratio and isinstance(value, float):
        return share(value)
    return number(value) if isinstance(value, float) else word(value, language)


def field(name: str, kind: str, language: str) -> str:
    """What a field of a table is called."""
    return label(TYPES[Kind(kind)], name).to(Language(language))


def known(name: str, kind: str, language: str) -> str:
    """What a field is called, where it is one of the table's; a header of somebody's own stays as it is."""
    return field(name, kind, language) if kind else name


@cache
def _terms(kind: str) -> Mapping[str, type[Term]]:
    """The fields of a table that hold words of a closed list."""
    return {each.name: each.base for each in fields_of(TYPES[Kind(kind)]) if issubclass(each.base, Term)}


def stated(value: str, kind: str, name: str, language: str) -> str:
    """What a facet counts, as it is said."""
    terms = _terms(kind)
    if name in terms:
        return word(terms[name](value), language)
    return f"TRL {value}" if name == "trl" else value


def table(kind: str, language: str) -> str:
    """What a table is called."""
    return TABLE_LABELS[Kind(kind)][0] if language == "zh" else str(kind)


def path_part(value: object) -> str:
    """An id as a part of an address; ids are the owner's and may hold anything."""
    return quote(str(value), safe="")


def marked(text: str, terms: tuple[str, ...] = ()) -> Markup:
    """A text with the terms that were asked for marked in it."""
    parts: list[Any] = [text]
    for term in sorted((term for term in terms if term), key=len, reverse=True):
        parts = [piece for part in parts for piece in (_split(part, term) if isinstance(part, str) else [part])]
    return Markup("").join(escape(part) for part in parts)


def _split(text: str, term: str) -> list[Any]:
    found: list[Any] = []
    start, folded, wanted = 0, text.casefold(), term.casefold()
    while (at := folded.find(wanted, start)) >= 0 and len(folded) == len(text):
        found += [text[start:at], Markup("<mark>{}</mark>").format(text[at : at + len(wanted)])]
        start = at + len(wanted)
    return [*found, text[start:]]


FILTERS: Mapping[str, Callable[..., Any]] = {
    "about": body,
    "called": name_of,
    "chance": percent,
    "share": share,
    "money": money,
    "day": day,
    "minute": minute,
    "word": word,
    "field": field,
    "meant": meant,
    "known": known,
    "stated": stated,
    "table": table,
    "path": path_part,
    "marked": marked,
    "narrow": narrow,
    "number": number,
    "answer": answer,
    "evidence": kinds.said_of,
    "strength": kinds.strength,
    "cell": lambda cell, column, language: sections.told(cell, column, Language(language)),
    "heading": lambda column, language: sections.heading(column, Language(language)),
    "points": scores.points,
    "rank": scores.rank,
    "grade": scores.grade,
    "unscored": scores.unscored,
    "confidence": scores.CONFIDENCES.__getitem__,
    "grant_why": grant_words.why,
    "grant_course": grant_words.course,
    "grant_irregular": grant_words.irregular,
}
