"""Scales: what a figure earns, and what it may earn while it is not known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from matcher.policy.facts import Fact
from matcher.policy.scales import Each, Flag, Linear, Scale, Span, Steps, earned
from matcher.wording import Said

HERE = Said("测试", "test")
SCALES: list[tuple[Scale, float]] = [
    (Linear(linear=(0, 30)), 15),
    (Linear(linear=(20, 10)), 8),
    (Steps(steps=((0.6, 4), (0.75, 6))), 6),
    (Each(each=1), 5),
]


@pytest.mark.parametrize(
    ("scale", "weight", "value", "points"),
    [
        (Linear(linear=(0, 30)), 15, -1, 0),
        (Linear(linear=(0, 30)), 15, 0, 0),
        (Linear(linear=(0, 30)), 15, 10, 5),
        (Linear(linear=(0, 30)), 15, 29, 14.5),
        (Linear(linear=(0, 30)), 15, 30, 15),
        (Linear(linear=(0, 30)), 15, 31, 15),
        (Linear(linear=(20, 10)), 8, 21, 0),
        (Linear(linear=(20, 10)), 8, 15, 4),
        (Linear(linear=(20, 10)), 8, 10, 8),
        (Linear(linear=(20, 10)), 8, 2, 8),
        (Steps(steps=((0.6, 4), (0.75, 6))), 6, 0.5999, 0),
        (Steps(steps=((0.6, 4), (0.75, 6))), 6, 0.6, 4),
        (Steps(steps=((0.6, 4), (0.75, 6))), 6, 0.7499, 4),
        (Steps(steps=((0.6, 4), (0.75, 6))), 6, 0.75, 6),
        (Each(each=1), 5, 4, 4),
        (Each(each=1), 5, 5, 5),
        (Each(each=1), 5, 6, 5),
        (Each(each=0.5), 5, 3, 1.5),
        (Flag(flag=True), 6, True, 6),
        (Flag(flag=True), 6, False, 0),
    ],
)
def test_a_value_earns_what_its_scale_says(scale: Scale, weight: float, value: float, points: float) -> None:
    figure = value if isinstance(value, bool) else float(value)

    assert earned(scale, weight, Fact(figure, HERE)) == Span(points, points)


@pytest.mark.parametrize("fact", [None, Fact(None, HERE), Fact("约三十", HERE)])
@pytest.mark.parametrize(("scale", "weight"), SCALES)
def test_what_is_not_known_may_earn_anything(scale: Scale, weight: float, fact: Fact | None) -> None:
    assert earned(scale, weight, fact) == Span(0, weight)


def test_a_lower_bound_earns_at_least_what_it_shows_and_at_most_where_less_is_better() -> None:
    assert earned(Linear(linear=(0, 30)), 15, Fact(10.0, HERE, least=True)) == Span(5, 15)
    assert earned(Linear(linear=(20, 10)), 8, Fact(15.0, HERE, least=True)) == Span(0, 4)


@given(st.sampled_from(SCALES), st.floats(-10, 1e7, allow_nan=False), st.floats(0, 1e7, allow_nan=False))
def test_the_truth_behind_a_lower_bound_lies_in_its_span(one: tuple[Scale, float], low: float, more: float) -> None:
    scale, weight = one
    span, true = earned(scale, weight, Fact(low, HERE, least=True)), earned(scale, weight, Fact(low + more, HERE))

    assert span.low <= true.low == true.high <= span.high
    assert 0 <= span.low <= span.high <= weight


@pytest.mark.parametrize(
    ("form", "content"),
    [
        (Linear, {"linear": [3, 3]}),
        (Linear, {"linear": [1]}),
        (Steps, {"steps": []}),
        (Steps, {"steps": [[0.6, 4], [0.5, 6]]}),
        (Steps, {"steps": [[0.6, 4], [0.7, 4]]}),
        (Each, {"each": 0}),
        (Flag, {"flag": False}),
        (Flag, {"flag": True, "more": 1}),
    ],
)
def test_a_scale_that_cannot_be_meant_is_refused(form: type[Linear], content: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        form.model_validate(content)
