"""Records and outcomes, read and written through one connection. All queries of the product are here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from matcher.domain.records import RECORD_KINDS, Kind, Record
from matcher.domain.visibility import Viewer
from matcher.errors import RecordNotFoundError, StoreError
from matcher.store.cases import forget_cases
from matcher.store.changes import note_withdrawn
from matcher.store.controls import forget
from matcher.store.digest_withdrawal import forget_digests
from matcher.store.facts import existing, forget_facts
from matcher.store.feedback import forget_feedback
from matcher.store.history import Replaced, erase, past, past_of
from matcher.store.mandates import forget_mandates
from matcher.store.rows import RECORD_PLANS, Plan, RowT, can_be_kept
from matcher.store.seen import deleted_since, seen_by
from matcher.store.suggestions import not_found
from matcher.store.tables import TABLES, deletions, revisions, state
from matcher.store.upserts import CHUNK, Counts, Revision, chunks, upsert
from matcher.wording import Said

Shown = Callable[[Record], bool]
HOLDING = sa.union_all(
    *(sa.select(sa.literal(kind.value)).where(TABLES[kind].c.id == sa.bindparam("record")) for kind in RECORD_KINDS)
)
"""The names of the tables that have one id."""
MOMENT = sa.select(state.c.revision, revisions.c.stamp, state.c.identity).select_from(
    state.outerjoin(revisions, revisions.c.revision == state.c.revision)
)


@dataclass(frozen=True, slots=True)
class Deleted:
    """How much a deletion took away: records, outcomes, and rows of registers."""

    records: int = 0
    outcomes: int = 0
    registers: int = 0

    def __add__(self, other: Deleted) -> Deleted:
        records, registers = self.records + other.records, self.registers + other.registers
        return Deleted(records, self.outcomes + other.outcomes, registers)


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a record was first seen and last changed (UTC), the revision of that change, and a hash of its content."""

    first_seen_at: datetime
    changed_at: datetime
    revision: int
    content_hash: str


