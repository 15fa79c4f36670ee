"""How a figure earns points: evenly between two anchors, by steps, so many a piece, or all at once.

A figure that nobody told may earn anything from nothing to the full weight; a mere lower bound earns at least (or,
where less is better, at most) what it shows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BaseModel, Discriminator, Field, Tag, model_validator

from matcher.policy.facts import Fact
from matcher.policy.figures import shown
from matcher.policy.trees import Compare
from matcher.policy.vocabulary import Metric, Model
from matcher.wording import Said

DIGITS = 6
"""Decimals that points are kept to, so that tenths add up to wholes."""


@dataclass(frozen=True, slots=True)
class Span:
    """Points from the fewest to the most that what is known allows; the two are one when all of it is known."""

    low: float
    high: float

    @property
    def exact(self) -> bool:
        """Whether only one number is possible."""
        return self.low == self.high

    def __add__(self, other: Span) -> Span:
        return Span(round(self.low + other.low, DIGITS), round(self.high + other.high, DIGITS))

    def capped(self, most: float) -> Span:
        """The span below a cap."""
        return Span(min(self.low, most), min(self.high, most))


class Linear(Model):
    """No points at the first anchor, all at the second, evenly between; the second may be the smaller one."""

    linear: tuple[float, float]

    @model_validator(mode="after")
    def _two_anchors(self) -> Self:
        if self.linear[0] == self.linear[1]:
            raise ValueError("the two anchors must differ")
        return self

    @property
    def rising(self) -> bool:
        """Whether more is better."""
        return self.linear[0] < self.linear[1]

    def points(self, value: float, weight: float) -> float:
        """The points of a value."""
        none, full = self.linear
        return weight * min(max((value - none) / (full - none), 0.0), 1.0)

    def full(self, metric: str, _: float) -> Compare:
        """When all points are had."""
        return Compare(metric=metric, op=">=" if self.rising else "<=", value=self.linear[1])

    def said(self, metric: Metric, _: float) -> Said:
        """The scale in words."""
        none, full = (shown(metric, anchor) for anchor in self.linear)
        return Said(
            f"从 {none.zh}（0 分）到 {full.zh}（满分）按比例", f"evenly from {none.en} (none) to {full.en} (all)"
        )


class Steps(Model):
    """So many points from a value on: [[0.6, 4], [0.75, 6]]; none below the first, the whole weight at the last."""

    steps: tuple[tuple[float, float], ...] = Field(min_length=1)
    rising: ClassVar[bool] = True

    @model_validator(mode="after")
    def _rise(self) -> Self:
        pairs = zip(self.steps, self.steps[1:], strict=False)
        if not all(low < high and few < many for (low, few), (high, many) in pairs):
            raise ValueError("each step must lie above the one before, with more points")
        return self

    def points(self, value: float, _: float) -> float:
        """The points of a value."""
        return max((points for least, points in self.steps if value >= least), default=0.0)

    def full(self, metric: str, _: float) -> Compare:
        """When all points are had."""
        return Compare(metric=metric, op=">=", value=self.steps[-1][0])

    def said(self, metric: Metric, _: float) -> Said:
        """The scale in words."""
        told = [(shown(metric, least), f"{points:g}") for least, points in self.steps]
        zh = "，".join(f"达到 {least.zh} 得 {points} 分" for least, points in told)
        return Said(zh, ", ".join(f"{points} from {least.en}" for least, points in told))


class Each(Model):
    """So many points a piece, up to the weight."""

    each: float = Field(gt=0)
    rising: ClassVar[bool] = True

    def points(self, value: float, weight: float) -> float:
        """The points of a value."""
        return min(max(value, 0.0) * self.each, weight)

    def full(self, metric: str, weight: float) -> Compare:
        """When all points are had."""
        return Compare(metric=metric, op=">=", value=weight / self.each)

    def said(self, metric: Metric, weight: float) -> Said:
        """The scale in words."""
        return Said(
            f"每{metric.unit.zh or '单位'} {self.each:g} 分，最多 {weight:g} 分",
            f"{self.each:g} each, at most {weight:g}",
        )


class Flag(Model):
    """All points for yes, none for no."""

    flag: Literal[True]
    rising: ClassVar[bool] = True

    def points(self, value: float, weight: float) -> float:
        """The points of a value, yes being 1."""
        return weight if value else 0.0

    def full(self, metric: str, _: float) -> Compare:
        """When all points are had."""
        return Compare(metric=metric, op="==", value=True)

    def said(self, _: Metric, weight: float) -> Said:
        """The scale in words."""
        return Said(f"是得 {weight:g} 分，否 0 分", f"{weight:g} for yes, 0 for no")


SCALES: Mapping[str, str] = {"linear": "Linear", "steps": "Steps", "each": "Each", "flag": "Flag"}


def _form(raw: Any) -> str | None:
    if isinstance(raw, BaseModel):
        return type(raw).__name__
    return next((form for key, form in SCALES.items() if key in raw), None) if isinstance(raw, Mapping) else None


Scale = Annotated[
    Annotated[Linear, Tag("Linear")]
    | Annotated[Steps, Tag("Steps")]
    | Annotated[Each, Tag("Each")]
    | Annotated[Flag, Tag("Flag")],
    Discriminator(
        _form, custom_error_type="scale", custom_error_message=f"a score is a mapping with one of: {', '.join(SCALES)}"
    ),
]


def earned(scale: Scale, weight: float, fact: Fact | None) -> Span:
    """The points that a fact may earn; unknown in, anything possible out."""
    if fact is None or not isinstance(fact.value, float | bool):
        return Span(0.0, weight)
    points = round(scale.points(float(fact.value), weight), DIGITS)
    if not fact.least:
        return Span(points, points)
    return Span(points, weight) if scale.rising else Span(0.0, points)
