"""What accounts keep about a person, for whoever asks what is kept about them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from matcher.domain.subjects import Mention, Subject, normal
from matcher.services.accounts import People


class AccountSubjects:
    """The table of accounts; erasing a person deletes the account, and the audit keeps an id that names nobody."""

    def __init__(self, people: People) -> None:
        self._people = people

    def mentions(self, subject: Subject) -> Sequence[Mention]:
        """The accounts with the person's name or address."""
        who = normal(subject.who).strip()
        return [
            Mention("accounts", account.id, "name", f"{account.name} <{account.email}>", certain=True)
            for account in self._people.all()
            if who in (normal(account.name).strip(), normal(account.email).strip())
        ]

    def erase(self, subject: Subject, places: Collection[str], now: datetime) -> int:
        """Delete the accounts among these places."""
        found = [one for one in self.mentions(subject) if one.id in places]
        for one in found:
            self._people.erase(one.key)
        return len(found)
