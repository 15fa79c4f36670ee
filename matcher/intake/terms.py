"""Words of the closed vocabularies, found in what people write around them."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping, Sequence

from matcher.domain.records import Result, Stage, Term, Visibility
from matcher.domain.registers import GrantState
from matcher.intake.cells import NOTHING, Reading, as_text, is_blank, plain, unread
from matcher.intake.issues import tell, warn

ANY = frozenset({"不限", "均可", "全部", "所有", "皆可", "都可以", "any", "all"})
"""In a list these mean that nothing is excluded, which is what an empty list says."""

STRICT: tuple[type[Term], ...] = (Visibility, Result, GrantState)
"""Here a wrong guess publishes a secret or invents a deal or a payment: any word of denial or intention forbids one."""

_GLUE = re.compile(r"[\s_\-–—‐·]+")
_DENIAL = re.compile(r"[不未非无没勿禁拟待否暂]|\b(?:not|no|non|un)\b")
_OPEN_END = re.compile(r"及?[以之][前后上下]")
_THROUGH = re.compile(r"\s*(?:轮)?\s*(?:-|~|—|–|至|到)\s*")
_LIST = re.compile(r"[;；、,，|/\n]+")

Found = list[tuple[Term, int, int]]


@functools.cache
def _exact(kind: type[Term]) -> Mapping[str, Term]:
    words: dict[str, Term] = {}
    for member in kind:
        for word in (member.value, member.label, *member.spellings):
            words.setdefault(_key(word), member)
    return words


@functools.cache
def _within(kind: type[Term]) -> tuple[re.Pattern[str], Mapping[str, Term]]:
    """A pattern that finds the longest words first, and whose word each is. One character is never enough."""
    words: dict[str, Term] = {}
    for member in kind:
        for word in (member.value, member.label, *member.spellings):
            if len(word) > 1:
                words.setdefault(unicodedata.normalize("NFKC", word).casefold(), member)
    return re.compile("|".join(map(_bounded, sorted(words, key=lambda w: (-len(w), w))))), words


def _bounded(word: str) -> str:
    """A Latin word must not be part of a longer one."""
    before = "(?<![a-z0-9])" if word[0].isascii() else ""
    after = "(?![a-z0-9])" if word[-1].isascii() else ""
    return f"{before}{re.escape(word)}{after}"


def _key(text: str) -> str:
    return _GLUE.sub("", unicodedata.normalize("NFKC", text).casefold())


def _find(kind: type[Term], text: str) -> Found:
    """The words of the vocabulary in the text, left to right; none where a denial makes them doubtful."""
    pattern, words = _within(kind)
    text = unicodedata.normalize("NFKC", text).casefold()
    found = [(words[hit.group()], hit.start(), hit.end()) for hit in pattern.finditer(text)]
    if kind in STRICT:
        doubtful = bool(_DENIAL.search(pattern.sub(" ", text)))
    else:
        doubtful = any(_DENIAL.search(text[max(0, start - 2) : start]) for _, start, _ in found)
    return [] if doubtful or any(_OPEN_END.match(text, end) for *_, end in found) else found


def read_term(kind: type[Term], cell: object) -> Reading:
    """One member: by value, label or spelling, or because the text names this member and no other."""
    text = as_text(cell)
    member = _exact(kind).get(_key(text))
    if member is not None:
        return Reading(member)
    if is_blank(text):
        return NOTHING
    members = {found for found, *_ in _find(kind, text)}
    if len(members) == 1:
        return _contained(text, members.pop())
    return _unknown_visibility(text) if kind is Visibility else _unknown(kind, text)


def _contained(text: str, member: Term) -> Reading:
    remark = tell(
        "term_in_text",
        (f"“{text[:40]}”按“{member.label}”读取。", f"'{text[:40]}' was read as '{member.value}'."),
        ("如果不对，请只填这个词本身。", "If that is wrong, write only the word itself."),
    )
    return Reading(member, remark, keep=True)


def _allowed(kind: type[Term]) -> tuple[str, str]:
    return "、".join(member.label for member in kind), ", ".join(member.value for member in kind)


def _unknown(kind: type[Term], text: str) -> Reading:
    zh, en = _allowed(kind)
    return unread(
        "unknown_term",
        (f"“{text[:40]}”不在可用的词里。", f"'{text[:40]}' is not one of the known words."),
        (f"请填写其中之一：{zh}。", f"Write one of: {en}."),
    )


def _unknown_visibility(text: str) -> Reading:
    """What cannot be read must not be published."""
    zh, en = _allowed(Visibility)
    remark = warn(
        "unknown_term",
        (
            f"看不懂可见范围“{text[:40]}”，先按“保密”处理。",
            f"The visibility '{text[:40]}' is unknown; taken as restricted.",
        ),
        (f"请填写其中之一：{zh}。", f"Write one of: {en}."),
    )
    return Reading(Visibility.RESTRICTED, remark, keep=True)


def read_terms(kind: type[Term], cell: object) -> Reading:
    """Several members, without repetition, in the order written; `天使轮至A轮` means all stages between."""
    text = as_text(cell)
    if is_blank(text) or plain(text) in ANY:
        return NOTHING
    whole = _exact(kind).get(_key(text))
    parts = [text] if whole else [part.strip() for part in _LIST.split(text) if not is_blank(part)]
    members: dict[Term, None] = {}
    unknown: list[str] = []
    for part in parts:
        found = _members(kind, part)
        members.update(dict.fromkeys(found))
        unknown += [] if found else [part]
    if unknown:
        refusal = _unknown(kind, "、".join(unknown))
        return Reading(tuple(members) or None, refusal.remark, keep=True)
    return Reading(tuple(members))


def _members(kind: type[Term], text: str) -> Sequence[Term]:
    member = _exact(kind).get(_key(text))
    if member is not None:
        return (member,)
    found = _find(kind, text)
    if kind is Stage and len(found) == 2:
        (first, _, end), (last, start, _) = found
        if _THROUGH.fullmatch(unicodedata.normalize("NFKC", text)[end:start]):
            order = list(Stage)
            return order[order.index(Stage(first)) : order.index(Stage(last)) + 1]
    return [member for member, *_ in found]
