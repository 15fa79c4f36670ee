"""Letters that the service writes about accounts."""

from __future__ import annotations

import secrets
from datetime import datetime

from matcher.services.access import LETTER, Access
from matcher.services.mail import Letter, Mailer
from matcher.wording import Said


class Letters:
    """The use cases of letters about accounts on one installation."""

    def __init__(self, access: Access, mailer: Mailer, address: str) -> None:
        self._access = access
        self._mailer = mailer
        self._address = address.rstrip("/")

    def send_reset(self, email: str, now: datetime) -> None:
        """Send a letter by which a password can be set; nothing at all where the address has no account."""
        found = self._access.letter(email, now)
        if found is None:
            return
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
        self._mailer.send(Letter(id=secrets.token_hex(8), to=account.email, subject=subject, text=text), now)
