"""Accounts, ways in, openings, the audit and the answers to writing requests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from matcher.store.tables import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
TABLES = ("answers", "audit", "openings", "attempts", "resets", "tokens", "sessions", "accounts", "organisations")

REFUSED_BY_SQLITE = """
CREATE TRIGGER audit_no_{verb} BEFORE {verb} ON audit
BEGIN SELECT RAISE(ABORT, 'the audit is only ever added to'); END
"""
REFUSED_BY_POSTGRES = (
    """
    CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the audit is only ever added to'; END $$
    """,
    """
    CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
    """,
)


def text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def name(name: str) -> sa.Column[str]:
    return sa.Column(name, ID, nullable=False)


def moment(name: str) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime(), nullable=False)


def whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def listed(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "organisations",
        name("id"),
        text("name"),
        listed("institutions"),
        listed("incubator_ids"),
        listed("fund_ids"),
        whole("version"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "accounts",
        name("id"),
        name("email"),
        text("name"),
        text("role"),
        name("organisation_id"),
        sa.Column("active", sa.Boolean(), nullable=False),
        text("language"),
        moment("created_at"),
        text("issuer"),
        text("subject"),
        text("password_hash"),
        whole("version"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
    )
    op.create_table(
        "sessions",
        text("token_hash"),
        name("account_id"),
        text("csrf_hash"),
        moment("expires_at"),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_table(
        "tokens",
        name("id"),
        text("token_hash"),
        name("account_id"),
        text("name"),
        listed("scopes"),
        moment("created_at"),
        moment("expires_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_table(
        "resets",
        text("token_hash"),
        name("account_id"),
        moment("expires_at"),
        sa.PrimaryKeyConstraint("token_hash"),
    )
    op.create_table("attempts", whole("id"), text("key_hash"), moment("made_at"), sa.PrimaryKeyConstraint("id"))
    op.create_index("ix_attempts_key", "attempts", ["key_hash", "made_at"])
    op.create_table(
        "openings",
        text("kind"),
        name("record_id"),
        name("organisation_id"),
        name("opened_by"),
        moment("opened_at"),
        sa.PrimaryKeyConstraint("kind", "record_id", "organisation_id"),
    )
    op.create_index("ix_openings_organisation", "openings", ["organisation_id"])
    op.create_table(
        "audit",
        whole("id"),
        moment("at"),
        name("account_id"),
        text("operation"),
        text("target"),
        listed("record_ids"),
        text("request_id"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_account", "audit", ["account_id", "id"])
    op.create_table(
        "answers",
        name("account_id"),
        name("key"),
        text("fingerprint"),
        whole("status"),
        listed("headers"),
        text("body"),
        moment("made_at"),
        sa.PrimaryKeyConstraint("account_id", "key"),
    )
    if op.get_bind().dialect.name == "postgresql":
        statements: tuple[str, ...] = REFUSED_BY_POSTGRES
    else:
        statements = tuple(REFUSED_BY_SQLITE.format(verb=verb) for verb in ("UPDATE", "DELETE"))
    for statement in statements:
        op.execute(statement)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_is_append_only")
