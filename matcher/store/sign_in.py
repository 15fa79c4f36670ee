"""Sessions, tokens, letters that let somebody set a password, and what slows down guessing. All secrets are hashed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from matcher.domain.accounts import Scope, Token
from matcher.store.account_tables import attempts, resets, sessions, tokens


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in with a browser."""

    account_id: str
    csrf_hash: str
    expires_at: datetime


class SignIns:
    """The tables of ways in."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def open_session(self, token_hash: str, session: Session) -> None:
        """Keep a session."""
        self._connection.execute(sa.insert(sessions).values(token_hash=token_hash, **asdict(session)))

    def session(self, token_hash: str) -> Session | None:
        """The session of a token's hash, whether it has expired or not."""
        query = sa.select(sessions.c.account_id, sessions.c.csrf_hash, sessions.c.expires_at)
        row = self._connection.execute(query.where(sessions.c.token_hash == token_hash)).one_or_none()
        return Session(*row) if row else None

    def close_session(self, token_hash: str) -> None:
        """Forget a session."""
        self._connection.execute(sa.delete(sessions).where(sessions.c.token_hash == token_hash))

    def close_others(self, account_id: str, token_hash: str) -> int:
        """Forget the sessions of an account but one, and say how many."""
        where = (sessions.c.account_id == account_id, sessions.c.token_hash != token_hash)
        return int(self._connection.execute(sa.delete(sessions).where(*where)).rowcount)

    def shut_out(self, account_id: str) -> None:
        """Forget every session, letter and token of an account."""
        for table in (sessions, resets, tokens):
            self._connection.execute(sa.delete(table).where(table.c.account_id == account_id))

    def sweep(self, now: datetime) -> None:
        """Forget what has expired."""
        for table in (sessions, resets, tokens):
            self._connection.execute(sa.delete(table).where(table.c.expires_at <= now))

    def add_token(self, token: Token, token_hash: str) -> None:
        """Keep a token."""
        values = asdict(token) | {"scopes": [scope.value for scope in token.scopes], "token_hash": token_hash}
        self._connection.execute(sa.insert(tokens).values(values))

    def token(self, token_hash: str) -> Token | None:
        """The token of a hash, whether it has expired or not."""
        row = self._connection.execute(_TOKENS.where(tokens.c.token_hash == token_hash)).one_or_none()
        return _token(row._mapping) if row else None

    def tokens_of(self, account_id: str) -> list[Token]:
        """The tokens of an account, the oldest first."""
        query = _TOKENS.where(tokens.c.account_id == account_id).order_by(tokens.c.created_at, tokens.c.id)
        return [_token(row._mapping) for row in self._connection.execute(query)]

    def revoke(self, account_id: str, token_id: str | None = None) -> int:
        """Forget one token of an account, or all of them, and say how many."""
        where = [tokens.c.account_id == account_id]
        where += [tokens.c.id == token_id] if token_id is not None else []
        return int(self._connection.execute(sa.delete(tokens).where(*where)).rowcount)

    def add_reset(self, token_hash: str, account_id: str, expires_at: datetime) -> None:
        """Keep a letter by which the account's password may be set."""
        values = {"token_hash": token_hash, "account_id": account_id, "expires_at": expires_at}
        self._connection.execute(sa.insert(resets).values(values))

    def reset(self, token_hash: str, now: datetime) -> str | None:
        """The account of a letter that has not expired."""
        query = sa.select(resets.c.account_id).where(resets.c.token_hash == token_hash, resets.c.expires_at > now)
        return self._connection.execute(query).scalar_one_or_none()

    def use_reset(self, token_hash: str, now: datetime) -> str | None:
        """The account of a letter that has not expired; it is used up then."""
        where = (resets.c.token_hash == token_hash, resets.c.expires_at > now)
        gone = self._connection.execute(sa.delete(resets).where(*where).returning(resets.c.account_id))
        return gone.scalar_one_or_none()

    def attempt(self, key_hash: str, now: datetime) -> int:
        """Note an attempt, and give its number."""
        noted = sa.insert(attempts).values(key_hash=key_hash, made_at=now).returning(attempts.c.id)
        return int(self._connection.execute(noted).scalar_one())

    def attempts_since(self, key_hash: str, since: datetime) -> int:
        """How many attempts there were after a moment; older ones are forgotten."""
        self._connection.execute(sa.delete(attempts).where(attempts.c.made_at <= since))
        counted = sa.select(sa.func.count()).where(attempts.c.key_hash == key_hash)
        return int(self._connection.execute(counted).scalar_one())

    def forget_attempts(self, numbers: Iterable[int], key_hash: str) -> None:
        """Start anew after a success: forget these attempts and all of one key."""
        meant = sa.or_(attempts.c.id.in_(list(numbers)), attempts.c.key_hash == key_hash)
        self._connection.execute(sa.delete(attempts).where(meant))


_TOKENS = sa.select(*(column for column in tokens.c if column.name != "token_hash"))


def _token(row: sa.RowMapping) -> Token:
    values: dict[str, Any] = {**row, "scopes": tuple(map(Scope, row["scopes"]))}
    return Token(**values)
