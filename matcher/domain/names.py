"""Organisation names in one form, so that one organisation under two spellings is recognised as one."""

from __future__ import annotations

import re
import unicodedata

BRACKETS = re.compile(r"\([^()]*\)")
SUFFIX = re.compile(
    r"(有限责任公司|股份有限公司|集团有限公司|有限公司|股份公司|责任公司|公司|集团|co\.?,? ?ltd\.?|inc\.?|llc|ltd\.?)$"
)
NOISE = re.compile(r"[\s·・.,，。\-—_“”\"'‘’]+")


def normal_name(name: str) -> str:
    """The name without width, case, bracketed parts, legal suffixes, spaces and punctuation.

    A name that would vanish (only brackets) keeps its folded form.
    """
    folded = unicodedata.normalize("NFKC", name).casefold().strip()
    bare = BRACKETS.sub("", folded).strip() or folded
    previous = ""
    while bare != previous:
        previous, bare = bare, SUFFIX.sub("", bare).strip()
    return NOISE.sub("", bare or folded) or folded


def same_organisation(one: str, other: str) -> bool:
    """Whether two spellings name one organisation, as far as spelling can tell."""
    return bool(one and other) and normal_name(one) == normal_name(other)
