"""Digests: settings, receipts, what was composed, what was told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from matcher.store.tables import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def name(name: str) -> sa.Column[str]:
    return sa.Column(name, ID, nullable=False)


def text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def plain(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=False)


def moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime(), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "digest_settings",
        name("account_id"),
        text("frequency"),
        whole("size"),
        plain("left_out"),
        sa.Column("quiet_until", sa.Date(), nullable=True),
        whole("version"),
        sa.PrimaryKeyConstraint("account_id"),
    )
    op.create_table(
        "digest_receipts",
        name("id"),
        text("week"),
        moment("composed_at"),
        plain("content"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("week"),
    )
    op.create_table(
        "digests",
        name("id"),
        name("account_id"),
        text("week"),
        name("receipt_id"),
        *(text(column) for column in ("language", "silence")),
        *(plain(column) for column in ("items", "lines", "made_from")),
        moment("composed_at"),
        moment("told_at", nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account_id", "week", name="uq_digests"),
    )
    op.create_index("ix_digests_week", "digests", ["week", "account_id"])
    op.create_table(
        "digest_told",
        name("account_id"),
        text("kind"),
        name("left_id"),
        name("right_id"),
        *(text(column) for column in ("week", "about", "record", "grounds")),
        moment("told_at"),
        sa.PrimaryKeyConstraint("account_id", "kind", "left_id", "right_id", "week"),
    )
    op.create_index("ix_digest_told_week", "digest_told", ["week"])
    op.create_index("ix_digest_told_left", "digest_told", ["kind", "left_id"])
    op.create_index("ix_digest_told_right", "digest_told", ["kind", "right_id"])


def downgrade() -> None:
    for table in ("digest_told", "digests", "digest_receipts", "digest_settings"):
        op.drop_table(table)
