"""What may not be seen leaves no trace: two services, one with secrets and one without, answer every question alike.

Comparing whole answers covers what looking for names would miss: counts, facets, scores, order, similar past cases.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from matcher.domain.accounts import Role
from tests.confidential import MARK, SEES_BROKERS, SEES_NOTHING, hide
from tests.service import Service, copied, over

VALUES = {
    "record_id": {
        "achievements": "ex-a001",
        "incubators": "ex-i01",
        "projects": "ex-p001",
        "funds": "ex-f01",
        "drift": "ex-f01",
    },
    "user_id": {},
    "organisation_id": {},
    "case_id": {"cases": "zz-c0"},
    "introduction_id": {"introductions": "zz-n0"},
    "carrier_id": {"policy": "ex-i01"},
    "contract_id": {"policy": "ex-c01"},
    "period": {"reports": "2026Q3"},
    "week": {"digests": "2026-W48"},
    "number": {"imports": "1"},
    "year": {"policy": "2025"},
    **{name: {} for name in ("attachment_id", "task_id", "job_id", "mandate_id")},
}
"""What a path is filled with, by the table it begins with; a new parameter must be named here."""
ASKED: dict[str, list[dict[str, Any]]] = {
    "match": [
        {"record_id": "ex-a001", "k": 200},
        {"record_id": "ex-p001", "k": 200},
        {"text": f"玉米淀粉改性 {MARK}", "to": "incubators", "k": 200},
        {"text": "玉米淀粉改性", "to": "funds", "k": 200, "diverse": True},
        {"record_id": "zz-a0"},
    ],
    "chain": [{"record_id": "ex-a001"}, {"record_id": "zz-a0"}],
    "screen": [{"record_id": name, "k": 200} for name in ("ex-i01", "ex-i02", "ex-f01", "ex-f02")],
    "open_case": [{"left_id": "zz-a0", "right_id": "ex-i01"}],
    "answer_introduction": [{"accepted": True}],
}
QUERIES: dict[str, list[dict[str, str]]] = {
    "search": [{}, {"q": MARK}, {"q": "玉米淀粉改性"}],
    "list": [{"limit": "200"}],
    "why": [{"left": "ex-a001", "right": "ex-i01"}, {"left": "zz-a0", "right": "ex-i01"}],
}
ABOUT_SECRETS = ("/achievements/zz-a0", "/achievements/zz-a0/similar", "/projects/zz-p0", "/achievements/zz-a0x")
UNLIKE = {"list_my_tokens", "me", "list_audit", "list_users", "list_organisations"}
"""Operations that tell of accounts, whose ids are random; no record is behind them."""


@pytest.fixture(scope="module")
def pair(served_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Service, Service]]:
    """The sample without the secrets, and with those that neither side of the comparison may tell of."""
    folder = tmp_path_factory.mktemp("pair")
    without, with_ = (copied(served_home, folder / name) for name in ("without", "with"))
    hide(with_)
    yield over(without), over(with_)
    without.close()
    with_.close()


def questions(service: Service) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Operation, method, path and arguments of every reading operation, several times where words are asked."""
    for path, each in service.client.get("/openapi.json").json()["paths"].items():
        for method, told in each.items():
            operation = told["operationId"]
            if operation in UNLIKE or (method != "get" and operation not in ASKED):
                continue
            where = _filled(path.removeprefix("/v1"))
            family = operation.partition("_")[0]
            for body in ASKED.get(operation, [{}]):
                for query in QUERIES.get(operation, QUERIES.get(family, [{}])):
                    more = {"params": query} if method == "get" else {"json": body}
                    yield operation, method.upper(), where, more
    for path in ABOUT_SECRETS:
        yield "read", "GET", path, {}


def _filled(path: str) -> str:
    kind = path.strip("/").partition("/")[0]
    return re.sub(r"{(\w+)}", lambda name: VALUES[name[1]].get(kind, "no-such-thing"), path)


def comparable(answer: Any) -> tuple[int, str]:
    return answer.status_code, re.sub(r'"request_id":"[^"]*"', "", answer.text)


@pytest.mark.parametrize("role", [*SEES_NOTHING, None])
def test_those_who_may_see_nothing_hidden_are_answered_as_if_it_did_not_exist(
    pair: tuple[Service, Service], role: Role | None
) -> None:
    without, with_ = pair
    asked = set()
    for operation, method, path, more in questions(with_):
        asked.add(operation)
        answers = [comparable(each.call(role, method, path, **more)) for each in pair]
        assert answers[0] == answers[1], (operation, path, more)
        assert MARK not in answers[1][1].replace(str(more), ""), (operation, path, more)
    assert len(asked) > 20
    assert without.client is not with_.client


@pytest.mark.parametrize("role", SEES_BROKERS)
def test_brokers_see_what_is_shared_among_them_and_nothing_of_the_restricted(
    pair: tuple[Service, Service], role: Role
) -> None:
    _, with_ = pair
    shared = 0
    for operation, method, path, more in questions(with_):
        text = with_.call(role, method, path, **more).text
        shared += "zz-a2" in text or "zz-p1" in text
        for name in ("zz-a0", "zz-a1", "zz-p0", f"{MARK}玉米淀粉改性工艺0", f"{MARK}淀粉科技0"):
            assert name not in text, (operation, path, more)
    assert shared > 3


def test_the_comparison_itself_notices_what_the_bureau_sees(pair: tuple[Service, Service]) -> None:
    unlike = {
        operation
        for operation, method, path, more in questions(pair[1])
        if len({comparable(each.call(Role.BUREAU, method, path, **more)) for each in pair}) == 2
    }
    assert {
        "list_achievements",
        "search_achievements",
        "search_projects",
        "match",
        "screen",
        "why",
        "read",
        "list_cases",
        "read_case",
        "read_introduction",
    } <= unlike
