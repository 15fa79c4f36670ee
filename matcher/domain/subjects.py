"""A person whom the data may name, and where it does: in a field for people, or perhaps in the middle of a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

PERSONAL = frozenset({"inventors", "contact", "submitted_by", "decided_by"})
"""Fields that name people. `contact` and the like are emptied as a whole: a telephone number stands beside the name."""

ERASED = "〔已删去〕"
"""What stands in a text in the place of a name."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One place that names the person, or may."""

    table: str
    key: str
    field: str
    text: str
    certain: bool
    """A field for people has the name by itself, or a text has the address. Otherwise somebody must look: 张三 is in
    张三丰 too."""
    origin: str = ""
    """The file and row that it was imported from, which have to be corrected too."""

    @property
    def id(self) -> str:
        """How an operator names the place."""
        return f"{self.table}/{self.key}/{self.field}"


@dataclass(frozen=True)
class Subject:
    """A name or an e-mail address."""

    who: str
    _key: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_key", normal(self.who).strip())

    @property
    def short(self) -> bool:
        """Whether it is too short to be told from any other text."""
        return len(self._key) < 2

    @cached_property
    def _alone(self) -> re.Pattern[str]:
        return re.compile(rf"(?<![\w.+-]){re.escape(self._key)}(?![\w-]|\.\w)")

    def found(self, name: str, value: Any) -> bool | None:
        """Whether a field's value names the person: certainly, perhaps (False), or not at all (None)."""
        texts = [text for text in _texts(value) if self._key in normal(text)]
        if not texts:
            return None
        alone = any(self._alone.search(normal(text)) for text in texts)
        return alone and (name in PERSONAL or "@" in self._key)

    def without(self, name: str, value: Any) -> Any:
        """The field's value without the person."""
        if isinstance(value, str):
            if self._key not in normal(value):
                return value
            return "" if name in PERSONAL else self._blotted(value)
        if isinstance(value, Mapping):
            return {key: self.without(key, each) for key, each in value.items()}
        if isinstance(value, tuple | list):
            if name in PERSONAL:
                # 张三 goes and 张三丰 stays; only where nobody is called just so, whoever contains the name is meant.
                gone = self.found(name, value)
                return type(value)(each for each in value if self.found(name, each) is not gone)
            return type(value)(self.without(name, each) for each in value)
        return value

    def _blotted(self, text: str) -> str:
        plain = re.compile(re.escape(self.who.strip()), re.IGNORECASE)
        blotted = plain.sub(ERASED, text)
        # Written in another width, it is only found in the normal form.
        return blotted if self._key not in normal(blotted) else normal(text).replace(self._key, ERASED)


def normal(text: str) -> str:
    """The text in one width and case."""
    return unicodedata.normalize("NFKC", text).casefold()


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [text for each in value.values() for text in _texts(each)]
    return [text for each in value for text in _texts(each)] if isinstance(value, tuple | list) else []
