"""Carriers against the conditions of the next level, and the path of what they incubate down the chain.

The chain is the notice's, 众创空间 → 孵化器 → 产业园区 (通创办发〔2023〕2号, preamble); accelerators stand beside
parks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from matcher.domain.matches import State
from matcher.domain.records import CarrierKind, Incubator, Level, Project
from matcher.domain.taxonomy import Taxonomy
from matcher.policy.criteria import Assessment, assess
from matcher.policy.facts import Fact, Facts, stated
from matcher.policy.figures import short
from matcher.policy.projects import project_facts
from matcher.policy.rules import Rulebook, Ruleset
from matcher.wording import Said


class Target(StrEnum):
    """What a carrier may want to become."""

    REGION = "region"
    NATIONAL = "national"
    EXCELLENT = "excellent"
    ACCELERATOR = "accelerator"


TYPE = "type"
"""The level of rulesets that tell the type of a carrier rather than lead to a level."""

TARGETS: Mapping[Target, Said] = {
    Target.REGION: Said("自治区级", "region level"),
    Target.NATIONAL: Said("国家级（部级标准级）", "national level (standard tier)"),
    Target.EXCELLENT: Said("部级卓越级", "excellent tier"),
    Target.ACCELERATOR: Said("加速器", "accelerator"),
}

CHAIN: Sequence[tuple[frozenset[CarrierKind], Said, str]] = (
    (frozenset({CarrierKind.MAKERSPACE, CarrierKind.AGRI_MAKERSPACE}), Said("众创空间", "makerspace"), ""),
    (frozenset({CarrierKind.INCUBATOR}), Said("孵化器", "incubator"), "tenant"),
    (
        frozenset({CarrierKind.ACCELERATOR, CarrierKind.PARK}),
        Said("加速器/产业园区", "accelerator or park"),
        "graduate",
    ),
)
"""The stations, and the level of the rulesets that lead into each."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A carrier before one ruleset."""

    assessment: Assessment
    in_force: bool
    """Whether the ruleset holds on the day; if not, it is history and only compares."""
    shortfalls: tuple[Said, ...]
    """What is short by number, each thing once, with the greatest need."""


@dataclass(frozen=True, slots=True)
class Station:
    """The next stations of a project, with what leads there."""

    to: Said
    standings: tuple[Standing, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """Where a project stands in the chain, and the stations ahead."""

    project: Project
    at: Said
    ahead: tuple[Station, ...]


def next_target(carrier: Incubator) -> Target:
    """The level above the one a carrier has."""
    if carrier.kind is CarrierKind.AGRI_MAKERSPACE:
        return Target.NATIONAL
    return {Level.NATIONAL: Target.EXCELLENT, Level.REGION: Target.NATIONAL}.get(
        carrier.level or Level.OTHER, Target.REGION
    )


def held_target(carrier: Incubator) -> Target | None:
    """The level a carrier has, where there are conditions of it."""
    return {Level.REGION: Target.REGION, Level.NATIONAL: Target.NATIONAL}.get(carrier.level or Level.OTHER)


def carrier_facts(
    carrier: Incubator,
    tenants: Sequence[Project],
    financed: Mapping[str, date],
    industries: Taxonomy,
    book: Rulebook,
) -> Facts:
    """What the carrier states, and what can be counted from the records of its tenants as a lower bound.

    Args:
        carrier: the carrier.
        tenants: its projects, as far as the viewer may know them.
        financed: the day on which a project was first accepted by a fund.
        industries: the tree that tells whether a tenant belongs to the carrier's industries.
        book: the rulebook, for the names of the figures.
    """
    facts = stated(carrier, book)
    focus = industries.nodes(carrier.industries)
    counts = {
        "tenants": len(tenants),
        "tenants_financed": sum(tenant.id in financed for tenant in tenants),
        "tenants_same_field": sum(bool(focus & industries.codes(tenant.industry)) for tenant in tenants),
    }
    origin = Said(f"按 {len(tenants)} 条在孵项目记录计数", f"counted from {len(tenants)} records of tenants")
    counted = {name: Fact(float(count), origin, least=True) for name, count in counts.items() if count}
    return Facts(facts.metrics, {**counted, **facts.known})


def standings(
    carrier: Incubator, facts: Facts, to: Target, book: Rulebook, day: date, *, remote: bool
) -> tuple[Standing, ...]:
    """The carrier before every ruleset that leads to the target or tells its type; those of the past as history."""
    rulesets = [one for one in book.rulesets.values() if carrier.kind in one.carriers and one.level in (to, TYPE)]
    found = versions(rulesets, facts, book, day, remote=remote)
    return tuple(sorted(found, key=lambda one: (not one.in_force, one.assessment.ruleset.level == TYPE)))


def versions(
    rulesets: Iterable[Ruleset], facts: Facts, book: Rulebook, day: date, *, remote: bool = False
) -> tuple[Standing, ...]:
    """The facts before each ruleset that has begun by the day, those in force first, those of the past as history."""
    found = []
    for ruleset in rulesets:
        if (ruleset.effective_from or day) <= day:
            assessment = assess(book, ruleset, facts, day=min(day, ruleset.effective_to or day), remote=remote)
            found.append(Standing(assessment, ruleset.in_force(day), shortfalls(assessment, book)))
    return tuple(sorted(found, key=lambda one: not one.in_force))


def shortfalls(assessment: Assessment, book: Rulebook) -> tuple[Said, ...]:
    """What is short by number over all rules: each thing once, as many as the strictest rule wants."""
    most: dict[str, float] = {}
    for verdict in assessment.verdicts:
        for metric, amount in verdict.shortfalls if verdict.state is State.FAIL else ():
            most[metric] = max(amount, most.get(metric, 0.0))
    return tuple(short(book.metrics[metric], amount) for metric, amount in most.items())


def way(project: Project, carrier: Incubator, book: Rulebook, day: date, industries: Taxonomy) -> Way:
    """Where a project of the carrier stands in the chain, with the open conditions of every station ahead."""
    place = next((row for row, (kinds, _, _) in enumerate(CHAIN) if carrier.kind in kinds), None)
    if place is None:
        label = carrier.kind.label if carrier.kind else "未填"
        return Way(project, Said(f"链条之外（{label}）", f"outside the chain ({carrier.kind or 'unknown'})"), ())
    facts = project_facts(project, book, day, industries, entering=place == 0)
    ahead = tuple(
        Station(name, versions([one for one in book.rulesets.values() if one.level == level], facts, book, day))
        for _, name, level in CHAIN[place + 1 :]
    )
    return Way(project, CHAIN[place][1], ahead)
