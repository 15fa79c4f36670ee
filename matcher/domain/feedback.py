"""What people say of a recommended pair."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from matcher.domain.records import PairKind, Refusal
from matcher.wording import Word


class Judgement(Word):
    """Whether the two fit, do not, or may be shown again later."""

    FITS = "fits", "合适", "fits"
    DOES_NOT = "does_not", "不合适", "does not fit"
    LATER = "later", "以后再看", "later"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """One person's word on one pair. The latest counts; what was said before is kept."""

    id: int = 0
    account_id: str
    kind: PairKind
    left_id: str
    right_id: str
    verdict: Judgement
    reason: str = ""
    made_at: datetime


def reasoned(refusal: Refusal | None, note: str) -> str:
    """A reason with its class before the colon, as reasons of outcomes are written."""
    note = note.strip()
    if refusal is None:
        return note
    return f"{refusal.label}：{note}" if note else refusal.label
