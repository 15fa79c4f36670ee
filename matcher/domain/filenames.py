"""Names of files that come from elsewhere, as they are kept and given back."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 80
"""Characters; some file systems end at 255 bytes, and a Chinese character takes three."""
_FORBIDDEN = re.compile(r'[<>:"|?*\\/]+')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
_EDGES = ".~$ "
"""What hides a file, or makes a program take it for a lock of its own, at the beginning of its name."""


def safe_name(name: str) -> str:
    """The name without folders, control or invisible characters, and not too long; the stem stays readable."""
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C")
    stem, dot, suffix = _FORBIDDEN.sub("_", seen).rstrip(". ").lstrip(_EDGES).rpartition(".")
    if not dot:
        stem, suffix = suffix, ""
    suffix = suffix[:10]
    stem = stem.rstrip(". ").lstrip(_EDGES)[: LONGEST - len(suffix) - 1] or "file"
    if _DEVICES.fullmatch(stem.partition(".")[0]):
        stem = f"_{stem}"
    return f"{stem}.{suffix.lower()}" if suffix else stem
