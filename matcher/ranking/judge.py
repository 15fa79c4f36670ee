"""What rules and wishes say of a pair within a question: its verdicts, its tier, what the right record holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property

import numpy as np

from matcher.domain.called import Called
from matcher.domain.controls import Control
from matcher.domain.matches import Reason, Verdict
from matcher.domain.names import BY_SPELLING, Organisations
from matcher.domain.places import Gazetteer
from matcher.domain.records import CarrierKind, Fund, Left, Outcome, Project, Record, Result, Right
from matcher.domain.taxonomy import Taxonomy
from matcher.domain.visibility import visible
from matcher.policy import eligibility, portfolio, wish_fit
from matcher.policy.arrangements import Residents, resident_plus
from matcher.policy.facts import Fact, stated
from matcher.policy.pairs import Holding, Pair
from matcher.policy.priority import NONE, Tier, keeps_queue, place
from matcher.policy.rules import Rulebook
from matcher.ranking.asked import Asked
from matcher.ranking.corpus import Matrix, Rows
from matcher.ranking.knowledge import Knowledge


class Judge:
    """The rules of one pairing, as of the day of what is known."""

    def __init__(
        self,
        known: Knowledge,
        outcomes: Iterable[Outcome],
        *,
        book: Rulebook,
        gazetteer: Gazetteer,
        industries: Taxonomy,
        carriers: Mapping[str, CarrierKind | None] | None = None,
        names: Called | None = None,
        organisations: Organisations = BY_SPELLING,
        residents: Residents | None = None,
    ) -> None:
        self.known = known
        self._book = book
        self.gazetteer = gazetteer
        self._industries = industries
        self._carriers = carriers or {}
        self._names = names or {}
        self.organisations = organisations
        self._residents = residents or {}
        self._figures: dict[str, dict[str, Fact]] = {}
        self._queues: dict[str, bool] = {}
        self._levels: dict[int, int] = {}
        self._outcomes: dict[tuple[str, str], list[Outcome]] = {}
        for outcome in outcomes:
            if outcome.decided_on.toordinal() < known.as_of:
                self._outcomes.setdefault((outcome.left_id, outcome.right_id), []).append(outcome)

    @property
    def today(self) -> date:
        """The last day of which anything is known."""
        return date.fromordinal(self.known.as_of - 1)

    def decided(self, right_id: str) -> set[str]:
        """The left records about which and this right one anything was decided."""
        return self._decided.get(right_id, set())

    def tier(self, left: Left, right: Right) -> Tier:
        """The place that the notice's priority gives the pair."""
        return self.place(left) if self.keeps_queue(right) else NONE

    def tiers(self, rows: Rows, right: Right) -> list[int]:
        """The tier of each of some known left records, whose places are kept."""
        if not self.keeps_queue(right):
            return [NONE.level] * len(rows)
        lefts = self.known.left.records
        self._levels |= {row: self.place(lefts[row]).level for row in rows.tolist() if row not in self._levels}
        return [self._levels[row] for row in rows.tolist()]

    def place(self, left: Left) -> Tier:
        """Its place before all who keep the priority."""
        return place(left, self._carriers, self._book, self.today)

    def keeps_queue(self, right: Right) -> bool:
        """Whether a right record keeps the priority."""
        if right.id not in self._queues:
            self._queues[right.id] = keeps_queue(right, self._book, self.today)
        return self._queues[right.id]

    def verdicts(self, pair: Asked) -> tuple[Verdict, ...]:
        """What every rule says of the pair, the wishes behind the question among them."""
        return eligibility.check(self._pair(pair, tuple(self._holdings(pair))), self._book)

    def refusing(self, pair: Asked) -> frozenset[str]:
        """The rules that keep the pair out of a list: what the verdicts would tell, without the others."""
        holdings = tuple(self._holdings(pair)) if self._held_against else ()
        return eligibility.refusing(self._pair(pair, holdings), self._book)

    @cached_property
    def _held_against(self) -> bool:
        """Whether what a fund holds may keep a project out."""
        return portfolio.portfolio_competitor.__name__ in eligibility.rejecting(self._book, self.today)

    def _pair(self, pair: Asked, holdings: tuple[Holding, ...]) -> Pair:
        right = pair.right.id
        if right not in self._figures:
            self._figures[right] = dict(stated(pair.right, self._book).known)
        return Pair(
            pair.left,
            pair.right,
            self._outcomes.get((pair.left.id, right), []),
            self.gazetteer,
            self._industries,
            self._accepted.get(right, ()),
            self.today,
            self._figures[right],
            self.organisations,
            pair.wishes,
            pair.shown,
            holdings,
            self._names,
        )

    def pluses(self, pair: Asked, verdicts: Sequence[Verdict]) -> tuple[Reason, ...]:
        """What of a fund's house and portfolio speaks for the pair."""
        if not (isinstance(pair.left, Project) and isinstance(pair.right, Fund)):
            return ()
        holdings = list(self._holdings(pair))
        resident = resident_plus(pair.left, pair.right, self._residents, self._book, self.today, self._names)
        house = portfolio.pluses(pair.left, pair.right, holdings, verdicts, self._industries, self._names)
        return (*resident, *house)

    def wished(self, control: Control, record: Record) -> str:
        """What a wish that names the record is aimed at."""
        return wish_fit.wished(control, record, self._names)

    def taken(self, pairs: Sequence[Asked]) -> list[tuple[list[tuple[Left, date]], Matrix]]:
        """What each right record took and the viewer may see, and how near in meaning it is to the left record."""
        known, lefts = self.known, self.known.left
        rows = [self._taken(pair) for pair in pairs]
        near = known.centred(lefts.vectors[[row for told in rows for row in told]])
        asked = known.centred(np.reshape([pair.query.vectors[pair.row] for pair in pairs], (len(pairs), near.shape[1])))
        alike = np.einsum("nd,nd->n", near, np.repeat(asked, [len(told) for told in rows], axis=0))
        ends = np.cumsum([0, *map(len, rows)])
        return [
            ([(lefts.records[row], date.fromordinal(told[row])) for row in told], alike[start:end])
            for told, start, end in zip(rows, ends[:-1], ends[1:], strict=True)
        ]

    def _taken(self, pair: Asked) -> dict[int, int]:
        """The left rows that a right record took, and the days; not the asking one, nor what the viewer may not see."""
        lefts, asked = self.known.left, pair.query.ids[pair.row]
        taken = self.known.taken_on.get(self.known.right.rows[pair.right.id], {})
        return {
            row: day
            for row, day in taken.items()
            if lefts.ids[row] != asked and visible(lefts.records[row], pair.viewer)
        }

    def _holdings(self, pair: Asked) -> Iterator[Holding]:
        if isinstance(pair.right, Fund) and self.known.taken_on.get(self.known.right.rows[pair.right.id]):
            for (case, day), similarity in zip(*self.taken([pair])[0], strict=True):
                if isinstance(case, Project) and not _of_one_result(case, pair.left):
                    yield Holding(case, day, float(similarity))

    @cached_property
    def _decided(self) -> Mapping[str, set[str]]:
        lefts: dict[str, set[str]] = {}
        for left_id, right_id in self._outcomes:
            lefts.setdefault(right_id, set()).add(left_id)
        return lefts

    @cached_property
    def _accepted(self) -> Mapping[str, Sequence[date]]:
        """When each right record took left ones; those the viewer's corpus lacks are not counted, lest they be told."""
        days: dict[str, list[date]] = {}
        for (left_id, right_id), outcomes in self._outcomes.items():
            taken = [outcome.decided_on for outcome in outcomes if outcome.result is Result.ACCEPTED]
            if taken and left_id in self.known.left.rows:
                days.setdefault(right_id, []).append(min(taken))
        return days


def _of_one_result(case: Project, left: Left) -> bool:
    """Whether the two come from one result: the same venture, which is neither a competitor nor a complement."""
    return isinstance(left, Project) and bool(case.achievement_id) and case.achievement_id == left.achievement_id
