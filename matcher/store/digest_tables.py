"""The tables of digests: how people want them, what was composed and from what, and what was really told."""

from __future__ import annotations

import sqlalchemy as sa

from matcher.store.tables import IdText, UtcDateTime, metadata

digest_settings = sa.Table(
    "digest_settings",
    metadata,
    sa.Column("account_id", IdText, primary_key=True),
    sa.Column("frequency", sa.Text(), nullable=False),
    sa.Column("size", sa.Integer(), nullable=False),
    sa.Column("left_out", sa.JSON(), nullable=False),
    sa.Column("quiet_until", sa.Date(), nullable=True),
    sa.Column("version", sa.Integer(), nullable=False),
)
"""One row for each account that has set something."""

digest_receipts = sa.Table(
    "digest_receipts",
    metadata,
    sa.Column("id", IdText, primary_key=True),
    sa.Column("week", sa.Text(), nullable=False, unique=True),
    sa.Column("composed_at", UtcDateTime(), nullable=False),
    sa.Column("content", sa.JSON(), nullable=False),
)
"""One row for each composed week: the versions of all that decided, the terms, and how the solver ended."""

digests = sa.Table(
    "digests",
    metadata,
    sa.Column("id", IdText, primary_key=True),
    sa.Column("account_id", IdText, nullable=False),
    sa.Column("week", sa.Text(), nullable=False),
    sa.Column("receipt_id", IdText, nullable=False),
    sa.Column("language", sa.Text(), nullable=False),
    sa.Column("silence", sa.Text(), nullable=False),
    sa.Column("items", sa.JSON(), nullable=False),
    sa.Column("lines", sa.JSON(), nullable=False),
    sa.Column("made_from", sa.JSON(), nullable=False),
    sa.Column("composed_at", UtcDateTime(), nullable=False),
    sa.Column("told_at", UtcDateTime(), nullable=True),
    sa.UniqueConstraint("account_id", "week", name="uq_digests"),
)
"""`silence` is empty for a digest that is to be told. `made_from` is the account's part of the receipt."""
sa.Index("ix_digests_week", digests.c.week, digests.c.account_id)

digest_told = sa.Table(
    "digest_told",
    metadata,
    sa.Column("account_id", IdText, primary_key=True),
    sa.Column("kind", sa.Text(), primary_key=True),
    sa.Column("left_id", IdText, primary_key=True),
    sa.Column("right_id", IdText, primary_key=True),
    sa.Column("week", sa.Text(), primary_key=True),
    sa.Column("about", sa.Text(), nullable=False),
    sa.Column("record", sa.Text(), nullable=False),
    sa.Column("grounds", sa.Text(), nullable=False),
    sa.Column("told_at", UtcDateTime(), nullable=False),
    sa.Column("clicked_at", UtcDateTime(), nullable=True),
)
"""The pairs that a mail which was handed over really contained. `record` and `grounds` are fingerprints of what was
told: it is not told again while they stay the same. `clicked_at`: when its reader first opened the reasons from the
letter."""
sa.Index("ix_digest_told_week", digest_told.c.week)
sa.Index("ix_digest_told_left", digest_told.c.kind, digest_told.c.left_id)
sa.Index("ix_digest_told_right", digest_told.c.kind, digest_told.c.right_id)
