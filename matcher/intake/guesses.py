"""What a header that nobody knows may mean: a guess for people to confirm, never one that is acted on."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from functools import cache

from matcher.domain.records import TYPES, Kind
from matcher.intake.headers import field_names, header_key

CUTOFF = 0.5
"""Share of common characters (Ratcliff and Obershelp, 1988) below which two headers are strangers."""
HEAD = 0.25
"""What a common last character is worth besides: in Chinese the noun that says what a thing is stands last."""

COUNTING = frozenset({"序号", "行号", "no", "nr", "num", "number", "index"})
"""Headers of a column that counts the rows: near 编号, but as ids they would make the first rows of two lists one."""


def guess(header: str, kind: Kind, taken: Collection[str]) -> str:
    """The field whose name or header is nearest, of those that no column feeds; empty where none is near."""
    key = header_key(header)
    if key in COUNTING:
        return ""
    matcher = difflib.SequenceMatcher(None, "", key)
    best, found = 0.0, ""
    for name, word in _words(kind):
        matcher.set_seq1(word)
        # The two quick ratios are upper bounds.
        if name in taken or matcher.real_quick_ratio() < CUTOFF or matcher.quick_ratio() < CUTOFF:
            continue
        ratio = matcher.ratio()
        nearness = ratio + HEAD if ratio >= CUTOFF and key[-1:] == word[-1:] else ratio
        if nearness >= CUTOFF and nearness > best:
            best, found = nearness, name
    return found


@cache
def _words(kind: Kind) -> tuple[tuple[str, str], ...]:
    """Every field of the table with each of the words for it."""
    fields = TYPES[kind].__dataclass_fields__
    told = ((name, (name, *fields[name].metadata["headers"])) for name in field_names(kind) if name != "metrics")
    return tuple((name, header_key(word)) for name, words in told for word in words)
