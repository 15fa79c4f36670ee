"""Since when each field of a record says what it says, and from which file it came."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from matcher.domain.records import Record, Source
from matcher.store import Replaced, Stamp


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the present value of a field came from, and when."""

    since: datetime
    source: Source


def origins(record: Record, stamp: Stamp, past: Sequence[Replaced[Record]]) -> dict[str, Origin]:
    """The origin of each field. Whoever writes a record anew vouches only for what they changed.

    Args:
        record: the record as it is.
        stamp: when it was first seen.
        past: what it said before, the oldest first.
    """
    versions = [*(each.row for each in past), record]
    begun = [stamp.first_seen_at, *(each.replaced_at for each in past)]
    found = {}
    for field in dataclasses.fields(record):
        place = len(versions) - 1
        while place and getattr(versions[place - 1], field.name) == getattr(record, field.name):
            place -= 1
        found[field.name] = Origin(begun[place], versions[place].source)
    return found
