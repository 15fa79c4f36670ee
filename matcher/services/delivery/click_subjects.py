"""What is kept of a person's visits from letters, for whoever asks what is kept about them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from matcher.domain.subjects import Mention, Subject
from matcher.services.account_subjects import AccountSubjects
from matcher.services.accounts import People
from matcher.store import Database, Digests, ToldPair


class ClickSubjects:
    """The visits of the person's accounts. They go with the account, or alone where they are named."""

    def __init__(self, database: Database, people: People) -> None:
        self._database = database
        self._accounts = AccountSubjects(people)

    def mentions(self, subject: Subject) -> Sequence[Mention]:
        """The items whose reasons the person opened, and when."""
        with self._database.read() as connection:
            return [
                Mention("digest_told", _key(one), "clicked_at", _said(one), certain=True)
                for account in self._accounts.mentions(subject)
                for one in Digests(connection).clicked(account.key)
            ]

    def erase(self, subject: Subject, places: Collection[str], now: datetime) -> int:
        """Forget the visits among these places."""
        with self._database.begin() as connection:
            digests = Digests(connection)
            meant = [
                one
                for account in self._accounts.mentions(subject)
                for one in digests.clicked(account.key)
                if f"digest_told/{_key(one)}/clicked_at" in places
            ]
            for one in meant:
                digests.forget_click(one)
            return len(meant)


def _key(one: ToldPair) -> str:
    return "|".join((one.account_id, one.week, one.kind.value, one.left_id, one.right_id))


def _said(one: ToldPair) -> str:
    return f"{one.week} {one.left_id} → {one.right_id} {one.clicked_at:%Y-%m-%d %H:%M}"
