"""Links in letters that work without signing in: signed, for one purpose, telling nothing but random ids."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from matcher.errors import LinkError
from matcher.store import Database, LinkKey, LinkKeys
from matcher.wording import Said

KEPT = timedelta(days=90)
"""How long links of a retired key go on working."""
_TOKEN = re.compile(r"([1-9][0-9]{0,8})((?:\.[A-Za-z0-9_-]{1,100}){1,4})\.([A-Za-z0-9_-]{22})")


class Purpose(StrEnum):
    """What a link is for. It is part of what is signed: a link of one purpose is no link of another."""

    ANSWER = "answer"
    WHY = "why"
    SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs links with one key."""

    key: LinkKey

    def token(self, purpose: Purpose, *parts: str) -> str:
        """The parts with their signature, for an address."""
        told = ".".join(parts)
        return f"{self.key.number}.{told}.{_signature(self.key, purpose, told)}"


class Links:
    """The signing and reading of links on one installation."""

    def __init__(self, database: Database, new_secret: Callable[[], str]) -> None:
        self._database = database
        self._new_secret = new_secret

    def signer(self, now: datetime) -> Signer:
        """What signs with the newest key, which is made when there is none."""
        with self._database.read() as connection:
            key = LinkKeys(connection).newest()
        if key is None:
            with self._database.begin() as connection:
                key = LinkKeys(connection).newest() or LinkKeys(connection).add(self._new_secret(), now)
        return Signer(key)

    def opened(self, purpose: Purpose, token: str, now: datetime) -> tuple[str, ...]:
        """The parts of a link. Raises LinkError for one that was changed, made up, or whose key has ended."""
        found = _TOKEN.fullmatch(token)
        if found is None:
            raise forged()
        with self._database.read() as connection:
            key = LinkKeys(connection).get(int(found[1]))
        told = found[2].removeprefix(".")
        if key is None or not hmac.compare_digest(_signature(key, purpose, told), found[3]):
            raise forged()
        if key.until is not None and key.until <= now:
            raise expired()
        return tuple(told.split("."))

    def rotate(self, now: datetime, *, at_once: bool = False) -> None:
        """Sign with a new key from here on; links that are out keep working for a while, or end `at_once`."""
        with self._database.begin() as connection:
            LinkKeys(connection).retire(now if at_once else now + KEPT)
            LinkKeys(connection).add(self._new_secret(), now)


def forged() -> LinkError:
    """The error for a link that is not ours as it stands."""
    return LinkError(
        Said("链接无效。", "This link is not valid."),
        Said("请从邮件中重新点击，或登录后操作。", "Open it from the letter again, or sign in."),
    )


def expired() -> LinkError:
    """The error for a link that was ours."""
    return LinkError(Said("链接已过期。", "This link has expired."), Said("请登录后操作。", "Sign in to do it there."))


def _signature(key: LinkKey, purpose: Purpose, told: str) -> str:
    """128 bits of the signature: nobody guesses them, and a letter stays short."""
    signed = hmac.new(key.secret.encode(), f"{purpose}|{key.number}|{told}".encode(), hashlib.sha256).digest()[:16]
    return base64.urlsafe_b64encode(signed).decode().rstrip("=")
