"""A carrier is public; what it states of its business is told to the carrier itself and to staff."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from matcher.domain.accounts import Role
from tests.service import Service

MINE, OTHERS = "ex-i01", "ex-i02"
STAFF = {Role.ADMINISTRATOR, Role.BUREAU}


def carriers(service: Service, role: Role) -> Iterator[dict[str, Any]]:
    """Every carrier, by whichever way its record is read."""
    yield from service.get(role, "/incubators", params={"limit": 200}).json()["items"]
    yield from service.get(role, "/incubators/search", params={"limit": 200}).json()["items"]
    yield from service.get(role, "/incubators/search", params={"q": "孵化器", "limit": 200}).json()["items"]
    for carrier in (MINE, OTHERS):
        yield service.get(role, f"/incubators/{carrier}").json()


@pytest.mark.parametrize("role", list(Role))
def test_figures_are_told_to_staff_and_to_the_carrier_itself(reading: Service, role: Role) -> None:
    found = list(carriers(reading, role))
    told = {one["id"] for one in found if one["metrics"]}
    if role in STAFF:
        assert told == {one["id"] for one in found}
    else:
        assert told == ({MINE} if role is Role.INCUBATOR else set())


def test_facets_count_nothing_that_is_withheld(reading: Service) -> None:
    facets = reading.get(Role.FUND, "/incubators/search").json()["facets"]
    assert set(facets) == {"kind", "level", "focus_type", "industries", "region"}


def test_matching_goes_on_as_before_whoever_asks(reading: Service) -> None:
    asked = {"record_id": "ex-a003", "k": 200}
    scores = [
        [(one["id"], one["score"]) for one in reading.post(role, "/match", asked).json()["items"]]
        for role in (Role.BROKER, Role.INCUBATOR)
    ]
    assert scores[0] == scores[1]


def changed(service: Service, role: Role, carrier: str, tag: str, **values: object) -> Any:
    body = service.get(role, f"/incubators/{carrier}").json()
    content = {name: value for name, value in body.items() if not name.endswith("_at")} | values
    return service.call(role, "PUT", f"/incubators/{carrier}", json=content, headers={"If-Match": tag})


def test_the_tag_tells_nothing_of_figures_one_may_not_see(service: Service) -> None:
    where = f"/incubators/{OTHERS}"
    before = {role: service.get(role, where).headers["etag"] for role in Role}
    assert changed(service, Role.BUREAU, OTHERS, "*", metrics={"毕业企业数": 99}).status_code == 200
    after = {role: service.get(role, where).headers["etag"] for role in Role}
    assert {role for role in Role if before[role] != after[role]} == STAFF
    assert len({after[role] for role in STAFF}) == 1
    assert len({after[role] for role in Role if role not in STAFF}) == 1


def test_who_may_not_see_the_figures_changes_the_rest_and_the_figures_stay(service: Service) -> None:
    where = f"/incubators/{OTHERS}"
    figures = service.get(Role.BUREAU, where).json()["metrics"]
    tag = service.get(Role.BROKER, where).headers["etag"]
    written = changed(service, Role.BROKER, OTHERS, tag, capacity=77)
    assert (written.status_code, written.json()["capacity"], written.json()["metrics"]) == (200, 77, {})
    assert written.headers["etag"] == service.get(Role.BROKER, where).headers["etag"] != tag
    kept = service.get(Role.BUREAU, where).json()
    assert (kept["capacity"], kept["metrics"]) == (77, figures)
    assert changed(service, Role.BROKER, OTHERS, tag, capacity=78).status_code == 409


@pytest.mark.parametrize("told", [{"metrics": {"毕业企业数": 99}}, {"extra": {"毕业企业数": "99"}}])
def test_figures_one_may_not_see_are_not_written_either(service: Service, told: dict[str, object]) -> None:
    before = service.get(Role.BUREAU, f"/incubators/{OTHERS}").json()
    refused = changed(service, Role.BROKER, OTHERS, "*", **told)
    assert (refused.status_code, "figures" in refused.json()["detail"]) == (403, True)
    assert service.get(Role.BUREAU, f"/incubators/{OTHERS}").json() == before


def test_a_carrier_keeps_its_own_figures(service: Service) -> None:
    tag = service.get(Role.INCUBATOR, f"/incubators/{MINE}").headers["etag"]
    assert tag == service.get(Role.BUREAU, f"/incubators/{MINE}").headers["etag"]
    written = changed(service, Role.INCUBATOR, MINE, tag, metrics={"毕业企业数": 40})
    assert (written.status_code, written.json()["metrics"]) == (200, {"毕业企业数": 40})
