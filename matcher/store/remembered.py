"""Records that were read before: a table is read again only as far as it has changed."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.domain.records import Kind, Record
from matcher.store.repositories import Records


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

    def all(self, stored: Records, kind: Kind) -> list[Record]:
        """What `Records.all` reads."""
        held, stamp = self._held.get(kind), stored.stamp(stored.revision())
        if held is None or not stamp or held.stamp != stamp:
            held = self._held[kind] = Held(stamp, _read(stored, kind, held.records if held else {}))
        return [record for _, record in held.records.values()]


def _read(stored: Records, kind: Kind, held: dict[str, tuple[str, Record]]) -> dict[str, tuple[str, Record]]:
    now = stored.hashes(kind)
    changed = [name for name, mark in now.items() if name not in held or held[name][0] != mark]
    fresh = stored.many(kind, changed) if held else {record.id: record for record in stored.all(kind)}
    return {name: (now[name], fresh.get(name) or held[name][1]) for name in now if name in fresh or name in held}
