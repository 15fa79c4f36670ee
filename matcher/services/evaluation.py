"""The classified evaluation as a use case: one carrier, or all of them with their place in their class."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from matcher.domain.periods import Period
from matcher.domain.places import Gazetteer
from matcher.domain.records import Incubator
from matcher.domain.visibility import Viewer
from matcher.policy.evaluation import Classed, Place, Score, cards, classify, places, score
from matcher.policy.management import Evaluated, Proposal, evaluations, proposals
from matcher.policy.rules import Rulebook
from matcher.policy.scorecards import ClassRule, Scorecard
from matcher.services.roll import carrier_on_roll, carriers_on_roll
from matcher.services.yearbook import Yearbook, yearbook
from matcher.store import Database


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A carrier in a year."""

    carrier: Incubator
    year: int
    classed: Classed
    internal: Score | None
    """This service's own score; None where the class has no set, or is not known."""
    before: Score | None
    """The same set on the year before; None where nothing was submitted then."""
    official: tuple[Score, ...]
    """By tables that somebody entered."""
    unobtained: tuple[Scorecard, ...]
    """Official tables that would count and were not obtained."""
    history: tuple[Evaluated, ...]
    """Official evaluations of the register for years until this one."""
    proposals: tuple[Proposal, ...]
    periods: tuple[Period, ...]
    """What it submitted for the year and parts of it."""
    place: Place | None = None
    """Among the carriers of its class that submitted figures."""


class Evaluating:
    """The evaluation on the records of one installation."""

    def __init__(self, database: Database, book: Rulebook, gazetteer: Gazetteer) -> None:
        self._database = database
        self.book = book
        self._gazetteer = gazetteer

    def evaluate(self, carrier: str, year: int, viewer: Viewer, day: date) -> Evaluation:
        """One carrier, by id or name, in a year. `day` is today: what was decided later is not looked at."""
        wanted = carrier_on_roll(self._database, carriers_on_roll(self._database, viewer), carrier, viewer).id
        known = yearbook(self._database, self.book, self._gazetteer, viewer, day)
        return next(one for one in evaluate_all(known, year, day) if one.carrier.id == wanted)

    def all(self, year: int, viewer: Viewer, day: date) -> tuple[Evaluation, ...]:
        """All carriers in a year, by class, the best first; those without a score last."""
        return evaluate_all(yearbook(self._database, self.book, self._gazetteer, viewer, day), year, day)


def evaluate_all(known: Yearbook, year: int, day: date) -> tuple[Evaluation, ...]:
    """Every carrier of the yearbook in a year, by class, the best first."""
    found = [_evaluate(carrier, known, year, day) for carrier in known.carriers.values()]
    classes = [rule.id for rule in known.book.of(ClassRule)]
    ranked: list[Evaluation] = []
    for name in (*classes, None):
        members = [one for one in found if (one.classed.rule.id if one.classed.rule else None) == name]
        spans = {one.carrier.id: one.internal.span for one in members if one.internal and one.periods}
        ranks = places(spans)
        ranked += sorted((replace(one, place=ranks.get(one.carrier.id)) for one in members), key=_order)
    return tuple(ranked)


def _order(one: Evaluation) -> tuple[bool, int, int, str]:
    place = one.place
    return place is None, place.best if place else 0, place.worst if place else 0, one.carrier.id


def _evaluate(carrier: Incubator, known: Yearbook, year: int, day: date) -> Evaluation:
    of, book = date(year, 12, 31), known.book
    classed = classify(known.records[carrier.id], book, of)
    rule = classed.rule
    own = cards(rule, book, of, official=False) if rule else ()
    official = cards(rule, book, of, official=True, level=carrier.level) if rule else ()
    now, then = (known.facts(carrier.id, Period(f"{one:04}")) for one in (year, year - 1))
    told = known.told.get(carrier.id, {})
    events = known.events.get(carrier.id, ())
    history = evaluations(events, year)
    return Evaluation(
        carrier,
        year,
        classed,
        score(own[0], now, book, of) if own else None,
        score(own[0], then, book, of) if own and any(one.year == year - 1 for one in told) else None,
        tuple(score(card, now, book, of) for card in official if card.obtained),
        tuple(card for card in official if not card.obtained),
        history,
        proposals(history, events, book, day),
        tuple(sorted((one for one in told if one.year == year), key=lambda one: (one.end, one))),
    )
