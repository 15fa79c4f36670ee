"""The tables of cases. What belongs to a case goes with it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from matcher.store.tables import IdText, UtcDateTime, metadata

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", sa.Text(), primary_key=True),
    sa.Column("pairing", sa.Text(), nullable=False),
    sa.Column("left_id", IdText, nullable=False),
    sa.Column("right_id", IdText, nullable=False),
    sa.Column("phase", sa.Text(), nullable=False),
    sa.Column("owner", sa.Text(), nullable=False),
    sa.Column("organisation_id", sa.Text(), nullable=False),
    sa.Column("facts", sa.JSON(), nullable=False),
    sa.Column("opened_at", UtcDateTime(), nullable=False),
    sa.Column("changed_at", UtcDateTime(), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
)
sa.Index("ix_cases_left", cases.c.pairing, cases.c.left_id)
sa.Index("ix_cases_right", cases.c.pairing, cases.c.right_id)
sa.Index("ix_cases_opened_at", cases.c.opened_at, cases.c.id)
_IS_OPEN = sa.text("phase NOT IN ('closed', 'closed_lost')")
sa.Index(
    "uq_cases_open",
    cases.c.pairing,
    cases.c.left_id,
    cases.c.right_id,
    unique=True,
    sqlite_where=_IS_OPEN,
    postgresql_where=_IS_OPEN,
)
"""One open case a pair, whoever writes at the same time."""


def _of_case(name: str, *columns: sa.Column[Any]) -> sa.Table:
    """A table of what belongs to cases, each row with who made it and when."""
    return sa.Table(
        name,
        metadata,
        _case_id(),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        *columns,
    )


def _case_id(*, key: bool = False) -> sa.Column[Any]:
    # A key that leads with the case serves as its index.
    belongs = sa.ForeignKey("cases.id", ondelete="CASCADE")
    return sa.Column("case_id", belongs, primary_key=key, nullable=False, index=not key)


def _id() -> sa.Column[Any]:
    return sa.Column("id", sa.Text(), primary_key=True)


case_events = sa.Table(
    "case_events",
    metadata,
    _case_id(key=True),
    sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("by", sa.Text(), nullable=False),
    sa.Column("at", UtcDateTime(), nullable=False),
    sa.Column("what", sa.Text(), nullable=False),
    sa.Column("said", sa.JSON(), nullable=False),
    sa.Column("outcome", sa.JSON(none_as_null=True), nullable=True),
    sa.Column("replaced", sa.JSON(none_as_null=True), nullable=True),
    sa.Column("undoes", sa.Integer(), nullable=True),
)
"""Everything that happened, only ever added to; `id` counts within the case."""

case_notes = _of_case(
    "case_notes",
    _id(),
    sa.Column("audience", sa.Text(), nullable=False),
    sa.Column("text", sa.Text(), nullable=False),
)

case_tasks = _of_case(
    "case_tasks",
    _id(),
    sa.Column("text", sa.Text(), nullable=False),
    sa.Column("due", sa.Date(), nullable=False),
    sa.Column("assignee", sa.Text(), nullable=False),
    sa.Column("done_at", UtcDateTime(), nullable=True),
    sa.Column("done_by", sa.Text(), nullable=False),
)
sa.Index("ix_case_tasks_due", case_tasks.c.due)

case_attachments = _of_case(
    "case_attachments",
    _id(),
    sa.Column("audience", sa.Text(), nullable=False),
    sa.Column("name", sa.Text(), nullable=False),
    sa.Column("media", sa.Text(), nullable=False),
    sa.Column("size", sa.Integer(), nullable=False),
    sa.Column("digest", sa.Text(), nullable=False),
)

introductions = sa.Table(
    "introductions",
    metadata,
    _id(),
    _case_id(),
    sa.Column("by", sa.Text(), nullable=False),
    sa.Column("proposed_at", UtcDateTime(), nullable=False),
    sa.Column("expires_on", sa.Date(), nullable=False),
    sa.Column("message", sa.Text(), nullable=False),
    sa.Column("left_reply", sa.JSON(none_as_null=True), nullable=True),
    sa.Column("right_reply", sa.JSON(none_as_null=True), nullable=True),
    sa.Column("withdrawn", sa.Boolean(), nullable=False),
)
