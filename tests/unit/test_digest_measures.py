"""Figures of digests: how attention is spread, and what came of what was told."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from scipy.stats import binomtest

from matcher.cli.console import Screen
from matcher.cli.show_digest import show_report
from matcher.digest.exposure import gini
from matcher.digest.measures import Heard, report
from matcher.wording import Language

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
    assert (found.preference.share, found.preference.high) == (1.0, 1.0)
    assert 0.7 < found.preference.low < 0.8


def test_what_was_tried_out_weighs_what_its_chance_was_small() -> None:
    rows = [ITEM, replace(ITEM, digest_id="e", exploration=True, propensity=0.1, fits=True)]
    found = report(rows, None, 0)
    assert found.items == {"exploration": 1, "serving": 1}
    assert found.weighed is not None
    assert found.weighed.share == pytest.approx(10 / 11)


@pytest.mark.parametrize(("good", "told"), [(0, 13), (13, 13), (0, 1), (1, 1), (0, 400)])
def test_where_nothing_or_everything_came_of_items_the_interval_is_wilsons(good: int, told: int) -> None:
    rows = [replace(ITEM, digest_id=f"d{n}", fits=n < good) for n in range(told)]
    share = report(rows, None, 0).measures["serving"]["fits"]
    expected = binomtest(good, told).proportion_ci(method="wilson")
    assert (share.low, share.high) == pytest.approx((expected.low, expected.high))
    assert share.low < share.high


def test_items_of_one_letter_are_no_certainty_either() -> None:
    share = report([replace(ITEM, fits=n < 6) for n in range(12)], None, 0).measures["serving"]["fits"]
    expected = binomtest(6, 12).proportion_ci(method="wilson")
    assert (share.low, share.high) == pytest.approx((expected.low, expected.high))


def test_readers_who_differ_make_an_interval_wider_than_items_alone() -> None:
    rows = [replace(ITEM, digest_id=f"d{n // 10}", fits=n < 50) for n in range(100)]
    share = report(rows, None, 0).measures["serving"]["fits"]
    alone = binomtest(50, 100).proportion_ci(method="wilson")
    assert share.low < alone.low - 0.05
    assert share.high > alone.high + 0.05


def test_a_weighed_share_of_nothing_knows_as_little_as_its_weights_allow() -> None:
    alike = report([replace(ITEM, digest_id=f"d{n}") for n in range(20)], None, 0).weighed
    heavy = [replace(ITEM, digest_id=f"d{n}", propensity=0.01 if n == 0 else 1.0) for n in range(20)]
    uneven = report(heavy, None, 0).weighed
    assert alike is not None
    assert uneven is not None
    assert (alike.low, uneven.low) == (0.0, 0.0)
    assert alike.high < 0.2
    assert 0.7 < uneven.high < 1


def test_a_trial_of_which_nothing_came_prefers_neither_and_is_not_sure_of_it() -> None:
    rows = [
        replace(ITEM, digest_id=f"d{n}", ranker=ranker, on_trial=True)
        for n in range(10)
        for ranker in ("serving", "serving", "default mix", "both")
    ]
    found = report(rows, ("serving", "default mix"), 0).preference
    assert found is not None
    assert found.share == 0.0
    assert found.low == -found.high
    assert 0.4 < found.high < 0.7  # two items each, in the quarter of the digests that may have gone otherwise


def test_a_visit_is_counted_and_is_nothing_good_yet() -> None:
    found = report([replace(ITEM, digest_id=f"d{n}", clicked=n < 5) for n in range(10)], None, 0).measures["serving"]
    assert (found["clicked"].share, found["good"].share) == (0.5, 0.0)


@pytest.mark.parametrize("language", Language)
def test_a_report_names_its_measures_and_rankers_in_the_readers_language(
    language: Language, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        replace(ITEM, digest_id=f"d{n}", ranker=ranker, on_trial=True, exploration=n == 0)
        for n in range(3)
        for ranker in ("serving", "default mix", "both")
    ]
    show_report(Screen(language), report(rows, ("serving", "default mix"), 0))
    told = capsys.readouterr().out
    assert not re.search("[a-z]+_[a-z]+", told)
    assert bool(re.search("[a-z]", told)) is (language is Language.EN)
    assert bool(re.search("[一-鿿]", told)) is (language is Language.ZH)


def test_nothing_told_is_nothing_to_judge() -> None:
    found = report([], None, 0)
    assert (found.items, found.preference, found.weighed) == ({}, None, None)
