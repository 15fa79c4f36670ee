"""Letters that the service writes about accounts."""

from __future__ import annotations

import secrets
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol

from matcher.services.access import LETTER, Access
from matcher.wording import Language, Said


class Post(Protocol):
    """Takes a letter to where it goes."""

    def send(self, to: str, subject: str, text: str) -> None:
        """Send one plain letter."""


class Outbox:
    """Keeps letters as files, for a service without a mail server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, to: str, subject: str, text: str) -> None:
        """Write one letter."""
        message = EmailMessage()
        message["To"], message["Subject"] = to, subject
        message.set_content(text)
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self._folder / f"{secrets.token_hex(8)}.eml").write_bytes(message.as_bytes())


class Letters:
    """The use cases of letters about accounts on one installation."""

    def __init__(self, access: Access, post: Post, address: str) -> None:
        self._access = access
        self._post = post
        self._address = address.rstrip("/")

    def send_reset(self, email: str, now: datetime) -> None:
        """Send a letter by which a password can be set; nothing at all where the address has no account."""
        found = self._access.letter(email, now)
        if found is None:
            return
        account, secret = found
        language = Language(account.language)
        hours = int(LETTER.total_seconds() // 3600)
        link = f"{self._address}/password#{secret}"
        text = Said(
            f"{account.name or account.email}：\n\n请在 {hours} 小时内打开下面的链接设置密码：\n{link}\n\n"
            "如非本人操作，请忽略此信。\n",
            f"{account.name or account.email},\n\nset your password within {hours} hours here:\n{link}\n\n"
            "If you did not ask for this, ignore this letter.\n",
        )
        subject = Said("设置密码", "Set your password")
        self._post.send(account.email, subject.to(language), text.to(language))
