"""Outcomes, feedback, standing wishes and standing queries over HTTP: whose they are, and what they never tell."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from matcher.domain.accounts import Role, Scope
from tests.service import NOW, Service

MINE, OTHERS_HIDDEN = "ex-a030", "ex-a023"
"""Restricted results: of the university, and of another one; the second has outcomes."""
PAIR = {"left_id": "ex-a003", "right_id": "ex-i01"}
TOLD = PAIR | {"kind": "achievement_incubator", "result": "已对接", "decided_on": "2026-11-20", "amount": "30万"}
INVESTED = {"kind": "project_fund", "left_id": "ex-p001", "right_id": "ex-f01", "result": "未成", "reason": "阶段过早"}


def walked(service: Service, role: Role, path: str, **params: Any) -> list[dict[str, Any]]:
    found, cursor = [], ""
    while True:
        part = service.get(role, path, params=params | {"cursor": cursor, "limit": 70}).json()
        found += part["items"]
        if part["next"] is None:
            return found
        cursor = part["next"]


# --- outcomes ---


def test_outcomes_are_walked_by_day_once_each_and_only_of_pairs_one_may_see(reading: Service) -> None:
    found = {role: walked(reading, role, "/outcomes") for role in Role}
    for role, told in found.items():
        keys = [(one["decided_on"], one["left_id"], one["right_id"], one["kind"]) for one in told]
        assert keys == sorted(set(keys)), role
    named = {role for role, told in found.items() if any(one["left_id"] == OTHERS_HIDDEN for one in told)}
    assert named == {Role.ADMINISTRATOR, Role.BUREAU}
    assert len(found[Role.FUND]) < len(found[Role.BROKER]) < len(found[Role.BUREAU])
    asked = {"left_id": OTHERS_HIDDEN}
    assert reading.get(Role.BROKER, "/outcomes", params=asked).json() == {"items": [], "next": None}
    assert reading.get(Role.FUND, "/outcomes", params={"cursor": "WzFd"}).status_code == 422


def test_why_a_pair_came_to_nothing_is_told_to_brokers_and_to_who_decided(reading: Service) -> None:
    reasons = {
        role: {
            one["right_id"] for one in walked(reading, role, "/outcomes", kind="achievement_incubator") if one["reason"]
        }
        for role in Role
    }
    assert len(reasons[Role.BROKER]) > 5
    assert reasons[Role.INCUBATOR] == {"ex-i01"}
    assert reasons[Role.UNIVERSITY] == reasons[Role.FUND] == set()


def test_an_outcome_is_told_by_caretakers_and_by_the_right_hand_side(service: Service) -> None:
    told = {
        role: service.post(role, "/outcomes", TOLD | {"decided_on": f"2026-10-{number:02}"}).status_code
        for number, role in enumerate(Role, 1)
    }
    assert told == {
        Role.ADMINISTRATOR: 201, Role.BUREAU: 201, Role.BROKER: 201, Role.INCUBATOR: 201,
        Role.FUND: 403, Role.UNIVERSITY: 403,
    }  # fmt: skip
    assert service.post(Role.INCUBATOR, "/outcomes", TOLD | {"right_id": "ex-i02"}).status_code == 403
    assert service.post(Role.FUND, "/outcomes", INVESTED).json()["result"] == "rejected"


def test_words_and_amounts_are_understood_and_what_is_not_is_named(service: Service) -> None:
    told = service.post(Role.BROKER, "/outcomes", TOLD).json()
    assert (told["result"], told["amount"], told["issues"]) == ("accepted", 300_000, [])
    vague = service.post(Role.BROKER, "/outcomes", TOLD | {"decided_on": "2026-11-21", "amount": "很多"}).json()
    assert (vague["amount"], vague["issues"][0]["field"]) == (None, "amount")
    for wrong in ({"result": "也许"}, {"decided_on": "2031-01-01"}, {"decided_on": "下周"}):
        refused = service.post(Role.BROKER, "/outcomes", TOLD | wrong)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, next(iter(wrong)))


def test_a_day_that_tells_something_else_is_corrected_on_purpose_only(service: Service) -> None:
    assert service.post(Role.BROKER, "/outcomes", TOLD).status_code == 201
    assert service.post(Role.BROKER, "/outcomes", TOLD).status_code == 201  # the same again says nothing new
    assert service.post(Role.BUREAU, "/outcomes", TOLD | {"amount": "40万"}).status_code == 409
    assert service.post(Role.BUREAU, "/outcomes", TOLD | {"amount": "40万", "corrects": True}).status_code == 201
    [kept] = walked(service, Role.BROKER, "/outcomes", **PAIR)
    assert kept["amount"] == 400_000


def test_of_a_hidden_record_nothing_can_be_told_as_if_it_were_not_there(service: Service) -> None:
    for left in (OTHERS_HIDDEN, "ex-a999"):
        answers = (
            service.post(Role.BROKER, "/outcomes", TOLD | {"left_id": left}),
            service.post(Role.BROKER, "/feedback", PAIR | {"left_id": left, "verdict": "fits"}),
            service.post(Role.BROKER, "/exclusions", {"wish": "watch", "record_id": left, "target": "ex-i01"}),
            service.post(Role.BROKER, "/exclusions", {"wish": "watch", "record_id": "ex-i01", "target": left}),
            service.post(Role.BROKER, "/mandates", {"name": "n", "record_id": left}),
            service.get(Role.BROKER, "/exclusions", params={"record_id": left}),
        )
        assert [answer.status_code for answer in answers] == [404] * 6
        assert len({json.dumps(answer.json() | {"request_id": ""}) for answer in answers}) == 1


# --- feedback ---


def recommended(service: Service, role: Role) -> list[str]:
    asked = {"record_id": PAIR["left_id"], "k": 200, "full": False}
    return [one["id"] for one in service.post(role, "/match", asked).json()["items"]]


def test_a_pair_that_does_not_fit_is_not_recommended_until_somebody_says_it_fits(service: Service) -> None:
    assert PAIR["right_id"] in recommended(service, Role.BROKER)
    assert service.post(Role.BROKER, "/feedback", PAIR | {"verdict": "does_not", "reason": "远"}).status_code == 201
    [wish] = service.get(Role.BROKER, "/exclusions").json()["items"]
    assert (wish["wish"], wish["record_id"], wish["target"]) == ("dismiss", *PAIR.values())
    assert (wish["until"], wish["mine"]) == (None, True)
    assert PAIR["right_id"] not in recommended(service, Role.BROKER)
    assert service.post(Role.BROKER, "/feedback", PAIR | {"verdict": "fits"}).status_code == 201
    assert service.get(Role.BROKER, "/exclusions").json()["items"] == []
    assert PAIR["right_id"] in recommended(service, Role.BROKER)


def test_later_holds_for_a_fortnight(service: Service) -> None:
    assert service.post(Role.BROKER, "/feedback", PAIR | {"verdict": "later"}).status_code == 201
    [wish] = service.get(Role.BROKER, "/exclusions").json()["items"]
    assert wish["until"] == (datetime.now(UTC).date() + timedelta(days=14)).isoformat()


def test_feedback_is_given_by_those_whose_pair_it_is_and_read_by_them_and_the_bureau(service: Service) -> None:
    given = {role: service.post(role, "/feedback", PAIR | {"verdict": "fits"}).status_code for role in Role}
    assert given == {
        Role.ADMINISTRATOR: 201, Role.BUREAU: 201, Role.BROKER: 201, Role.INCUBATOR: 201,
        Role.FUND: 403, Role.UNIVERSITY: 403,
    }  # fmt: skip
    own = PAIR | {"left_id": MINE, "verdict": "fits", "reason": "保密理由"}
    assert service.post(Role.UNIVERSITY, "/feedback", own).status_code == 201
    counts = {role: len(service.get(role, "/feedback").json()["items"]) for role in Role}
    assert counts == {
        Role.ADMINISTRATOR: 5, Role.BUREAU: 5, Role.BROKER: 1, Role.INCUBATOR: 1, Role.FUND: 0, Role.UNIVERSITY: 1,
    }  # fmt: skip
    turned = {"left_id": "ex-i01", "right_id": "ex-a003", "verdict": "fits"}
    assert service.post(Role.BROKER, "/feedback", turned).status_code == 422


# --- standing wishes ---


def test_each_states_wishes_of_their_own_records_and_caretakers_of_any(service: Service) -> None:
    wish = {"wish": "exclude", "record_id": "ex-f01", "aim": "term", "target": "区块链", "reason": "不投"}
    stated = {role: service.post(role, "/exclusions", wish).status_code for role in Role}
    assert stated == {
        Role.ADMINISTRATOR: 201, Role.BUREAU: 201, Role.BROKER: 201, Role.FUND: 201,
        Role.INCUBATOR: 403, Role.UNIVERSITY: 403,
    }  # fmt: skip
    listed = {role: service.get(role, "/exclusions").json()["items"] for role in Role}
    counts = {role: len(found) for role, found in listed.items()}
    assert counts == {
        Role.ADMINISTRATOR: 4, Role.BUREAU: 4, Role.BROKER: 4, Role.FUND: 4, Role.INCUBATOR: 0, Role.UNIVERSITY: 0,
    }  # fmt: skip
    assert [one["mine"] for one in listed[Role.FUND]].count(True) == 1
    path = f"/exclusions/{listed[Role.FUND][0]['id']}"
    assert service.call(Role.UNIVERSITY, "DELETE", path).status_code == 404
    assert service.call(Role.FUND, "DELETE", path).status_code == 204
    assert service.call(Role.FUND, "DELETE", path).status_code == 404


def test_nobody_learns_of_a_wish_that_names_what_they_may_not_see(service: Service) -> None:
    wish = {"wish": "dismiss", "record_id": MINE, "target": "ex-i01"}
    assert service.post(Role.UNIVERSITY, "/exclusions", wish).status_code == 201
    counts = {role: len(service.get(role, "/exclusions").json()["items"]) for role in Role}
    assert counts == {
        Role.ADMINISTRATOR: 1, Role.BUREAU: 1, Role.UNIVERSITY: 1, Role.BROKER: 0, Role.INCUBATOR: 0, Role.FUND: 0,
    }  # fmt: skip
    number = service.get(Role.UNIVERSITY, "/exclusions").json()["items"][0]["id"]
    assert service.call(Role.BROKER, "DELETE", f"/exclusions/{number}").status_code == 404


@pytest.mark.parametrize(
    "wrong", [{"until": "2020-01-01"}, {"wish": "dismiss", "aim": "term"}, {"target": "a\0b"}, {"target": "ex-f02"}]
)
def test_a_wish_that_makes_no_sense_is_refused(reading: Service, wrong: dict[str, str]) -> None:
    wish = {"wish": "exclude", "record_id": "ex-f01", "aim": "record", "target": "ex-p001"} | wrong
    assert reading.post(Role.BROKER, "/exclusions", wish).status_code == 422


# --- standing queries ---


def test_a_standing_query_is_kept_changed_asked_and_deleted(service: Service) -> None:
    wanted = {"name": "新项目", "record_id": "ex-f01", "k": 3}
    made = service.post(Role.FUND, "/mandates", wanted)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    path = made.headers["location"].removeprefix("/v1")
    screened = service.post(Role.FUND, "/screen", {"record_id": "ex-f01", "k": 3}).json()
    assert service.get(Role.FUND, f"{path}/matches").json() == screened
    if_match = {"If-Match": made.headers["etag"]}
    changed = service.call(Role.FUND, "PUT", path, json=wanted | {"k": 1}, headers=if_match)
    assert (changed.status_code, changed.json()["k"], changed.headers["etag"]) == (200, 1, '"2"')
    assert service.call(Role.FUND, "PUT", path, json=wanted, headers=if_match).status_code == 409
    assert len(service.get(Role.FUND, f"{path}/matches", params={"full": False}).json()["items"]) == 1
    assert service.call(Role.FUND, "DELETE", path, headers=if_match).status_code == 409
    assert service.call(Role.FUND, "DELETE", path, headers={"If-Match": "*"}).status_code == 204
    assert service.get(Role.FUND, path).status_code == 404


def test_a_text_is_kept_as_a_question_too(service: Service) -> None:
    wanted = {"name": "谁能接", "text": "玉米淀粉深加工", "to": "incubators", "must": ["玉米"], "k": 2, "diverse": True}
    path = service.post(Role.BROKER, "/mandates", wanted).headers["location"].removeprefix("/v1")
    shown = service.get(Role.BROKER, path).json()
    assert {name: shown[name] for name in wanted} == wanted
    assert len(service.get(Role.BROKER, f"{path}/matches").json()["items"]) == 2
    for wrong in ({"name": "n"}, {"name": "n", "text": "甲"}, {"name": "n", "record_id": "ex-a001"}):
        assert service.post(Role.BROKER, "/mandates", wrong).status_code == 422


def test_a_standing_query_is_seen_by_its_owner_and_their_organisation_alone(service: Service) -> None:
    colleague = service.installation.people.create("c@example.org", "丙", Role.FUND, NOW, organisation_id="org-fund")
    secret = service.installation.access.add_token(colleague, "t", Scope, timedelta(days=4000), NOW)[1]
    made = service.post(Role.FUND, "/mandates", {"name": "内部策略", "record_id": "ex-f01"})
    path = made.headers["location"].removeprefix("/v1")
    for role in Role:
        mine = role is Role.FUND
        assert service.get(role, path).status_code == (200 if mine else 404), role
        assert len(service.get(role, "/mandates").json()["items"]) == mine, role
    headers = {"Authorization": f"Bearer {secret}"}
    seen = service.client.get(f"/v1{path}", headers=headers).json()
    assert (seen["name"], seen["mine"]) == ("内部策略", False)


def test_what_a_standing_query_is_answered_holds_nothing_the_asker_may_not_see(service: Service) -> None:
    for role in (Role.BROKER, Role.UNIVERSITY):
        made = service.post(role, "/mandates", {"name": "n", "record_id": "ex-i01", "k": 200})
        path = made.headers["location"].removeprefix("/v1")
        ids = {one["id"] for one in service.get(role, f"{path}/matches", params={"full": False}).json()["items"]}
        assert OTHERS_HIDDEN not in ids
        assert (MINE in ids) <= (role is Role.UNIVERSITY)
