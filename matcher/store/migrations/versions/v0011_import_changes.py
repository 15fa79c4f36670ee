"""What each import did to which row, so that it can be taken back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from matcher.store.tables import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "import_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", ID, nullable=False),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_import_changes", "import_changes", ["import_id", "id"])
    op.add_column("imports", sa.Column("undone_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("imports", "undone_at")
    op.drop_table("import_changes")
