"""The tables of accounts and of what they did. Secrets are kept as hashes only."""

from __future__ import annotations

import sqlalchemy as sa

from matcher.store.tables import IdText, UtcDateTime, metadata

organisations = sa.Table(
    "organisations",
    metadata,
    sa.Column("id", IdText, primary_key=True),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("institutions", sa.JSON(), nullable=False),
    sa.Column("incubator_ids", sa.JSON(), nullable=False),
    sa.Column("fund_ids", sa.JSON(), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", IdText, primary_key=True),
    sa.Column("email", IdText, nullable=False, unique=True),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("role", sa.Text(), nullable=False),
    sa.Column("organisation_id", IdText, nullable=False),
    sa.Column("active", sa.Boolean(), nullable=False),
    sa.Column("language", sa.Text(), nullable=False),
    sa.Column("created_at", UtcDateTime(), nullable=False),
    sa.Column("issuer", sa.Text(), nullable=False),
    sa.Column("subject", sa.Text(), nullable=False),
    sa.Column("password_hash", sa.Text(), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
)
"""`password_hash` is empty while no password is set: nobody can sign in with one then."""

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_hash", sa.Text(), primary_key=True),
    sa.Column("account_id", IdText, nullable=False),
    sa.Column("csrf_hash", sa.Text(), nullable=False),
    sa.Column("expires_at", UtcDateTime(), nullable=False),
)

tokens = sa.Table(
    "tokens",
    metadata,
    sa.Column("id", IdText, primary_key=True),
    sa.Column("token_hash", sa.Text(), nullable=False, unique=True),
    sa.Column("account_id", IdText, nullable=False),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("scopes", sa.JSON(), nullable=False),
    sa.Column("created_at", UtcDateTime(), nullable=False),
    sa.Column("expires_at", UtcDateTime(), nullable=False),
)

resets = sa.Table(
    "resets",
    metadata,
    sa.Column("token_hash", sa.Text(), primary_key=True),
    sa.Column("account_id", IdText, nullable=False),
    sa.Column("expires_at", UtcDateTime(), nullable=False),
)
"""Letters by which a password may be set, once."""

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("key_hash", sa.Text(), nullable=False),
    sa.Column("made_at", UtcDateTime(), nullable=False),
)
"""What is to be slowed down: failed sign-ins and letters asked for, by a hash of the address that was named or used."""
sa.Index("ix_attempts_key", attempts.c.key_hash, attempts.c.made_at)

openings = sa.Table(
    "openings",
    metadata,
    sa.Column("kind", sa.Text(), primary_key=True),
    sa.Column("record_id", IdText, primary_key=True),
    sa.Column("organisation_id", IdText, primary_key=True),
    sa.Column("opened_by", IdText, nullable=False),
    sa.Column("opened_at", UtcDateTime(), nullable=False),
)
"""Records that were opened to an organisation one by one."""
sa.Index("ix_openings_organisation", openings.c.organisation_id)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("at", UtcDateTime(), nullable=False),
    sa.Column("account_id", IdText, nullable=False),
    sa.Column("operation", sa.Text(), nullable=False),
    sa.Column("target", sa.Text(), nullable=False),
    sa.Column("record_ids", sa.JSON(), nullable=False),
    sa.Column("request_id", sa.Text(), nullable=False),
    sqlite_autoincrement=True,
)
"""Who saw, changed or sent what. A trigger of the database refuses to change or delete a row."""
sa.Index("ix_audit_account", audit.c.account_id, audit.c.id)

answers = sa.Table(
    "answers",
    metadata,
    sa.Column("account_id", IdText, primary_key=True),
    sa.Column("key", IdText, primary_key=True),
    sa.Column("fingerprint", sa.Text(), nullable=False),
    sa.Column("status", sa.Integer(), nullable=False),
    sa.Column("headers", sa.JSON(), nullable=False),
    sa.Column("body", sa.Text(), nullable=False),
    sa.Column("made_at", UtcDateTime(), nullable=False),
)
"""What a writing request with an idempotency key was answered, so that the same request again is not done again."""
