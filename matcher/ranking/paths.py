"""What is said of result → carrier → fund: paths of two links, the weaker one and what would strengthen it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from matcher.domain.matches import Component, Match, Verdict
from matcher.domain.records import Achievement, Incubator, Project, Stage
from matcher.ranking.kinds import KINDS, said_of, strength
from matcher.wording import Said

PULLING = -0.1
"""Contribution from which a piece of evidence is named as what holds a link down."""
NOTHING = Said("不缺信息，也没有明显偏低的证据", "no fact is missing and no evidence is clearly low")


@dataclass(frozen=True, slots=True)
class Chain:
    """One path, each link as the ranking explains it."""

    result: Achievement
    carrier: Match
    fund: Match
    stage: Stage
    """The round with which the project would begin."""
    taken: bool
    """Whether the carrier has taken the result already, so that only the second link is open."""

    @property
    def links(self) -> tuple[float, float]:
        """Probability of each link."""
        return (1.0 if self.taken else self.carrier.probability), self.fund.probability

    @property
    def probability(self) -> float:
        """That both links come about, taken to be independent."""
        return math.prod(self.links)

    @property
    def weakest(self) -> Match:
        """The less probable link."""
        return self.carrier if self.links[0] < self.links[1] else self.fund

    @property
    def strengthening(self) -> tuple[Said, ...]:
        """What would make the weakest link stronger: facts nobody told, else the evidence that holds it down."""
        link = self.weakest
        missing = tuple(Said(f"补充：{said.zh}", f"find out: {said.en}") for said in link.missing)
        pulling = sorted(link.components, key=lambda part: (part.contribution, part.name))
        low = tuple(_low(part) for part in pulling[:2] if part.contribution <= PULLING)
        return missing or low or (NOTHING,)


@dataclass(frozen=True, slots=True)
class Undertaken:
    """A project that came from the result: links that are facts, and the funds that may follow."""

    project: Project
    carrier: Incubator | None
    decided: tuple[tuple[str, Verdict], ...]
    """Name of each fund that took it, refused it or talks with it, and the day of that."""
    funds: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Chains:
    """The paths of one question, what exists already, and what was passed over."""

    paths: tuple[Chain, ...]
    undertaken: tuple[Undertaken, ...]
    carriers_refused: Mapping[str, int]
    """How many first links each failed rule ruled out."""
    ends_refused: Mapping[str, int]
    """How many better-ranked funds (asked from a fund: results) each failed rule ruled out on the second link."""
    held_back: int
    """Better-ranked paths left out because their carrier, fund or result already fills its share of the list."""
    considered: int
    results: int
    """Of so many results on hand, paths were sought for those considered; both 1 for a single one."""


def _low(part: Component) -> Said:
    """A piece of evidence that holds a link down."""
    said, mark = said_of(part), strength(part.contribution)
    if said is KINDS[part.name].said:
        said = Said(f"{said.zh}：偏低", f"{said.en}: low")
    return Said(f"{said.zh}（{mark.zh}）", f"{said.en} ({mark.en})")
