"""What bars the way out of a stage, by the rules of `data/policy/broker.yaml`."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.matches import State
from matcher.domain.phases import OPEN, Move, Phase
from matcher.errors import PolicyError, TransitionError
from matcher.policy.loading import load_rulebook
from matcher.policy.rules import Rulebook
from matcher.policy.stages import Gate, case_facts, gate, stages
from matcher.resources import data_folder
from tests.builders import rulebook

BOOK = rulebook()
DAY = date(2026, 11, 1)
WHOLE: dict[Phase, dict[str, object]] = {
    Phase.DISCOVER: {"case_lead": "X-7", "case_owner_contact": "周", "case_confidentiality": "brokers"},
    Phase.DIG: {"case_trl": 5, "case_ip": "授权", "case_ownership": "单位所有", "case_evidence": ["检测报告"]},
    Phase.PLAN: {"case_mode": "licence", "case_agency_contract": "W-1", "case_fee_terms": "3%"},
    Phase.CONVERT: {
        "case_contract_type": "licence",
        "case_registration": "R-1",
        "case_pricing": "agreed",
        "case_publicity": "2026-01-01",
    },
    Phase.SERVE: {"case_archive": "D-1", "case_reward_check": "已核对"},
    Phase.LOST: {"case_reason": "price"},
}
"""What is enough for each stage."""


def leaving(at: Phase, told: dict[str, object], move: Move = Move.ADVANCE, book: Rulebook = BOOK) -> Gate:
    return gate(book, at, move, case_facts(told, book), DAY)


def test_each_stage_has_its_steps_and_exits_in_the_order_of_the_stages() -> None:
    found = stages(BOOK, DAY)

    assert [one.level for one in found] == [*OPEN, Phase.LOST]
    assert all(one.steps and one.rules for one in found)


@pytest.mark.parametrize("at", OPEN)
def test_a_stage_is_left_when_everything_is_there(at: Phase) -> None:
    assert leaving(at, WHOLE[at]).open


@pytest.mark.parametrize(("at", "gone"), [(at, name) for at in OPEN for name in WHOLE[at]])
def test_one_thing_missing_keeps_the_case_and_is_named(at: Phase, gone: str) -> None:
    found = leaving(at, {name: value for name, value in WHOLE[at].items() if name != gone})

    assert not found.open
    assert [BOOK.metrics[gone].name] == list(found.missing)
    assert {one.state for one in found.verdicts} <= {State.PASS, State.UNKNOWN}


@pytest.mark.parametrize("way", ["listed", "auction"])
def test_publicity_is_asked_for_only_where_the_price_is_agreed(way: str) -> None:
    told = {**WHOLE[Phase.CONVERT], "case_pricing": way}
    del told["case_publicity"]

    assert leaving(Phase.CONVERT, told).open
    assert not leaving(Phase.CONVERT, told | {"case_pricing": "agreed"}).open


@pytest.mark.parametrize("at", OPEN)
def test_a_case_is_stopped_from_anywhere_but_not_without_a_reason(at: Phase) -> None:
    assert leaving(at, WHOLE[Phase.LOST], Move.STOP).open
    assert not leaving(at, {}, Move.STOP).open


def test_going_back_and_taking_up_again_need_nothing() -> None:
    assert leaving(Phase.DIG, {}, Move.BACK).open
    assert leaving(Phase.LOST, {}, Move.REOPEN) == Gate(Phase.LOST, Move.REOPEN, Phase.DISCOVER, ())


def test_a_move_that_is_not_allowed_is_refused() -> None:
    with pytest.raises(TransitionError):
        leaving(Phase.CLOSED, {}, Move.ADVANCE)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(OPEN), st.sets(st.sampled_from([name for told in WHOLE.values() for name in told])))
def test_more_told_never_closes_a_way(at: Phase, names: set[str]) -> None:
    every = {name: value for told in WHOLE.values() for name, value in told.items()}
    some = {name: every[name] for name in names}

    assert leaving(at, every).open
    assert leaving(at, some | WHOLE[at]).open
    for verdict in leaving(at, some).verdicts:
        assert verdict.basis.clause
        assert verdict.basis.source in BOOK.sources


def test_what_is_empty_is_not_told_and_what_no_rule_knows_is_an_error() -> None:
    assert not case_facts({"case_lead": "", "case_evidence": []}, BOOK).known
    with pytest.raises(KeyError):
        case_facts({"nobody": 1}, BOOK)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(data_folder("policy"), tmp_path / "policy")


def test_a_condition_softened_in_the_file_opens_the_way_without_code(folder: Path) -> None:
    path = folder / "broker.yaml"
    text = path.read_text(encoding="utf-8")
    exact = "name: {zh: 登记编号, en: registration number}, criterion"
    assert text.count(exact) == 1
    path.write_text(text.replace(exact, exact.replace("criterion", "effect: warn, criterion")), encoding="utf-8")
    told = {name: value for name, value in WHOLE[Phase.CONVERT].items() if name != "case_registration"}

    assert not leaving(Phase.CONVERT, told).open
    assert leaving(Phase.CONVERT, told, book=load_rulebook(folder)).open


def test_an_exit_of_no_stage_is_refused_with_its_line(folder: Path) -> None:
    path = folder / "broker.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("level: dig", "level: digg"), encoding="utf-8")

    with pytest.raises(PolicyError, match=r"broker\.yaml, line \d+.*STAGE-DIG names no stage"):
        load_rulebook(folder)
