"""The tables of deliveries: what goes to whom, every attempt, addresses that get no mail, and keys of links."""

from __future__ import annotations

import sqlalchemy as sa

from matcher.store.tables import IdText, UtcDateTime, metadata

deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("id", IdText, primary_key=True),
    sa.Column("account_id", IdText, nullable=False),
    sa.Column("week", sa.Text(), nullable=False),
    sa.Column("way", sa.Text(), nullable=False),
    sa.Column("digest_id", IdText, nullable=False),
    sa.Column("state", sa.Text(), nullable=False),
    sa.Column("attempts", sa.Integer(), nullable=False),
    sa.Column("due_at", UtcDateTime(), nullable=False),
    sa.Column("holder", sa.Text(), nullable=False),
    sa.Column("claimed_at", UtcDateTime(), nullable=True),
    sa.Column("handed", sa.JSON(), nullable=False),
    sa.Column("withheld", sa.Text(), nullable=False),
    sa.Column("sent_at", UtcDateTime(), nullable=True),
    sa.UniqueConstraint("account_id", "week", "way", name="uq_deliveries"),
)
"""`holder` is the claim of the process that sends it; empty when none does."""
sa.Index("ix_deliveries_week", deliveries.c.week, deliveries.c.state, deliveries.c.due_at)

delivery_attempts = sa.Table(
    "delivery_attempts",
    metadata,
    sa.Column("delivery_id", IdText, primary_key=True),
    sa.Column("number", sa.Integer(), primary_key=True),
    sa.Column("way", sa.Text(), nullable=False),
    sa.Column("at", UtcDateTime(), nullable=False),
    sa.Column("outcome", sa.Text(), nullable=False),
    sa.Column("said", sa.Text(), nullable=False),
)
"""Written before a letter is handed over: an empty outcome is an attempt whose process died in the middle of it."""
sa.Index("ix_delivery_attempts_at", delivery_attempts.c.way, delivery_attempts.c.at)

suppressions = sa.Table(
    "suppressions",
    metadata,
    sa.Column("address", IdText, primary_key=True),
    sa.Column("cause", sa.Text(), nullable=False),
    sa.Column("since", UtcDateTime(), nullable=False),
    sa.Column("note", sa.Text(), nullable=False),
)
"""Addresses that get no mail, in small letters."""

bounces = sa.Table(
    "bounces",
    metadata,
    sa.Column("id", IdText, primary_key=True),
    sa.Column("address", IdText, nullable=False),
    sa.Column("hardness", sa.Text(), nullable=False),
    sa.Column("at", UtcDateTime(), nullable=False),
    sa.Column("said", sa.Text(), nullable=False),
    sa.Column("forgiven", sa.Boolean(), nullable=False),
)
"""Letters that came back. `forgiven` ones no longer count: somebody has taken the address off the list since."""
sa.Index("ix_bounces_address", bounces.c.address, bounces.c.at)

link_keys = sa.Table(
    "link_keys",
    metadata,
    sa.Column("number", sa.Integer(), primary_key=True),
    sa.Column("secret", sa.Text(), nullable=False),
    sa.Column("made_at", UtcDateTime(), nullable=False),
    sa.Column("until", UtcDateTime(), nullable=True),
    sqlite_autoincrement=True,
)
"""What links in letters are signed with: the newest signs, and each vouches for its links `until` it is retired."""
