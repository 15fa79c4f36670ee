"""What a header that nobody knows may mean: a guess for people to confirm, never one that is acted on."""

from __future__ import annotations

import difflib
from collections.abc import Collection

from matcher.domain.records import TYPES, Kind
from matcher.intake.headers import field_names, header_key

CUTOFF = 0.5
"""Share of common characters (Ratcliff and Obershelp, 1988) below which two headers are strangers."""
HEAD = 0.25
"""What a common last character is worth besides: in Chinese the noun that says what a thing is stands last."""


def guess(header: str, kind: Kind, taken: Collection[str]) -> str:
    """The field whose name or header is nearest, of those that no column feeds; empty where none is near."""
    key = header_key(header)
    near = (
        (_nearness(key, header_key(word)), name)
        for name in field_names(kind)
        if name not in taken and name != "metrics"
        for word in (name, *TYPES[kind].__dataclass_fields__[name].metadata["headers"])
    )
    best, name = max(near, key=lambda one: one[0], default=(0.0, ""))
    return name if best >= CUTOFF else ""


def _nearness(key: str, word: str) -> float:
    ratio = difflib.SequenceMatcher(None, key, word).ratio()
    return ratio + HEAD if ratio >= CUTOFF and key[-1:] == word[-1:] else ratio
