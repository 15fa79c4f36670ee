"""What is kept about addresses that get no mail, for whoever asks what is kept about them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from matcher.domain.subjects import Mention, Subject, normal
from matcher.store import Database, Suppressions


class AddressSubjects:
    """The lists of suppressed addresses and of letters that came back. Who is erased may get mail again, if they are
    ever given an account again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def mentions(self, subject: Subject) -> Sequence[Mention]:
        """The rows with the person's address."""
        address = normal(subject.who).strip()
        with self._database.read() as connection:
            store = Suppressions(connection)
            kept, returned = store.get(address), store.bounced(address)
        found = [Mention("bounces", one.id, "address", f"{one.address} {one.said}", certain=True) for one in returned]
        if kept is not None:
            told = f"{kept.address} {kept.note}".strip()
            found.insert(0, Mention("suppressions", kept.address, "address", told, certain=True))
        return found

    def erase(self, subject: Subject, places: Collection[str], now: datetime) -> int:
        """Forget the address, if any of its rows is among these places."""
        if not any(one.id in places for one in self.mentions(subject)):
            return 0
        with self._database.begin() as connection:
            return Suppressions(connection).forget(normal(subject.who).strip())
