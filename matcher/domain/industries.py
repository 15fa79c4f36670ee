"""Industries as nodes of one tree, so that 蒙药 and 中医药 meet and 风电 counts as a strategic industry."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Industry:
    """One row of the industry table: code, names, parent's code, what else people write for it."""

    code: str
    name: str
    name_en: str
    parent: str
    aliases: tuple[str, ...] = ()


class IndustryTree:
    """Turns the words of a file into industry codes; a word the tree does not know stands for itself."""

    def __init__(self, industries: Iterable[Industry]) -> None:
        rows = tuple(industries)
        self._parent = {row.code: row.parent for row in rows}
        self._codes = {
            _fold(name): row.code for row in rows for name in (row.name, row.name_en, row.code, *row.aliases)
        }
        self._longest_first = sorted(self._codes, key=len, reverse=True)

    def codes(self, words: Iterable[str]) -> frozenset[str]:
        """The nodes the words name, each with its parents."""
        found: set[str] = set()
        for word in words:
            code = self._code(_fold(word))
            while code:
                found.add(code)
                code = self._parent.get(code, "")
        return frozenset(found)

    def node(self, word: str) -> str:
        """The one node a word names, without its parents; the folded word itself where the tree has none."""
        return self._code(_fold(word))

    def knows(self, word: str) -> bool:
        """Whether the word names a node of the tree."""
        return self.node(word) in self._parent

    def _code(self, word: str) -> str:
        if not word or word in self._codes:
            return self._codes.get(word, "")
        held = next((name for name in self._longest_first if len(name) > 1 and not name.isascii() and name in word), "")
        return self._codes.get(held, word)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold()
