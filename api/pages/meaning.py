"""Which record somebody means by what they typed into a box: an id, a name, or a part of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from matcher.bootstrap import Installation
from matcher.domain.accounts import Actor
from matcher.domain.records import Kind, Record, name_of
from matcher.text.words import fold

MOST = 8
"""Records that are offered where several may be meant."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What was typed, and the records that it may mean; a single one is meant."""

    typed: str
    records: Sequence[Record]

    @property
    def one(self) -> Record | None:
        """The record, where it is clear which."""
        return self.records[0] if len(self.records) == 1 else None


def meant(parts: Installation, actor: Actor, day: date, kinds: Sequence[Kind], typed: str) -> Meant:
    """The visible records of some tables that somebody means: that of the id, else of the name, else that hold it."""
    text = typed.strip()
    if by_id := [one for kind in kinds for one in parts.records.many(kind, [text], actor.viewer).values()]:
        return Meant(text, by_id)
    found = parts.finding.named(kinds, text, actor.viewer, day, MOST) if text else []
    exact = [one for one in found if fold(name_of(one)) == fold(text)]
    return Meant(text, exact or found)
