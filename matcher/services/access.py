"""Ways in: signing in, sessions for browsers, tokens for machines, and letters that let somebody set a password."""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from matcher.domain.accounts import Account, Actor, Deed, Scope, Token
from matcher.errors import SignInError
from matcher.services.passwords import hashed, matches, secret_hash
from matcher.store import Accounts, Audit, Database, Organisations, Session, SignIns
from matcher.wording import Said

SESSION = timedelta(hours=12)
"""A working day; whoever comes back the next morning signs in again."""
LETTER = timedelta(hours=2)
WINDOW = timedelta(minutes=15)
TRIES, TRIES_FROM, TRIES_ON = 5, 50, 100
"""Failures within the window: of one account from one network address, of one address, behind which a whole office may
sit, and of one account from anywhere. The last is high, so that a stranger cannot easily shut somebody else out."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session. Both secrets are told once: the token goes into a cookie, the other into pages and headers."""

    account: Account
    token: str
    csrf: str
    expires_at: datetime


class Access:
    """The use cases of getting in on one installation."""

    def __init__(self, database: Database, new_secret: Callable[[], str], new_id: Callable[[], str]) -> None:
        self._database = database
        self._new_secret = new_secret
        self._new_id = new_id

    def sign_in(self, email: str, password: str, address: str, now: datetime, request_id: str = "") -> SignedIn:
        """Open a session. Which part was wrong is not told, nor shown by how long it takes; the audit tells who tried.

        Raises:
            SignInError: it is wrong, or this account or address has failed too often.
        """
        account_key, network = f"account {email.casefold()}", _network(address)
        most = {f"{account_key} {network}": TRIES, f"address {network}": TRIES_FROM, account_key: TRIES_ON}
        tries = self._counted(most, now, Asked("sign_in", email, request_id))
        with self._database.read() as connection:
            stored = Accounts(connection)
            account = stored.by_email(email)
            kept = stored.password_hash(account.id) if account and account.active else ""
        if not matches(password, kept) or account is None:
            with self._database.begin() as connection:
                _note(Audit(connection), "sign_in_failed", _id(account), now, request_id)
            raise SignInError(
                Said("邮箱或密码不正确。", "The address or the password is wrong."),
                Said("请重试，或申请重设密码。", "Try again, or ask for a new password."),
            )
        with self._database.begin() as connection:
            SignIns(connection).forget_attempts(tries, secret_hash(f"{account_key} {network}"))
        return self.open(account, now, request_id)

    def open(self, account: Account, now: datetime, request_id: str = "") -> SignedIn:
        """A session of somebody whom somebody else vouches for: their password, or an identity provider."""
        token, expires_at = self._new_secret(), now + SESSION
        csrf = csrf_of(token)
        with self._database.begin() as connection:
            ways = SignIns(connection)
            ways.sweep(now)
            ways.open_session(secret_hash(token), Session(account.id, secret_hash(csrf), expires_at))
            _note(Audit(connection), "sign_in", account.id, now, request_id)
        return SignedIn(account, token, csrf, expires_at)

    def sign_out(self, token: str, now: datetime, request_id: str = "") -> None:
        """End a session, if there is one."""
        with self._database.begin() as connection:
            ways = SignIns(connection)
            if session := ways.session(secret_hash(token)):
                ways.close_session(secret_hash(token))
                _note(Audit(connection), "sign_out", session.account_id, now, request_id)

    def sign_out_elsewhere(self, account_id: str, token: str) -> int:
        """End every session of an account but this one, and say how many there were."""
        with self._database.begin() as connection:
            return SignIns(connection).close_others(account_id, secret_hash(token))

    def of_session(self, token: str, now: datetime) -> tuple[Actor, str] | None:
        """Who is signed in with this cookie, and the hash that a writing request must know the secret of."""
        with self._database.read() as connection:
            session = SignIns(connection).session(secret_hash(token))
            if session is None or session.expires_at <= now:
                return None
            actor = actor_of(Accounts(connection), Organisations(connection), session.account_id)
        return (actor, session.csrf_hash) if actor else None

    def of_token(self, token: str, now: datetime) -> Actor | None:
        """Whose token it is, with what it may do."""
        with self._database.read() as connection:
            kept = SignIns(connection).token(secret_hash(token))
            if kept is None or kept.expires_at <= now:
                return None
            actor = actor_of(Accounts(connection), Organisations(connection), kept.account_id, kept.scopes)
            return replace(actor, until=kept.expires_at) if actor else None

    def of_account(self, account_id: str) -> Actor | None:
        """Somebody as if they had signed in, for what is done in their name; None for who could not sign in."""
        with self._database.read() as connection:
            return actor_of(Accounts(connection), Organisations(connection), account_id)

    def add_token(
        self,
        account: Account,
        name: str,
        scopes: Iterable[Scope],
        lasts: timedelta,
        now: datetime,
        until: datetime | None = None,
    ) -> tuple[Token, str]:
        """A new token of an account, `until` a moment at the latest, and its secret, which is told once."""
        secret = self._new_secret()
        token = Token(
            id=self._new_id(),
            account_id=account.id,
            name=name.strip(),
            scopes=tuple(dict.fromkeys(scopes)),
            created_at=now,
            expires_at=min(now + lasts, until or now + lasts),
        )
        with self._database.begin() as connection:
            SignIns(connection).add_token(token, secret_hash(secret))
        return token, secret

    def tokens(self, account_id: str) -> list[Token]:
        """The tokens of an account."""
        with self._database.read() as connection:
            return SignIns(connection).tokens_of(account_id)

    def revoke(self, account_id: str, token_id: str) -> bool:
        """Take a token back, and say whether there was one."""
        with self._database.begin() as connection:
            return bool(SignIns(connection).revoke(account_id, token_id))

    def letter(self, email: str, now: datetime, address: str = "", request_id: str = "") -> tuple[Account, str] | None:
        """The secret of a letter by which the account's password may be set; None where there is no such account.

        `address` is the network address that asks for it, empty for an administrator, whose own deed tells of it.

        Raises:
            SignInError: too many letters were asked for.
        """
        anybody = {f"letters {_network(address)}": TRIES_FROM} if address else {}
        asked = Asked("ask_for_password", email, request_id)
        self._counted({f"letter {email.casefold()}": TRIES, **anybody}, now, asked)
        with self._database.begin() as connection:
            ways = SignIns(connection)
            account = Accounts(connection).by_email(email)
            if address:
                _note(Audit(connection), asked.operation, _id(account), now, request_id)
            if account is None or not account.active:
                return None
            secret = self._new_secret()
            ways.add_reset(secret_hash(secret), account.id, now + LETTER)
        return account, secret

    def reset(self, secret: str, password: str, now: datetime, request_id: str = "") -> Account:
        """Set a password by a letter, which is used up; every session and token of the account ends.

        Raises:
            SignInError: the letter is not known, used, or too old.
            AccountError: the password is not good enough; the letter can still be used.
        """
        letter = secret_hash(secret)
        with self._database.read() as connection:
            account = _of_letter(Accounts(connection), SignIns(connection).reset(letter, now))
        kept = hashed(password, account.email)  # takes its time, while others write
        with self._database.begin() as connection:
            account = _of_letter(Accounts(connection), SignIns(connection).use_reset(letter, now))
            Accounts(connection).set_password(account.id, kept)
            SignIns(connection).shut_out(account.id)
            _note(Audit(connection), "set_password", account.id, now, request_id)
        return account

    def _counted(self, most: Mapping[str, int], now: datetime, asked: Asked) -> list[int]:
        """Note an attempt under each key before it is judged, so that many at once are no way round; their numbers."""
        hashes = {secret_hash(key): tries for key, tries in most.items()}
        with self._database.begin() as connection:
            ways = SignIns(connection)
            full = [key for key, tries in hashes.items() if ways.attempts_since(key, now - WINDOW) >= tries]
            noted = [ways.attempt(key, now) for key in hashes if not full]
            # The audit keeps everything for ever: who goes on and on is told of once in a window.
            told = [secret_hash(f"told {key}") for key in full]
            if told and not any(ways.attempts_since(key, now - WINDOW) for key in told):
                account = Accounts(connection).by_email(asked.email)
                _note(Audit(connection), f"{asked.operation}_throttled", _id(account), now, asked.request_id)
                for key in told:
                    ways.attempt(key, now)
        if full:
            minutes = int(WINDOW.total_seconds() // 60)
            raise ThrottledError(
                Said("尝试次数过多。", "Too many attempts."),
                Said(f"请 {minutes} 分钟后再试。", f"Try again in {minutes} minutes."),
            )
        return noted


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody tries who is not known yet. The address is looked up and kept nowhere."""

    operation: str
    email: str
    request_id: str


class ThrottledError(SignInError):
    """Too many attempts; it says nothing about whether the account exists."""


def _note(audit: Audit, operation: str, account_id: str, now: datetime, request_id: str) -> None:
    """Add to the audit what came of a way in. An address that has no account is nobody's, and not written down."""
    audit.add(Deed(at=now, account_id=account_id, operation=operation, request_id=request_id))


def _id(account: Account | None) -> str:
    return account.id if account else ""


def _of_letter(accounts: Accounts, account_id: str | None) -> Account:
    account = accounts.get(account_id) if account_id else None
    if account is None:
        raise SignInError(
            Said("链接无效、已使用或已过期。", "The link is not valid, used, or too old."),
            Said("请重新申请重设密码。", "Ask for a new one."),
        )
    return account


def csrf_of(token: str) -> str:
    """The secret that forms of a session carry: pages make it from the cookie, which other sites cannot read."""
    return hmac.new(token.encode(), b"form", "sha256").hexdigest()


def known_secret(secret: str, kept_hash: str) -> bool:
    """Whether the secret is the one of a hash, compared in constant time."""
    return hmac.compare_digest(secret_hash(secret), kept_hash)


def _network(address: str) -> str:
    """What counts as one address: of IPv6 the network of 64 bits, of which one customer has all."""
    try:
        told = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(told, ipaddress.IPv6Address) and told.ipv4_mapped is None:
        return str(ipaddress.ip_network((told, 64), strict=False))
    return str(told)


def actor_of(
    accounts: Accounts, organisations: Organisations, account_id: str, scopes: Iterable[Scope] = tuple(Scope)
) -> Actor | None:
    """Somebody with all that decides what they may do; None for an account that is not there or not active."""
    account = accounts.get(account_id)
    if account is None or not account.active:
        return None
    organisation = organisations.get(account.organisation_id) if account.organisation_id else None
    opened = organisations.opened_to(organisation.id) if organisation else frozenset()
    return Actor(account=account, organisation=organisation, opened=opened, scopes=frozenset(scopes))
