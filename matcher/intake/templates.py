"""The header row of an empty table, for people who start one."""

from __future__ import annotations

import dataclasses

from matcher.domain.records import TYPES, Kind

COMPANIONS = frozenset({"载体名称", "孵化载体名称"})
"""Columns of a form for figures that repeat for people what an id tells; they are kept as extra without a word."""

ADVICE = "处理办法（导入时忽略）"
"""The column of a table of refused rows that says what to do. It is read over when the table is handed in again."""


def template(kind: Kind) -> list[str]:
    """The standard Chinese header of every field, in the order of the record."""
    return [field.metadata["headers"][0] for field in dataclasses.fields(TYPES[kind]) if "headers" in field.metadata]
