"""What people say of a recommended pair, and the standing wish that follows from it."""

from __future__ import annotations

from datetime import datetime, timedelta

from matcher.domain.accounts import Actor, Role
from matcher.domain.feedback import Feedback, Judgement
from matcher.services.exclusions import Exclusions, require_part
from matcher.services.pairs import seen_pair
from matcher.services.wishes import Note
from matcher.store import Database, FeedbackRows, Records

LATER = timedelta(days=14)
"""How long a pair that is to be looked at later is not recommended."""
SEEING_ALL = (Role.ADMINISTRATOR, Role.BUREAU)


class Judging:
    """The use cases of feedback on one installation."""

    def __init__(self, database: Database, exclusions: Exclusions) -> None:
        self._database = database
        self._exclusions = exclusions

    def page(self, actor: Actor, before: int | None, limit: int) -> list[Feedback]:
        """The actor's own words, everybody's for the bureau; the latest first, those before a number."""
        account = None if actor.role in SEEING_ALL else actor.id
        with self._database.read() as connection:
            return FeedbackRows(connection).latest(actor.viewer, before, limit, account)

    def give(
        self, left_id: str, right_id: str, verdict: Judgement, reason: str, actor: Actor, now: datetime
    ) -> Feedback:
        """Say whether a pair fits. One that does not is not recommended again; one for later, not for a fortnight.

        Raises:
            RecordNotFoundError: there is no such record.
            NotEntitledError: the actor may not see one of the two.
            NotAllowedError: none of the two is the actor's to speak for.
        """
        with self._database.begin() as connection:
            pair, left, right = seen_pair(Records(connection), left_id, right_id, actor.viewer)
            require_part(actor, left, right)
            self._exclusions.withdraw(pair, left.id, right.id, actor)
            if verdict is not Judgement.FITS:
                until = now.date() + LATER if verdict is Judgement.LATER else None
                self._exclusions.dismiss(left.id, right.id, Note(now.date(), reason, until), actor)
            given = Feedback(
                account_id=actor.id,
                kind=pair,
                left_id=left.id,
                right_id=right.id,
                verdict=verdict,
                reason=reason,
                made_at=now,
            )
            return FeedbackRows(connection).add(given)
