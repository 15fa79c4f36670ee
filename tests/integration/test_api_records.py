"""Records over HTTP: written by those whose they are, never over what somebody else just wrote, matchable at once."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from matcher.domain.accounts import Role
from matcher.domain.records import Kind
from matcher.intake.identity import identity_of
from matcher.services.new_ids import GIVEN
from tests.service import Service

MINE = {"title": "蒙药配方颗粒（示例）", "institution": "白音温都民族医药大学", "summary": "配方颗粒。", "trl": 6}
HIDDEN = "ex-a030"  # restricted, of the university
OTHERS_HIDDEN = "ex-a023"  # restricted, of another one


# --- reading ---


def test_a_list_is_walked_by_its_cursors_and_each_record_comes_once(reading: Service) -> None:
    seen, cursor = [], ""
    while True:
        part = reading.get(Role.BUREAU, "/achievements", params={"cursor": cursor, "limit": 30}).json()
        seen += [one["id"] for one in part["items"]]
        if part["next"] is None:
            break
        cursor = part["next"]
    assert len(seen) > 90
    assert all(one < other for one, other in pairwise(seen))
    assert HIDDEN in seen
    assert reading.get(Role.BUREAU, "/achievements", params={"cursor": "?"}).status_code == 422


def test_a_search_finds_words_counts_facets_and_narrows(reading: Service) -> None:
    all_ = reading.get(Role.BROKER, "/achievements/search", params={"q": "玉米淀粉"}).json()
    assert any("玉米" in hit["title"] + hit["summary"] for hit in all_["items"][:3])
    (level, count), *_ = ((name, n) for name, n in all_["facets"]["trl"].items())
    narrowed = reading.get(Role.BROKER, "/achievements/search", params={"q": "玉米淀粉", "trl": [level]}).json()
    assert narrowed["total"] == count
    assert {str(hit["trl"]) for hit in narrowed["items"]} == {level}
    assert narrowed["facets"]["trl"] == all_["facets"]["trl"]  # as if the facet were not set
    assert reading.get(Role.BROKER, "/achievements/search", params={"limit": 0}).status_code == 422


def test_similar_records_come_nearest_first_without_the_one_asked_about(reading: Service) -> None:
    near = reading.get(Role.BROKER, "/achievements/ex-a001/similar").json()
    assert "ex-a001" not in {one["id"] for one in near}
    assert [one["likeness"] for one in near] == sorted((one["likeness"] for one in near), reverse=True)


# --- whose it is ---


def test_an_institution_sees_its_own_restricted_result_and_no_other(reading: Service) -> None:
    seen = {
        role: [reading.get(role, f"/achievements/{name}").status_code for name in (HIDDEN, OTHERS_HIDDEN)]
        for role in Role
    }
    assert seen == {
        Role.ADMINISTRATOR: [200, 200], Role.BUREAU: [200, 200], Role.UNIVERSITY: [200, 404],
        Role.BROKER: [404, 404], Role.INCUBATOR: [404, 404], Role.FUND: [404, 404],
    }  # fmt: skip


def test_what_is_hidden_and_what_is_not_there_are_answered_alike(reading: Service) -> None:
    hidden, absent = (reading.get(Role.BROKER, f"/achievements/{name}") for name in (HIDDEN, "ex-a999"))
    assert hidden.status_code == absent.status_code == 404
    assert hidden.json() | {"request_id": ""} == absent.json() | {"request_id": ""}


def test_an_owner_opens_a_record_to_an_organisation_and_closes_it_again(service: Service) -> None:
    path = f"/achievements/{HIDDEN}/openings"
    body = {"organisation_id": "org-fund"}
    assert service.post(Role.FUND, path, body).status_code == 404
    assert service.post(Role.UNIVERSITY, path, body).status_code == 204
    assert service.get(Role.FUND, f"/achievements/{HIDDEN}").status_code == 200
    found = service.get(Role.FUND, "/achievements/search", params={"q": "森登草多酚"}).json()
    assert found["items"][0]["id"] == HIDDEN
    assert service.call(Role.UNIVERSITY, "DELETE", f"{path}/org-fund").status_code == 204
    assert service.get(Role.FUND, f"/achievements/{HIDDEN}").status_code == 404
    found = service.get(Role.FUND, "/achievements/search", params={"q": "森登草多酚"}).json()
    assert HIDDEN not in {one["id"] for one in found["items"]}


def test_everybody_writes_their_own_and_caretakers_what_they_see(service: Service) -> None:
    written = {role: service.post(role, "/achievements", MINE | {"id": f"n-{role}"}).status_code for role in Role}
    assert written == {
        Role.ADMINISTRATOR: 201, Role.BUREAU: 201, Role.BROKER: 201, Role.UNIVERSITY: 201,
        Role.INCUBATOR: 403, Role.FUND: 403,
    }  # fmt: skip
    assert service.post(Role.UNIVERSITY, "/achievements", MINE | {"institution": "甲大学"}).status_code == 403


def test_nobody_takes_over_what_is_not_theirs(service: Service) -> None:
    answer = service.call(
        Role.UNIVERSITY, "PUT", "/achievements/ex-a001", json=MINE, headers={"If-Match": "*"}
    )  # the new content would be their own, the record is not
    assert answer.status_code == 403
    carrier = service.get(Role.INCUBATOR, "/incubators/ex-i01")
    body = {name: value for name, value in carrier.json().items() if name not in ("first_seen_at", "changed_at")}
    mine = service.call(
        Role.INCUBATOR, "PUT", "/incubators/ex-i01", json=body | {"occupied": 1},
        headers={"If-Match": carrier.headers["etag"]},
    )  # fmt: skip
    assert (mine.status_code, mine.json()["occupied"]) == (200, 1)
    other = service.call(Role.INCUBATOR, "PUT", "/incubators/ex-i02", json=body, headers={"If-Match": "*"})
    assert other.status_code == 403


# --- changing ---


@pytest.mark.parametrize(
    ("role", "kind", "content"),
    [
        (Role.BROKER, Kind.ACHIEVEMENTS, {"title": "静默合金", "institution": "甲研究所"}),
        (Role.INCUBATOR, Kind.PROJECTS, {"name": "静默合金公司", "incubator_id": "ex-i01"}),
    ],
)
def test_neither_a_new_records_id_nor_a_refusal_tells_that_a_hidden_one_says_the_same(
    service: Service, role: Role, kind: Kind, content: dict[str, str]
) -> None:
    elsewhere = {name: "ex-i02" for name in content if name == "incubator_id"}
    hidden = service.post(Role.BUREAU, f"/{kind}", content | elsewhere | {"visibility": "restricted"}).json()
    assert hidden["id"] == identity_of(kind, content)
    name = next(iter(content))
    absent = content | {name: "没有这条"}
    for told in (content, absent):
        answer = service.post(role, f"/{kind}", told)
        derived = identity_of(kind, told)
        assert (answer.status_code, GIVEN.fullmatch(answer.json()["id"]) is not None) == (201, True), told
        assert answer.json()["id"] != derived  # which would tell that nothing hidden has it
    guessed = [
        service.post(role, f"/{kind}", {**content, name: "别的", "id": identity_of(kind, told)})
        for told in (content, {name: "也没有"})
    ]
    assert [answer.status_code for answer in guessed] == [409, 409]
    assert len({re.sub(GIVEN, "", answer.json()["detail"]) for answer in guessed}) == 1
    assert service.get(Role.BUREAU, f"/{kind}/{hidden['id']}").json() == hidden


def test_what_a_record_that_one_sees_says_already_is_not_written_twice_without_an_id_of_its_own(
    service: Service,
) -> None:
    new = {"title": "玉米秸秆膨化（示例）", "institution": "甲大学"}
    for role in (Role.BROKER, Role.BUREAU):
        first = service.post(role, "/achievements", new | {"title": f"{role}的成果"}).json()["id"]
        again = service.post(Role.BROKER, "/achievements", new | {"title": f"{role}的成果"})
        assert (again.status_code, first in again.json()["detail"]) == (409, True)
    assert (
        service.post(Role.BROKER, "/achievements", new | {"title": f"{role}的成果", "id": "own-1"}).status_code == 201
    )


def test_what_is_read_can_be_written_back_unchanged(service: Service) -> None:
    for path in ("/achievements/ex-a001", "/incubators/ex-i02", "/projects/ex-p001", "/funds/ex-f01"):
        first = service.get(Role.ADMINISTRATOR, path)
        body = {key: value for key, value in first.json().items() if key not in ("first_seen_at", "changed_at")}
        again = service.call(Role.ADMINISTRATOR, "PUT", path, json=body, headers={"If-Match": first.headers["etag"]})
        assert again.status_code == 200, again.text
        assert again.json() == first.json()
        assert again.headers["etag"] == first.headers["etag"]


def test_of_two_editors_the_second_is_told(service: Service) -> None:
    created = service.post(Role.BROKER, "/achievements", MINE)
    path = f"/achievements/{created.json()['id']}"
    headers = {"If-Match": created.headers["etag"]}
    first = service.call(Role.BROKER, "PUT", path, json=MINE | {"trl": 7}, headers=headers)
    second = service.call(Role.BUREAU, "PUT", path, json=MINE | {"trl": 8}, headers=headers)
    assert (first.status_code, second.status_code) == (200, 409)
    assert "请重新读取" in second.json()["step"]["zh"]
    assert service.get(Role.BROKER, path).json()["trl"] == 7
    assert service.call(Role.BROKER, "DELETE", path, headers=headers).status_code == 409
    assert service.call(Role.BROKER, "DELETE", path).status_code == 422  # without If-Match
    gone = service.call(Role.BROKER, "DELETE", path, headers={"If-Match": first.headers["etag"]})
    assert gone.status_code == 204
    assert service.get(Role.BROKER, path).status_code == 404


def test_a_bad_field_is_named_with_its_value_and_what_to_do(service: Service) -> None:
    answer = service.post(Role.BROKER, "/achievements", MINE | {"trl": 12, "no_such_field": 1})
    assert answer.status_code == 422
    assert {one["field"] for one in answer.json()["errors"]} == {"body.trl", "body.no_such_field"}


# --- matching ---


def test_a_new_record_is_matchable_with_the_next_request(service: Service) -> None:
    created = service.post(Role.BROKER, "/achievements", MINE).json()
    answer = service.post(Role.BROKER, "/match", {"record_id": created["id"], "k": 3})
    assert answer.status_code == 200
    [first, *_] = answer.json()["items"]
    assert 0 <= first["probability"] <= 1
    total = sum(part["contribution"] for part in first["components"])
    assert abs(total - first["score"]) < 1e-6
    screened = service.post(Role.BROKER, "/screen", {"record_id": first["id"], "k": 200, "full": False})
    assert created["id"] in {one["id"] for one in screened.json()["items"]}


def test_text_project_and_pair_are_answered(reading: Service) -> None:
    by_text = reading.post(Role.BROKER, "/match", {"text": "玉米淀粉深加工", "to": "incubators", "k": 2}).json()
    assert len(by_text["items"]) == 2
    by_project = reading.post(Role.FUND, "/match", {"record_id": "ex-p001", "to": "funds"}).json()
    assert by_project["items"][0]["tier"] is not None
    pair = reading.get(Role.BROKER, "/why", params={"left": "ex-a001", "right": "ex-i01"}).json()
    assert pair["verdicts"]
    assert reading.post(Role.BROKER, "/match", {"text": "甲"}).status_code == 422
    assert reading.post(Role.BROKER, "/match", {"record_id": "ex-i01"}).status_code == 422


def test_a_chain_is_the_links_of_match_from_a_result_words_or_a_fund(reading: Service) -> None:
    found = reading.post(Role.UNIVERSITY, "/chain", {"record_id": "ex-a003", "k": 3}).json()
    matches = reading.post(Role.UNIVERSITY, "/match", {"record_id": "ex-a003", "k": 100}).json()["items"]
    link = {name: told for name, told in found["paths"][0]["incubator"].items() if name != "taken"}
    assert (len(found["paths"]), link) == (3, next(one for one in matches if one["id"] == link["id"]))
    assert reading.post(Role.FUND, "/chain", {"text": "蒙药复方制剂"}).json()["paths"]
    to_fund = reading.post(Role.FUND, "/chain", {"fund_id": "ex-f06", "k": 2}).json()["paths"]
    assert {path["fund"]["id"] for path in to_fund} == {"ex-f06"}
    for wrong in ({}, {"record_id": "ex-a003", "fund_id": "ex-f06"}, {"record_id": "ex-f06"}):
        assert reading.post(Role.FUND, "/chain", wrong).status_code == 422
    step = reading.post(Role.FUND, "/chain", {"record_id": "ex-f06"}).json()["step"]
    assert 'POST /v1/chain {"fund_id": "ex-f06"}' in step["en"]


def test_drift_is_told_to_those_who_are_told_why_pairs_were_refused(reading: Service) -> None:
    told = reading.get(Role.BROKER, "/drift/ex-f01?years=5").json()
    assert (told["id"], bool(told["accepted"]), bool(told["dimensions"])) == ("ex-f01", True, True)
    assert reading.get(Role.FUND, "/drift/ex-f01").status_code == 403
    assert reading.get(Role.BROKER, "/drift/ex-a001").status_code == 422
    assert reading.get(Role.BROKER, "/drift/nothing").status_code == 404


def test_a_hidden_record_can_neither_be_matched_nor_explained_nor_screened_up(reading: Service) -> None:
    for role, status in ((Role.BROKER, 404), (Role.UNIVERSITY, 200)):
        assert reading.post(role, "/match", {"record_id": HIDDEN}).status_code == status
        assert reading.get(role, "/why", params={"left": HIDDEN, "right": "ex-i01"}).status_code == status
    for role in (Role.BROKER, Role.INCUBATOR, Role.FUND):
        found = reading.post(role, "/screen", {"record_id": "ex-i01", "k": 200}).json()["items"]
        assert not {HIDDEN, OTHERS_HIDDEN} & {one["id"] for one in found}
