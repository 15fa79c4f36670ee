"""Figures of digests: how attention is spread, and what came of what was told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matcher.digest.exposure import gini
from matcher.digest.measures import Heard, report

ITEM = Heard(digest_id="d", ranker="serving")


@pytest.mark.parametrize(
    ("counts", "expected"),
    [([], 0.0), ([0, 0], 0.0), ([3, 3, 3], 0.0), ([0, 0, 0, 8], 0.75), ([1, 3], 0.25)],
)
def test_gini_tells_equal_from_unequal(counts: list[int], expected: float) -> None:
    assert gini(counts) == pytest.approx(expected)


def test_shares_are_told_by_ranker_with_intervals_that_hold_them() -> None:
    heard = [replace(ITEM, digest_id=f"d{n}", fits=n % 4 == 0) for n in range(40)]
    heard += [replace(ITEM, digest_id=f"d{n}", ranker="default mix", case=n % 2 == 0) for n in range(40)]
    found = report(heard, None, 0)
    assert found.items == {"default mix": 40, "serving": 40}
    fits = found.measures["serving"]["fits"]
    assert fits.share == pytest.approx(0.25)
    assert 0.05 < fits.low < 0.25 < fits.high < 0.45
    assert found.measures["default mix"]["good"].share == pytest.approx(0.5)
    assert found.preference is None


def test_a_trial_tells_which_ranker_brings_more_good_and_leaves_common_items_out() -> None:
    rows = [
        replace(ITEM, digest_id=f"d{n}", ranker=ranker, on_trial=True, fits=ranker == "default mix")
        for n in range(30)
        for ranker in ("serving", "default mix", "both")
    ]
    found = report(rows, ("serving", "default mix"), 0)
    assert found.preference is not None
    assert (found.preference.share, found.preference.low) == (1.0, 1.0)


def test_what_was_tried_out_weighs_what_its_chance_was_small() -> None:
    rows = [ITEM, replace(ITEM, digest_id="e", exploration=True, propensity=0.1, fits=True)]
    found = report(rows, None, 0)
    assert found.items == {"exploration": 1, "serving": 1}
    assert found.weighed is not None
    assert found.weighed.share == pytest.approx(10 / 11)


def test_nothing_told_is_nothing_to_judge() -> None:
    found = report([], None, 0)
    assert (found.items, found.preference, found.weighed) == ({}, None, None)
