"""What was done and what it was answered: the audit, and the answers to writing requests."""

from __future__ import annotations

from datetime import datetime, timedelta
from urllib.parse import quote

from matcher.domain.accounts import Deed
from matcher.store import Answered, Answers, Audit, Database

REMEMBERED = timedelta(days=2)
"""How long a request may be repeated under its key."""


def address(*path: str) -> str:
    """What the audit calls a thing: where it is read, by the parts of its path."""
    return "/v1/" + "/".join(quote(part, safe="") for part in path)


class Journal:
    """The use cases of the audit on one installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, deed: Deed) -> None:
        """Add a deed to the audit."""
        with self._database.begin() as connection:
            Audit(connection).add(deed)

    def latest(self, before: int | None, limit: int, account_id: str | None = None) -> list[Deed]:
        """Deeds, the latest first."""
        with self._database.read() as connection:
            return Audit(connection).latest(before, limit, account_id)

    def answered(self, account_id: str, key: str) -> Answered | None:
        """What an account's request was answered."""
        with self._database.read() as connection:
            return Answers(connection).get(account_id, key)

    def keep(self, account_id: str, key: str, answered: Answered, now: datetime) -> None:
        """Keep an answer, and forget those that nobody can ask for any more."""
        with self._database.begin() as connection:
            Answers(connection).sweep(now - REMEMBERED)
            Answers(connection).put(account_id, key, answered, now)
