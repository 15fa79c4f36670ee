"""Cases, with what belongs to them: events, notes, tasks, attachments, introductions."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)
IS_OPEN = sa.text("phase NOT IN ('closed', 'closed_lost')")


def upgrade() -> None:
    _create_cases()
    op.create_table(
        "case_events",
        *_columns(sa.Text(), "case_id"),
        *_columns(sa.Integer(), "id"),
        *_columns(sa.Text(), "by", "what"),
        *_columns(MOMENT, "at"),
        *_columns(sa.JSON(), "said"),
        *_columns(sa.JSON(none_as_null=True), "outcome", "replaced", nullable=True),
        *_columns(sa.Integer(), "undoes", nullable=True),
        sa.PrimaryKeyConstraint("case_id", "id"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], ondelete="CASCADE"),
    )
    _create_of_case("case_notes", *_columns(sa.Text(), "id", "audience", "text"))
    _create_of_case(
        "case_tasks",
        *_columns(sa.Text(), "id", "text"),
        *_columns(sa.Date(), "due"),
        *_columns(sa.Text(), "assignee"),
        *_columns(MOMENT, "done_at", nullable=True),
        *_columns(sa.Text(), "done_by"),
    )
    op.create_index("ix_case_tasks_due", "case_tasks", ["due"])
    _create_of_case(
        "case_attachments",
        *_columns(sa.Text(), "id", "audience", "name", "media"),
        *_columns(sa.Integer(), "size"),
        *_columns(sa.Text(), "digest"),
    )
    op.create_table(
        "introductions",
        *_columns(sa.Text(), "id", "case_id", "by"),
        *_columns(MOMENT, "proposed_at"),
        *_columns(sa.Date(), "expires_on"),
        *_columns(sa.Text(), "message"),
        *_columns(sa.JSON(none_as_null=True), "left_reply", "right_reply", nullable=True),
        *_columns(sa.Boolean(), "withdrawn"),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], ondelete="CASCADE"),
    )
    op.create_index("ix_introductions_case_id", "introductions", ["case_id"])


def downgrade() -> None:
    for table in ("introductions", "case_attachments", "case_tasks", "case_notes", "case_events", "cases"):
        op.drop_table(table)


def _columns(type_: Any, *names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, type_, nullable=nullable) for name in names]


def _create_cases() -> None:
    op.create_table(
        "cases",
        *_columns(sa.Text(), "id", "pairing"),
        *_columns(ID, "left_id", "right_id"),
        *_columns(sa.Text(), "phase", "owner", "organisation_id"),
        *_columns(sa.JSON(), "facts"),
        *_columns(MOMENT, "opened_at", "changed_at"),
        *_columns(sa.Integer(), "version"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_cases_left", "cases", ["pairing", "left_id"])
    op.create_index("ix_cases_right", "cases", ["pairing", "right_id"])
    op.create_index("ix_cases_opened_at", "cases", ["opened_at", "id"])
    pair = ["pairing", "left_id", "right_id"]
    op.create_index("uq_cases_open", "cases", pair, unique=True, sqlite_where=IS_OPEN, postgresql_where=IS_OPEN)


def _create_of_case(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(
        name,
        *columns,
        *_columns(sa.Text(), "case_id", "by"),
        *_columns(MOMENT, "at"),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], ondelete="CASCADE"),
    )
    op.create_index(f"ix_{name}_case_id", name, ["case_id"])
