"""The header row of an empty table, for people who start one."""

from __future__ import annotations

import dataclasses

from matcher.domain.records import TYPES, Kind


def template(kind: Kind) -> list[str]:
    """The standard Chinese header of every field, in the order of the record."""
    return [field.metadata["headers"][0] for field in dataclasses.fields(TYPES[kind]) if "headers" in field.metadata]
