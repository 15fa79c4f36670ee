"""Criteria as small trees: comparisons of metrics, joined by all, any, at least so many, or another ruleset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Discriminator, Field, Tag, model_validator

from matcher.policy.vocabulary import Model
from matcher.wording import Said

Op = Literal[">=", "<=", ">", "<", "==", "in", "has"]
Value = float | bool | str | tuple[str, ...] | Mapping[str, float]


class Compare(Model):
    """One metric against a value; `by` names a text metric when the value differs by type."""

    metric: str
    op: Op
    value: Value
    by: str = ""
    relief: bool = False
    """Whether the ruleset's relief lowers the value."""

    @model_validator(mode="after")
    def _one_value_or_one_for_each_type(self) -> Self:
        if isinstance(self.value, Mapping) != bool(self.by):
            raise ValueError("a value for each type needs `by`, and `by` needs a value for each type")
        if self.relief and self.op != ">=":
            raise ValueError("relief lowers a minimum; the operator must be >=")
        return self


class All(Model):
    """Every part must hold."""

    all: tuple[Criterion, ...] = Field(min_length=1)


class AnyOf(Model):
    """One part is enough."""

    any: tuple[Criterion, ...] = Field(min_length=1)


class AtLeast(Model):
    """So many of the parts must hold."""

    at_least: int = Field(ge=1)
    of: tuple[Criterion, ...] = Field(min_length=1)


class Meets(Model):
    """Another ruleset, by id, must hold."""

    meets: str


class Given(Model):
    """The metric is told, whatever it is; where it is not, the answer is unknown and names it."""

    given: str


class Unobtained(Model):
    """The text was not obtained: nothing is invented, the answer is unknown, and this says why."""

    unknown: Said


FORMS: Mapping[str, str] = {
    "metric": "Compare",
    "all": "All",
    "any": "AnyOf",
    "at_least": "AtLeast",
    "meets": "Meets",
    "given": "Given",
    "unknown": "Unobtained",
}


def _form(raw: Any) -> str | None:
    if isinstance(raw, BaseModel):
        return type(raw).__name__
    return next((form for key, form in FORMS.items() if key in raw), None) if isinstance(raw, Mapping) else None


Criterion = Annotated[
    Annotated[Compare, Tag("Compare")]
    | Annotated[All, Tag("All")]
    | Annotated[AnyOf, Tag("AnyOf")]
    | Annotated[AtLeast, Tag("AtLeast")]
    | Annotated[Meets, Tag("Meets")]
    | Annotated[Given, Tag("Given")]
    | Annotated[Unobtained, Tag("Unobtained")],
    Discriminator(
        _form,
        custom_error_type="criterion",
        custom_error_message=f"a criterion is a mapping with one of: {', '.join(FORMS)}",
    ),
]
for _model in (All, AnyOf, AtLeast):
    _model.model_rebuild()


def leaves(criterion: Criterion) -> Iterator[Compare | Meets | Given | Unobtained]:
    """The leaves of the tree, from left to right."""
    match criterion:
        case All(all=parts) | AnyOf(any=parts) | AtLeast(of=parts):
            for part in parts:
                yield from leaves(part)
        case _:
            yield criterion
