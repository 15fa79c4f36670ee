"""The ways a digest goes out: what of it is really in what is handed over, and the handing over itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from matcher.domain.deliveries import Delivery
from matcher.domain.digests import Digest
from matcher.services.delivery.letter import LetterWriter, Reader, Written
from matcher.services.delivery.links import Links
from matcher.services.delivery.webhook import Webhook
from matcher.services.mail import Mailer


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is ready to be handed over: the items in it, and the call that does it."""

    items: tuple[str, ...]
    hand: Callable[[], None]
    digest: Digest
    """What it tells."""

    @property
    def told(self) -> Digest:
        """The digest with no items but those in it."""
        return replace(self.digest, items=tuple(one for one in self.digest.items if one.id in self.items))


class Carrier(Protocol):
    """A way out for digests."""

    def prepare(self, digest: Digest, delivery: Delivery, reader: Reader, now: datetime) -> Prepared:
        """Make what is handed over. Handing it over raises the errors of `Mailer`."""


class ByMail:
    """Digests as letters."""

    def __init__(self, writer: LetterWriter, links: Links, mailer: Mailer) -> None:
        self._writer = writer
        self._links = links
        self._mailer = mailer

    def written(self, digest: Digest, delivery: Delivery, reader: Reader, now: datetime) -> Written:
        """The letter as it would be sent."""
        return self._writer.write(digest, delivery, reader, self._links.signer(now), now)

    def prepare(self, digest: Digest, delivery: Delivery, reader: Reader, now: datetime) -> Prepared:
        """Make the letter."""
        written = self.written(digest, delivery, reader, now)
        return Prepared(written.items, lambda: self._mailer.send(written.letter, now), digest)


class ByWebhook:
    """Digests as signed JSON for a bridge to WeCom, Feishu or DingTalk. It tells what the letter tells."""

    def __init__(self, mail: ByMail, webhook: Webhook) -> None:
        self._mail = mail
        self._webhook = webhook

    def prepare(self, digest: Digest, delivery: Delivery, reader: Reader, now: datetime) -> Prepared:
        """Make the message."""
        written = self._mail.written(digest, delivery, reader, now)
        told = {
            "id": delivery.id,
            "week": digest.week,
            "to": {"account_id": reader.account.id, "email": reader.account.email, "name": reader.account.name},
            "language": reader.account.language.value,
            "subject": written.letter.subject,
            "text": written.letter.text,
        }
        body = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
        return Prepared(written.items, lambda: self._webhook.send(delivery.id, body, now), digest)
