"""A letter as it would be sent, for whoever looks before it is."""

from __future__ import annotations

from datetime import datetime

from matcher.domain.deliveries import Way, delivery_of
from matcher.domain.digests import Digest, Silence
from matcher.services.delivery.letter import Written
from matcher.services.delivery.standing import Standing
from matcher.services.delivery.ways import ByMail


class Preview:
    """Writes letters with what sending writes them with."""

    def __init__(self, standing: Standing, mail: ByMail) -> None:
        self._standing = standing
        self._mail = mail

    def of(self, digest: Digest, now: datetime) -> Written | Silence:
        """The letter; or why none would be sent. Its links answer nothing until it was sent."""
        found = self._standing.look(digest, Way.MAIL, now.astimezone().date())
        if isinstance(found, Silence):
            return found
        reader, left = found
        return self._mail.written(left, delivery_of(digest, Way.MAIL, now), reader, now)
