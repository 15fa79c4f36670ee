"""The first schema: records, outcomes, and the bookkeeping of revisions, deletions and imports."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_achievements()
    _create_incubators()
    _create_projects()
    _create_funds()
    _create_outcomes()
    _create_journal()


def downgrade() -> None:
    for table in (
        "imports",
        "deletions",
        "revisions",
        "state",
        "outcomes",
        "funds",
        "projects",
        "incubators",
        "achievements",
    ):
        op.drop_table(table)


def _bookkeeping() -> list[sa.Column[Any]]:
    return [
        sa.Column("source_file", sa.Text(), nullable=False),
        sa.Column("source_row", sa.BigInteger(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
    ]


def _create_achievements() -> None:
    op.create_table(
        "achievements",
        sa.Column("id", ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("institution", sa.Text(), nullable=False),
        sa.Column("inventors", sa.JSON(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("industry", sa.JSON(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("trl", sa.BigInteger(), nullable=True),
        sa.Column("ip", sa.Text(), nullable=False),
        sa.Column("transfer_modes", sa.JSON(), nullable=False),
        sa.Column("asking_price", sa.Double(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=True),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False),
        *_bookkeeping(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_achievements_revision", "achievements", ["revision"])


def _create_incubators() -> None:
    op.create_table(
        "incubators",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("focus_type", sa.Text(), nullable=True),
        sa.Column("operator_type", sa.Text(), nullable=True),
        sa.Column("level", sa.Text(), nullable=True),
        sa.Column("focus", sa.Text(), nullable=False),
        sa.Column("industries", sa.JSON(), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("capacity", sa.BigInteger(), nullable=True),
        sa.Column("occupied", sa.BigInteger(), nullable=True),
        sa.Column("trl_min", sa.BigInteger(), nullable=True),
        sa.Column("trl_max", sa.BigInteger(), nullable=True),
        sa.Column("has_broker_station", sa.Boolean(), nullable=True),
        sa.Column("metrics", sa.JSON(), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False),
        *_bookkeeping(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_incubators_revision", "incubators", ["revision"])


def _create_projects() -> None:
    op.create_table(
        "projects",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("keywords", sa.JSON(), nullable=False),
        sa.Column("industry", sa.JSON(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=True),
        sa.Column("funding_sought", sa.Double(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("incubator_id", sa.Text(), nullable=False),
        sa.Column("achievement_id", sa.Text(), nullable=False),
        sa.Column("trl", sa.BigInteger(), nullable=True),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("employees", sa.BigInteger(), nullable=True),
        sa.Column("assets", sa.Double(), nullable=True),
        sa.Column("revenue", sa.Double(), nullable=True),
        sa.Column("rd_ratio", sa.Double(), nullable=True),
        sa.Column("bachelor_ratio", sa.Double(), nullable=True),
        sa.Column("excellent", sa.Boolean(), nullable=True),
        sa.Column("visibility", sa.Text(), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False),
        *_bookkeeping(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_projects_revision", "projects", ["revision"])


def _create_funds() -> None:
    op.create_table(
        "funds",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("thesis", sa.Text(), nullable=False),
        sa.Column("industries", sa.JSON(), nullable=False),
        sa.Column("stages", sa.JSON(), nullable=False),
        sa.Column("regions", sa.JSON(), nullable=False),
        sa.Column("ticket_min", sa.Double(), nullable=True),
        sa.Column("ticket_max", sa.Double(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("remaining", sa.Double(), nullable=True),
        sa.Column("max_new_per_period", sa.BigInteger(), nullable=True),
        sa.Column("managed_by_incubator_id", sa.Text(), nullable=False),
        sa.Column("city_owned", sa.Boolean(), nullable=True),
        sa.Column("must_terms", sa.JSON(), nullable=False),
        sa.Column("ban_terms", sa.JSON(), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False),
        *_bookkeeping(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_funds_revision", "funds", ["revision"])


def _create_outcomes() -> None:
    op.create_table(
        "outcomes",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("left_id", ID, nullable=False),
        sa.Column("right_id", ID, nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.Double(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("extra", sa.JSON(), nullable=False),
        *_bookkeeping(),
        sa.PrimaryKeyConstraint("kind", "left_id", "right_id", "decided_on"),
    )
    op.create_index("ix_outcomes_decided_on", "outcomes", ["decided_on"])
    op.create_index("ix_outcomes_revision", "outcomes", ["revision"])
    op.create_index("ix_outcomes_right", "outcomes", ["kind", "right_id"])


def _create_journal() -> None:
    state = op.create_table(
        "state",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.bulk_insert(state, [{"id": 1, "revision": 0, "identity": uuid.uuid4().hex}])
    op.create_table(
        "revisions",
        sa.Column("revision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("revision"),
    )
    op.create_table(
        "deletions",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id"),
    )
    op.create_index("ix_deletions_revision", "deletions", ["revision"])
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
