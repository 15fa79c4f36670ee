"""Standing wishes: exclusions, dismissed pairs, watch-lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "controls",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("asker_kind", sa.Text(), nullable=False),
        sa.Column("asker", ID, nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("aim", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("asker_kind", "asker", "owner", "wish", "aim", "target", name="uq_controls"),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:
    op.drop_table("controls")
