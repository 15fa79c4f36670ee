"""What speaks for a node of an industry chain: the words and codes of a record, and where in it they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from matcher.domain.taxonomy import Taxonomy
from matcher.policy.chain_nodes import Chain, ChainNode
from matcher.text.words import fold, holds
from matcher.wording import Said


class Where(StrEnum):
    """Where a record tells of a node."""

    CODE = "code"
    FIELD = "field"
    NAME = "name"
    INDUSTRY = "industry"
    KEYWORDS = "keywords"
    FOCUS = "focus"
    TEXT = "text"


WHERE: Mapping[Where, Said] = {
    Where.CODE: Said("行业代码", "industry code"),
    Where.FIELD: Said("技术领域", "field"),
    Where.NAME: Said("名称", "name"),
    Where.INDUSTRY: Said("所填行业", "stated industry"),
    Where.KEYWORDS: Said("关键词", "keyword"),
    Where.FOCUS: Said("方向", "focus"),
    Where.TEXT: Said("正文", "text"),
}
CODED = (Where.CODE, Where.FIELD)
MOST_READ = 4096
"""Combinations of codes whose signs are kept: many records state the same."""


@dataclass(frozen=True, slots=True)
class Sign:
    """One word or code that speaks for a node, and where it stands."""

    where: Where
    what: str


class ChainReader:
    """One chain's words and codes, folded."""

    def __init__(self, chain: Chain, industries: Taxonomy, fields: Taxonomy) -> None:
        self.chain = chain
        self._anchors = tuple(map(fold, chain.anchors))
        self._words = {node.id: sorted(map(fold, node.words), key=len, reverse=True) for node in chain.nodes}
        self._codes = {node.id: industries.nodes(node.codes) for node in chain.nodes}
        self._subjects = {node.id: fields.nodes(node.fields) for node in chain.nodes}
        self._any_code = frozenset().union(*self._codes.values())
        self._any_subject = frozenset().union(*self._subjects.values())
        self._all = {word for words in self._words.values() for word in words}
        self._plain = [word for word in self._all if not word.isascii()]
        self._bounded = [word for word in self._all if word.isascii()]
        self._longer = {word: [one for one in self._all if word != one and word in one] for word in self._all}
        self._coded = lru_cache(MOST_READ)(self._coding)

    def anchors(self, whole: str) -> int:
        """How many words of the industry itself the record holds."""
        return sum(_holds(whole, word) for word in self._anchors)

    def held(self, whole: str) -> frozenset[str]:
        """The words of the chain that stand in the record at all; most stand nowhere, so this is asked first."""
        plain = [word for word in self._plain if word in whole]
        return frozenset([*plain, *(word for word in self._bounded if holds(whole, word))])

    def speaks(self, held: frozenset[str], codes: frozenset[str], subjects: frozenset[str]) -> bool:
        """Whether anything may speak for any node."""
        return bool(held) or not self._any_code.isdisjoint(codes) or not self._any_subject.isdisjoint(subjects)

    def coded(self, node: ChainNode, codes: frozenset[str], subjects: frozenset[str]) -> tuple[Sign, ...]:
        """The codes that speak for a node."""
        return self._coded(node.id, codes, subjects)

    def _coding(self, node_id: str, codes: frozenset[str], subjects: frozenset[str]) -> tuple[Sign, ...]:
        stated = (
            *((Where.CODE, code) for code in sorted(codes & self._codes[node_id])),
            *((Where.FIELD, code) for code in sorted(subjects & self._subjects[node_id])),
        )
        return tuple(Sign(where, code) for where, code in stated)

    def worded(self, node: ChainNode, held: frozenset[str], areas: Sequence[tuple[Where, str]]) -> Iterator[Sign]:
        """The words that speak for a node, where they stand first; part of a word found tells nothing new."""
        found: list[str] = []
        words = [word for word in self._words[node.id] if word in held]
        for where, text in areas if words else ():
            for word in words:
                if not any(word in other or other in word for other in found) and self._alone(text, word):
                    found.append(word)
                    yield Sign(where, word)

    def _alone(self, text: str, word: str) -> bool:
        """Whether the text holds the word other than inside a longer word of the chain (糊精 is not in 环糊精)."""
        if not _holds(text, word):
            return False
        for longer in self._longer[word]:
            text = text.replace(longer, "\n")
        return _holds(text, word)


def _holds(text: str, word: str) -> bool:
    return holds(text, word) if word.isascii() else word in text
