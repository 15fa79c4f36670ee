"""How carriers are run and who resides in them, with the clauses of the notice; a resident fund as a plus."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from matcher.domain.matches import Effect, Match
from matcher.domain.records import FocusType, Fund, FundKind, OperatorType
from matcher.domain.registers import Arrangement, ArrangementKind
from matcher.domain.visibility import Viewer
from matcher.policy.arrangements import RESIDENT, Arranged, Residents, When, arranged, resident_plus, residents
from tests.builders import TODAY, fund, incubator, matcher, project, rulebook

BOOK = rulebook()
DAY = date(2026, 10, 31)
ONE = timedelta(days=1)


def arrangement(kind: ArrangementKind = ArrangementKind.RESIDENT, **changes: Any) -> Arrangement:
    usual: dict[str, Any] = {"id": "Y1", "carrier_id": "I1", "fund_id": "F1", "since": date(2024, 1, 1)}
    return Arrangement(kind=kind, **(usual | changes))


def told(row: Arrangement, resident: Fund | None = None, **carrier: Any) -> Arranged:
    return arranged(row, incubator(**carrier), resident, BOOK, DAY)


def clauses(row: Arrangement, resident: Fund | None = None, **carrier: Any) -> list[str]:
    return [one.clause for one in told(row, resident, **carrier).clauses]


UNIVERSITY = {"operator_type": OperatorType.UNIVERSITY}
LEADING = {"operator_type": OperatorType.ENTERPRISE, "focus_type": FocusType.PROFESSIONAL}


@pytest.mark.parametrize(
    ("kind", "carrier", "expected"),
    [
        (ArrangementKind.COMMISSIONED, {}, ["二(一)"]),
        (ArrangementKind.OWN, UNIVERSITY, ["二(二)"]),
        (ArrangementKind.OWN, LEADING, ["二(三)"]),
        (ArrangementKind.OWN, {"operator_type": OperatorType.ENTERPRISE, "focus_type": FocusType.COMPREHENSIVE}, []),
        (ArrangementKind.OWN, {"operator_type": OperatorType.SOCIAL}, []),
        (ArrangementKind.OWN, {}, []),
        (ArrangementKind.BUILT, {}, ["二(五)"]),
        (ArrangementKind.CO_INVESTED, {}, ["二(五)"]),
        (ArrangementKind.CO_INVESTED, UNIVERSITY, ["二(二)", "二(五)"]),
        (ArrangementKind.OUTSOURCED, {}, ["二(五)"]),
        (ArrangementKind.BRANCH, {}, ["二(五)"]),
    ],
)
def test_each_way_of_running_a_carrier_has_the_clauses_that_encourage_it(
    kind: ArrangementKind, carrier: dict[str, Any], expected: list[str]
) -> None:
    found = told(arrangement(kind, fund_id=""), **carrier)

    assert [one.clause for one in found.clauses] == expected
    assert all(one.effect is Effect.INFO and one.cites.zh == "通创办发〔2023〕2号" for one in found.clauses)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        (FundKind.SEED, "种子、天使、创业投资机构入驻开展业务"),
        (FundKind.ANGEL, "种子、天使、创业投资机构入驻开展业务"),
        (FundKind.VENTURE, "种子、天使、创业投资机构入驻开展业务"),
        (FundKind.GUARANTEE, "与担保机构、银行合作"),
        (FundKind.BANK, "与担保机构、银行合作"),
    ],
)
def test_residents_are_encouraged_by_what_they_are(kind: FundKind, name: str) -> None:
    [clause] = told(arrangement(), fund(kind=kind)).clauses

    assert (clause.clause, clause.name.zh) == ("三(三)", name)


def test_a_resident_that_is_no_financial_institution_or_of_an_unknown_kind_has_no_clause() -> None:
    assert clauses(arrangement(fund_id="", party="知识产权事务所")) == []
    assert clauses(arrangement(), fund(kind=None)) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"since": DAY}, When.NOW),
        ({"since": DAY + ONE}, When.AHEAD),
        ({"until": DAY}, When.NOW),
        ({"until": DAY - ONE}, When.ENDED),
        ({"since": None}, When.UNDATED),
        ({"since": None, "until": DAY - ONE}, When.ENDED),
    ],
)
def test_the_first_and_the_last_day_belong_to_an_arrangement(changes: dict[str, Any], expected: When) -> None:
    assert told(arrangement(**changes)).when is expected


def test_who_resides_counts_while_it_holds_and_only_with_a_record_of_the_fund() -> None:
    rows = [
        arrangement(),
        arrangement(fund_id="F2", since=None),
        arrangement(fund_id="F3", until=DAY - ONE),
        arrangement(fund_id="F4", since=DAY + ONE),
        arrangement(fund_id="", party="事务所"),
        arrangement(ArrangementKind.OUTSOURCED, fund_id="F5"),
    ]

    assert set(residents(rows, DAY)) == {("I1", "F1"), ("I1", "F2")}


NAMES = {"I1": "甲孵化器"}


def plus(known: Residents, **changes: Any) -> list[str]:
    return [one.said.zh for one in resident_plus(project(**changes), fund(), known, BOOK, DAY, NAMES)]


def test_a_fund_that_resides_in_the_projects_carrier_is_named_with_the_clause() -> None:
    known = residents([arrangement()], DAY)

    assert plus(known, incubator_id="I1") == [
        "基金入驻项目所在载体“甲孵化器”，2024-01-01 起（通创办发〔2023〕2号 三(三)）"
    ]
    assert plus(known, incubator_id="I2") == []
    assert plus(known) == []
    assert plus({}, incubator_id="I1") == []


def test_without_a_day_the_plus_tells_none() -> None:
    assert plus(residents([arrangement(since=None)], DAY), incubator_id="I1") == [
        "基金入驻项目所在载体“甲孵化器”（通创办发〔2023〕2号 三(三)）"
    ]


def matched(known: Residents) -> Match:
    ready = matcher([project("P1", incubator_id="I1"), project("P2", name="别的")], [fund()], residents=known)
    [found] = ready.match(ready.known.left.take([ready.known.left.rows["P1"]]), 1, Viewer.PUBLIC).matches
    return found


def test_the_plus_is_told_beside_a_match_and_never_scored() -> None:
    without, found = matched({}), matched(residents([arrangement()], TODAY))

    assert RESIDENT in [one.evidence for one in found.reasons]
    assert RESIDENT not in [one.evidence for one in without.reasons]
    assert (found.score, found.components, found.tier, found.verdicts) == (
        without.score,
        without.components,
        without.tier,
        without.verdicts,
    )
