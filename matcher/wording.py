"""A sentence in the two languages of the product. Chinese comes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Language(StrEnum):
    """The languages every message exists in."""

    ZH = "zh"
    EN = "en"


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence, said in both languages."""

    zh: str
    en: str

    def to(self, language: Language) -> str:
        """The sentence in one language."""
        return self.zh if language is Language.ZH else self.en

    def __str__(self) -> str:
        return f"{self.zh} {self.en}".strip()


class Word(StrEnum):
    """A word of a closed list that is said to people. Members are declared as `NAME = value, zh, en`."""

    said: Said

    def __new__(cls, value: str, zh: str = "", en: str = "") -> Self:
        """Make a member of its value and how it is said."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.said = Said(zh, en)
        return member


def joined(parts: Sequence[Said], *, every: bool = True) -> Said:
    """Sentences as one: all of them, or a choice between them."""
    zh, en = ("；", "; ") if every else ("，或 ", ", or ")
    return Said(zh.join(part.zh for part in parts), en.join(part.en for part in parts))
