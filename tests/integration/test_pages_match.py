"""The list of a question: narrowed by facets, and whom rules kept out though they rank higher, by name and reason."""

from __future__ import annotations

import re

from matcher.domain.accounts import Role
from matcher.domain.records import Incubator, Kind
from matcher.domain.visibility import Viewer
from matcher.services.choosing import choices
from tests.browsing import visitor
from tests.service import NOW, Service

KEPT_OUT = re.compile(r'href="/why\?left=([\w-]+)&amp;right=([\w-]+)">原因与改变条件')


def test_who_ranks_higher_and_was_kept_out_is_named_with_the_reason_and_the_way_to_it(reading: Service) -> None:
    broker = visitor(reading, Role.BROKER)
    answer = reading.installation.matching.match("ex-a003", 30, Viewer.BROKERS, NOW.date())
    assert answer.passed, "the sample has a full carrier that suits"

    page = broker.get("/match?id=ex-a003").text

    assert KEPT_OUT.findall(page) == [("ex-a003", one.id) for one in answer.passed]
    for one in answer.passed:
        assert one.name in page
        assert all(verdict.said.zh in page for verdict in one.verdicts)
    assert broker.get(f"/why?left=ex-a003&right={answer.passed[0].id}").status_code == 200


def test_a_board_names_them_too(reading: Service) -> None:
    answer = reading.installation.matching.screen("ex-f01", 13, Viewer.BROKERS, NOW.date())
    page = visitor(reading, Role.BROKER).get("/screen?id=ex-f01").text
    assert answer.passed
    assert [left for left, _ in KEPT_OUT.findall(page)] == ["ex-f01"] * len(answer.passed)


def test_the_service_tells_machines_the_same(reading: Service) -> None:
    told = reading.post(Role.BROKER, "/match", {"record_id": "ex-a003", "k": 10}).json()["passed"]
    assert [one["id"] for one in told]
    assert all(verdict["state"] == "fail" for one in told for verdict in one["verdicts"])


def test_only_what_is_shown_is_explained_and_it_is_what_the_whole_list_holds(reading: Service) -> None:
    parts, viewer = reading.installation, Viewer.BROKERS
    whole = parts.matching.match("ex-a003", 30, viewer, NOW.date())
    rights = parts.records.many(Kind.INCUBATORS, [one.id for one in whole.matches], viewer)
    kinds = {name: one.kind for name, one in rights.items() if isinstance(one, Incubator)}
    kind = kinds[whole.matches[-1].id]
    listing = parts.matching.listing("ex-a003", 30, viewer, NOW.date())

    found = choices(listing, Kind.INCUBATORS, {"kind": [str(kind)]}, 2, parts.records, viewer, parts.finding.places)

    fitting = [one for one in whole.matches if kinds[one.id] is kind]
    assert [one.match for one in found.listed] == fitting[:2]
    assert found.total == len(fitting)
    assert sum(found.facets["kind"].values()) == len(whole.matches), "the own facet counts as if it were not set"
