"""Policy and reports over HTTP: the bureau is told everything, a carrier what is its own, others the rules."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from matcher.domain.accounts import Role
from matcher.domain.visibility import Viewer
from tests.service import SAMPLE_TIME, Service

OTHERS_HIDDEN = "ex-a023"
EVERYBODY, STAFF = set(Role), {Role.ADMINISTRATOR, Role.BUREAU}
BROKING = STAFF | {Role.BROKER, Role.INCUBATOR}
REPORTING = STAFF | {Role.INCUBATOR}
CHECK = {"carrier": "ex-i01", "kind": "managed_service", "receiver": "ex-i20", "start": "2026-12-01"}


@pytest.mark.parametrize(
    ("path", "roles"),
    [
        ("/policy/rules", EVERYBODY),
        ("/policy/chain-gaps", EVERYBODY),
        ("/policy/stages", BROKING),
        ("/policy/criteria/ex-i01", BROKING),
        ("/policy/criteria/ex-i02", BROKING - {Role.INCUBATOR}),
        ("/policy/grants", REPORTING),
        ("/policy/grants?carrier=ex-i02", STAFF),
        ("/policy/evaluations/2025", STAFF),
        ("/policy/evaluations/2025/ex-i01", REPORTING),
        ("/policy/evaluations/2025/ex-i02", STAFF),
        ("/policy/filings", REPORTING),
        ("/policy/filings?carrier=ex-i02", STAFF),
        ("/policy/contracts", REPORTING),
        ("/reports/2026Q3/submissions", REPORTING),
        ("/reports/2026Q3", STAFF),
        ("/reports/2026Q3/report.xlsx", STAFF),
        ("/reports/2026Q3/report.html", STAFF),
    ],
)
def test_each_role_reads_what_is_its_own(reading: Service, path: str, roles: set[Role]) -> None:
    answers = {role: reading.get(role, path).status_code for role in Role}
    assert {role for role, status in answers.items() if status == 200} == roles
    assert {answers[role] for role in EVERYBODY - roles} <= {403}


# --- rules ---


def test_the_rules_are_walked_each_with_clause_source_and_effect(reading: Service) -> None:
    found, cursor = [], ""
    while True:
        part = reading.get(Role.FUND, "/policy/rules", params={"cursor": cursor, "limit": 100}).json()
        found += part["items"]
        if part["next"] is None:
            break
        cursor = part["next"]
    assert [one["id"] for one in found] == sorted(reading.installation.rulebook.rules)
    assert all(one["clause"] and one["source"] and one["criterion"]["zh"] for one in found)


def test_only_rules_in_force_on_the_day_are_told(reading: Service) -> None:
    def ids(**params: str) -> set[str]:
        found = reading.get(Role.BUREAU, "/policy/rules", params={"limit": 200, **params}).json()["items"]
        return {one["id"] for one in found}

    before, after = ids(on="2019-01-01"), ids(on="2026-11-26")
    assert before - after
    assert after - before
    assert reading.get(Role.BUREAU, "/policy/rules", params={"on": "9999-12-31"}).status_code == 422


def test_the_stages_come_with_their_moves(reading: Service) -> None:
    told = reading.get(Role.BROKER, "/policy/stages").json()
    assert [one["stage"] for one in told["stages"]][:5] == ["discover", "dig", "plan", "convert", "serve"]
    assert {"from": "discover", "action": "advance", "to": "dig"} in told["transitions"]


# --- a carrier's own figures ---


def carriers(content: Any) -> set[str]:
    """All ids of carriers that an answer names."""
    if isinstance(content, dict):
        return {each for value in content.values() for each in carriers(value)}
    if isinstance(content, list):
        return {each for value in content for each in carriers(value)}
    return {content} if isinstance(content, str) and content.startswith("ex-i") else set()


@pytest.mark.parametrize(
    "path", ["/policy/grants", "/policy/contracts", "/reports/2026Q3/submissions", "/policy/evaluations/2025/ex-i01"]
)
def test_a_carrier_is_told_of_no_other_one(reading: Service, path: str) -> None:
    assert carriers(reading.get(Role.INCUBATOR, path).json()) <= {"ex-i01"}


def test_a_carrier_reads_its_own_submission_and_counts_nobody_else(reading: Service) -> None:
    told = reading.get(Role.INCUBATOR, "/reports/2026Q3/submissions").json()
    assert [one["id"] for one in told["carriers"]] == ["ex-i01"]
    assert told["counts"]["owing"] == 1
    assert reading.get(Role.BUREAU, "/reports/2026Q3/submissions").json()["counts"]["owing"] > 5


def test_a_carrier_reads_the_filings_it_gives_or_gets(reading: Service) -> None:
    own = reading.get(Role.INCUBATOR, "/policy/filings").json()["filings"]
    assert own
    assert all("ex-i01" in (one["carrier"], one["receiver"]) for one in own)
    told = reading.get(Role.INCUBATOR, "/policy/filings/check", params=CHECK).json()
    assert (told["may_start"], told["covering"]["id"]) == (True, "ex-b05")
    other = CHECK | {"carrier": "ex-i02"}
    assert reading.get(Role.INCUBATOR, "/policy/filings/check", params=other).status_code == 403


def test_contracts_of_others_and_hidden_ones_are_as_if_they_were_not_there(reading: Service) -> None:
    day = SAMPLE_TIME.date()
    contracts = reading.installation.contracts
    everyone, shared = (
        {one.contract.id: one.contract.carrier_id for one in contracts.all(viewer, day)}
        for viewer in (Viewer.ENTITLED, Viewer.BROKERS)
    )
    assert everyone.keys() - shared.keys()
    listed = reading.get(Role.BUREAU, "/policy/contracts").json()["contracts"]
    assert {one["id"] for one in listed} == everyone.keys()
    for name, carrier in everyone.items():
        status = reading.get(Role.INCUBATOR, f"/policy/contracts/{name}").status_code
        assert status == (200 if carrier == "ex-i01" else 404), name
    assert reading.get(Role.BUREAU, f"/policy/contracts/{next(iter(everyone))}").json()["aspects"]


def test_criteria_tell_gaps_and_the_way_of_projects_one_may_see(reading: Service) -> None:
    told = reading.get(Role.BROKER, "/policy/criteria/ex-i02", params={"to": "excellent"}).json()
    assert told["to"] == "excellent"
    assert told["standards"][0]["verdicts"]
    seen = {role: len(reading.get(role, "/policy/criteria/ex-i02").json()["path"]) for role in STAFF | {Role.BROKER}}
    assert 0 < seen[Role.BROKER] <= seen[Role.BUREAU]
    assert reading.get(Role.BROKER, "/policy/criteria/ex-i999").status_code == 404
    assert reading.get(Role.BROKER, "/policy/criteria/ex-f01").status_code == 422


# --- grants ---


def test_the_bureau_notes_a_payment_once_and_takes_it_back(service: Service) -> None:
    grant = {"rule": "TL-GRANT.makerspace-excellent", "carrier": "ex-i07"}
    assert service.post(Role.BUREAU, "/policy/grants/apply", grant).status_code == 409
    paid = service.post(Role.BUREAU, "/policy/grants/pay", grant | {"document": "示例通财"})
    assert (paid.status_code, paid.json()["state"], paid.json()["noted_amount"]) == (200, "paid", 200_000)
    assert service.post(Role.BUREAU, "/policy/grants/pay", grant).status_code == 409
    assert service.post(Role.BUREAU, "/policy/grants/undo", grant).json()["state"] == "applied"
    for role in EVERYBODY - STAFF:
        assert service.post(role, "/policy/grants/pay", grant).status_code == 403, role
    assert service.post(Role.BUREAU, "/policy/grants/apply", grant | {"carrier": "ex-i999"}).status_code == 404


def test_the_ledger_adds_up_what_it_lists(reading: Service) -> None:
    told = reading.get(Role.BUREAU, "/policy/grants", params={"state": "paid"}).json()
    assert {one["state"] for one in told["grants"]} == {"paid"}
    assert told["totals"]["paid"]["amount"] == sum(one["noted_amount"] for one in told["grants"])


# --- what nobody may learn ---


@pytest.mark.parametrize("role", [Role.BROKER, Role.INCUBATOR, Role.FUND, Role.UNIVERSITY])
def test_chain_gaps_hold_and_count_no_hidden_record(reading: Service, role: Role) -> None:
    answer = reading.get(role, "/policy/chain-gaps")
    assert f'"{OTHERS_HIDDEN}"' not in answer.text
    whole = reading.get(Role.BUREAU, "/policy/chain-gaps")
    assert f'"{OTHERS_HIDDEN}"' in whole.text
    seen, all_ = (each.json()["coverage"]["achievements"]["total"] for each in (answer, whole))
    assert seen < all_


def test_chain_gaps_are_narrowed_by_industry_and_region(reading: Service) -> None:
    told = reading.get(Role.FUND, "/policy/chain-gaps", params={"industry": "玉米生物", "region": "开鲁县"}).json()
    assert [one["code"] for one in told["industries"]] == ["corn"]
    assert reading.get(Role.FUND, "/policy/chain-gaps", params={"region": "月球"}).status_code == 422


# --- the report ---


def test_the_report_is_the_same_as_json_workbook_and_page_and_its_reading_is_noted(service: Service) -> None:
    told = service.get(Role.BUREAU, "/reports/2026Q3", params={"on": "2026-11-25"}).json()
    titles = [one["title"]["zh"] for one in told["sections"]]
    lines = told["sections"][1]["lines"]
    assert all(ref in told["sources"] or ref.startswith("section:") for line in lines for ref in line["sources"])
    answer = service.get(Role.BUREAU, "/reports/2026Q3/report.xlsx", params={"on": "2026-11-25"})
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames[: len(titles)] == titles
    page = service.get(Role.BUREAU, "/reports/2026Q3/report.html", params={"language": "en"})
    assert page.headers["content-type"].startswith("text/html")
    assert "Report on incubators" in page.text
    deeds = service.get(Role.BUREAU, "/audit").json()["items"]
    assert [deed["record_ids"] for deed in deeds] == [["reports/2026Q3"]] * 3
    assert service.get(Role.BUREAU, "/reports/2026Q5").status_code == 422
