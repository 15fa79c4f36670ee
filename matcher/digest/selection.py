"""The selection of a week: a joint solution for each ranker that is compared, their drafts, and what is tried out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from matcher.digest.offers import Offer, Reader, Shown
from matcher.digest.portfolio import program, value
from matcher.digest.program import Ended, Program, Room, Solution, solve
from matcher.digest.terms import Terms
from matcher.digest.trial import Pick, drafted, explored
from matcher.domain.weeks import Week

Picks = dict[str, tuple[Pick, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What a week is chosen from."""

    week: Week
    seed: int
    terms: Terms
    readers: Mapping[str, Reader]
    offers: Sequence[Offer]
    places: Mapping[Shown, int] = field(default_factory=dict)
    """What carriers and funds can still take, where it is known."""
    showings: Mapping[Shown, int] = field(default_factory=dict)
    """How often a record was shown lately."""
    ranker: str = "default mix"
    rival: str = ""
    """The other ranker, where two are compared."""

    def random(self, reader: str, purpose: str) -> Random:
        """Chance, the same for the same week, reader and seed whoever else there is."""
        return Random(f"{self.seed}/{self.week}/{reader}/{purpose}")  # noqa: S311 - a draw to be made again, no secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What was chosen for whom, and how that ended."""

    picks: Mapping[str, tuple[Pick, ...]]
    """By reader, in the order of their worth."""
    solutions: Mapping[str, Solution]
    """The joint solution of each ranker."""
    on_trial: tuple[str, ...] = ()
    """Readers in whose digests two rankers are compared."""
    unmet: tuple[Shown, ...] = ()
    """New results and projects that suit somebody and are shown less than they should."""

    @property
    def chosen(self) -> frozenset[int]:
        """The numbers of all offers that were chosen."""
        return frozenset(pick.offer for mine in self.picks.values() for pick in mine)

    @property
    def ended(self) -> Ended:
        """Whether every solution is proven to be the best."""
        partial = any(one.ended is Ended.PARTIAL for one in self.solutions.values())
        return Ended.PARTIAL if partial else Ended.OPTIMAL


def select(material: Material, settled: Mapping[str, Solution] | None = None) -> Selection:
    """Choose for everybody at once. `settled` are solutions that are known already."""
    terms, offers = material.terms, material.offers
    values = [value(one, material.showings, terms) for one in offers]
    asked = program(offers, values, material.readers, material.places, terms)
    known = dict(settled or {})
    solutions = {material.ranker: known.get(material.ranker) or solve(asked, terms.seconds)}
    worths = {material.ranker: values}
    on_trial = _on_trial(material)
    if on_trial:
        worths[material.rival] = [value(one, material.showings, terms, one.rival) for one in offers]
        theirs = Program(worths[material.rival], asked.limits, asked.quotas)
        solutions[material.rival] = known.get(material.rival) or solve(theirs, terms.seconds)
    room, picks = _drafts(material, asked, solutions, worths, on_trial)
    picks = _explorations(material, room, values, picks)
    chosen = {pick.offer for mine in picks.values() for pick in mine}
    return Selection(picks=picks, solutions=solutions, on_trial=on_trial, unmet=_unmet(asked, offers, chosen))


def _on_trial(material: Material) -> tuple[str, ...]:
    """A drawn share of the readers for whom the other ranker has an opinion."""
    if not material.rival:
        return ()
    judged = {offer.reader for offer in material.offers if offer.rival is not None}
    return tuple(one for one in sorted(judged) if material.random(one, "trial").random() < material.terms.trial)


def _drafts(
    material: Material,
    asked: Program,
    solutions: Mapping[str, Solution],
    worths: Mapping[str, Sequence[float]],
    on_trial: Sequence[str],
) -> tuple[Room, Picks]:
    """The serving ranker's solution, but for the readers on trial a draft of both, one reader after the other."""
    mine = {ranker: _by_reader(material, solution.chosen, worths[ranker]) for ranker, solution in solutions.items()}
    served = mine[material.ranker]
    picks = {
        reader: tuple(Pick(one, material.ranker) for one in chosen)
        for reader, chosen in served.items()
        if reader not in on_trial
    }
    room = Room(asked, [pick.offer for told in picks.values() for pick in told])
    for reader in on_trial:
        lists = {ranker: told.get(reader, ()) for ranker, told in mine.items()}
        coins = material.random(reader, "draft")
        picks[reader] = drafted(lists, material.readers[reader].size, room.fits_beside, coins)
        for pick in picks[reader]:
            room.take(pick.offer)
    return room, picks


def _explorations(material: Material, room: Room, values: Sequence[float], picks: Picks) -> Picks:
    pools: dict[str, list[int]] = {}
    for number, offer in enumerate(material.offers):
        pools.setdefault(offer.reader, []).append(number)
    told: Picks = {}
    for reader, pool in sorted(pools.items()):
        ordered = sorted(picks.get(reader, ()), key=lambda pick: (-values[pick.offer], pick.offer))
        there = {pick.offer for pick in ordered}
        others = [one for one in pool if one not in there]
        for one in there:
            room.give_back(one)
        size, dice = material.readers[reader].size, material.random(reader, "exploration")
        told[reader] = explored(
            ordered, others, size, room.fits_beside, material.terms.exploration, dice, material.ranker
        )
        for pick in told[reader]:
            room.take(pick.offer)
    return told


def _by_reader(material: Material, chosen: Sequence[int], worths: Sequence[float]) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = {}
    for one in sorted(chosen, key=lambda one: (-worths[one], one)):
        found.setdefault(material.offers[one].reader, []).append(one)
    return {reader: tuple(mine) for reader, mine in found.items()}


def _unmet(asked: Program, offers: Sequence[Offer], chosen: set[int]) -> tuple[Shown, ...]:
    short = (quota for quota in asked.quotas if sum(one in chosen for one in quota.members) < quota.least)
    return tuple(sorted(offers[quota.members[0]].shown for quota in short))
