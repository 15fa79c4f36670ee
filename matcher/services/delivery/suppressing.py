"""Who gets no mail: letters that came back, complaints, and what people decide."""

from __future__ import annotations

from datetime import datetime

from matcher.domain.deliveries import SOFT_BOUNCES, SOFT_WINDOW, Bounce, Cause, Hardness, Suppression
from matcher.errors import ConflictError, RecordNotFoundError
from matcher.services.accounts import require_address
from matcher.store import Database, Suppressions
from matcher.wording import Said

CAUSES = {Hardness.HARD: Cause.BOUNCE, Hardness.COMPLAINT: Cause.COMPLAINT}


class Suppressing:
    """The list of suppressed addresses on one installation."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Suppression]:
        """The whole list, by address."""
        with self._database.read() as connection:
            return Suppressions(connection).all()

    def add(self, address: str, note: str, now: datetime) -> Suppression:
        """Put an address on the list by hand.

        Raises:
            AccountError: it is no address.
            ConflictError: it is on the list.
        """
        require_address(address)
        one = Suppression(address=address.casefold(), cause=Cause.MANUAL, since=now, note=note.strip())
        with self._database.begin() as connection:
            if not Suppressions(connection).add(one):
                raise ConflictError(
                    Said(f"{address} 已在停发名单中。", f"{address} is on the list already."),
                    Said("请查看 matcher digest suppress list。", "See `matcher digest suppress list`."),
                )
        return one

    def remove(self, address: str) -> Suppression:
        """Take an address off the list; what came back from it before counts no longer.

        Raises:
            RecordNotFoundError: it is not on the list.
        """
        with self._database.begin() as connection:
            found = Suppressions(connection).get(address)
            if found is None or not Suppressions(connection).remove(address):
                raise RecordNotFoundError(
                    Said(f"{address} 不在停发名单中。", f"{address} is not on the list."),
                    Said("请查看 matcher digest suppress list。", "See `matcher digest suppress list`."),
                )
        return found

    def take(self, bounce: Bounce) -> tuple[bool, bool]:
        """Count a letter that came back: whether it was new, and whether its address gets no more mail from here on.

        One that says the mailbox is gone, and a complaint, count at once; others by the days on which they came.
        """
        with self._database.begin() as connection:
            store = Suppressions(connection)
            if not store.note(bounce):
                return False, False
            cause = CAUSES.get(bounce.hardness)
            if cause is None:
                if store.soft_days(bounce.address, bounce.at - SOFT_WINDOW) < SOFT_BOUNCES:
                    return True, False
                cause = Cause.BOUNCES
            return True, store.add(Suppression(address=bounce.address, cause=cause, since=bounce.at, note=bounce.said))
