"""Indicators with weights, in sets that sum to 100, for the classified evaluation of 通创办发〔2023〕2号 三(二).

A set is internal (this service's own) or official (entered by somebody from an official table); what is official and
was not obtained is a set of one indicator without a scale, and has no score.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from matcher.domain.matches import Confidence
from matcher.domain.records import Level
from matcher.domain.registers import Grade
from matcher.policy.rules import Rule, Rulebook, Ruleset
from matcher.policy.scales import Scale, Steps
from matcher.policy.trees import Unobtained
from matcher.wording import Said

WHOLE = 100.0
SHAPE = "an indicator has a weight and a metric with a score, or a weight and a criterion {unknown: …}"
_SCALE: TypeAdapter[Scale] = TypeAdapter(Scale)


class ClassRule(Rule):
    """A class of carriers that is evaluated by a set of its own; the first rule that holds tells a carrier's class."""

    without: Said | None = None
    """Why the class has no set: the text names none for it, and none is guessed."""

    def means(self, _: Rulebook) -> Said | None:
        """Why there is no set."""
        return Said(f"不评分：{self.without.zh}", f"no score: {self.without.en}") if self.without else None


class GradeRule(Rule):
    """A grade by points; the first rule that holds tells it."""

    grade: Grade

    @property
    def looks_at(self) -> frozenset[str]:
        """The points alone."""
        return frozenset({"evaluation_points"})

    def means(self, _: Rulebook) -> Said | None:
        """The grade."""
        return Said(f"等级：{self.grade.label}", f"grade: {self.grade.value}")


class Indicator(Rule):
    """A metric, a scale and a weight; its criterion is to have all points, so a verdict tells what is short of them."""

    weight: float = Field(gt=0)
    group: str = ""
    metric: str = ""
    score: Scale | None = None
    bonus: bool = False

    @model_validator(mode="before")
    @classmethod
    def _all_points_are_the_criterion(cls, raw: Any) -> Any:
        if not isinstance(raw, dict) or "criterion" in raw:
            return raw
        if not {"metric", "score", "weight"} <= set(raw):
            raise ValueError(SHAPE)
        try:
            scale, weight = _SCALE.validate_python(raw["score"]), float(raw["weight"])
        except (ValidationError, TypeError, ValueError):  # told at its own line once the fields are looked at
            return raw | {"criterion": Unobtained(unknown=Said("—", "—"))}
        return raw | {"criterion": scale.full(str(raw["metric"]), weight)}

    @model_validator(mode="after")
    def _a_scale_or_what_was_not_obtained(self) -> Self:
        if (self.score is None) != isinstance(self.criterion, Unobtained):
            raise ValueError(SHAPE)
        if isinstance(self.score, Steps) and self.score.steps[-1][1] != self.weight:
            raise ValueError("the last step must earn the whole weight")
        return self

    def means(self, book: Rulebook) -> Said | None:
        """Its weight and scale."""
        if self.score is None:
            return None
        told = self.score.said(book.metrics[self.metric], self.weight)
        zh, en = ("加分", "bonus") if self.bonus else (f"{self.weight:g} 分", f"{self.weight:g} points")
        return Said(f"{zh}：{told.zh}", f"{en}: {told.en}")

    def faults(self, book: Rulebook) -> Iterator[tuple[str, str]]:
        """A metric or a group that does not exist; whether the scale suits the metric is told by its criterion."""
        if self.score and self.metric not in book.metrics:
            yield "metric", f"unknown metric {self.metric}"
        card = book.rulesets[self.ruleset]
        if isinstance(card, Scorecard) and self.group not in card.groups and not self.bonus and self.score:
            yield "group", f"{card.id} names no group {self.group!r}"


class Scorecard(Ruleset):
    """The indicators of one class. Weights without bonus sum to 100; the bonus is capped."""

    of: tuple[str, ...] = Field(min_length=1)
    """The classes it is for, by the id of their rule."""
    official: bool = False
    levels: tuple[Level, ...] = ()
    """The levels of recognition at which an official table counts; none named: all."""
    weights: Confidence
    """How the weights are known; the anchors of the scales are told by the confidence of each indicator."""
    grades: str = ""
    """The ruleset of its grades; none where points make no grade."""
    bonus_cap: float = Field(default=0.0, ge=0)
    groups: Mapping[str, Said] = Field(default_factory=dict)
    rules: tuple[Indicator, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _weights_sum_to_100(self) -> Self:
        total = round(sum(rule.weight for rule in self.rules if not rule.bonus), 6)
        if total != WHOLE:
            raise ValueError(f"the weights of {self.id} sum to {total:g}, not to 100")
        if any(rule.bonus for rule in self.rules) != bool(self.bonus_cap):
            raise ValueError(f"{self.id} needs a bonus_cap with bonus indicators, and none without")
        return self

    @property
    def obtained(self) -> bool:
        """Whether every indicator of it is known, so that a score may be told."""
        return all(rule.score is not None for rule in self.rules)

    @property
    def lacking(self) -> tuple[Said, ...]:
        """What of it was not obtained, in words."""
        return tuple(rule.criterion.unknown for rule in self.rules if isinstance(rule.criterion, Unobtained))

    def _meets(self, other: Scorecard) -> bool:
        """Whether both are internal and in force on some day."""
        starts, ends = (
            [one.effective_from or date.min for one in (self, other)],
            [one.effective_to or date.max for one in (self, other)],
        )
        return not (self.official or other.official) and max(starts) <= min(ends)

    def faults(self, book: Rulebook) -> Iterator[tuple[str, str]]:
        """Classes and grades that do not exist."""
        for name in self.of:
            rule = book.rules.get(name)
            if not isinstance(rule, ClassRule) or rule.without:
                yield "of", f"{name} is no class that has a set"
            others = [one for one in book.rulesets.values() if isinstance(one, Scorecard) and one is not self]
            if any(name in one.of and self._meets(one) for one in others):
                yield "of", f"{name} has another internal set at the same time"
        if self.grades:
            grades = book.rulesets.get(self.grades)
            if grades is None or not all(isinstance(rule, GradeRule) for rule in grades.rules):
                yield "grades", f"{self.grades} is no ruleset of grades"
