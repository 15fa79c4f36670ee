"""Deliveries: what goes to whom, every attempt, addresses that get no mail, bounces, keys of links."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from matcher.store.tables import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def name(name: str) -> sa.Column[str]:
    return sa.Column(name, ID, nullable=False)


def text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime(), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "deliveries",
        *(name(column) for column in ("id", "account_id")),
        *(text(column) for column in ("week", "way")),
        name("digest_id"),
        text("state"),
        whole("attempts"),
        moment("due_at"),
        text("holder"),
        moment("claimed_at", nullable=True),
        sa.Column("handed", sa.JSON(), nullable=False),
        text("withheld"),
        moment("sent_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "week", "way", name="uq_deliveries"),
    )
    op.create_index("ix_deliveries_week", "deliveries", ["week", "state", "due_at"])
    op.create_table(
        "delivery_attempts",
        name("delivery_id"),
        whole("number"),
        text("way"),
        moment("at"),
        *(text(column) for column in ("outcome", "said")),
        sa.PrimaryKeyConstraint("delivery_id", "number"),
    )
    op.create_index("ix_delivery_attempts_at", "delivery_attempts", ["way", "at"])
    op.create_table(
        "suppressions",
        name("address"),
        text("cause"),
        moment("since"),
        text("note"),
        sa.PrimaryKeyConstraint("address"),
    )
    op.create_table(
        "bounces",
        *(name(column) for column in ("id", "address")),
        text("hardness"),
        moment("at"),
        text("said"),
        sa.Column("forgiven", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_bounces_address", "bounces", ["address", "at"])
    op.create_table(
        "link_keys",
        whole("number"),
        text("secret"),
        moment("made_at"),
        moment("until", nullable=True),
        sa.PrimaryKeyConstraint("number"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    for table in ("link_keys", "bounces", "suppressions", "delivery_attempts", "deliveries"):
        op.drop_table(table)
