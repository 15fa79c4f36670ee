"""Shared resources as use cases: searched, matched to what needs them, and asked who could use one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, cast

import numpy as np

from matcher.domain.identity import Pooled
from matcher.domain.matches import Component, Reason, State, Verdict
from matcher.domain.names import BY_SPELLING, Organisations
from matcher.domain.places import Gazetteer
from matcher.domain.records import (
    Achievement,
    Fund,
    Incubator,
    Kind,
    Left,
    PairKind,
    Project,
    Record,
    Result,
    Right,
    name_of,
)
from matcher.domain.registers import Resource
from matcher.domain.taxonomy import Taxonomy
from matcher.domain.visibility import Viewer
from matcher.errors import StoreError
from matcher.policy.openness import User, openness, step
from matcher.policy.rules import Rulebook
from matcher.ranking import offers
from matcher.ranking.corpus import Matrix, Side
from matcher.ranking.sides import SideBuilder
from matcher.services.pairings import Pairings
from matcher.services.pooling import organisations, pooled, register, register_row
from matcher.services.resource_search import Filters, Found, search
from matcher.store import Database, Records
from matcher.wording import Said

Need = Achievement | Project | Incubator
NEEDS = (Kind.ACHIEVEMENTS, Kind.PROJECTS, Kind.INCUBATORS)


@dataclass(frozen=True, slots=True)
class Fit:
    """A need and a resource: how well they go together and why, and whether the one may use the other."""

    need: Need
    resource: Resource
    score: float
    components: tuple[Component, ...]
    reasons: tuple[Reason, ...]
    step: Verdict | None
    verdicts: tuple[Verdict, ...]

    @property
    def usable(self) -> bool:
        """Whether nothing that its owner states stands against it."""
        return not any(verdict.rejects for verdict in self.verdicts)


@dataclass(frozen=True)
class Known:
    """What a viewer may know of results and carriers on a day, and of who took which result."""

    pool: Pooled[Left, Right]
    organisations: Organisations
    day: date

    @cached_property
    def carriers(self) -> dict[str, Incubator]:
        """The carriers by id."""
        return {one.id: one for one in self.pool.rights if isinstance(one, Incubator)}

    @cached_property
    def names(self) -> dict[str, str]:
        """The carriers' names by id."""
        return {one.id: one.name for one in self.carriers.values()}

    @cached_property
    def took(self) -> dict[str, list[str]]:
        """By result the carriers that took it, the latest first."""
        took: dict[str, list[str]] = {}
        for one in sorted(self.pool.outcomes, key=lambda one: one.decided_on, reverse=True):
            if one.result is Result.ACCEPTED and one.decided_on <= self.day:
                took.setdefault(one.left_id, []).append(one.right_id)
        return took


