"""Where records, facts and their history, decisions and wishes name a person, and how it is taken out of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from matcher.domain.columns import references
from matcher.domain.records import FACT_KINDS, KEYS, TYPES, Kind
from matcher.domain.subjects import Mention, Subject
from matcher.store.case_tables import case_events, case_notes, case_tasks, introductions
from matcher.store.digest_tables import digests
from matcher.store.feedback import feedback
from matcher.store.fields import fields_of
from matcher.store.mandates import mandates
from matcher.store.repositories import read
from matcher.store.rows import FACT_PLANS, RECORD_PLANS, Plan
from matcher.store.tables import controls, history, identities
from matcher.store.upserts import Revision

FREE_TEXTS: Mapping[sa.Table, tuple[str, ...]] = {
    case_events: ("said",),
    case_notes: ("text",),
    case_tasks: ("text",),
    introductions: ("message", "left_reply", "right_reply"),
    feedback: ("reason",),
    mandates: ("name", "text"),
    digests: ("items", "lines", "made_from"),
}
"""What people wrote to each other or for themselves, wherever it may name somebody."""


class Personal:
    """The tables of records, facts, history, identities, controls and free texts. Others have owners of their own."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def mentions(self, subject: Subject) -> Iterator[Mention]:
        """All places that name the person, or may."""
        for kind in Kind:
            for row in self._rows(_plan(kind)):
                yield from _of_row(subject, kind, row)
        for past in self._connection.execute(sa.select(history)):
            for name, value in past.content.items():
                yield from _one(subject, "history", str(past.id), name, value, _origin(past.content))
        for row in self._connection.execute(sa.select(identities)):
            key = "|".join((row.kind, row.alias, row.canonical))
            yield from _one(subject, "identities", key, "decided_by", row.decided_by)
        for row in self._connection.execute(sa.select(controls)):
            if subject.found("contact", row.owner):  # an owner is one person, as a contact is
                yield Mention("controls", str(row.id), "owner", row.owner, certain=True)
            yield from _one(subject, "controls", str(row.id), "reason", row.reason)
        yield from self._written(subject)

    def _written(self, subject: Subject) -> Iterator[Mention]:
        """Free texts that name the person, or may."""
        for table, names in FREE_TEXTS.items():
            for row in self._connection.execute(sa.select(table)).mappings():
                key = "|".join(str(row[column.name]) for column in table.primary_key.columns)
                for name in names:
                    yield from _one(subject, table.name, key, name, row[name])

    def erase(self, subject: Subject, places: Collection[str], now: datetime) -> int:
        """Take the person out of the places with these ids, and say out of how many.

        What a fact said is not kept in its history this time, and the history is corrected itself. Whoever imports the
        old file again brings the person back: the file has to be corrected as well.
        """
        return (
            sum(self._erase_rows(subject, kind, places, now) for kind in Kind)
            + self._erase_history(subject, places)
            + self._erase_beside(subject, places)
        )

    def _rows(self, plan: Plan[Any]) -> Iterator[Any]:
        return read(self._connection, plan, plan.select().order_by(*plan.key_columns))

    def _erase_rows(self, subject: Subject, kind: Kind, places: Collection[str], now: datetime) -> int:
        plan, done = _plan(kind), 0
        named = [(row, chosen) for row in self._rows(plan) if (chosen := _chosen(_of_row(subject, kind, row), places))]
        stamps: dict[str, Any] = {"changed_at": now}
        if named and "revision" in plan.table.c:
            stamps["revision"] = Revision(self._connection).bump()
        for row, chosen in named:
            cleared = {each.field: subject.without(each.field, getattr(row, each.field)) for each in chosen}
            values = plan.encode(dataclasses.replace(row, **cleared)) | stamps
            where = [column == values[column.name] for column in plan.key_columns]
            self._connection.execute(sa.update(plan.table).where(*where).values(values))
            done += len(chosen)
        return done

    def _erase_history(self, subject: Subject, places: Collection[str]) -> int:
        done = 0
        for past in self._connection.execute(sa.select(history)).all():
            fields = [name for name in past.content if f"history/{past.id}/{name}" in places]
            if fields:
                cleared = {name: subject.without(name, past.content[name]) for name in fields}
                changed = sa.update(history).where(history.c.id == past.id).values(content=past.content | cleared)
                self._connection.execute(changed)
                done += len(fields)
        return done

    def _erase_beside(self, subject: Subject, places: Collection[str]) -> int:
        """Decisions stay without who decided them; the wishes of somebody who is gone go."""
        chosen = [each for each in self.mentions(subject) if each.id in places]
        for each in chosen:
            if each.table == "identities":
                kind, alias, canonical = each.key.split("|")
                key = (identities.c.kind == kind, identities.c.alias == alias, identities.c.canonical == canonical)
                self._connection.execute(sa.update(identities).where(*key).values(decided_by=""))
            elif each.table == "controls" and each.field == "owner":
                self._connection.execute(sa.delete(controls).where(controls.c.id == int(each.key)))
            elif each.table == "controls":
                cleared = subject.without("reason", each.text)
                self._connection.execute(
                    sa.update(controls).where(controls.c.id == int(each.key)).values(reason=cleared)
                )
            else:
                self._blot(subject, each)
        return len(chosen)

    def _blot(self, subject: Subject, mention: Mention) -> None:
        """Take the person out of one free text."""
        table = next((each for each in FREE_TEXTS if each.name == mention.table), None)
        if table is None:
            return
        key = zip(table.primary_key.columns, mention.key.split("|"), strict=True)
        where = [sa.cast(column, sa.Text) == value for column, value in key]
        said = self._connection.scalar(sa.select(table.c[mention.field]).where(*where))
        cleared = {mention.field: subject.without(mention.field, said)}
        self._connection.execute(sa.update(table).where(*where).values(cleared))


def _plan(kind: Kind) -> Plan[Any]:
    return FACT_PLANS[kind] if kind in FACT_KINDS else RECORD_PLANS[kind]


def _of_row(subject: Subject, kind: Kind, row: Any) -> Iterator[Mention]:
    key = "|".join(str(getattr(row, name)) for name in KEYS[kind])
    origin = f"{row.source.file}:{row.source.row}"
    fixed = {*KEYS[kind], *(each.field for each in references(TYPES[kind]))}
    for field in fields_of(TYPES[kind]):
        if field.base is str and field.name not in fixed:
            yield from _one(subject, kind.value, key, field.name, getattr(row, field.name), origin)


def _one(subject: Subject, table: str, key: str, name: str, value: Any, origin: str = "") -> Iterator[Mention]:
    found = subject.found(name, value)
    if found is not None and value:
        shown = value if isinstance(value, str) else "；".join(map(str, _flat(value)))
        yield Mention(table, key, name, shown, found, origin)


def _flat(value: Any) -> list[Any]:
    return [f"{name}={each}" for name, each in value.items()] if isinstance(value, dict) else list(value)


def _origin(content: dict[str, Any]) -> str:
    return f"{content.get('source_file', '')}:{content.get('source_row', '')}"


def _chosen(mentions: Iterator[Mention], places: Collection[str]) -> list[Mention]:
    return [each for each in mentions if each.id in places]
