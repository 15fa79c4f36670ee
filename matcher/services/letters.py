"""Letters that the service writes about accounts."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from matcher.errors import MailError
from matcher.services.access import LETTER, Access
from matcher.services.mail import Letter, Mailer
from matcher.wording import Said

_log = logging.getLogger(__name__)


class Letters:
    """The use cases of letters about accounts on one installation."""

    def __init__(self, access: Access, mailer: Mailer, address: str, new_id: Callable[[], str]) -> None:
        self._access = access
        self._mailer = mailer
        self._address = address.rstrip("/")
        self._new_id = new_id

    def reset(self, email: str, now: datetime, address: str = "", request_id: str = "") -> Letter | None:
        """A letter by which a password can be set; None where the address has no account.

        Raises:
            SignInError: too many were asked for, for this account or from this network address.
        """
        found = self._access.letter(email, now, address, request_id)
        if found is None:
            return None
        account, secret = found
        hours = int(LETTER.total_seconds() // 3600)
        link = f"{self._address}/password/{secret}?lang={account.language}"
        text = Said(
            f"{account.name or account.email}：\n\n请在 {hours} 小时内打开下面的链接设置密码：\n{link}\n\n"
            "如非本人操作，请忽略此信。\n",
            f"{account.name or account.email},\n\nset your password within {hours} hours here:\n{link}\n\n"
            "If you did not ask for this, ignore this letter.\n",
        ).to(account.language)
        subject = Said("设置密码", "Set your password").to(account.language)
        return Letter(id=self._new_id(), to=account.email, subject=subject, text=text)

    def send(self, letter: Letter, now: datetime) -> None:
        """Hand a letter over once the request is answered: neither its time nor its failure tells who has an account,
        and no transaction waits for a mail server. What went wrong stands in the log."""
        try:
            self._mailer.send(letter, now)
        except MailError as error:
            _log.error("a letter was not sent: %s", error)
