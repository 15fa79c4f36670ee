"""Records that were read before: a table is read again only as far as it has changed; and what was made of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from matcher.domain.records import Kind, Record
from matcher.store.repositories import Records

T = TypeVar("T")
MOST_MADE = 8
"""What was made of tables and is kept: the oldest makes room."""


@dataclass(frozen=True, slots=True)
class Held:
    """A table as it was at a revision."""

    revision: int
    stamp: str
    """The random stamp of the revision."""
    records: tuple[Record, ...]
    """By id."""


class Remembered:
    """All records of a table, the unchanged ones from memory; who reads them decides what a viewer may see."""

    def __init__(self) -> None:
        self._held: dict[Kind, Held] = {}
        self._made: tuple[str, dict[Hashable, object]] = "", {}
        """The stamp of a revision and what was made of it."""

    def all(self, stored: Records, kind: Kind) -> Sequence[Record]:
        """What `Records.all` reads."""
        held, (revision, stamp, _) = self._held.get(kind), stored.moment()
        if held is None or not stamp or held.stamp != stamp:
            held = self._held[kind] = Held(revision, stamp, _read(stored, kind, held))
        return held.records

    def made(self, stored: Records, asked: Hashable, make: Callable[[], T]) -> T:
        """What `make` makes of the records, outcomes and decisions of this revision alone; made once and not to be
        changed. `asked` names everything else it depends on, the viewer among it."""
        _, stamp, _ = stored.moment()
        of, kept = self._made
        if stamp and of == stamp and asked in kept:
            return cast("T", kept[asked])
        made = make()
        if stamp:
            of, kept = self._made  # another thread may have made something meanwhile
            others = [*kept.items()][-MOST_MADE + 1 :] if of == stamp else []
            self._made = stamp, dict([*others, (asked, made)])
        return made


def _read(stored: Records, kind: Kind, held: Held | None) -> tuple[Record, ...]:
    """The table as it is now, from what was held where this has come of that."""
    if held is None or not held.stamp or stored.stamp(held.revision) != held.stamp:
        return tuple(stored.all(kind))
    fresh = {record.id: record for record in stored.changed_since(kind, held.revision)}
    gone = {*fresh, *stored.deleted_since(kind, held.revision)}
    if not gone:
        return held.records
    kept = [record for record in held.records if record.id not in gone]
    return tuple(sorted([*kept, *fresh.values()], key=lambda record: record.id))
