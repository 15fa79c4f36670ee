"""Whom to call, and what nobody knows the meaning of, is told to the owner and to those who introduce people only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from matcher.domain.accounts import Role
from matcher.domain.records import Achievement, Fund, Kind, Project
from matcher.domain.visibility import KEPT_BACK, Viewer, withheld
from matcher.store import Records
from matcher.text.passages import document
from tests.browsing import visitor
from tests.service import SAMPLE_TIME, Service, copied, over

PHONE = "13900000001"
EXTRA = {"负责人/电话": f"李建国 {PHONE}"}
RECORDS = (
    Achievement(
        id="zz-a", title="沙柳平茬机", institution="白音温都民族医药大学", contact=f"李建国 {PHONE}", extra=EXTRA
    ),
    Project(id="zz-p", name="平茬科技", incubator_id="ex-i01", extra=EXTRA),
    Fund(id="ex-f01", name="示例种子基金", extra=EXTRA),
)
INTRODUCING = {Role.ADMINISTRATOR, Role.BUREAU, Role.BROKER}
OWNERS = {Kind.ACHIEVEMENTS: Role.UNIVERSITY, Kind.PROJECTS: Role.INCUBATOR, Kind.FUNDS: Role.FUND}


@pytest.fixture(scope="module")
def service(served_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    installation = copied(served_home, tmp_path_factory.mktemp("contacts") / "home")
    with installation.database.begin() as connection:
        Records(connection).upsert(RECORDS, SAMPLE_TIME)
    installation.indexer.refresh()
    yield over(installation)
    installation.close()


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.table.value)
@pytest.mark.parametrize("role", Role)
def test_only_its_owner_and_those_who_introduce_people_read_whom_to_call(
    service: Service, role: Role, record: Achievement | Project | Fund
) -> None:
    entitled = role in INTRODUCING or role is OWNERS[record.table]
    kind, name = record.table, getattr(record, "title", "") or getattr(record, "name", "")
    answers = {
        path: service.get(role, path)
        for path in (
            f"/{kind}/{record.id}", f"/{kind}?limit=200", f"/{kind}/search?q={name}", f"/{kind}/search?q={PHONE}"
        )
    }  # fmt: skip
    assert all(answer.status_code == 200 for answer in answers.values())
    assert (PHONE in answers[f"/{kind}/{record.id}"].text) is entitled
    for path, answer in answers.items():
        assert entitled or (PHONE not in answer.text and "负责人/电话" not in answer.text), path
    page = visitor(service, role).get(f"/records/{kind}/{record.id}").text
    assert (PHONE in page) is entitled
    promised = kind is Kind.ACHIEVEMENTS and not entitled
    assert ("双方都同意引荐后互见" in page) is promised


def test_nothing_is_found_by_whom_to_call() -> None:
    """What is searched is the same text with and without it, so that no order, count or likeness can tell."""
    for record in RECORDS:
        kept_back = {name: KEPT_BACK[record.table][name] for name in withheld(record, Viewer.PUBLIC)}
        assert document(record) == document(replace(record, **kept_back))


def test_a_fund_that_changes_its_record_keeps_its_own_columns(service: Service) -> None:
    visit = visitor(service, Role.FUND)
    assert PHONE in visit.get("/records/funds/ex-f01").text
    read = service.get(Role.FUND, "/funds/ex-f01")
    body = {**read.json(), "thesis": "投早"}
    for name in ("first_seen_at", "changed_at"):
        body.pop(name)
    written = service.call(Role.FUND, "PUT", "/funds/ex-f01", json=body, headers={"If-Match": read.headers["etag"]})
    assert (written.status_code, written.json()["extra"]) == (200, EXTRA)
