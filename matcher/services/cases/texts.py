"""What people write on a case, checked before it is kept."""

from __future__ import annotations

from matcher.errors import CaseError
from matcher.store.rows import can_be_kept
from matcher.wording import Said

LONGEST = 10_000
"""Characters of a note, a reason, a message."""


def kept(text: str, name: str, *, least: int = 1) -> str:
    """The text without space around it.

    Raises:
        CaseError: it is empty, too long, or no database can keep it.
    """
    text = text.strip()
    if not least <= len(text) <= LONGEST or not can_be_kept(text):
        raise CaseError(
            Said(f"{name} 有 {len(text)} 个字符，或含残缺字符。", f"{name}: {len(text)} characters, or damaged."),
            Said(f"请写 {least} 至 {LONGEST} 个字符。", f"Write {least} to {LONGEST} characters."),
        )
    return text
