"""Text to terms: character bigrams, and words cut with the domain's own dictionary.

Bigrams come first because a dictionary misses what it does not know (蒙药 is two words to a general one);
words are the second field because they read well in an explanation.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import rjieba

HAN = "\\u3400-\\u9fff\\uf900-\\ufaff"
MOST_TERMS = 4096
"""Terms whose pattern is kept."""
MOST_TAGGED = 2**14
"""Words of which is kept whether they only hold sentences together."""
GRAMMAR = frozenset({"a", "ad", "c", "d", "f", "m", "p", "q", "r", "t", "u"})
"""Parts of speech that name no thing: qualities, conjunctions, adverbs, sides, numbers, units, pronouns, times."""
RUN = re.compile(rf"(?P<han>[{HAN}]+)|(?P<other>[^\W_{HAN}]+(?:[-.+][^\W_{HAN}]+)*)")


def fold(text: str) -> str:
    """One form for full- and half-width, upper and lower case."""
    return unicodedata.normalize("NFKC", text).casefold()


def holds(folded: str, term: str) -> bool:
    """Whether a folded text holds the term; Latin letters only as a whole word, so that AI is not found in maize."""
    wanted, whole = _wanted(term)
    if whole:
        return wanted in folded and whole.search(folded) is not None
    return bool(wanted) and wanted in folded


@lru_cache(MOST_TERMS)  # asked of every record
def _wanted(term: str) -> tuple[str, re.Pattern[str] | None]:
    """A term as folded texts write it, and the pattern of the whole word where it is of Latin letters."""
    wanted = fold(term).strip()
    latin = bool(wanted) and wanted.isascii()
    return wanted, re.compile(rf"(?<![a-z0-9]){re.escape(wanted)}(?![a-z0-9])") if latin else None


def bigrams(text: str) -> list[str]:
    """Pairs of neighbouring Chinese characters, and whole words of other scripts, in order.

    A Chinese run of one character stands alone: "蒙A3" → ["蒙", "a3"].
    """
    terms: list[str] = []
    for run in RUN.finditer(fold(text)):
        piece = run.group()
        if run.lastgroup == "han" and len(piece) > 1:
            terms.extend(piece[at : at + 2] for at in range(len(piece) - 1))
        else:
            terms.append(piece)
    return terms


class WordCutter:
    """Cuts text into words with the general dictionary and the domain's own terms, and leaves out empty words."""

    def __init__(
        self, dictionary: Iterable[str] = (), stop_words: Iterable[str] = (), common: Iterable[str] = ()
    ) -> None:
        self._cutter = rjieba.Jieba()
        self._grammatical = lru_cache(MOST_TAGGED)(self._tagged)
        self._stop_words = frozenset(stop_words)
        self._common = frozenset(common)
        for word in dictionary:
            self._cutter.add_word(word, 1_000_000, "n")

    def words(self, text: str) -> list[str]:
        """Words of at least two characters, and no stop words, in order."""
        return [
            word
            for word in self._cutter.cut(fold(text), False)
            if len(word) > 1 and word not in self._stop_words and RUN.fullmatch(word)
        ]

    def pieces(self, folded: str) -> list[str]:
        """A folded text as its words, all that stands between them included, in order."""
        return list(self._cutter.cut(folded, False))

    def telling(self, text: str) -> list[str]:
        """Its words without those that anybody in the trade writes: what two texts share of these, they have in common.

        "完成、两成、产品、玉米芯" → ["玉米芯"].
        """
        return [word for word in self.words(text) if word not in self._common and not self._grammatical(word)]

    def _tagged(self, word: str) -> bool:
        """Whether it is a number, or a word that only holds sentences together."""
        return word.isdigit() or all(part in GRAMMAR for _, part in self._cutter.tag(word))
