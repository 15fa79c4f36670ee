"""What people said of recommended pairs, kept until one of the two records is withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import sqlalchemy as sa

from matcher.domain.feedback import Feedback, Judgement
from matcher.domain.records import Kind, PairKind
from matcher.domain.visibility import Viewer
from matcher.store.account_tables import accounts
from matcher.store.seen import pairs_seen_by
from matcher.store.tables import IdText, UtcDateTime, metadata

feedback = sa.Table(
    "feedback",
    metadata,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("account_id", IdText, nullable=False),
    sa.Column("kind", sa.Text(), nullable=False),
    sa.Column("left_id", IdText, nullable=False),
    sa.Column("right_id", IdText, nullable=False),
    sa.Column("verdict", sa.Text(), nullable=False),
    sa.Column("reason", sa.Text(), nullable=False),
    sa.Column("made_at", UtcDateTime(), nullable=False),
    sqlite_autoincrement=True,
)
sa.Index("ix_feedback_account", feedback.c.account_id, feedback.c.id)
sa.Index("ix_feedback_left", feedback.c.kind, feedback.c.left_id)
sa.Index("ix_feedback_right", feedback.c.kind, feedback.c.right_id)


@dataclass(frozen=True, slots=True)
class Circle:
    """Whose words somebody reads as their own: their own, and their organisation's, where they have one."""

    account_id: str
    organisation_id: str = ""


class FeedbackRows:
    """The table of feedback."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, given: Feedback) -> Feedback:
        """Keep a word on a pair and give it back with its number."""
        values = {name: value for name, value in asdict(given).items() if name != "id"}
        values |= {"kind": given.kind.value, "verdict": given.verdict.value}
        statement = sa.insert(feedback).values(**values).returning(feedback.c.id)
        return replace(given, id=self._connection.execute(statement).scalar_one())

    def latest(self, viewer: Viewer, before: int | None, limit: int, account_id: str | None = None) -> list[Feedback]:
        """The latest first, on pairs whose records the viewer may see; of everybody, or of one account."""
        query = sa.select(feedback).where(pairs_seen_by(viewer, feedback)).order_by(feedback.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(feedback.c.id < before)
        if account_id is not None:
            query = query.where(feedback.c.account_id == account_id)
        return self._read(query)

    def get(self, viewer: Viewer, number: int, account_id: str) -> Feedback | None:
        """An account's word of a number, on a pair whose records the viewer may see."""
        mine = (feedback.c.id == number, feedback.c.account_id == account_id, pairs_seen_by(viewer, feedback))
        return next(iter(self._read(sa.select(feedback).where(*mine))), None)

    def remove(self, number: int) -> None:
        """Drop a word, as if it had not been said."""
        self._connection.execute(sa.delete(feedback).where(feedback.c.id == number))

    def last_words(
        self,
        viewer: Viewer,
        circle: Circle,
        right: tuple[PairKind, str] | None = None,
        *,
        verdict: Judgement | None = None,
        before: int | None = None,
        limit: int | None = None,
    ) -> list[Feedback]:
        """The circle's last word on each pair, of all or of one right record, the latest first; those of a verdict."""
        of_right = [feedback.c.kind == right[0].value, feedback.c.right_id == right[1]] if right else []
        pair = (feedback.c.kind, feedback.c.left_id, feedback.c.right_id)
        last = sa.select(sa.func.max(feedback.c.id)).where(_said_by(circle), *of_right).group_by(*pair)
        query = sa.select(feedback).where(feedback.c.id.in_(last), pairs_seen_by(viewer, feedback))
        if verdict is not None:
            query = query.where(feedback.c.verdict == verdict.value)
        if before is not None:
            query = query.where(feedback.c.id < before)
        return self._read(query.order_by(feedback.c.id.desc()).limit(limit))

    def of_pair(self, viewer: Viewer, circle: Circle, pair: PairKind, left_id: str, right_id: str) -> list[Feedback]:
        """All the circle said of one pair that the viewer may see, the latest first."""
        about = (feedback.c.kind == pair.value, feedback.c.left_id == left_id, feedback.c.right_id == right_id)
        query = sa.select(feedback).where(_said_by(circle), *about, pairs_seen_by(viewer, feedback))
        return self._read(query.order_by(feedback.c.id.desc()))

    def _read(self, query: sa.Select[tuple[object, ...]]) -> list[Feedback]:
        return [_feedback(row._mapping) for row in self._connection.execute(query)]

    def last_of(self, account_id: str, kind: PairKind, left_id: str, right_id: str) -> Feedback | None:
        """What an account said of a pair last."""
        pair = {"account_id": account_id, "kind": kind.value, "left_id": left_id, "right_id": right_id}
        query = sa.select(feedback).filter_by(**pair).order_by(feedback.c.id.desc()).limit(1)
        row = self._connection.execute(query).one_or_none()
        return _feedback(row._mapping) if row else None


def _said_by(circle: Circle) -> sa.ColumnElement[bool]:
    mine = feedback.c.account_id == circle.account_id
    if not circle.organisation_id:
        return mine
    colleagues = sa.select(accounts.c.id).where(accounts.c.organisation_id == circle.organisation_id)
    return sa.or_(mine, feedback.c.account_id.in_(colleagues))


def forget_feedback(connection: sa.Connection, kind: Kind, ids: Sequence[str]) -> None:
    """Drop what was said of pairs with these records."""
    pair = PairKind.of(kind)
    side = feedback.c.left_id if pair.left is kind else feedback.c.right_id
    connection.execute(sa.delete(feedback).where(feedback.c.kind == pair.value, side.in_(ids)))


def _feedback(row: sa.RowMapping) -> Feedback:
    return Feedback(**{**row, "kind": PairKind(row["kind"]), "verdict": Judgement(row["verdict"])})
