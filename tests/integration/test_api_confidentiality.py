"""What may not be seen leaves no trace: two services, one with secrets and one without, answer every question alike.

Comparing whole answers covers what looking for names would miss: counts, facets, scores, order, similar past cases.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from matcher.domain.accounts import Role
from matcher.domain.records import Kind
from matcher.intake.identity import identity_of
from matcher.services.new_ids import GIVEN
from tests.confidential import MARK, SEES_BROKERS, SEES_NOTHING, hide, share, told_of
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
    "why": [{"left": "ex-a001", "right": "ex-i01"}, {"left": "zz-a0", "right": "ex-f01"}],
}
RESTRICTED = ("zz-a0", "zz-a1", "zz-p0", f"{MARK}玉米淀粉改性工艺0", f"{MARK}淀粉科技0")
"""Ids and names of what brokers may not see either."""
DRAWN = re.compile(rf"{GIVEN.pattern}|\d{{4}}-\d\d-\d\dT[^\"]*")
"""Ids and times, which no two answers share."""
ABOUT_SECRETS = ("/achievements/zz-a0", "/achievements/zz-a0/similar", "/projects/zz-p0", "/achievements/zz-a0x")
UNLIKE = {"list_my_tokens", "me", "list_audit", "list_users", "list_organisations"}
"""Operations that tell of accounts, whose ids are random; no record is behind them."""


HIDDEN = {"achievements": "zz-a0", "projects": "zz-p0", "cases": "zz-c0", "introductions": "zz-n0"}
"""The hidden thing that a writing request is about, by the table its path begins with."""
PAIRS = [{"left_id": "zz-a0", "right_id": "ex-i01"}, {"left_id": "zz-p0", "right_id": "ex-f01"}]
RESULT = {"title": "静默合金", "institution": f"{MARK}研究所"}
PROJECT = {"name": "静默合金公司", "incubator_id": "ex-i01"}
"""What a restricted result and a restricted project say whose ids were derived."""
SENT: dict[str, list[dict[str, Any]]] = {
    "create_achievements": [RESULT],
    "create_projects": [PROJECT, {"name": "静默合金二", "incubator_id": "ex-i01", "achievement_id": "zz-a0"}],
    "replace_achievements": [RESULT],
    "replace_projects": [PROJECT],
    "open_record": [{"organisation_id": "org-fund"}],
    "create_outcome": [each | {"result": "已对接", "decided_on": "2026-11-20"} for each in PAIRS],
    "give_feedback": [each | {"verdict": "fits"} for each in PAIRS],
    "create_exclusion": [
        {"wish": "dismiss", "record_id": "zz-a0", "target": "ex-i01"},
        {"wish": "exclude", "record_id": "zz-p0", "target": "ex-f01"},
        {"wish": "exclude", "record_id": "ex-f01", "target": "zz-p0"},
        {"wish": "watch", "record_id": "ex-i01", "target": "zz-a0"},
    ],
    "create_mandate": [{"name": "一", "record_id": "zz-a0", "must": ["玉米"]}],
    "match": [{"record_id": "zz-a0"}, {"record_id": "zz-p0"}],
    "screen": [{"record_id": "zz-a0"}],
    "chain": [{"record_id": "zz-a0"}, {"record_id": "zz-p0"}, {"fund_id": "zz-p0"}],
    "open_case": PAIRS,
    "tell_case": [{"facts": {"线索编号": "X-7"}}],
    "move_case": [{"move": "advance"}],
    "stop_case": [{"reason": "一"}],
    "hand_over_case": [{"to": "broker@example.org"}],
    "add_case_note": [{"text": "一"}],
    "add_case_task": [{"text": "一", "due": "2099-11-30"}],
    "answer_introduction": [{"accepted": True}],
}
"""What is sent with hidden ids in it; other writing operations send nothing, or are named below."""
NOTHING_HIDDEN = {
    "sign_in", "sign_out", "ask_for_password", "set_password", "create_token", "revoke_token",
    "undo_exclusion", "change_mandate", "delete_mandate", "change_digest_settings", "apply_grant", "pay_grant",
    "undo_grant", "submit_job", "cancel_job", "resume_job", "create_import", "undo_import", "create_user",
    "change_user", "erase_user",
    "create_organisation", "change_organisation",
    *(f"{verb}_{kind}" for verb in ("create", "replace", "delete") for kind in ("incubators", "funds")),
}  # fmt: skip
"""Operations that name no record which may be hidden, or are only for those who see all."""
TWINS = {"zz-a0": "zz-a9", "zz-p0": "zz-p9", "zz-c0": "zz-c9", "zz-n0": "zz-n9", "静默合金": "无声合金"}
"""What there is, and what there is not: the same request about either is to be answered alike."""


@pytest.fixture(scope="module")
def homes(served_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Service]]:
    """The sample without secrets, with those that brokers share, and with all of them."""
    folder, found = tmp_path_factory.mktemp("homes"), {}
    for name, put_in in (("none", None), ("shared", share), ("all", hide)):
        installation = copied(served_home, folder / name)
        if put_in:
            put_in(installation)
        found[name] = over(installation)
    yield found
    for service in found.values():
        service.installation.close()


@pytest.fixture(scope="module")
def written(served_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The sample with all secrets, for requests that write; two secrets more have derived ids."""
    installation = copied(served_home, tmp_path_factory.mktemp("written") / "home")
    hide(installation)
    service = over(installation)
    for kind, content in (("achievements", RESULT), ("projects", PROJECT | {"incubator_id": "ex-i02"})):
        made = service.post(Role.BUREAU, f"/{kind}", content | {"visibility": "restricted"})
        assert made.json()["id"] == identity_of(Kind(kind), content)
    yield service
    installation.close()


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


