"""Taking changes of an import back, some rows of one table at a time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from matcher.domain.records import RECORD_KINDS, Kind
from matcher.store.changes import Change, Changes, Done
from matcher.store.dependents import needed_by_others
from matcher.store.outcomes import Outcomes
from matcher.store.registers import Registers
from matcher.store.repositories import Records
from matcher.store.upserts import Revision
from matcher.wording import Word


class Kept(Word):
    """Why a row stays as it is."""

    CHANGED = "changed", "此后又被修改", "was changed since"
    GONE = "gone", "此后已被删除", "was deleted since"
    NEEDED = "needed", "已有其他内容用到它", "something else needs it by now"
    WITHDRAWN = (
        "withdrawn",
        "所有者撤回的内容不再保存，请重新导入",
        "what its owner withdrew is not kept; import it again",
    )
    ERASED = "erased", "原内容已不再保存", "what it said before is no longer kept"


@dataclass(frozen=True, slots=True)
class Left:
    """A row that was not taken back."""

    kind: Kind
    key: str
    why: Kept


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of some changes: rows that were deleted, that say again what they said, and that stay."""

    deleted: int
    restored: int
    left: Sequence[Left]


def taken_back(connection: sa.Connection, changes: Sequence[Change], now: datetime) -> Taken:
    """Take changes of one table back. A row that somebody changed since stays, as does one that others need."""
    return _Batch(connection, changes, now).undo()


class _Batch:
    """Some changes of one table, within one transaction."""

    def __init__(self, connection: sa.Connection, changes: Sequence[Change], now: datetime) -> None:
        Revision(connection)  # its lock: nobody writes records meanwhile
        self._connection = connection
        self._stored = Changes(connection)
        self._changes = changes
        self._kind = changes[0].kind
        self._now = now
        self._current = self._stored.current(changes)
        self._earlier = self._stored.earlier(changes)

    def undo(self) -> Taken:
        verdicts = {change: self._why_kept(change) for change in self._changes}
        free = [change for change, why in verdicts.items() if why is None]
        added = [change for change in free if change.done is Done.NEW and change.key in self._current]
        needed = self._needed(added)
        verdicts |= dict.fromkeys(needed, Kept.NEEDED)
        deleted = self._delete([self._current[change.key].key for change in added if change not in needed])
        earlier = [self._earlier[change.before] for change in free if change.before is not None]
        self._restore(earlier)
        self._stored.forget(change for change, why in verdicts.items() if why is None)
        left = [Left(self._kind, _shown(change.key), why) for change, why in verdicts.items() if why is not None]
        return Taken(deleted, len(earlier), left)

    def _why_kept(self, change: Change) -> Kept | None:
        there = self._current.get(change.key)
        if change.done is Done.WITHDRAWN:
            return Kept.WITHDRAWN
        if there is None:  # what was new and is gone needs no undoing
            return None if change.done is Done.NEW else Kept.GONE
        if there.content_hash != change.content_hash:
            return Kept.CHANGED
        erased = change.done is Done.UPDATED and change.before not in self._earlier
        return Kept.ERASED if erased else None

    def _needed(self, added: Sequence[Change]) -> set[Change]:
        """Those of the rows that something else names. Only what has an id can be named."""
        ids = {change: key[0] for change in added if len(key := json.loads(change.key)) == 1}
        named = needed_by_others(self._connection, self._kind, list(ids.values()))
        return {change for change, name in ids.items() if name in named}

    def _delete(self, keys: Iterable[tuple[Any, ...]]) -> int:
        if self._kind in RECORD_KINDS:
            return Records(self._connection).delete(self._kind, [key[0] for key in keys]).records
        if self._kind is Kind.OUTCOMES:
            return Outcomes(self._connection).forget(keys)
        return Registers(self._connection).delete(self._kind, list(keys))

    def _restore(self, rows: Sequence[Any]) -> None:
        if self._kind in RECORD_KINDS:
            Records(self._connection).upsert(rows, self._now)
        elif self._kind is Kind.OUTCOMES:
            Outcomes(self._connection).upsert(rows, self._now)
        else:
            Registers(self._connection).upsert(rows, self._now)


def _shown(key: str) -> str:
    return " / ".join(map(str, json.loads(key)))
