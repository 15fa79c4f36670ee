"""Texts of others as a letter may show them: on one line, not too long, and nothing that turns its direction."""

from __future__ import annotations

import re
import unicodedata

_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
"""Characters that make what follows read backwards: what looks like one name is then another."""


def clipped(text: str, most: int) -> str:
    """The text without line breaks, control and direction characters, cut where it is longer than `most`."""
    plain = "".join(char if unicodedata.category(char) != "Cc" else " " for char in _TURNING.sub("", text))
    told = " ".join(plain.split())
    return told if len(told) <= most else told[: most - 1].rstrip() + "…"
