"""One pairing as one viewer may know it: what came about until a day, and what keeps a pair from coming about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property

from matcher.domain.controls import Question
from matcher.domain.matches import Verdict
from matcher.domain.places import Gazetteer
from matcher.domain.records import Fund, Left, Outcome, PairKind, Result, Right
from matcher.domain.taxonomy import Taxonomy
from matcher.domain.visibility import Viewer
from matcher.policy.facts import Fact, stated
from matcher.policy.hurdles import Hurdles
from matcher.policy.pairs import Pair
from matcher.policy.rules import Rulebook
from matcher.policy.wishes import Wishes
from matcher.services.policy import first_accepted
from matcher.services.pooling import organisations, pooled
from matcher.store import Controls, Database


class Dealings:
    """The outcomes between the records of one pairing that the viewer may see, and the rules on pairs."""

    def __init__(
        self,
        database: Database,
        pairing: PairKind,
        viewer: Viewer,
        day: date,
        *,
        book: Rulebook,
        gazetteer: Gazetteer,
        industries: Taxonomy,
    ) -> None:
        known = pooled(database, pairing, viewer)
        with database.read() as connection:
            controls = [one for one in Controls(connection).of(pairing) if one.holds_on(day)]
        self.lefts, self.rights = known.lefts, known.rights
        self._organisations = organisations(database)
        self._wishes = Wishes(Question(controls=tuple(map(known.wished, controls))), self._organisations)
        self._day, self._book, self._gazetteer, self._industries = day, book, gazetteer, industries
        seen = {one.id for one in known.lefts}
        outcomes = [one for one in known.outcomes if one.left_id in seen and one.decided_on <= day]
        self._pairs: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
        theirs: dict[str, list[Outcome]] = defaultdict(list)
        for one in sorted(outcomes, key=lambda one: (one.decided_on, one.right_id)):
            self._pairs[one.left_id, one.right_id].append(one)
            theirs[one.right_id].append(one)
        self._accepted = {name: tuple(first_accepted(told, day).values()) for name, told in theirs.items()}
        self._figures: dict[str, dict[str, Fact]] = {one.id: dict(stated(one, book).known) for one in known.rights}
        self._hurdles = Hurdles(book, day, self._pair, self._plain)

    def accepted(self) -> dict[str, list[str]]:
        """Of each left record those that accepted it, by the day of the first decision."""
        return self._with(lambda told: any(one.result is Result.ACCEPTED for one in told))

    def talking(self) -> dict[str, list[str]]:
        """Of each left record those whose last word is that they are in talks."""
        return self._with(lambda told: told[-1].result is Result.IN_TALKS)

    def hurdles(self, left: Left, right: Right) -> Sequence[Verdict]:
        """The rules that keep the pair out; none where it could come about."""
        return self._hurdles.of(left, right)

    def possible(self, left_id: str, right_id: str) -> bool:
        """Whether both are there, each standing for itself, and no rule keeps the pair out."""
        left, right = self._left.get(left_id), self._right.get(right_id)
        return left is not None and right is not None and not self.hurdles(left, right)

    @cached_property
    def _left(self) -> dict[str, Left]:
        return {one.id: one for one in self.lefts}

    @cached_property
    def _right(self) -> dict[str, Right]:
        return {one.id: one for one in self.rights}

    def _pair(self, left: Left, right: Right) -> Pair:
        return Pair(
            left,
            right,
            self._pairs.get((left.id, right.id), ()),
            self._gazetteer,
            self._industries,
            self._accepted.get(right.id, ()),
            self._day,
            self._figures[right.id],
            self._organisations,
            self._wishes,
        )

    def _plain(self, left: Left, right: Right) -> bool:
        """Whether nothing was decided about just these two or wished by either, in a fund's own terms neither."""
        terms = isinstance(right, Fund) and (right.ban_terms or right.must_terms)
        return not terms and (left.id, right.id) not in self._pairs and self._wishes.silent(left, right)

    def _with(self, holds: Callable[[list[Outcome]], bool]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for (left_id, right_id), told in self._pairs.items():
            if holds(told):
                found[left_id].append(right_id)
        return found
