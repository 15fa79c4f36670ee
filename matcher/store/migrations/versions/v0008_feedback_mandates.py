"""What people say of pairs, and the questions they keep."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from matcher.store.tables import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def name(name: str) -> sa.Column[str]:
    return sa.Column(name, ID, nullable=False)


def moment(name: str) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime(), nullable=False)


def whole(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "feedback",
        whole("id"),
        name("account_id"),
        text("kind"),
        name("left_id"),
        name("right_id"),
        text("verdict"),
        text("reason"),
        moment("made_at"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_feedback_account", "feedback", ["account_id", "id"])
    op.create_index("ix_feedback_left", "feedback", ["kind", "left_id"])
    op.create_index("ix_feedback_right", "feedback", ["kind", "right_id"])
    op.create_table(
        "mandates",
        name("id"),
        name("owner"),
        name("organisation_id"),
        text("name"),
        text("record_kind"),
        name("record_id"),
        text("text"),
        text("to"),
        sa.Column("must", sa.JSON(), nullable=False),
        sa.Column("ban", sa.JSON(), nullable=False),
        whole("k"),
        sa.Column("diverse", sa.Boolean(), nullable=False),
        moment("made_at"),
        moment("changed_at"),
        whole("version"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_mandates_owner", "mandates", ["owner"])
    op.create_index("ix_mandates_organisation", "mandates", ["organisation_id"])
    op.create_index("ix_mandates_record", "mandates", ["record_kind", "record_id"])


def downgrade() -> None:
    op.drop_table("mandates")
    op.drop_table("feedback")
