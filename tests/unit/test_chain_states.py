"""What nodes and links are, case by case on both sides of every limit, and what a node lacks to be strong."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import product

import pytest

from matcher.policy.chain_states import CHAIN_METRICS, ChainState, classed
from tests.builders import rulebook

DAY = date(2026, 7, 1)
BOOK = rulebook()
FIRST = date(2023, 3, 27)
STRONG, EXTENDABLE, WEAK, MISSING = ChainState.STRONG, ChainState.EXTENDABLE, ChainState.WEAK, ChainState.MISSING
FULL = {"projects": 3, "projects_funded": 2, "carriers": 2, "funds": 2}
"""Just strong."""


def state(counts: Mapping[str, int], day: date = DAY) -> ChainState | None:
    figures = dict.fromkeys(CHAIN_METRICS["node"], 0.0)
    figures |= {f"node_{name}": float(count) for name, count in counts.items()}
    return classed(BOOK, "node", figures, day).state


def test_all_four_together_make_a_strong_node() -> None:
    assert state(FULL) is STRONG


@pytest.mark.parametrize("lack", FULL)
def test_one_less_of_any_makes_it_weak(lack: str) -> None:
    assert state(FULL | {lack: FULL[lack] - 1}) is WEAK


def test_neither_project_nor_result_taken_is_missing_whatever_else_there_is() -> None:
    assert state({"carriers": 9, "funds": 9, "results_open": 9, "results_ready": 9}) is MISSING


@pytest.mark.parametrize("one", ["projects", "results_taken"])
def test_one_project_or_one_result_taken_is_no_longer_missing(one: str) -> None:
    assert state({one: 1}) is WEAK


EXTENDED = {"projects": 1, "carriers": 1, "funds": 1, "results_ready": 2}


def test_two_results_that_could_follow_make_a_founded_node_extendable() -> None:
    assert state(EXTENDED) is EXTENDABLE


@pytest.mark.parametrize("lack", ["carriers", "funds", "results_ready"])
def test_without_any_of_it_the_node_is_weak(lack: str) -> None:
    assert state(EXTENDED | {lack: EXTENDED[lack] - 1}) is WEAK


def test_results_nobody_could_take_extend_nothing() -> None:
    assert state(EXTENDED | {"results_ready": 0, "results_open": 5, "results_unmet": 5}) is WEAK


def test_strong_comes_before_extendable() -> None:
    assert state(FULL | {"results_ready": 5}) is STRONG


def test_before_the_notice_nothing_is_decided() -> None:
    assert state(FULL, FIRST - timedelta(days=1)) is None
    assert state(FULL, FIRST) is STRONG


def test_the_answer_names_rule_clause_and_how_it_is_known() -> None:
    found = classed(BOOK, "node", {"node_projects": 1.0, "node_results_taken": 0.0}, DAY)

    assert found.state is WEAK
    assert found.verdict is not None
    basis = found.verdict.basis
    assert (basis.rule, basis.clause, basis.cites.zh) == ("CHAIN-NODE.weak", "二(三)", "通创办发〔2023〕2号")
    assert basis.confidence.value == "INFERRED"


def test_what_was_not_counted_decides_nothing() -> None:
    assert classed(BOOK, "node", {}, DAY).state is None


def test_a_node_that_is_not_strong_tells_what_it_lacks() -> None:
    figures = {"node_projects": 1.0, "node_projects_funded": 2.0, "node_carriers": 1.0, "node_funds": 2.0}
    found = classed(BOOK, "node", figures | {"node_results_taken": 1.0, "node_results_ready": 0.0}, DAY)

    assert found.short is not None
    assert found.short.zh == "还差 2 个在孵项目；还差 1 家有余位的载体"


def test_a_strong_node_lacks_nothing() -> None:
    figures = {f"node_{name}": float(count) for name, count in FULL.items()}

    assert classed(BOOK, "node", figures | {"node_results_taken": 0.0}, DAY).short is None


def link(first: ChainState, second: ChainState, open_: int) -> ChainState | None:
    figures = {"link_from": first.value, "link_to": second.value, "link_to_open": float(open_), "link_shared": 0.0}
    return classed(BOOK, "link", figures, DAY).state


@pytest.mark.parametrize(("first", "second", "open_"), list(product(ChainState, ChainState, (0, 1))))
def test_a_link_follows_from_its_ends(first: ChainState, second: ChainState, open_: int) -> None:
    """By hand: a gap that results could fill extends what exists, any other gap is missing, sound ends are strong."""
    if MISSING in (first, second):
        wanted = EXTENDABLE if first is not MISSING and open_ else MISSING
    else:
        wanted = WEAK if WEAK in (first, second) else STRONG

    assert link(first, second, open_) is wanted


def test_a_link_between_undecided_nodes_is_undecided() -> None:
    assert classed(BOOK, "link", {"link_to_open": 3.0, "link_shared": 0.0}, DAY).state is None
