from __future__ import annotations

import pytest

from matcher.domain.rounding import ALL, points, share, yuan
from matcher.policy.figures import beside, shown
from tests.builders import rulebook

METRICS = rulebook().metrics
SHARE = next(one for one in METRICS.values() if one.measure.value == "share")
YUAN = next(one for one in METRICS.values() if one.measure.value == "yuan")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.02439, "2.4%"),
        (2 / 3, "66.7%"),
        (0.75, "75%"),
        (0.29, "29%"),
        (0.0, "0%"),
        (1.0, "100%"),
        (0.9999, "100%"),
        (0.00123, "0.12%"),
        (0.0000456, "0.0046%"),
        (-0.05, "-5%"),
    ],
)
def test_a_share_is_said_with_one_decimal_and_never_as_nothing(value: float, said: str) -> None:
    assert share(value) == said


def test_what_is_only_at_least_so_much_is_not_rounded_up() -> None:
    assert share(0.0246, least=True) == "2.4%"
    assert share(0.29, least=True) == "29%"
    assert shown(SHARE, 0.0246, least=True).zh == "2.4%"


def test_a_distance_is_said_in_points() -> None:
    assert (points(0.02439), points(0.0004)) == ("2.4", "0.04")


def test_a_sum_that_was_signed_for_is_not_rounded() -> None:
    assert (yuan(12_345_678), yuan(12_345_678, ALL)) == ("1235万", "1234.5678万")


def test_a_value_beside_what_is_wanted_is_as_exact_as_it_takes_to_tell_them_apart() -> None:
    assert beside(SHARE, 0.2999, 0.3).zh == "29.99%"
    assert beside(SHARE, 0.3, 0.3).zh == "30%"
    assert beside(SHARE, 0.2439, 0.3).zh == "24.4%"
    assert beside(YUAN, 4_999_900.0, 5_000_000.0).zh == "4,999,900 元"