class Sharing:
    """The register of shared resources of one installation."""

    def __init__(
        self,
        database: Database,
        pairings: Pairings,
        builder: SideBuilder,
        book: Rulebook,
        gazetteer: Gazetteer,
        industries: Taxonomy,
    ) -> None:
        self._database = database
        self._pairings = pairings
        self._builder = builder
        self.book = book
        self._gazetteer = gazetteer
        self._reasons = offers.Reasons(builder.telling, industries, gazetteer.path)

    def search(self, query: str, filters: Filters, viewer: Viewer) -> Found:
        """Resources by their words, with facets."""
        return search(self._resources(viewer), query, filters, self._gazetteer, self._builder.words)

    def open_now(self, resource: Resource, day: date) -> tuple[Verdict, ...]:
        """Whether a resource is open at all on a day."""
        return openness(resource, None, {}, BY_SPELLING, self.book, day)

    def carriers(self) -> dict[str, str]:
        """The carriers' names by id; carriers are public."""
        with self._database.read() as connection:
            return {one.id: name_of(one) for one in self._database.remembered.all(Records(connection), Kind.INCUBATORS)}

    def needed(self, record_id: str, viewer: Viewer, day: date) -> tuple[Need, tuple[Fit, ...]]:
        """A result, project or carrier, and the resources that go with it, best first, usable or not."""
        record = self._pairings.find(record_id, viewer)
        known = self._known(viewer, day)
        need = self._standing(record, known, viewer)
        rows = sorted(self._resources(viewer), key=lambda row: row.id)
        if not rows:
            return need, ()
        shown = self._builder.build([offers.offered(row) for row in rows])
        asked = self._builder.build([need])
        fits = self._fits(asked, shown, [(need, row) for row in rows], known)
        return need, fits

    def users(self, resource_id: str, k: int, viewer: Viewer, day: date) -> tuple[Resource, dict[Kind, list[Fit]]]:
        """A resource, and the k results, projects and carriers each that it goes with, usable or not, best first."""
        resource = cast("Resource", register_row(self._database, Kind.RESOURCES, resource_id, viewer))
        known = self._known(viewer, day)
        asked = self._builder.build([offers.offered(resource)])
        results, projects = (self._pairings.sides(pairing, viewer) for pairing in PairKind)
        sides: tuple[Side[Any], ...] = (results.left, projects.left, results.right)
        groups: dict[Kind, list[Fit]] = {}
        for kind, side in zip(NEEDS, sides, strict=True):
            pairs = [(cast("Need", record), resource) for record in side.records]
            groups[kind] = list(self._fits(asked, side, pairs, known))[:k]
        return resource, groups

    def _fits(
        self, asked: Side[Any], shown: Side[Any], pairs: Sequence[tuple[Need, Resource]], known: Known
    ) -> tuple[Fit, ...]:
        """The pairs of one question that more than their place speaks for, best first."""
        if not pairs:
            return ()
        steps = [step(resource, _readiness(need), self.book, known.day) for need, resource in pairs]
        found = offers.evidence(asked, shown) | {offers.STEP: _as_row(steps)}
        scores, parts = offers.ranked(found)
        fits = []
        for column in np.argsort(-scores[0], kind="stable").tolist():
            need, resource = pairs[column]
            told = offers.components(found, parts, column)
            reasons = self._reasons.of(need, resource, told)
            if scores[0, column] > 0 and reasons:
                verdicts = self._open_to(need, resource, known)
                fits.append(Fit(need, resource, float(scores[0, column]), told, reasons, steps[column], verdicts))
        return tuple(fits)

    def _open_to(self, need: Need, resource: Resource, known: Known) -> tuple[Verdict, ...]:
        """Whether the need may use the resource, through the carrier that serves it best of those it has."""
        through = list(_carriers_of(need, known))
        inside = [name for name in through if name in resource.open_to]
        chosen = next(iter((*inside, *through)), "")
        user = User(known.carriers.get(chosen), bool(chosen))
        return openness(resource, user, known.names, known.organisations, self.book, known.day)

    def _resources(self, viewer: Viewer) -> list[Resource]:
        return cast("list[Resource]", register(self._database, Kind.RESOURCES, viewer))

    def _known(self, viewer: Viewer, day: date) -> Known:
        pool = pooled(self._database, PairKind.ACHIEVEMENT_INCUBATOR, viewer)
        return Known(pool, organisations(self._database), day)

    def _standing(self, record: Record, known: Known, viewer: Viewer) -> Need:
        """The record that stands for the one asked about, with the carriers it names led to those that stand."""
        if isinstance(record, Fund):
            raise StoreError(
                Said(f"{record.id} 是基金，不需要共享资源。", f"{record.id} is a fund; it needs no shared resource."),
                Said("请给出成果、项目或载体的编号。", "Name a result, a project or a carrier."),
            )
        pool = known.pool
        if isinstance(record, Project):
            pool = pooled(self._database, PairKind.PROJECT_FUND, viewer)
        stands = pool.standing.get(record.id, record.id)
        found: Iterable[Record] = (*pool.lefts, *pool.rights)
        return next(one for one in found if one.id == stands and isinstance(one, Achievement | Project | Incubator))


def _carriers_of(need: Need, known: Known) -> Iterable[str]:
    match need:
        case Incubator():
            return (need.id,)
        case Project():
            return (need.incubator_id,) if need.incubator_id else ()
        case Achievement():
            return known.took.get(need.id, ())


def _readiness(need: Need) -> int | None:
    return None if isinstance(need, Incubator) else need.trl


def _as_row(steps: Sequence[Verdict | None]) -> Matrix:
    """One where the step fits, zero where it does not, not-a-number where that is unknown, (1, n)."""
    values = {State.PASS: 1.0, State.FAIL: 0.0}
    return np.array([[values.get(one.state, np.nan) if one else np.nan for one in steps]], np.float32)
