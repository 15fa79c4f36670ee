"""What somebody and their colleagues said of pairs: the shortlist, what is for later or refused, a pair's history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from matcher.domain.accounts import Actor
from matcher.domain.feedback import Feedback, Judgement
from matcher.domain.records import Left, PairKind, Right
from matcher.domain.visibility import visible
from matcher.services.pairs import paired_records
from matcher.store import Accounts, Circle, Database, FeedbackRows, Records


@dataclass(frozen=True, slots=True)
class Opinion:
    """A word on a pair, with its records and who said it: empty where the account is gone."""

    given: Feedback
    left: Left
    right: Right
    by: str
    mine: bool


class Opinions:
    """The use cases of reading judgements. Only one's own and one's organisation's are read, of pairs one may see."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def listed(
        self,
        actor: Actor,
        verdict: Judgement,
        right: tuple[PairKind, str] | None = None,
        *,
        before: int | None = None,
        limit: int = 50,
    ) -> list[Opinion]:
        """The pairs on which the last word is this verdict, of all or of one right record, the latest first."""
        with self._database.read() as connection:
            found = FeedbackRows(connection).last_words(
                actor.viewer, circle_of(actor), right, verdict=verdict, before=before, limit=limit
            )
            return _told(Records(connection), Accounts(connection), found, actor)

    def just(self, numbers: Sequence[int], actor: Actor) -> list[Opinion]:
        """One's own words of these numbers, in their order, without those that are gone."""
        with self._database.read() as connection:
            rows = FeedbackRows(connection)
            found = [given for number in numbers if (given := rows.get(actor.viewer, number, actor.id))]
            return _told(Records(connection), Accounts(connection), found, actor)

    def history(self, pair: PairKind, left_id: str, right_id: str, actor: Actor) -> list[Opinion]:
        """Everything that was said of one pair, the latest first."""
        with self._database.read() as connection:
            found = FeedbackRows(connection).of_pair(actor.viewer, circle_of(actor), pair, left_id, right_id)
            return _told(Records(connection), Accounts(connection), found, actor)

    def of_right(self, pair: PairKind, right_id: str, actor: Actor) -> dict[str, Feedback]:
        """The last word on every pair of one right record, by the id of the left one."""
        with self._database.read() as connection:
            found = FeedbackRows(connection).last_words(actor.viewer, circle_of(actor), (pair, right_id))
        return {given.left_id: given for given in found}

    def names(self, words: Sequence[Feedback]) -> dict[str, str]:
        """Who said these, by the ids of their accounts."""
        with self._database.read() as connection:
            return Accounts(connection).names(given.account_id for given in words)


def circle_of(actor: Actor) -> Circle:
    """Whose words the actor reads."""
    return Circle(actor.id, actor.account.organisation_id)


def counted(words: Mapping[str, Feedback]) -> Mapping[Judgement, int]:
    """How many pairs have each verdict as their last word."""
    return Counter(given.verdict for given in words.values())


def _told(records: Records, accounts: Accounts, found: Sequence[Feedback], actor: Actor) -> list[Opinion]:
    names = accounts.names(given.account_id for given in found)
    known = paired_records(records, found)
    opinions = []
    for given in found:
        left, right = (known.get(key) for key in ((given.kind.left, given.left_id), (given.kind.right, given.right_id)))
        if left and right and visible(left, actor.viewer) and visible(right, actor.viewer):
            by, mine = names.get(given.account_id, ""), given.account_id == actor.id
            opinions.append(Opinion(given, cast("Left", left), cast("Right", right), by, mine))
    return opinions
