"""Which table a file or a sheet means by its name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from matcher.domain.records import TABLE_LABELS, Kind


def kind_of(name: str) -> Kind | None:
    """The table that a file's stem or a sheet's name means; None where it names none.

    A label inside a longer name counts too (`2026成果清单`). Of several labels the last one wins, as the
    noun comes last (`孵化器成果清单` lists results); three labels together only name talks between two sides.
    """
    key = _key(name)
    for kind in Kind:
        if key in {_key(word) for word in (kind.value, *TABLE_LABELS[kind])}:
            return kind
    found = list(_found(key))
    kinds = {kind for *_, kind in found}
    if Kind.OUTCOMES in kinds and len(kinds) > 2:
        return Kind.OUTCOMES
    return max(found)[2] if found else None


def _found(key: str) -> Iterator[tuple[int, int, Kind]]:
    """End, length and table of each label in the name."""
    for kind in Kind:
        for label in map(_key, (kind.value, *TABLE_LABELS[kind])):
            # A Latin label must stand alone: “refunds” are no funds.
            pattern = f"(?<![a-z]){label}(?![a-z])" if label.isascii() else re.escape(label)
            yield from ((hit.end(), len(label), kind) for hit in re.finditer(pattern, key))


def _key(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()


def known_names() -> tuple[str, str]:
    """The names that are understood, for messages in Chinese and English."""
    zh = "、".join(f"{kind.value}（{TABLE_LABELS[kind][0]}）" for kind in Kind)
    return zh, ", ".join(kind.value for kind in Kind)
