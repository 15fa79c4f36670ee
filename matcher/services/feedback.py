"""What people say of a recommended pair, and the standing wish that follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from matcher.domain.accounts import OVERSEEING, Actor
from matcher.domain.feedback import Feedback, Judgement
from matcher.errors import ConflictError, RecordNotFoundError
from matcher.services.exclusions import Exclusions, require_part
from matcher.services.pairs import seen_pair
from matcher.services.wishes import Note
from matcher.store import Circle, Database, FeedbackRows, Records
from matcher.wording import Said

LATER = timedelta(days=14)
"""How long a pair that is to be looked at later is not recommended."""


class Judging:
    """The use cases of feedback on one installation."""

    def __init__(self, database: Database, exclusions: Exclusions) -> None:
        self._database = database
        self._exclusions = exclusions

    def page(self, actor: Actor, before: int | None, limit: int) -> list[Feedback]:
        """The actor's own words, everybody's for the bureau; the latest first, those before a number."""
        account = None if actor.role in OVERSEEING else actor.id
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
            given = Feedback(
                account_id=actor.id,
                kind=pair,
                left_id=left.id,
                right_id=right.id,
                verdict=verdict,
                reason=reason,
                made_at=now,
            )
            self._hold(given, actor)
            return FeedbackRows(connection).add(given)

    def give_each(
        self, pairs: Sequence[tuple[str, str]], verdict: Judgement, reason: str, actor: Actor, now: datetime
    ) -> list[Feedback]:
        """Say the same of several pairs (left and right id), of all of them or of none. Raises like `give`."""
        with self._database.begin():
            return [self.give(left, right, verdict, reason, actor, now) for left, right in pairs]

    def take_back(self, numbers: Sequence[int], actor: Actor) -> list[Feedback]:
        """Take one's own last words on pairs back, all of them or none; what one said of them before holds again.

        Raises:
            RecordNotFoundError: one of them is not there, not one's own, or of a pair one may not see.
            ConflictError: one has said something else of that pair since.
        """
        with self._database.begin() as connection:
            rows, taken = FeedbackRows(connection), []
            for number in numbers:
                given = rows.get(actor.viewer, number, actor.id)
                if given is None:
                    raise RecordNotFoundError(
                        Said(f"没有编号为 {number} 的判断。", f"There is no judgement {number}."),
                        Said("请刷新页面。", "Reload the page."),
                    )
                said = rows.of_pair(actor.viewer, Circle(actor.id), given.kind, given.left_id, given.right_id)
                if said[0] != given:
                    raise ConflictError(
                        Said("此后您又判断过这一对，不能撤销之前的。", "You have judged this pair anew since."),
                        Said("请重新判断。", "Judge it once more."),
                    )
                rows.remove(number)
                self._exclusions.withdraw(given.kind, given.left_id, given.right_id, actor)
                if len(said) > 1:
                    self._hold(said[1], actor)
                taken.append(given)
            return taken

    def _hold(self, given: Feedback, actor: Actor) -> None:
        """What follows from a word: the pair is recommended, not for a while, or not again."""
        self._exclusions.withdraw(given.kind, given.left_id, given.right_id, actor)
        if given.verdict is not Judgement.FITS:
            day = given.made_at.date()
            until = day + LATER if given.verdict is Judgement.LATER else None
            self._exclusions.dismiss(given.left_id, given.right_id, Note(day, given.reason, until), actor)
