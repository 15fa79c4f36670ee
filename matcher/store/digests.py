"""Digests as they were composed and told, and how people want theirs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from matcher.domain.digest_content import item_json, item_of, line_json, line_of
from matcher.domain.digests import Digest, DigestSettings, Frequency, Item, Silence, Topic
from matcher.domain.records import Kind, PairKind
from matcher.domain.weeks import Week
from matcher.store.digest_tables import digest_receipts, digest_settings, digest_told, digests
from matcher.store.upserts import CHUNK, insert_new
from matcher.store.versions import changed_meanwhile
from matcher.wording import Language

Plain = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What a week was composed from, as plain JSON values."""

    id: str
    week: Week
    composed_at: datetime
    content: Plain


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldPair:
    """A pair that somebody was told of: with what content, and on what grounds."""

    account_id: str
    kind: PairKind
    left_id: str
    right_id: str
    about: Kind
    week: Week
    record: str
    grounds: str
    told_at: datetime
    clicked_at: datetime | None = None
    """When its reader first opened the reasons from the letter."""


class Digests:
    """The tables of digests."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    # --- settings ---

    def settings(self, account_id: str) -> DigestSettings:
        """How an account wants its digests; the defaults while it has said nothing."""
        query = sa.select(digest_settings).where(digest_settings.c.account_id == account_id)
        row = self._connection.execute(query).one_or_none()
        return _settings(row._mapping) if row else DigestSettings(account_id=account_id)

    def all_settings(self) -> dict[str, DigestSettings]:
        """The settings of every account that has set something."""
        return {row.account_id: _settings(row._mapping) for row in self._connection.execute(sa.select(digest_settings))}

    def save_settings(self, settings: DigestSettings) -> DigestSettings:
        """Write settings over the version they name, and give them back with their new one.

        Raises:
            ConflictError: somebody else changed them meanwhile.
        """
        row = {
            "account_id": settings.account_id,
            "frequency": settings.frequency.value,
            "size": settings.size,
            "left_out": sorted(topic.value for topic in settings.left_out),
            "quiet_until": settings.quiet_until,
            "version": settings.version + 1,
        }
        seen = (digest_settings.c.account_id == settings.account_id, digest_settings.c.version == settings.version)
        changed = self._connection.execute(sa.update(digest_settings).where(*seen).values(row)).rowcount
        first = settings.version == DigestSettings(account_id="").version
        if not changed and not (first and insert_new(self._connection, digest_settings, row)):
            raise changed_meanwhile()
        return replace(settings, version=settings.version + 1)

    # --- what was composed ---

    def add(self, receipt: Receipt, composed: Iterable[tuple[Digest, Plain]]) -> bool:
        """Keep a composed week, each digest with its part of the receipt; False where the week is composed already."""
        row = {"id": receipt.id, "week": str(receipt.week), "composed_at": receipt.composed_at}
        insert = sa.select(digest_receipts.c.id).where(digest_receipts.c.week == str(receipt.week))
        if self._connection.execute(insert.with_for_update()).first():
            return False
        self._connection.execute(sa.insert(digest_receipts).values(row | {"content": dict(receipt.content)}))
        rows = [_row(digest) | {"made_from": dict(made_from)} for digest, made_from in composed]
        for start in range(0, len(rows), CHUNK):
            self._connection.execute(sa.insert(digests), rows[start : start + CHUNK])
        return True

    def drop(self, week: Week) -> bool:
        """Forget a composed week that nobody was told of yet; False where somebody was."""
        told = sa.select(sa.func.count()).where(digests.c.week == str(week), digests.c.told_at.is_not(None))
        if self._connection.scalar(told):
            return False
        for table in (digests, digest_receipts):
            self._connection.execute(sa.delete(table).where(table.c.week == str(week)))
        return True

    def receipt(self, week: Week) -> Receipt | None:
        """The receipt of a week; None while it is not composed."""
        row = self._connection.execute(sa.select(digest_receipts).where(digest_receipts.c.week == str(week))).first()
        return Receipt(**{**row._mapping, "week": Week(row.week)}) if row else None

    def parts(self, week: Week) -> dict[str, Plain]:
        """Each account's part of the week's receipt, in the order of the accounts."""
        query = sa.select(digests.c.account_id, digests.c.made_from).where(digests.c.week == str(week))
        return {row[0]: row[1] for row in self._connection.execute(query.order_by(digests.c.account_id))}

    def composed(self, week: Week, *, silent: bool = False) -> Iterator[Digest]:
        """The digests of a week that are to be told, or all of them, in the order of the accounts."""
        query = _DIGESTS.where(digests.c.week == str(week)).order_by(digests.c.account_id)
        if not silent:
            query = query.where(digests.c.silence == "")
        return map(_digest, self._connection.execute(query))

    def get(self, digest_id: str) -> Digest | None:
        """The digest of an id."""
        return self._one(digests.c.id == digest_id)

    def of(self, account_id: str, week: Week) -> Digest | None:
        """What an account is told of a week."""
        return self._one(sa.and_(digests.c.account_id == account_id, digests.c.week == str(week)))

    def archive(self, account_id: str, before: str = "", limit: int = 100) -> list[Digest]:
        """The digests of an account that are not silent, the latest first; those of weeks before one."""
        query = _DIGESTS.where(digests.c.account_id == account_id, digests.c.silence == "")
        if before:
            query = query.where(digests.c.week < before)
        return [_digest(row) for row in self._connection.execute(query.order_by(digests.c.week.desc()).limit(limit))]

    def counts(self, before: str = "", limit: int = 100) -> dict[Week, dict[str, int]]:
        """How many digests each composed week has by silence (empty: to be told), the latest week first."""
        latest = sa.select(digest_receipts.c.week).order_by(digest_receipts.c.week.desc()).limit(limit)
        if before:
            latest = latest.where(digest_receipts.c.week < before)
        weeks = [Week(week) for week in self._connection.scalars(latest)]
        grouped = sa.select(digests.c.week, digests.c.silence, sa.func.count()).group_by(
            digests.c.week, digests.c.silence
        )
        counted: dict[Week, dict[str, int]] = {week: {} for week in weeks}
        for week, silence, count in self._connection.execute(grouped.where(digests.c.week.in_(map(str, weeks)))):
            counted[Week(week)][silence] = count
        return counted

    # --- what was told ---

    def mark_told(self, digest: Digest, item_ids: Collection[str], at: datetime) -> None:
        """Note what a mail that was handed over really contained. Noted again, it changes nothing."""
        first = (digests.c.id == digest.id, digests.c.told_at.is_(None))
        self._connection.execute(sa.update(digests).where(*first).values(told_at=at))
        for item in digest.items:
            if item.id in item_ids:
                row = {name: getattr(item, name) for name in ("left_id", "right_id", "record", "grounds")}
                row |= {"account_id": digest.account_id, "kind": item.kind.value, "about": item.about.value}
                insert_new(self._connection, digest_told, row | {"week": str(digest.week), "told_at": at})

    def told(self, since: Week, until: Week) -> list[ToldPair]:
        """The pairs that anybody was told of in the weeks from `since` to before `until`, in a fixed order."""
        return self._told(digest_told.c.week >= str(since), digest_told.c.week < str(until))

    def clicked(self, account_id: str) -> list[ToldPair]:
        """The pairs whose reasons an account opened from a letter."""
        return self._told(digest_told.c.account_id == account_id, digest_told.c.clicked_at.is_not(None))

    def mark_clicked(self, account_id: str, week: Week, item: Item, at: datetime) -> None:
        """Note that the reader of an item opened its reasons. Noted again, it changes nothing."""
        row = _told_row(account_id, item.kind, item.left_id, item.right_id, week)
        self._connection.execute(
            sa.update(digest_told).where(row, digest_told.c.clicked_at.is_(None)).values(clicked_at=at)
        )

    def forget_click(self, told: ToldPair) -> None:
        """Forget that a reader opened the reasons of a pair."""
        row = _told_row(told.account_id, told.kind, told.left_id, told.right_id, told.week)
        self._connection.execute(sa.update(digest_told).where(row).values(clicked_at=None))

    def _told(self, *wanted: sa.ColumnElement[bool]) -> list[ToldPair]:
        columns = [digest_told.c[name] for name in ToldPair.__dataclass_fields__]
        query = sa.select(*columns).where(*wanted).order_by(*digest_told.primary_key.columns)
        return [
            ToldPair(**{**row._mapping, "kind": PairKind(row.kind), "about": Kind(row.about), "week": Week(row.week)})
            for row in self._connection.execute(query)
        ]

    def last_told(self, before: Week) -> dict[str, Digest]:
        """The last digest that each account was really told, of the weeks before one."""
        told = (digests.c.told_at.is_not(None), digests.c.week < str(before))
        last = sa.select(digests.c.account_id, sa.func.max(digests.c.week).label("week")).where(*told)
        last_of = last.group_by(digests.c.account_id).subquery()
        same = sa.and_(digests.c.account_id == last_of.c.account_id, digests.c.week == last_of.c.week)
        found = map(_digest, self._connection.execute(_DIGESTS.join(last_of, same)))
        return {digest.account_id: digest for digest in found}

    def last_week(self, account_id: str, before: Week) -> Week | None:
        """The last week before one of which an account was really told."""
        told = (digests.c.account_id == account_id, digests.c.told_at.is_not(None), digests.c.week < str(before))
        week = self._connection.scalar(sa.select(sa.func.max(digests.c.week)).where(*told))
        return Week(week) if week else None

    def told_at(self, digest_id: str) -> datetime | None:
        """When a digest was told; None while it was not."""
        return self._connection.scalar(sa.select(digests.c.told_at).where(digests.c.id == digest_id))

    def _one(self, where: sa.ColumnElement[bool]) -> Digest | None:
        row = self._connection.execute(_DIGESTS.where(where)).one_or_none()
        return _digest(row) if row else None


_DIGESTS = sa.select(*(column for column in digests.c if column.name not in ("made_from", "told_at")))


def _told_row(account_id: str, kind: PairKind, left_id: str, right_id: str, week: Week) -> sa.ColumnElement[bool]:
    key = {"account_id": account_id, "kind": kind.value, "left_id": left_id, "right_id": right_id, "week": str(week)}
    return sa.and_(*(digest_told.c[name] == value for name, value in key.items()))


def _settings(row: sa.RowMapping) -> DigestSettings:
    words = {"frequency": Frequency(row["frequency"]), "left_out": frozenset(map(Topic, row["left_out"]))}
    return DigestSettings(**{**row, **words})


def _row(digest: Digest) -> dict[str, Any]:
    told = {name: getattr(digest, name) for name in ("id", "account_id", "receipt_id", "composed_at")}
    words = {"week": str(digest.week), "language": digest.language.value, "silence": digest.silence or ""}
    items, lines = map(item_json, digest.items), map(line_json, digest.lines)
    return told | words | {"items": list(items), "lines": list(lines), "told_at": None}


def _digest(row: sa.Row[Any]) -> Digest:
    lists: dict[str, Sequence[Any]] = {
        "items": tuple(map(item_of, row.items)),
        "lines": tuple(map(line_of, row.lines)),
    }
    words = {
        "week": Week(row.week),
        "language": Language(row.language),
        "silence": Silence(row.silence) if row.silence else None,
    }
    return Digest(**{**row._mapping, **words, **lists})
