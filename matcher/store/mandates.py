"""Standing queries, kept until they are deleted or the record they are about is withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from matcher.domain.mandates import Asked, Mandate
from matcher.domain.records import Kind
from matcher.store.tables import IdText, UtcDateTime, metadata
from matcher.store.versions import drop, overwrite

mandates = sa.Table(
    "mandates",
    metadata,
    sa.Column("id", IdText, primary_key=True),
    sa.Column("owner", IdText, nullable=False),
    sa.Column("organisation_id", IdText, nullable=False),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("record_kind", sa.Text(), nullable=False),
    sa.Column("record_id", IdText, nullable=False),
    sa.Column("text", sa.Text(), nullable=False),
    sa.Column("to", sa.Text(), nullable=False),
    sa.Column("must", sa.JSON(), nullable=False),
    sa.Column("ban", sa.JSON(), nullable=False),
    sa.Column("k", sa.Integer(), nullable=False),
    sa.Column("diverse", sa.Boolean(), nullable=False),
    sa.Column("made_at", UtcDateTime(), nullable=False),
    sa.Column("changed_at", UtcDateTime(), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
)
"""`record_kind` is empty for a question about a text, `to` for one about a record."""
sa.Index("ix_mandates_owner", mandates.c.owner)
sa.Index("ix_mandates_organisation", mandates.c.organisation_id)
sa.Index("ix_mandates_record", mandates.c.record_kind, mandates.c.record_id)


class Mandates:
    """The table of standing queries."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, mandate: Mandate) -> None:
        """Keep a new one."""
        self._connection.execute(sa.insert(mandates).values(**_values(mandate)))

    def get(self, mandate_id: str) -> Mandate | None:
        """The one of an id."""
        row = self._connection.execute(sa.select(mandates).where(mandates.c.id == mandate_id)).one_or_none()
        return _mandate(row._mapping) if row else None

    def of(self, account_id: str, organisation_id: str, after: str, limit: int) -> list[Mandate]:
        """Those of an account and of its organisation by id, those after an id."""
        mine = mandates.c.owner == account_id
        if organisation_id:
            mine = sa.or_(mine, mandates.c.organisation_id == organisation_id)
        query = sa.select(mandates).where(mine, mandates.c.id > after).order_by(mandates.c.id).limit(limit)
        return [_mandate(row._mapping) for row in self._connection.execute(query)]

    def all(self) -> list[Mandate]:
        """Everybody's, by id."""
        return [_mandate(row._mapping) for row in self._connection.execute(sa.select(mandates).order_by(mandates.c.id))]

    def change(self, mandate: Mandate) -> Mandate:
        """Write one over the version it names, and give it back with its new one.

        Raises:
            ConflictError: somebody else changed it meanwhile.
        """
        return replace(mandate, version=overwrite(self._connection, mandates, _values(mandate)))

    def delete(self, mandate: Mandate) -> None:
        """Delete the version that is named. Raises ConflictError like `change`."""
        drop(self._connection, mandates, _values(mandate))


def forget_mandates(connection: sa.Connection, kind: Kind, ids: Sequence[str]) -> None:
    """Drop the standing queries about these records."""
    about = (mandates.c.record_kind == kind.value, mandates.c.record_id.in_(ids))
    connection.execute(sa.delete(mandates).where(*about))


def _values(mandate: Mandate) -> dict[str, Any]:
    asked = mandate.asked
    return {
        **{name: getattr(mandate, name) for name in ("id", "owner", "organisation_id", "version")},
        **{name: getattr(asked, name) for name in ("name", "record_id", "text", "k", "diverse")},
        "record_kind": mandate.record_kind.value if mandate.record_kind else "",
        "to": asked.to.value if asked.to else "",
        "must": list(asked.must),
        "ban": list(asked.ban),
        "made_at": mandate.made_at,
        "changed_at": mandate.changed_at,
    }


def _mandate(row: sa.RowMapping) -> Mandate:
    asked = Asked(
        name=row["name"],
        record_id=row["record_id"],
        text=row["text"],
        to=Kind(row["to"]) if row["to"] else None,
        must=tuple(row["must"]),
        ban=tuple(row["ban"]),
        k=row["k"],
        diverse=row["diverse"],
    )
    return Mandate(
        id=row["id"],
        owner=row["owner"],
        organisation_id=row["organisation_id"],
        asked=asked,
        record_kind=Kind(row["record_kind"]) if row["record_kind"] else None,
        made_at=row["made_at"],
        changed_at=row["changed_at"],
        version=row["version"],
    )
