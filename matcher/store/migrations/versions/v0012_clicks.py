"""When a reader opened what explains an item, by the link of the letter."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from matcher.store.tables import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("digest_told", sa.Column("clicked_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("digest_told", "clicked_at")
