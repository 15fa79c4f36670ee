"""The registers of what happens to carriers, and the history of facts that were corrected."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_events()
    _create_periods()
    _create_filings()
    _create_resources()
    _create_arrangements()
    _create_contracts()
    _create_grants()
    op.create_table(
        "history",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", ID, nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_history_key", "history", ["kind", "key"])


def downgrade() -> None:
    for table in ("history", "grants", "contracts", "arrangements", "resources", "filings", "periods", "events"):
        op.drop_table(table)


def _columns(type_: Any, *names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, type_, nullable=nullable) for name in names]


def _bookkeeping() -> list[sa.Column[Any]]:
    return [
        *_columns(sa.Text(), "source_file", "content_hash"),
        *_columns(sa.BigInteger(), "source_row"),
        *_columns(MOMENT, "first_seen_at", "changed_at"),
    ]


def _create_events() -> None:
    op.create_table(
        "events",
        *_columns(ID, "id"),
        *_columns(sa.Text(), "carrier_id", "event", "document", "note"),
        *_columns(sa.Text(), "carrier_kind", "level", "grade", nullable=True),
        *_columns(sa.BigInteger(), "year", nullable=True),
        *_columns(sa.Date(), "decided_on", nullable=True),
        *_columns(sa.JSON(), "extra"),
        *_bookkeeping(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_events_carrier_id", "events", ["carrier_id"])


def _create_periods() -> None:
    op.create_table(
        "periods",
        *_columns(ID, "carrier_id", "period"),
        *_columns(sa.JSON(), "metrics", "extra"),
        *_columns(sa.Date(), "submitted_on", nullable=True),
        *_columns(sa.Text(), "submitted_by", "note"),
        *_bookkeeping(),
        sa.PrimaryKeyConstraint("carrier_id", "period"),
    )


def _create_filings() -> None:
    op.create_table(
        "filings",
        *_columns(ID, "id"),
        *_columns(sa.Text(), "carrier_id", "receiver_id", "receiver", "kind", "document", "note"),
        *_columns(sa.Date(), "filed_on", "started_on", "ended_on", nullable=True),
        *_columns(sa.JSON(), "extra"),
        *_bookkeeping(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_filings_carrier_id", "filings", ["carrier_id"])


def _create_resources() -> None:
    op.create_table(
        "resources",
        *_columns(ID, "id"),
        *_columns(
            sa.Text(), "name", "kind", "owner", "summary", "field", "region", "terms", "fee", "contact", "visibility"
        ),
        *_columns(sa.Text(), "owner_kind", nullable=True),
        *_columns(sa.JSON(), "keywords", "industry", "open_to", "extra"),
        *_columns(sa.Date(), "available_from", "available_until", nullable=True),
        *_bookkeeping(),
        sa.PrimaryKeyConstraint("id"),
    )


def _create_arrangements() -> None:
    op.create_table(
        "arrangements",
        *_columns(ID, "id"),
        *_columns(sa.Text(), "carrier_id", "kind", "party", "fund_id", "note"),
        *_columns(sa.Date(), "since", "until", nullable=True),
        *_columns(sa.JSON(), "extra"),
        *_bookkeeping(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_arrangements_carrier_id", "arrangements", ["carrier_id"])


def _create_contracts() -> None:
    op.create_table(
        "contracts",
        *_columns(ID, "id"),
        *_columns(
            sa.Text(),
            "name",
            "achievement_id",
            "project_id",
            "carrier_id",
            "seller",
            "buyer",
            "intermediary",
            "currency",
            "registration_no",
            "visibility",
            "note",
        ),
        *_columns(sa.Text(), "kind", "mode", "pricing", nullable=True),
        *_columns(sa.Date(), "publicised_on", "signed_on", "accepted_on", "registered_on", nullable=True),
        *_columns(sa.Boolean(), "written", nullable=True),
        *_columns(
            sa.Double(),
            "amount",
            "technology_amount",
            "technology_income",
            "broker_fee",
            "net_income",
            "reward",
            nullable=True,
        ),
        *_columns(sa.JSON(), "extra"),
        *_bookkeeping(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_contracts_carrier_id", "contracts", ["carrier_id"])


def _create_grants() -> None:
    op.create_table(
        "grants",
        *_columns(ID, "rule", "carrier_id"),
        *_columns(sa.Text(), "event_id", "state", "currency", "document", "note"),
        *_columns(sa.Double(), "amount", nullable=True),
        *_columns(sa.Date(), "applied_on", "paid_on", nullable=True),
        *_columns(sa.JSON(), "extra"),
        *_bookkeeping(),
        sa.PrimaryKeyConstraint("rule", "carrier_id"),
    )
    op.create_index("ix_grants_carrier_id", "grants", ["carrier_id"])
