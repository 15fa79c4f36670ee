"""Use cases of the rules that need records: a carrier's criteria, a project's priority and status."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from matcher.domain.controls import Question
from matcher.domain.matches import Verdict
from matcher.domain.places import Gazetteer
from matcher.domain.records import CarrierKind, Fund, Incubator, Kind, Outcome, PairKind, Project, Result
from matcher.domain.taxonomy import Taxonomy
from matcher.domain.visibility import Viewer, require_visible, visible
from matcher.errors import StoreError
from matcher.policy import carriers, eligibility
from matcher.policy.carriers import Standing, Target, Way
from matcher.policy.criteria import Assessment, assess
from matcher.policy.facts import stated
from matcher.policy.pairs import Pair
from matcher.policy.priority import Tier, tier
from matcher.policy.projects import project_facts
from matcher.policy.rules import Rulebook
from matcher.policy.wishes import Wishes
from matcher.services.pooling import organisations, pooled
from matcher.services.roll import carriers_on_roll
from matcher.store import Controls, Database, Records
from matcher.wording import Said

STARTUP = "STARTUP-TECH"
"""Rulesets of 初创科技型企业 begin so; the day picks the version."""


@dataclass(frozen=True, slots=True)
class Criteria:
    """A carrier before the conditions of a level, and the ways of its projects."""

    carrier: Incubator
    to: Target
    standings: tuple[Standing, ...]
    ways: tuple[Way, ...]


@dataclass(frozen=True, slots=True)
class Before:
    """A project before one fund."""

    fund: Fund
    tier: Tier
    eligible: bool
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Priority:
    """A project before every fund, best tier first, and whether it is a start-up technology business."""

    project: Project
    funds: tuple[Before, ...]
    startup: tuple[Assessment, ...]


class Policy:
    """The rules on the records of one installation."""

    def __init__(self, database: Database, book: Rulebook, gazetteer: Gazetteer, industries: Taxonomy) -> None:
        self._database = database
        self.book = book
        self._gazetteer = gazetteer
        self._industries = industries

    def criteria(self, carrier_id: str, to: Target | None, viewer: Viewer, day: date, *, remote: bool) -> Criteria:
        """The carrier of an id or a name before the conditions of a level, the next one unless told."""
        known = pooled(self._database, PairKind.PROJECT_FUND, viewer)
        named = carriers_on_roll(self._database, viewer).get(carrier_id)
        with self._database.read() as connection:
            records = Records(connection)
            found = records.find(named.id if named else carrier_id, lambda record: visible(record, viewer))
            require_visible(found, viewer)
            carrier = records.get(found.table, known.references[Kind.INCUBATORS].get(found.id, found.id))
        if not isinstance(carrier, Incubator):
            raise _wrong(carrier_id, Said("载体", "a carrier"), "matcher policy priority")
        tenants = [one for one in known.lefts if isinstance(one, Project) and one.incubator_id == carrier.id]
        financed, target = first_accepted(known.outcomes, day), to or carriers.next_target(carrier)
        return Criteria(
            carrier,
            target,
            self.standings(carrier, tenants, financed, day, target, remote=remote),
            tuple(carriers.way(tenant, carrier, self.book, day, self._industries) for tenant in tenants),
        )

    def standings(
        self,
        carrier: Incubator,
        tenants: Sequence[Project],
        financed: Mapping[str, date],
        day: date,
        to: Target | None = None,
        *,
        remote: bool = False,
    ) -> tuple[Standing, ...]:
        """A carrier before the conditions of a level, the next one unless told, by its tenants and who funded them."""
        facts = carriers.carrier_facts(carrier, tenants, financed, self._industries, self.book)
        return carriers.standings(carrier, facts, to or carriers.next_target(carrier), self.book, day, remote=remote)

    def priority(self, project_id: str, viewer: Viewer, day: date) -> Priority:
        """The project's tier and eligibility before each fund, and its status under the tax rule."""
        known = pooled(self._database, PairKind.PROJECT_FUND, viewer)
        with self._database.read() as connection:
            records = Records(connection)
            found = records.find(project_id, lambda record: visible(record, viewer))
            require_visible(found, viewer)
            if not isinstance(found, Project):
                raise _wrong(project_id, Said("项目", "a project"), "matcher policy criteria")
            kinds = {
                one.id: one.kind
                for one in self._database.remembered.all(records, Kind.INCUBATORS)
                if isinstance(one, Incubator)
            }
            controls = [one for one in Controls(connection).of(PairKind.PROJECT_FUND) if one.holds_on(day)]
        wishes = Wishes(Question(controls=tuple(map(known.wished, controls))), organisations(self._database))
        stands = known.standing.get(found.id, found.id)
        project = next(one for one in known.lefts if isinstance(one, Project) and one.id == stands)
        funds = [one for one in known.rights if isinstance(one, Fund)]
        seen = {one.id for one in known.lefts}
        outcomes = [one for one in known.outcomes if one.left_id in seen and one.decided_on <= day]
        before = [self._before(project, fund, kinds, outcomes, wishes, day) for fund in funds]
        order = sorted(before, key=lambda one: (one.tier.level or 99, not one.eligible, one.fund.id))
        return Priority(project, tuple(order), self.startup(project, day))

    def startup(self, project: Project, day: date) -> tuple[Assessment, ...]:
        """Whether an investment on this day would be one in a start-up technology business, by the tax rule."""
        facts = project_facts(project, self.book, day, self._industries)
        rulesets = [one for one in self.book.rulesets.values() if one.id.startswith(STARTUP) and one.in_force(day)]
        return tuple(assess(self.book, ruleset, facts, day=day) for ruleset in rulesets)

    def _before(
        self,
        project: Project,
        fund: Fund,
        kinds: Mapping[str, CarrierKind | None],
        outcomes: list[Outcome],
        wishes: Wishes,
        day: date,
    ) -> Before:
        theirs = [one for one in outcomes if one.right_id == fund.id]
        pair = Pair(
            project,
            fund,
            [one for one in theirs if one.left_id == project.id],
            self._gazetteer,
            self._industries,
            tuple(first_accepted(theirs, day).values()),
            day,
            dict(stated(fund, self.book).known),
            wishes=wishes,
        )
        verdicts = eligibility.check(pair, self.book)
        return Before(fund, tier(project, fund, kinds, self.book, day), eligibility.eligible(verdicts), verdicts)


def first_accepted(outcomes: Iterable[Outcome], day: date) -> dict[str, date]:
    """When each left record was first accepted, of what was decided until a day."""
    found: dict[str, date] = {}
    for one in outcomes:
        if one.result is Result.ACCEPTED and one.decided_on <= day:
            found[one.left_id] = min(one.decided_on, found.get(one.left_id, one.decided_on))
    return found


def _wrong(record_id: str, what: Said, command: str) -> StoreError:
    return StoreError(
        Said(f"{record_id} 不是{what.zh}。", f"{record_id} is not {what.en}."),
        Said(f"请给出{what.zh}编号，或用 {command} {record_id}。", f"Give the id of {what.en}, or use `{command}`."),
    )
