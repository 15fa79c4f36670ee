"""Who saw, changed or sent what, and what writing requests were answered."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from matcher.domain.accounts import Deed
from matcher.errors import ConflictError
from matcher.store.account_tables import answers, audit
from matcher.store.upserts import insert_new
from matcher.wording import Said


class Audit:
    """The table of deeds. It is only ever added to; the database itself refuses anything else."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, deed: Deed) -> None:
        """Keep a deed."""
        values = {name: value for name, value in asdict(deed).items() if name != "id"}
        self._connection.execute(sa.insert(audit).values(values | {"record_ids": list(deed.record_ids)}))

    def latest(self, before: int | None = None, limit: int = 100, account_id: str | None = None) -> list[Deed]:
        """Deeds, the latest first; those with a number below `before`, those of one account."""
        query = sa.select(audit).order_by(audit.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(audit.c.id < before)
        if account_id is not None:
            query = query.where(audit.c.account_id == account_id)
        rows = self._connection.execute(query)
        return [Deed(**{**row._mapping, "record_ids": tuple(row.record_ids)}) for row in rows]


@dataclass(frozen=True, slots=True)
class Answered:
    """What a request was answered."""

    fingerprint: str
    """Hash of the request, so that another one under the same key is told from the same one again."""
    status: int
    headers: dict[str, str]
    body: str


class Answers:
    """What writing requests with an idempotency key were answered."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get(self, account_id: str, key: str) -> Answered | None:
        """The answer to an account's request under this key. Who asks is alone under the key until the commit."""
        if self._connection.dialect.name == "postgresql":  # SQLite lets one writer through at a time
            name = sa.func.hashtextextended(f"{account_id} {key}", 0)
            self._connection.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))
        columns = (answers.c.fingerprint, answers.c.status, answers.c.headers, answers.c.body)
        row = self._connection.execute(sa.select(*columns).filter_by(account_id=account_id, key=key)).one_or_none()
        return Answered(*row) if row else None

    def put(self, account_id: str, key: str, answered: Answered, now: datetime) -> None:
        """Keep an answer. Of two requests at once under one key the later fails, and leaves nothing.

        Raises:
            ConflictError: another one was kept under the key meanwhile.
        """
        values = asdict(answered) | {"account_id": account_id, "key": key, "made_at": now}
        if not insert_new(self._connection, answers, values):
            raise ConflictError(
                Said("同一请求正在处理。", "The same request is being answered already."),
                Said("请稍后以同一键重试。", "Send it again under the same key."),
            )

    def forget(self, account_id: str, email: str) -> None:
        """Forget what an account was answered, and what anybody was answered about its address."""
        about = sa.or_(answers.c.account_id == account_id, answers.c.body.contains(email, autoescape=True))
        self._connection.execute(sa.delete(answers).where(about))

    def sweep(self, before: datetime) -> None:
        """Forget answers from before a moment."""
        self._connection.execute(sa.delete(answers).where(answers.c.made_at < before))
