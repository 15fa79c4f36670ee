"""What a right record leans to, against its definition written out in loops over tiny corpora."""

from __future__ import annotations

import math
from datetime import timedelta

import numpy as np
import pytest

from matcher.domain.records import PairKind
from matcher.ranking.corpus import Corpus, Matrix
from matcher.ranking.evidence import gather
from matcher.ranking.habits import (
    DAYS_A_YEAR,
    HABIT_MEMORY,
    PRIOR_CASES,
    PRIOR_VALUES,
    WIDTH_OF_AGE,
    WIDTH_OF_AMOUNT,
)
from matcher.ranking.kinds import KINDS, Family
from matcher.ranking.knowledge import LONG_MEMORY, Knowledge
from tests.builders import TODAY, corpus, fund, outcome, project, side

AGO = TODAY - timedelta(days=400)


def funded() -> Corpus:
    """F1 took two of Tongliao at a million, F2 one of Beijing at nine, F3 nothing."""
    lefts = [
        project("P1", region="通辽市", funding_sought=1e6, founded_on=AGO - timedelta(days=365)),
        project("P2", region="通辽市", funding_sought=1e6, founded_on=AGO - timedelta(days=365)),
        project("P3", region="北京", funding_sought=9e6, founded_on=AGO - timedelta(days=3650)),
    ]
    past = [
        outcome(left, right, kind=PairKind.PROJECT_FUND, decided_on=AGO)
        for left, right in (("P1", "F1"), ("P2", "F1"), ("P3", "F2"))
    ]
    return corpus(lefts, [fund("F1"), fund("F2"), fund("F3")], past)


def asked(**facts: object) -> dict[str, Matrix]:
    return gather(Knowledge(funded(), TODAY.toordinal()), side(project("Q", **facts)))


def test_a_share_is_the_own_one_against_everybodys() -> None:
    fades = 0.5 ** (400 / HABIT_MEMORY)
    usual = 2 / 3
    found = asked(region="通辽市")["region_share"][0]

    own = (2 * fades + PRIOR_CASES * usual) / (2 * fades + PRIOR_CASES)
    assert found[0] == pytest.approx(math.log(own / usual) * _levels_apart(), rel=1e-4)
    assert found[1] < 0 < found[0]
    assert found[2] == pytest.approx(0, abs=1e-5)


def _levels_apart() -> int:
    """Levels of Tongliao's path that Beijing's does not share."""
    here, there = (set(side(project("Q", region=place)).facets["region"].indices) for place in ("通辽市", "北京"))
    return len(here - there)


def test_amounts_near_those_taken_before_speak_for_a_fund() -> None:
    found = asked(funding_sought=1e6)
    apart = math.exp(-0.5 * (math.log(9) / WIDTH_OF_AMOUNT) ** 2)
    usual = (2 + apart) / 3
    expected = [
        math.log((2 + PRIOR_VALUES * usual) / (2 + PRIOR_VALUES) / usual),
        math.log((apart + PRIOR_VALUES * usual) / (1 + PRIOR_VALUES) / usual),
        0.0,
    ]
    assert found["amount_share"][0] == pytest.approx(expected, abs=1e-5)
    assert found["amount_near"][0, :2] == pytest.approx([0, -math.log(9)], abs=1e-5)
    assert np.isnan(found["amount_near"][0, 2])


def test_ages_near_those_taken_before_speak_for_a_fund() -> None:
    found = asked(founded_on=TODAY - timedelta(days=365))["age_share"][0]
    apart = math.log1p(3650 / DAYS_A_YEAR) - math.log1p(365 / DAYS_A_YEAR)
    near = math.exp(-0.5 * (apart / WIDTH_OF_AGE) ** 2)
    usual = (2 + near) / 3
    assert found[0] == pytest.approx(math.log((2 + PRIOR_VALUES * usual) / (2 + PRIOR_VALUES) / usual), abs=1e-5)
    assert found[1] < 0 < found[0]


def test_what_is_not_told_has_no_habit() -> None:
    found = asked(region="", funding_sought=None, founded_on=None)
    for name in ("region_share", "amount_share", "amount_near", "age_share"):
        assert np.isnan(found[name]).all(), name


def test_another_currency_is_no_amount_to_compare() -> None:
    assert np.isfinite(asked(funding_sought=1e6, currency="CNY")["amount_share"]).all()
    whole = funded()
    past = [outcome("P1", "F1", kind=PairKind.PROJECT_FUND, decided_on=AGO)]
    mixed = corpus([*whole.left.records, project("Q", currency="USD")], list(whole.right.records), past)
    found = gather(Knowledge(mixed, TODAY.toordinal()), mixed.left.take([mixed.left.rows["Q"]]))
    assert np.isnan(found["amount_share"]).all()


def test_the_record_itself_is_equal_for_all_that_may_take_it() -> None:
    found = asked(founded_on=AGO)
    for name in (kind.name for kind in KINDS.values() if kind.family is Family.RECORD):
        assert np.ptp(found[name]) == 0, name


@pytest.mark.parametrize("name", ["dense_knn_recent", "tfidf_knn_recent"])
def test_of_two_equal_neighbours_the_recent_one_has_more_votes(name: str) -> None:
    lefts = [project("P1", summary="蒙药制剂"), project("P2", summary="蒙药制剂")]
    days = {"P1": TODAY - timedelta(days=1000), "P2": TODAY - timedelta(days=1000 - LONG_MEMORY)}
    past = [
        outcome(left, right, kind=PairKind.PROJECT_FUND, decided_on=days[left])
        for left, right in (("P1", "F1"), ("P2", "F2"))
    ]
    whole = corpus(lefts, [fund("F1"), fund("F2")], past)

    [votes] = gather(Knowledge(whole, TODAY.toordinal()), side(project("Q", summary="蒙药制剂")))[name]

    assert votes == pytest.approx([1 / 3, 2 / 3], abs=1e-5)


def test_what_is_read_once_for_all_questions_stays_as_it_was_read() -> None:
    known = Knowledge(funded(), TODAY.toordinal())
    before = known.left.numbers("funding_sought").copy()

    first, again = (gather(known, known.left) for _ in range(2))

    assert all(np.array_equal(first[name], again[name], equal_nan=True) for name in first)
    assert np.array_equal(known.left.numbers("funding_sought"), before, equal_nan=True)
    with pytest.raises(ValueError, match="read-only"):
        known.left.numbers("funding_sought")[0] = 1
