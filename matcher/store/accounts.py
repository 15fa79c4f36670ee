"""Accounts, organisations, and what was opened to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from matcher.domain.accounts import Account, Organisation, Role
from matcher.domain.records import Kind
from matcher.errors import ConflictError
from matcher.store.account_tables import accounts, openings, organisations
from matcher.store.upserts import chunks, insert_new
from matcher.store.versions import overwrite
from matcher.wording import Language, Said


class Accounts:
    """The table of accounts."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, account: Account, password_hash: str = "") -> None:
        """Keep a new account.

        Raises:
            ConflictError: the address has one already.
        """
        if self.by_email(account.email) is not None:
            raise ConflictError(
                Said(f"{account.email} 已有账户。", f"{account.email} has an account already."),
                Said("请修改该账户，或换一个邮箱。", "Change that account, or take another address."),
            )
        self._connection.execute(sa.insert(accounts).values(_account_row(account) | {"password_hash": password_hash}))

    def get(self, account_id: str) -> Account | None:
        """The account of an id."""
        return self._one(accounts.c.id == account_id)

    def by_email(self, email: str) -> Account | None:
        """The account of an address; the case of its letters does not count."""
        return self._one(accounts.c.email == email.casefold())

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """What the accounts of these ids are called: a name, or the address; those erased are left out."""
        query = sa.select(accounts.c.id, accounts.c.name, accounts.c.email).where(accounts.c.id.in_(sorted(set(ids))))
        return {row.id: row.name or row.email for row in self._connection.execute(query)}

    def all(self, after: str = "", limit: int = 1000) -> list[Account]:
        """Accounts by id, those after an id."""
        query = sa.select(accounts).where(accounts.c.id > after).order_by(accounts.c.id).limit(limit)
        return [_account(row._mapping) for row in self._connection.execute(query)]

    def many(self, account_ids: Iterable[str]) -> dict[str, Account]:
        """The accounts of these ids, by id."""
        found: dict[str, Account] = {}
        for chunk in chunks(account_ids):
            rows = self._connection.execute(sa.select(accounts).where(accounts.c.id.in_(chunk)))
            found |= {row.id: _account(row._mapping) for row in rows}
        return found

    def of_organisation(self, organisation_id: str) -> list[Account]:
        """The active accounts of an organisation, by name."""
        where = (accounts.c.organisation_id == organisation_id, accounts.c.active)
        query = sa.select(accounts).where(*where).order_by(accounts.c.name, accounts.c.id)
        return [_account(row._mapping) for row in self._connection.execute(query)]

    def count(self, role: Role) -> int:
        """How many active accounts have a role."""
        counted = sa.select(sa.func.count()).where(accounts.c.role == role.value, accounts.c.active)
        return int(self._connection.execute(counted).scalar_one())

    def lock_administrators(self) -> None:
        """Until the transaction ends nobody else changes an administrator: two who demote each other wait in line."""
        active = sa.select(accounts.c.id).where(accounts.c.role == Role.ADMINISTRATOR.value, accounts.c.active)
        self._connection.execute(active.order_by(accounts.c.id).with_for_update()).all()

    def change(self, account: Account) -> Account:
        """Write an account over the version it names, and give it back with its new one.

        Raises:
            ConflictError: somebody else changed it meanwhile.
        """
        return replace(account, version=overwrite(self._connection, accounts, _account_row(account)))

    def erase(self, account_id: str) -> None:
        """Delete the account; what it did stays in the audit under its id."""
        self._connection.execute(sa.delete(accounts).where(accounts.c.id == account_id))

    def password_hash(self, account_id: str) -> str:
        """The hash of the account's password; empty while there is none."""
        query = sa.select(accounts.c.password_hash).where(accounts.c.id == account_id)
        return str(self._connection.scalar(query) or "")

    def set_password(self, account_id: str, password_hash: str) -> None:
        """Keep the hash of a new password."""
        where = accounts.c.id == account_id
        self._connection.execute(sa.update(accounts).where(where).values(password_hash=password_hash))

    def _one(self, where: sa.ColumnElement[bool]) -> Account | None:
        row = self._connection.execute(sa.select(accounts).where(where)).one_or_none()
        return _account(row._mapping) if row else None


class Organisations:
    """The table of organisations, and the records opened to them."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def add(self, organisation: Organisation) -> None:
        """Keep a new organisation.

        Raises:
            ConflictError: the id is taken.
        """
        if not insert_new(self._connection, organisations, _organisation_row(organisation)):
            raise ConflictError(
                Said(f"机构编号 {organisation.id} 已存在。", f"There is an organisation {organisation.id} already."),
                Said("请修改该机构，或换一个编号。", "Change that one, or take another id."),
            )

    def get(self, organisation_id: str) -> Organisation | None:
        """The organisation of an id."""
        query = sa.select(organisations).where(organisations.c.id == organisation_id)
        row = self._connection.execute(query).one_or_none()
        return _organisation(row._mapping) if row else None

    def all(self, after: str = "", limit: int = 1000) -> list[Organisation]:
        """Organisations by id, those after an id."""
        query = sa.select(organisations).where(organisations.c.id > after).order_by(organisations.c.id).limit(limit)
        return [_organisation(row._mapping) for row in self._connection.execute(query)]

    def change(self, organisation: Organisation) -> Organisation:
        """Write an organisation over the version it names, and give it back with its new one.

        Raises:
            ConflictError: somebody else changed it meanwhile.
        """
        row = _organisation_row(organisation)
        return replace(organisation, version=overwrite(self._connection, organisations, row))

    def open_to(self, kind: Kind, record_id: str, organisation_id: str, by: str, now: datetime) -> None:
        """Let an organisation see one record."""
        row = {"kind": kind.value, "record_id": record_id, "organisation_id": organisation_id}
        insert_new(self._connection, openings, row | {"opened_by": by, "opened_at": now})

    def close_to(self, kind: Kind, record_id: str, organisation_id: str) -> None:
        """Take that back."""
        key = {"kind": kind.value, "record_id": record_id, "organisation_id": organisation_id}
        self._connection.execute(sa.delete(openings).filter_by(**key))

    def opened_to(self, organisation_id: str) -> frozenset[tuple[Kind, str]]:
        """The records that are open to an organisation."""
        where = openings.c.organisation_id == organisation_id
        query = sa.select(openings.c.kind, openings.c.record_id).where(where)
        return frozenset((Kind(kind), record_id) for kind, record_id in self._connection.execute(query))

    def with_access(self, kind: Kind, record_id: str) -> list[Organisation]:
        """The organisations that a record is open to, by id."""
        named = (openings.c.kind == kind.value, openings.c.record_id == record_id)
        of = sa.select(openings.c.organisation_id).where(*named)
        found = self._connection.execute(
            sa.select(organisations).where(organisations.c.id.in_(of)).order_by(organisations.c.id)
        )
        return [_organisation(row._mapping) for row in found]


def _account_row(account: Account) -> dict[str, Any]:
    values = asdict(account)
    return values | {
        "email": account.email.casefold(),
        "role": account.role.value,
        "language": account.language.value,
    }


def _account(row: sa.RowMapping) -> Account:
    values = {name: value for name, value in row.items() if name != "password_hash"}
    return Account(**{**values, "role": Role(row["role"]), "language": Language(row["language"])})


def _organisation_row(organisation: Organisation) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(organisation).items()}


def _organisation(row: sa.RowMapping) -> Organisation:
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    return Organisation(**values)