class Records:
    """The four tables of records. `kind` is one of `RECORD_KINDS` throughout."""

    def __init__(self, connection: sa.Connection, import_id: int | None = None) -> None:
        self._connection = connection
        self._import_id = import_id

    def upsert(self, rows: Sequence[Record], now: datetime) -> Counts:
        """Write records; those whose content is known stay untouched, their source and revision too.

        Raises:
            StoreError: no database can keep a value of a row. Part of the rows may then be written: roll back.
        """
        by_kind: dict[Kind, list[Record]] = {}
        for row in rows:
            by_kind.setdefault(row.table, []).append(row)
        revision = Revision(self._connection, self._import_id)
        counts = Counts()
        for kind, group in by_kind.items():
            counts += upsert(revision, RECORD_PLANS[kind], group, now)
        return counts

    def get(self, kind: Kind, record_id: str, shown: Shown = lambda _: True) -> Record:
        """One record. Raises `RecordNotFoundError`, which names ids that look alike."""
        found = self.many(kind, [record_id]).get(record_id)
        if found and shown(found):
            return found
        unknown = self.unknown(record_id, shown, (kind,))  # one that is not shown takes as long
        if found is None:
            raise unknown
        return found

    def find(self, record_id: str, shown: Shown = lambda _: True) -> Record:
        """The record with this id in whatever table. Only records that are `shown` are named in any error.

        Raises:
            RecordNotFoundError: no table has it; ids that look alike are named.
            StoreError: more than one table has it.
        """
        tables = self._holding(record_id) if can_be_kept(record_id) else []
        found = [record for kind in tables for record in self.many(kind, [record_id]).values()]
        known = list(filter(shown, found))
        unknown = None if known else self.unknown(record_id, shown)  # one that is not shown takes as long
        if len(known) > 1:
            named = [record.table.value for record in known]
            zh, en = "、".join(named), " and ".join(named)
            raise StoreError(
                Said(f"编号 {record_id} 同时出现在 {zh} 中。", f"The id {record_id} occurs in {en}."),
                Said("请指明是哪个表，或修改其中一个编号。", "Say which table is meant, or change one of the ids."),
            )
        if not found and unknown:
            raise unknown
        return (known or found)[0]

    def unknown(self, record_id: str, shown: Shown, kinds: Sequence[Kind] = RECORD_KINDS) -> RecordNotFoundError:
        """The error for an id that no table has, or none that is `shown`; it tells the two not apart."""
        return not_found(self._connection, record_id, kinds, lambda kind, ids: self._shown(kind, ids, shown))

    def _holding(self, record_id: str) -> list[Kind]:
        """The tables that have this id."""
        held = set(self._connection.scalars(HOLDING, {"record": record_id}))
        return [kind for kind in RECORD_KINDS if kind.value in held]

    def _shown(self, kind: Kind, ids: Iterable[str], shown: Shown) -> list[str]:
        return [record.id for record in self.many(kind, ids).values() if shown(record)]

    def many(self, kind: Kind, ids: Iterable[str]) -> dict[str, Record]:
        """The records of these ids, in the order of the ids; unknown ids are left out."""
        plan, column = RECORD_PLANS[kind], TABLES[kind].c.id
        found: dict[str, Record] = {}
        for chunk in chunks(filter(can_be_kept, ids)):
            rows = {row.id: row for row in self._read(plan, plan.select().where(column.in_(chunk)))}
            found.update((each, rows[each]) for each in chunk if each in rows)
        return found

    def saying(self, kind: Kind, values: Mapping[str, Any]) -> list[Record]:
        """The records whose fields have exactly these values, by id."""
        plan = RECORD_PLANS[kind]
        return list(self._read(plan, plan.select().filter_by(**values).order_by(plan.table.c.id)))

    def all(self, kind: Kind) -> Iterator[Record]:
        """All records of a table by id, streamed."""
        plan = RECORD_PLANS[kind]
        return self._read(plan, plan.select().order_by(plan.table.c.id))

    def page(self, kind: Kind, viewer: Viewer, after: str, limit: int) -> list[Record]:
        """Records by id, those after an id, that the viewer may see."""
        plan = RECORD_PLANS[kind]
        where = (plan.table.c.id > after, seen_by(viewer, kind))
        return list(self._read(plan, plan.select().where(*where).order_by(plan.table.c.id).limit(limit)))

    def beyond(self, viewer: Viewer) -> frozenset[tuple[Kind, str]]:
        """The records that the viewer sees only because they are their own or were opened to them."""
        if not (viewer.institutions or viewer.carriers or viewer.opened):
            return frozenset()
        plain = Viewer(viewer.clearance)
        found = (
            (kind, sa.select(TABLES[kind].c.id).where(seen_by(viewer, kind), sa.not_(seen_by(plain, kind))))
            for kind in (Kind.ACHIEVEMENTS, Kind.PROJECTS)
        )
        return frozenset((kind, name) for kind, query in found for name in self._connection.scalars(query))

    def changed_since(self, kind: Kind, revision: int) -> Iterator[Record]:
        """Records that were added or changed after a revision, by id, streamed."""
        plan = RECORD_PLANS[kind]
        return self._read(plan, plan.select().where(plan.table.c.revision > revision).order_by(plan.table.c.id))

    def deleted_since(self, kind: Kind, revision: int) -> list[str]:
        """Ids deleted after a revision and not there again."""
        return list(self._connection.scalars(deleted_since(kind, revision).order_by(deletions.c.id)))

    def existing(self, kind: Kind, ids: Iterable[str]) -> set[str]:
        """Those of the ids that a record has."""
        return existing(self._connection, kind, ids)

    def stamps(self, kind: Kind, ids: Iterable[str]) -> dict[str, Stamp]:
        """When the records of these ids came and changed."""
        table = TABLES[kind]
        columns = (table.c.first_seen_at, table.c.changed_at, table.c.revision, table.c.content_hash)
        query = sa.select(table.c.id, *columns)
        return {
            row[0]: Stamp(*row[1:])
            for chunk in chunks(filter(can_be_kept, ids))
            for row in self._connection.execute(query.where(table.c.id.in_(chunk)))
        }

    def history(self, kind: Kind, record_id: str) -> list[Replaced[Record]]:
        """What the record said before it was changed, the oldest first."""
        return past(self._connection, RECORD_PLANS[kind], record_id)

    def earlier(self, kind: Kind, ids: Iterable[str]) -> dict[str, list[Record]]:
        """What these records said before they were changed, the latest first."""
        found: dict[str, list[Record]] = {}
        for chunk in chunks(ids):
            of_chunk = past_of(self._connection, RECORD_PLANS[kind], chunk)
            found |= {str(record_id): rows for record_id, rows in of_chunk.items()}
        return found

    def delete(self, kind: Kind, ids: Iterable[str]) -> Deleted:
        """Delete records, what people wished, said and asked of them, their cases, and the facts that need them.

        Unknown ids are passed over.
        """
        revision = Revision(self._connection)
        deleted = Deleted()
        for chunk in chunks(ids):
            present = sorted(self.existing(kind, chunk))
            if present:
                deleted += self._delete_chunk(kind, present, revision.bump())
        return deleted

    def count(self) -> dict[Kind, int]:
        """Number of rows of every table, facts among them."""
        counted = sa.select(*(sa.select(sa.func.count()).select_from(TABLES[kind]).scalar_subquery() for kind in Kind))
        return dict(zip(Kind, self._connection.execute(counted).one(), strict=True))

    def revision(self) -> int:
        """The revision of the last change of a record or an outcome; 0 for an empty database."""
        return int(self._connection.execute(sa.select(state.c.revision)).scalar_one())

    def stamp(self, revision: int) -> str:
        """The random stamp of a revision; empty for one that this database never had, and for 0."""
        found = self._connection.scalar(sa.select(revisions.c.stamp).where(revisions.c.revision == revision))
        return str(found or "")

    def moment(self) -> tuple[int, str, str]:
        """Revision, its stamp, and the database's identity, as one question."""
        revision, stamp, identity = self._connection.execute(MOMENT).one()
        return int(revision), str(stamp or ""), str(identity)

    def identity(self) -> str:
        """A random name that this database got when it was created."""
        return str(self._connection.execute(sa.select(state.c.identity)).scalar_one())

    def _read(self, plan: Plan[RowT], query: sa.Select[Any]) -> Iterator[RowT]:
        return read(self._connection, plan, query)

    def _delete_chunk(self, kind: Kind, ids: list[str], revision: int) -> Deleted:
        taken = forget_facts(self._connection, kind, ids)
        erase(self._connection, kind, ids)
        if self._import_id is not None:
            note_withdrawn(self._connection, self._import_id, kind, ids)
        for drop in (forget, forget_feedback, forget_mandates, forget_cases, forget_digests):
            drop(self._connection, kind, ids)
        self._connection.execute(sa.delete(TABLES[kind]).where(TABLES[kind].c.id.in_(ids)))
        gone = [{"kind": kind.value, "id": each, "revision": revision} for each in ids]
        self._connection.execute(sa.insert(deletions), gone)
        return Deleted(len(ids), *taken)


def read(connection: sa.Connection, plan: Plan[RowT], query: sa.Select[Any]) -> Iterator[RowT]:
    """Stream the rows of a plan's query."""
    for values in connection.execute(query, execution_options={"yield_per": CHUNK}):
        yield plan.decode(values)
