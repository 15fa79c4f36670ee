"""Industries and fields as nodes of trees, so that 蒙药 and 中医药 meet and near categories count as near.

A node may stand in several classifications (C1313 玉米加工 is manufacturing and the notice's 玉米生物): it has a path
down each of them. Places are paths of the same kind.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from matcher.wording import Said

Path = tuple[str, ...]
"""Names or codes from the root down, e.g. ("中国", "内蒙古自治区", "通辽市", "科尔沁区"); () when unknown."""

GBT = re.compile(r"([a-t]\d{2})\d{0,2}(?![a-z\d])")
"""A notation of GB/T 4754: section letter, division, group, class. What is in brackets must be in the table."""
CLC = re.compile(r"([a-z]{1,2})\d[\d.]*(?![a-z\d])")
"""A class mark of the Chinese Library Classification; every further digit is a level below."""

LONGEST_NAME = 6
"""Parts of the longest official name between its 、."""


@dataclass(frozen=True, slots=True)
class Node:
    """One category: code, names, the codes above it, what else people write for it, notations it owns."""

    code: str
    name: str
    name_en: str = ""
    parents: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    notations: tuple[str, ...] = ()


class Taxonomy:
    """Turns the words of a file into nodes; a word it does not know is a root of its own.

    A name two nodes share means the one stated first; the tables list the upper node first.
    """

    def __init__(self, nodes: Iterable[Node], notation: re.Pattern[str] = GBT) -> None:
        rows = tuple(nodes)
        self._notation = notation
        self._parents = {row.code: row.parents for row in rows}
        self._names = {row.code: Said(row.name, row.name_en or row.name) for row in rows}
        self._notations = {_fold(mark): row.code for row in rows for mark in row.notations}
        self._words: dict[str, str] = {}
        for row in rows:
            for name in filter(None, (row.name, row.name_en, row.code, *row.aliases)):
                self._words.setdefault(_fold(name), row.code)
        self._longest_first = sorted((name for name in self._words if len(name) > 1 and not name.isascii()), key=len)
        self._longest_first.reverse()
        self._meant: dict[str, str] = {}
        self._ways: dict[str, frozenset[Path]] = {}
        self._named: dict[tuple[str, ...], frozenset[str]] = {}

    def nodes(self, words: Iterable[str]) -> frozenset[str]:
        """The nodes the words name, without those above them."""
        asked = tuple(words)
        if asked not in self._named:  # many records state the same
            phrases = self._phrases([_fold(word) for word in asked])
            self._named[asked] = frozenset(self._node(word) for word in phrases if word)
        return self._named[asked]

    def leaves(self, words: Iterable[str]) -> frozenset[str]:
        """The nodes the words name that are not above another of them."""
        named = self.nodes(words)
        return named - {code for node in named for path in self.paths(node) for code in path[:-1]}

    def codes(self, words: Iterable[str]) -> frozenset[str]:
        """The nodes the words name, each with all that is above it."""
        return frozenset(code for node in self.nodes(words) for path in self.paths(node) for code in path)

    def paths(self, node: str) -> frozenset[Path]:
        """Every way from a root down to the node."""
        if node not in self._ways:
            above = {path for parent in self._above(node) for path in self.paths(parent)}
            self._ways[node] = frozenset((*path, node) for path in above or {()})
        return self._ways[node]

    def name(self, node: str) -> Said:
        """What the node is called; itself where the tables do not tell."""
        return self._names.get(node, Said(node, node))

    def knows(self, node: str) -> bool:
        """Whether the node stands in the tables, itself or through its notation."""
        return node in self._parents or bool(self._above(node))

    def _above(self, node: str) -> tuple[str, ...]:
        if node in self._parents:
            return tuple(parent for parent in self._parents[node] if parent in self._parents)
        return (self._marked(node[:-1]),) if self._notation.fullmatch(node) and self._marked(node) else ()

    def _node(self, word: str) -> str:
        if word not in self._meant:
            self._meant[word] = self._resolve(word)
        return self._meant[word]

    def _resolve(self, word: str) -> str:
        mark = self._notation.match(word)
        if found := self._marked(mark.group() if mark else word, exact=not mark):
            return found
        if word in self._words:
            return self._words[word]
        held = next((name for name in self._longest_first if name in word), "")
        return self._words.get(held, word)

    def _marked(self, mark: str, *, exact: bool = False) -> str:
        """The node of a notation: the table's own, or the notation itself where the table knows only a shorter one."""
        mark = mark.rstrip(".")
        shape = self._notation.match(mark)
        if exact or shape is None or mark in self._notations:
            return self._notations.get(mark, "")
        known = any(mark[:end] in self._notations for end in range(shape.end(1), len(mark)))
        return mark if known else ""

    def _phrases(self, words: Sequence[str]) -> Iterator[str]:
        """The words; neighbours that together are one name are joined, for lists are split at the 、 of names too."""
        start = 0
        while start < len(words):
            ends = range(min(len(words), start + LONGEST_NAME), start + 1, -1)
            end = next((end for end in ends if "、".join(words[start:end]) in self._words), start + 1)
            yield "、".join(words[start:end])
            start = end


def shared_levels(one: Path, other: Path) -> int:
    """Depth of the lowest common ancestor; 0 in different trees."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def steps(one: Path, other: Path) -> int:
    """Levels to go up to the lowest common ancestor and down again."""
    return len(one) + len(other) - 2 * shared_levels(one, other)


def similarity(one: Path, other: Path) -> float:
    """Twice the depth of the lowest common ancestor over both depths, 0 to 1; a root has depth 1.

    Wu and Palmer (1994), "Verb semantics and lexical selection". It equals Dice's coefficient of the ancestor sets.
    """
    return 2 * shared_levels(one, other) / max(len(one) + len(other), 1)


def coverage(asked: Collection[Collection[Path]], offered: Collection[Collection[Path]]) -> float:
    """Mean over the asked nodes of the similarity with the nearest offered one; NaN when a side has none."""
    if not asked or not offered:
        return math.nan
    best = [max(similarity(a, b) for a in node for other in offered for b in other) for node in asked]
    return sum(best) / len(best)


def best_match_average(left: Collection[Collection[Path]], right: Collection[Collection[Path]]) -> float:
    """Mean of both coverages, 0 to 1; each node is the set of its paths. NaN when a side has none."""
    return (coverage(left, right) + coverage(right, left)) / 2


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().casefold().replace("_", " ")
