"""What some may not see, put into the sample: whoever may not is to be answered as if it did not exist."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from matcher.bootstrap import Installation
from matcher.domain.accounts import Role
from matcher.domain.cases import Case
from matcher.domain.introductions import Introduction
from matcher.domain.records import Achievement, Outcome, PairKind, Project, Result, Visibility, name_of
from matcher.store import Cases, Outcomes, Papers, Records
from tests.service import SAMPLE_TIME

MARK = "绝密琥珀"
HIDDEN_RESULTS = [
    Achievement(
        id=f"zz-a{number}",
        title=f"{MARK}玉米淀粉改性工艺{number}",
        summary=f"{MARK}以玉米淀粉为原料，连续化改性，已完成中试。",
        keywords=("玉米", MARK),
        institution=f"{MARK}研究所",
        industry=("农产品加工",),
        region="内蒙古自治区通辽市",
        trl=6,
        visibility=visibility,
    )
    for number, visibility in enumerate([Visibility.RESTRICTED, Visibility.RESTRICTED, Visibility.BROKERS])
]
HIDDEN_PROJECTS = [
    Project(
        id=f"zz-p{number}",
        name=f"{MARK}淀粉科技{number}",
        summary=f"{MARK}玉米淀粉改性的产业化。",
        industry=("农产品加工",),
        region="内蒙古自治区通辽市",
        incubator_id="ex-i02",
        visibility=visibility,
    )
    for number, visibility in enumerate([Visibility.RESTRICTED, Visibility.BROKERS])
]
HIDDEN_OUTCOMES = [
    Outcome(
        kind=PairKind.ACHIEVEMENT_INCUBATOR,
        left_id="zz-a0",
        right_id="ex-i01",
        result=Result.ACCEPTED,
        decided_on=date(2026, 5, 1),
        reason=MARK,
    ),
    Outcome(
        kind=PairKind.PROJECT_FUND,
        left_id="zz-p0",
        right_id="ex-f01",
        result=Result.REJECTED,
        decided_on=date(2026, 5, 2),
        reason=MARK,
    ),
]
HIDDEN_CASE = Case(
    id="zz-c0",
    pairing=PairKind.ACHIEVEMENT_INCUBATOR,
    left_id="zz-a0",
    right_id="ex-i01",
    owner="somebody",
    organisation_id="org-station",
    opened_at=SAMPLE_TIME,
    changed_at=SAMPLE_TIME,
)
"""On a record that neither its broker nor its carrier may see yet."""
PROPOSED = Introduction(
    id="zz-n0", case_id="zz-c0", by="somebody", proposed_at=SAMPLE_TIME, expires_on=date(2030, 1, 1), message=MARK
)
SEES_NOTHING = (Role.FUND, Role.UNIVERSITY)
"""Roles without a right to what is shared among brokers."""
SEES_BROKERS = (Role.BROKER, Role.INCUBATOR)


HIDDEN: Sequence[Achievement | Project] = [*HIDDEN_RESULTS, *HIDDEN_PROJECTS]


def told_of(text: str) -> set[str]:
    """The secrets that a text tells of by id or name, as the audit names them."""
    return {f"{one.table}/{one.id}" for one in HIDDEN if one.id in text or name_of(one) in text}


def share(installation: Installation) -> None:
    """Put in what brokers share, and nobody else may see."""
    with installation.database.begin() as connection:
        Records(connection).upsert([one for one in HIDDEN if one.visibility is Visibility.BROKERS], SAMPLE_TIME)
    installation.indexer.refresh()


def hide(installation: Installation) -> None:
    """Put all the secrets in."""
    with installation.database.begin() as connection:
        Records(connection).upsert(HIDDEN, SAMPLE_TIME)
        Outcomes(connection).upsert(HIDDEN_OUTCOMES, SAMPLE_TIME)
        Cases(connection).add(HIDDEN_CASE)
        Papers(connection).propose(PROPOSED)
    installation.indexer.refresh()
