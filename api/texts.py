"""Texts, days and moments: what people send, as narrow as every database can keep it, and how a moment is told."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import Query
from pydantic import AfterValidator, Field

KEEPABLE = r"^[^\x00]*$"
"""PostgreSQL keeps no NUL."""
FIRST, LAST = date(1990, 1, 1), date(2099, 12, 31)

Name = Annotated[str, Field(min_length=1, max_length=200, pattern=KEEPABLE)]
Reason = Annotated[str, Field(max_length=2000, pattern=KEEPABLE)]
Described = Annotated[str, Field(min_length=1, max_length=20_000, pattern=KEEPABLE)]
RecordId = Annotated[str, Field(min_length=1, max_length=300, pattern=KEEPABLE)]
Terms = Annotated[list[Annotated[str, Field(min_length=1, max_length=100, pattern=KEEPABLE)]], Field(max_length=20)]


def _near(day: date) -> date:
    if not FIRST <= day <= LAST:
        raise ValueError(f"not between {FIRST} and {LAST}")
    return day


Day = Annotated[date, AfterValidator(_near)]
"""A day of this product's time: nobody means the year 9999."""
Moment = Annotated[
    datetime, AfterValidator(lambda moment: moment.astimezone(UTC)), Field(json_schema_extra={"pattern": "Z$"})
]
"""A moment in an answer: in UTC, whichever clock it was read from, so that the same one is always the same text."""
AsOf = Annotated[Day | None, Query(description="截至这一天，默认今天。As on this day; default: today.")]


def terms_of(text: str) -> tuple[str, ...]:
    """The words that somebody typed one after the other into one field, as many as `Terms` holds."""
    return tuple(dict.fromkeys(re.findall(r"[^\s,，、;；]+", text)))[:20]
