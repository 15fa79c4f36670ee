"""Records that were read before: a table is read again only as far as it has changed."""

from __future__ import annotations

from matcher.domain.records import Kind, Record
from matcher.store.repositories import Records

Held = dict[str, tuple[str, Record]]
"""By id the content hash and the record."""


class Remembered:
    """All records of a table, the unchanged ones from memory; who reads them decides what a viewer may see."""

    def __init__(self) -> None:
        self._held: dict[Kind, Held] = {}

    def all(self, stored: Records, kind: Kind) -> list[Record]:
        """What `Records.all` reads."""
        held, now = self._held.get(kind, {}), stored.hashes(kind)
        changed = [name for name, mark in now.items() if name not in held or held[name][0] != mark]
        fresh = stored.many(kind, changed) if held else {record.id: record for record in stored.all(kind)}
        records = {name: fresh.get(name) or held[name][1] for name in now if name in fresh or name in held}
        self._held[kind] = {name: (now[name], record) for name, record in records.items()}
        return list(records.values())
