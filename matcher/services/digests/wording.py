"""How lines name records and pages, and how many of them there are."""

from __future__ import annotations

from urllib.parse import quote

from matcher.domain.digests import Line, Topic
from matcher.domain.records import Record
from matcher.wording import Said

MOST = 5
"""Lines of one topic; one more tells how many were left."""
LONGEST = 60
"""Characters of a name or a text within a sentence."""


def cut(text: str, longest: int = LONGEST) -> str:
    """The text, or its beginning."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def more(topic: Topic, count: int, path: str = "") -> Line:
    """The line that tells how many more there are."""
    return Line(topic=topic, said=Said(f"另有 {count} 项", f"{count} more"), path=path)


def ref(record: Record) -> str:
    """How a line names a record that it is about."""
    return f"{record.table}/{record.id}"


def record_page(record: Record) -> str:
    """The page of a record."""
    return f"/records/{record.table}/{quote(record.id, safe='')}"


def case_page(case_id: str) -> str:
    """The page of a case."""
    return f"/cases/{quote(case_id, safe='')}"
