"""Accounts and organisations: who works with the service, and what is theirs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TypeVar

from matcher.domain.accounts import Account, Organisation, Role
from matcher.domain.records import Kind
from matcher.errors import AccountError, NotAllowedError, RecordNotFoundError
from matcher.services.passwords import hashed
from matcher.store import Accounts, Answers, Database, Organisations, Records, SignIns
from matcher.store.deliveries import forget_deliveries
from matcher.store.digest_withdrawal import forget_account
from matcher.wording import Language, Said

ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")
"""What an e-mail address looks like; whether it is one only a letter can tell."""

T = TypeVar("T")


class People:
    """The use cases of accounts and organisations on one installation."""

    def __init__(self, database: Database, new_id: Callable[[], str]) -> None:
        self._database = database
        self._new_id = new_id

    def create(
        self,
        email: str,
        name: str,
        role: Role,
        now: datetime,
        *,
        organisation_id: str = "",
        language: Language = Language.ZH,
        password: str | None = None,
    ) -> Account:
        """Make an account. Without a password nobody can sign in until one is set by a letter.

        Raises:
            AccountError: the address is none, or the password is not good enough.
            ConflictError: the address has an account.
            RecordNotFoundError: there is no such organisation.
        """
        require_address(email)
        kept = hashed(password, email) if password is not None else ""
        account = Account(
            id=self._new_id(),
            email=email.casefold(),
            name=name.strip(),
            role=role,
            organisation_id=organisation_id,
            language=language,
            created_at=now,
        )
        with self._database.begin() as connection:
            _known(Organisations(connection), organisation_id)
            Accounts(connection).add(account, kept)
        return account

    def get(self, account_id: str) -> Account:
        """One account."""
        with self._database.read() as connection:
            return _found(Accounts(connection).get(account_id), account_id)

    def by_email(self, email: str) -> Account:
        """The account of an address."""
        with self._database.read() as connection:
            return _found(Accounts(connection).by_email(email), email)

    def all(self, after: str = "", limit: int = 1000) -> list[Account]:
        """Accounts by id."""
        with self._database.read() as connection:
            return Accounts(connection).all(after, limit)

    def change(self, account: Account) -> Account:
        """Write a changed account over the version it names. Who is shut out is signed out at once.

        Raises:
            ConflictError: somebody else changed it meanwhile.
            NotAllowedError: it would leave the service without an administrator.
        """
        with self._database.begin() as connection:
            stored = Accounts(connection)
            stored.lock_administrators()
            _known(Organisations(connection), account.organisation_id)
            before = _found(stored.get(account.id), account.id)
            after = stored.change(account)
            _keep_an_administrator(stored, before)
            if not account.active:
                SignIns(connection).shut_out(account.id)
        return after

    def set_password(self, account_id: str, password: str) -> None:
        """Set a password; whatever the old one opened ends: sessions, letters and tokens."""
        account = self.get(account_id)
        kept = hashed(password, account.email)
        with self._database.begin() as connection:
            Accounts(connection).set_password(account_id, kept)
            SignIns(connection).shut_out(account_id)

    def erase(self, account_id: str) -> None:
        """Delete an account with its ways in. What it did stays in the audit under an id that names nobody."""
        with self._database.begin() as connection:
            stored = Accounts(connection)
            stored.lock_administrators()
            before = _found(stored.get(account_id), account_id)
            stored.erase(account_id)
            _keep_an_administrator(stored, before)
            SignIns(connection).shut_out(account_id)
            Answers(connection).forget(account_id, before.email)
            forget_account(connection, account_id)
            forget_deliveries(connection, account_id)

    def organisations(self, after: str = "", limit: int = 1000) -> list[Organisation]:
        """Organisations by id."""
        with self._database.read() as connection:
            return Organisations(connection).all(after, limit)

    def organisation(self, organisation_id: str) -> Organisation:
        """One organisation."""
        with self._database.read() as connection:
            return _found(Organisations(connection).get(organisation_id), organisation_id)

    def found(self, organisation: Organisation) -> Organisation:
        """Add an organisation.

        Raises:
            ConflictError: its id is taken.
            RecordNotFoundError: there is no such carrier or fund.
        """
        with self._database.begin() as connection:
            _known_records(Records(connection), organisation)
            Organisations(connection).add(organisation)
        return organisation

    def reshape(self, organisation: Organisation) -> Organisation:
        """Write a changed organisation over the version it names."""
        with self._database.begin() as connection:
            stored = Organisations(connection)
            _found(stored.get(organisation.id), organisation.id)
            _known_records(Records(connection), organisation)
            return stored.change(organisation)

    def open_to(self, kind: Kind, record_id: str, organisation_id: str, by: str, now: datetime) -> None:
        """Let an organisation see one record that it otherwise would not."""
        with self._database.begin() as connection:
            _known(Organisations(connection), organisation_id)
            Organisations(connection).open_to(kind, record_id, organisation_id, by, now)

    def close_to(self, kind: Kind, record_id: str, organisation_id: str) -> None:
        """Take that back."""
        with self._database.begin() as connection:
            Organisations(connection).close_to(kind, record_id, organisation_id)

    def with_access(self, kind: Kind, record_id: str) -> list[Organisation]:
        """The organisations that a record is open to."""
        with self._database.read() as connection:
            return Organisations(connection).with_access(kind, record_id)


def require_address(email: str) -> None:
    """Raise AccountError for what is no e-mail address."""
    if not ADDRESS.fullmatch(email):
        raise AccountError(
            Said(f"{email!r} 不是邮箱地址。", f"{email!r} is no e-mail address."),
            Said("请写成 名字@域名。", "Write it as name@domain."),
        )


def _keep_an_administrator(stored: Accounts, before: Account) -> None:
    if before.role is Role.ADMINISTRATOR and before.active and not stored.count(Role.ADMINISTRATOR):
        raise NotAllowedError(
            Said("这是最后一位管理员。", "This is the last administrator."),
            Said("请先设立另一位管理员。", "Make another one first."),
        )


def _known(stored: Organisations, organisation_id: str) -> None:
    if organisation_id:
        _found(stored.get(organisation_id), organisation_id)


def _known_records(stored: Records, organisation: Organisation) -> None:
    owned: Sequence[tuple[Kind, tuple[str, ...]]] = (
        (Kind.INCUBATORS, organisation.incubator_ids),
        (Kind.FUNDS, organisation.fund_ids),
    )
    for kind, ids in owned:
        for record_id in ids:
            stored.get(kind, record_id)


def _found(found: T | None, wanted: str) -> T:
    if found is None:
        raise RecordNotFoundError(
            Said(f"没有编号为 {wanted} 的账户或机构。", f"There is no account or organisation {wanted}."),
            Said("请查看列表中的编号。", "See the list for the ids."),
        )
    return found
