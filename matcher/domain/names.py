"""Organisation names in one form, so that one organisation under two spellings is recognised as one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

Units = tuple[str, ...]
"""A name cut into single Chinese characters and whole words of other scripts."""

HAN = "\u3400-\u9fff\uf900-\ufaff"
UNIT = re.compile(rf"[{HAN}]|[^\W{HAN}_]+")
BETWEEN = re.compile(rf"(?<=[{HAN}])[\W_]+(?=[{HAN}])")
JOINED = re.compile(r"(?<=\w)[.'’‘`](?=\w)|(?<=\b[a-z])\.")
"""Marks inside a word: L.P., Women's."""
NUMERAL = re.compile(r"(?<=第)[零〇一二三四五六七八九十百]+|[零〇一二三四五六七八九十百]+(?=[期号届])")
DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0}

LEGAL = (
    "有限责任公司 股份有限公司 有限公司 股份公司 责任公司 公司 "
    "coltd co ltd inc llc lllp llp lp plc corp corporation incorporated limited company gmbh ag sa bv pte pty sarl spa"
)
"""What only tells the legal form; a name with and without it is the same name."""
BRANCH = "分公司 子公司 总公司"
"""What ends like a legal form and is none."""


def units_of(name: str) -> Units:
    """The name's units without width, case, spaces, brackets and punctuation, its ordinals as digits.

    >>> units_of("ＡＣＭＥ（通辽）第二 基金")
    ('acme', '通', '辽', '第', '2', '基', '金')
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    close = BETWEEN.sub("", JOINED.sub("", folded))
    return tuple(UNIT.findall(NUMERAL.sub(lambda found: str(number(found.group())), close)))


def number(numeral: str) -> int:
    """The value of a Chinese numeral below a thousand: 十二 → 12, 二〇 → 20."""
    if not set(numeral) & set("十百"):
        return int("".join(str(DIGITS[character]) for character in numeral))
    hundreds, hundred, rest = numeral.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    parts = ((hundreds, 100 if hundred else 0, 1), (tens, 10 if ten else 0, 1), (ones, 1, 0))
    return sum(factor * (DIGITS.get(digits[-1:], 0) or least) for digits, factor, least in parts)


def without_tail(units: Units, tails: Sequence[Units], kept: Sequence[Units] = ()) -> Units:
    """The units without whatever of the tails (longest first) they end with; never without all of them.

    What ends with one of the `kept` stays as it is.
    """
    while tail := next((tail for tail in tails if units[-len(tail) :] == tail), None):
        if len(tail) == len(units) or any(units[-len(whole) :] == whole for whole in kept):
            break
        units = units[: -len(tail)]
    return units


def tails_of(words: str) -> list[Units]:
    """A list of words as tails, the longest first."""
    return sorted({units_of(word) for word in words.split()}, key=len, reverse=True)


_LEGAL, _BRANCH = tails_of(LEGAL), tails_of(BRANCH)


@lru_cache(maxsize=100_000)
def bare_units(name: str) -> Units:
    """The name's units without its legal form and article."""
    units = units_of(name)
    while len(units) > 1 and units[0] == "the":
        units = units[1:]
    return without_tail(units, _LEGAL, _BRANCH)


def normal_name(name: str) -> str:
    """The name without width, case, legal form, spaces and punctuation; names that are equal in it are one spelling.

    What stands in brackets stays: a region or a department may be what tells two organisations apart.
    A name that would vanish (only punctuation) keeps its folded form.
    """
    found, again = "", "".join(bare_units(name))
    while found != again:  # what was apart may have become a legal form by standing together
        found, again = again, unicodedata.normalize("NFKC", "".join(bare_units(again)))
    return found or unicodedata.normalize("NFKC", name).casefold().strip()


class Organisations:
    """Names and what was decided about them: which spellings are one organisation, and which are not.

    `same` holds pairs (spelling, the name it stands for), earlier decisions first; `different` unordered pairs.
    """

    def __init__(self, same: Iterable[tuple[str, str]] = (), different: Iterable[tuple[str, str]] = ()) -> None:
        self._groups = Groups((normal_name(alias), normal_name(name)) for alias, name in same)
        self._different = {frozenset(map(self.key, pair)) for pair in different}

    def key(self, name: str) -> str:
        """What all spellings of one organisation share; empty for an empty name."""
        return self._groups.root(normal_name(name))

    def same(self, one: str, other: str) -> bool:
        """Whether the two names are one organisation, by spelling or by decision."""
        return bool(one and other) and self.key(one) == self.key(other)

    def told_apart(self, one: str, other: str) -> bool:
        """Whether somebody decided that the two are different."""
        return frozenset((self.key(one), self.key(other))) in self._different


class Groups:
    """Names in groups, each under the one that stands for it. Of contradicting pairs (a circle) the last is void."""

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._above: dict[str, str] = {}
        for alias, name in pairs:
            below, above = self.root(alias), self.root(name)
            if below != above:
                self._above[below] = above

    def root(self, name: str) -> str:
        """The name that stands for this one; itself when nothing was said of it."""
        while name in self._above:
            name = self._above[name]
        return name


BY_SPELLING = Organisations()
"""Nothing was decided: one spelling is certainly one organisation; `likeness.likeness` tells what may be one."""
