"""Who was decided to be one with whom. Decisions name records and spellings; they never touch the records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa

from matcher.domain.identity import Decision
from matcher.domain.records import IdentityKind
from matcher.errors import StoreError
from matcher.store.rows import MAX_ID, can_be_kept
from matcher.store.tables import identities
from matcher.store.upserts import Counts, Revision
from matcher.wording import Said


class Decisions:
    """The table of decisions about identity. Whatever changes it raises the revision: what was loaded is stale."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def all(self) -> list[Decision]:
        """All decisions, the earliest first."""
        order = (identities.c.decided_at, identities.c.kind, identities.c.alias, identities.c.canonical)
        return [
            Decision(IdentityKind(row.kind), row.alias, row.canonical, row.same, row.decided_by, row.decided_at)
            for row in self._connection.execute(sa.select(identities).order_by(*order))
        ]

    def put(self, decisions: Sequence[Decision], now: datetime) -> Counts:
        """Write decisions; one about the same two replaces what was said before, whichever came first.

        Raises:
            StoreError: a name is empty, too long, or cannot be kept. Nothing is written then.
        """
        for each in decisions:
            _check(each)
        revision = Revision(self._connection)
        known = {_pair(each): each for each in self.all()}
        counts = Counts()
        for each in decisions:
            before = known.get(_pair(each))
            if before and (before.same, before.alias if before.same else "") == (
                each.same,
                each.alias if each.same else "",
            ):
                counts += Counts(unchanged=1)
                continue
            revision.bump()
            if before:
                self._delete(before)
            self._insert(each, now)
            known[_pair(each)] = each
            counts += Counts(updated=1) if before else Counts(new=1)
        return counts

    def remove(self, decisions: Iterable[Decision]) -> None:
        """Take decisions back."""
        revision = Revision(self._connection)
        for each in decisions:
            revision.bump()
            self._delete(each)

    def _insert(self, each: Decision, now: datetime) -> None:
        said = {"kind": each.kind.value, "alias": each.alias, "canonical": each.canonical, "same": each.same}
        by = {"decided_by": each.decided_by, "decided_at": now}
        self._connection.execute(sa.insert(identities).values(said | by))

    def _delete(self, each: Decision) -> None:
        key = (each.kind.value, each.alias, each.canonical)
        columns = (identities.c.kind, identities.c.alias, identities.c.canonical)
        self._connection.execute(
            sa.delete(identities).where(*(c == value for c, value in zip(columns, key, strict=True)))
        )


def _pair(each: Decision) -> tuple[str, frozenset[str]]:
    return each.kind.value, frozenset((each.alias, each.canonical))


def _check(each: Decision) -> None:
    for text in (each.alias, each.canonical):
        if not (0 < len(text) <= MAX_ID and can_be_kept(text)):
            shown = ascii(text)[:80]
            raise StoreError(
                Said(
                    f"名称不能保存（空、超过 {MAX_ID} 字或含无效字符）：{shown}。",
                    f"A name that cannot be kept (empty, over {MAX_ID} characters, or invalid): {shown}.",
                ),
                Said("请改正后重试。", "Correct it and try again."),
            )