@pytest.mark.parametrize(
    ("role", "known"),
    [*((role, "none") for role in (*SEES_NOTHING, None)), *((role, "shared") for role in SEES_BROKERS)],
)
def test_everybody_is_answered_as_if_what_they_may_not_see_did_not_exist(
    homes: dict[str, Service], role: Role | None, known: str
) -> None:
    without, with_ = homes[known], homes["all"]
    asked, shared = set(), 0
    for operation, method, path, more in questions(with_):
        asked.add(operation)
        answers = [comparable(each.call(role, method, path, **more)) for each in (without, with_)]
        assert answers[0] == answers[1], (operation, path, more)
        text = answers[1][1].replace(str(more), "")
        for name in RESTRICTED if known == "shared" else (MARK,):
            assert name not in text, (operation, path, more)
        shared += "zz-a2" in text or "zz-p1" in text
    assert len(asked) > 20
    assert (shared > 3) is (known == "shared")


def requests(service: Service) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Operation, method, path and arguments of what may be sent with hidden ids in it."""
    for path, each in service.client.get("/openapi.json").json()["paths"].items():
        for method, told in each.items():
            operation = told["operationId"]
            if method == "get" or operation in NOTHING_HIDDEN:
                continue
            where = path.removeprefix("/v1").replace("{organisation_id}", "org-fund")
            kinds = ("achievements", "projects") if "{kind}" in path else (where.split("/")[1],)
            for kind in kinds:
                filled = re.sub(r"{(record|case|introduction)_id}", HIDDEN.get(kind, ""), where.replace("{kind}", kind))
                for body in SENT.get(operation, [{}]):
                    more = {"headers": {"If-Match": "*"}} | ({"json": body} if body else {})
                    yield operation, method.upper(), re.sub(r"{\w+}", "no-such-thing", filled), more


def twin(told: str) -> str:
    return reduce(lambda text, pair: text.replace(*pair), TWINS.items(), told)


@pytest.mark.parametrize("role", [*SEES_NOTHING, *SEES_BROKERS])
def test_what_is_hidden_is_written_about_like_what_is_not_there(written: Service, role: Role) -> None:
    walked = 0
    for operation, method, path, more in requests(written):
        about = json.dumps([path, more], ensure_ascii=False)
        assert twin(about) != about, f"{operation} names nothing hidden: tell SENT what to send"
        other_path, other = json.loads(twin(about))
        one, two = written.call(role, method, path, **more), written.call(role, method, other_path, **other)
        assert DRAWN.sub("", twin(comparable(one)[1])) == DRAWN.sub("", comparable(two)[1]), (operation, path, more)
        assert one.status_code == two.status_code, (operation, path, more)
        walked += 1
    assert walked > 30


def test_the_comparison_itself_notices_what_the_bureau_sees(homes: dict[str, Service]) -> None:
    unlike, journal = set(), homes["all"].installation.journal
    for operation, method, path, more in questions(homes["all"]):
        one, two = (homes[name].call(Role.BUREAU, method, path, **more) for name in ("none", "all"))
        if comparable(one) != comparable(two):
            unlike.add(operation)
        if two.status_code == 200:
            deeds = [deed for deed in journal.latest(None, 2) if deed.request_id == two.headers["x-request-id"]]
            assert told_of(two.text) <= {name for deed in deeds for name in deed.record_ids}, (operation, path, more)
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
