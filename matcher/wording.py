"""A sentence in the two languages of the product. Chinese comes first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
