"""Records that were read before: a table is read again only as far as it has changed; and what was made of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable
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

    stamp: str
    """The random stamp of the revision."""
    records: dict[str, tuple[str, Record]]
    """By id the content hash and the record."""


class Remembered:
    """All records of a table, the unchanged ones from memory; who reads them decides what a viewer may see."""

    def __init__(self) -> None:
        self._held: dict[Kind, Held] = {}
        self._made: tuple[str, dict[Hashable, object]] = "", {}
        """The stamp of a revision and what was made of it."""

    def all(self, stored: Records, kind: Kind) -> list[Record]:
        """What `Records.all` reads."""
        held, stamp = self._held.get(kind), stored.stamp(stored.revision())
        if held is None or not stamp or held.stamp != stamp:
            held = self._held[kind] = Held(stamp, _read(stored, kind, held.records if held else {}))
        return [record for _, record in held.records.values()]

    def made(self, stored: Records, asked: Hashable, make: Callable[[], T]) -> T:
        """What `make` makes of the records, outcomes and decisions of this revision alone; made once and not to be
        changed. `asked` names everything else it depends on, the viewer among it."""
        stamp = stored.stamp(stored.revision())
        of, kept = self._made
        if stamp and of == stamp and asked in kept:
            return cast("T", kept[asked])
        made = make()
        if stamp:
            of, kept = self._made  # another thread may have made something meanwhile
            others = [*kept.items()][-MOST_MADE + 1 :] if of == stamp else []
            self._made = stamp, dict([*others, (asked, made)])
        return made


def _read(stored: Records, kind: Kind, held: dict[str, tuple[str, Record]]) -> dict[str, tuple[str, Record]]:
    now = stored.hashes(kind)
    changed = [name for name, mark in now.items() if name not in held or held[name][0] != mark]
    fresh = stored.many(kind, changed) if held else {record.id: record for record in stored.all(kind)}
    return {name: (now[name], fresh.get(name) or held[name][1]) for name in now if name in fresh or name in held}
