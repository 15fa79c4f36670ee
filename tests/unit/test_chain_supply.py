"""What stands at a node, who covers it, what is unmet there, and which results could fill it, best first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from matcher.domain.matches import State, Verdict
from matcher.domain.records import Achievement, Fund, FundKind, Incubator, Left, Project, Record, Right
from matcher.policy.chain_file import load_chains
from matcher.policy.chain_places import Placer
from matcher.policy.chain_states import ChainState
from matcher.policy.chain_supply import Stock, chain_view
from matcher.policy.chain_views import ChainView, NodeView
from matcher.resources import data_folder
from matcher.wording import Said
from tests.builders import achievement, fields, fund, incubator, industries, project, rulebook

DAY = date(2026, 7, 1)
BOOK = rulebook()
CHAINS = load_chains(data_folder("taxonomy") / "chains.yaml", industries(), fields())
PLACER = Placer(CHAINS, industries(), fields(), BOOK, DAY)
CORN = CHAINS.all[0]
FULL = Verdict(BOOK.basis("capacity"), State.FAIL, Said("满", "full"))


def result(id: str, title: str = "赖氨酸发酵", **changes: Any) -> Achievement:
    return achievement(id, title=title, summary="", **changes)


def carrier(id: str = "I1", focus: str = "主攻氨基酸。", **changes: Any) -> Incubator:
    return incubator(id, name=f"{id}孵化器", focus=focus, **changes)


def venture(id: str = "P1", name: str = "赖氨酸公司", **changes: Any) -> Project:
    return project(id, **{"name": name, "summary": "", "industry": ("玉米生物",)} | changes)


def angel(id: str = "F1", thesis: str = "投氨基酸。", **changes: Any) -> Fund:
    return fund(id, name=f"{id}基金", thesis=thesis, industries=("玉米生物",), **changes)


def stock(
    *records: Record,
    taken: Mapping[str, Sequence[str]] | None = None,
    talking: Mapping[str, Sequence[str]] | None = None,
    kept_apart: Sequence[tuple[str, str]] = (),
) -> Stock:
    """These records; pairs that are kept apart have a full carrier or fund."""

    def hurdles(left: Left, right: Right) -> Sequence[Verdict]:
        return [FULL] if (left.id, right.id) in kept_apart else []

    return Stock(
        [one for one in records if isinstance(one, Achievement)],
        [one for one in records if isinstance(one, Incubator)],
        [one for one in records if isinstance(one, Project)],
        [one for one in records if isinstance(one, Fund)],
        {one.id: PLACER.place(one) for one in records},
        taken or {},
        talking or {},
        hurdles,
    )


def chain(known: Stock) -> ChainView:
    return chain_view(CORN, known, BOOK, DAY)


def node(known: Stock, name: str = "corn.ferment") -> NodeView:
    return next(one for one in chain(known).nodes if one.node.id == name)


def counts(view: NodeView) -> dict[str, int]:
    return {name.removeprefix("node_"): int(count) for name, count in view.figures.items() if count}


def test_everything_at_a_node_is_counted_once() -> None:
    known = stock(result("A1"), result("A2"), carrier(), venture(), angel(), taken={"A2": ["I1"], "P1": ["F1"]})

    assert counts(node(known)) == {
        "results_open": 1,
        "results_ready": 1,
        "results_taken": 1,
        "carriers": 1,
        "projects": 1,
        "projects_funded": 1,
        "funds": 1,
    }
    assert counts(node(known, "corn.sugar")) == {}


def test_a_carrier_that_names_another_node_does_not_cover_this_one() -> None:
    assert node(stock(result("A1"), carrier(focus="主攻功能糖。"))).results[0].unmet


def test_a_carrier_that_states_the_industry_alone_covers_every_node() -> None:
    [covering] = node(stock(result("A1"), carrier(focus="孵化早期团队。"))).carriers

    assert covering.place is None
    assert covering.offers == ("A1",)


def test_a_carrier_covers_a_node_by_what_it_took_or_houses_there() -> None:
    view = node(
        stock(
            result("A1"),
            result("A2"),
            venture("P1", incubator_id="I2"),
            carrier("I1", focus="主攻功能糖。"),
            carrier("I2", focus="主攻功能糖。"),
            taken={"A1": ["I1"]},
        )
    )

    assert {one.record.id: one.took for one in view.carriers} == {"I1": ("A1",), "I2": ("P1",)}
    assert all(one.offers == ("A2",) for one in view.carriers)


def test_who_names_the_node_stands_before_who_took_something_and_before_the_rest() -> None:
    view = node(
        stock(
            result("A1"),
            result("A2"),
            carrier("I1", focus="孵化早期团队。"),
            carrier("I2", focus="主攻功能糖。"),
            carrier("I3"),
            taken={"A1": ["I2"]},
        )
    )

    assert [one.record.id for one in view.carriers] == ["I3", "I2", "I1"]
    assert next(one for one in view.results if one.record.id == "A2").takers == ("I3", "I2", "I1")


def test_a_result_is_unmet_only_without_taker_talks_and_anybody_who_could() -> None:
    records = (result("A1"), carrier())
    apart = [("A1", "I1")]

    assert not node(stock(*records)).results[0].unmet
    assert node(stock(*records, kept_apart=apart)).results[0].unmet
    assert not node(stock(*records, kept_apart=apart, taken={"A1": ["I9"]})).results[0].unmet
    assert not node(stock(*records, kept_apart=apart, talking={"A1": ["I1"]})).results[0].unmet


def test_what_keeps_everybody_from_a_result_is_counted_by_rule() -> None:
    [one] = node(stock(result("A1"), carrier("I1"), carrier("I2"), kept_apart=[("A1", "I1"), ("A1", "I2")])).results

    assert one.hurdles == {BOOK.basis("capacity").name: 2}


def test_a_carriers_need_is_unmet_when_it_names_the_node_has_room_and_nothing_suits() -> None:
    def unmet(carrier_: Incubator, *others: Record) -> bool:
        return node(stock(carrier_, *others)).carriers[0].unmet

    assert unmet(carrier())
    assert unmet(carrier(capacity=None))
    assert not unmet(carrier(capacity=5, occupied=5))
    assert not unmet(carrier(focus="孵化早期团队。"))
    assert not unmet(carrier(), result("A1"))


def test_full_carriers_and_empty_funds_do_not_count_and_unknown_ones_do() -> None:
    view = node(
        stock(
            carrier("I1", capacity=5, occupied=5),
            carrier("I2", capacity=5, occupied=4),
            carrier("I3", capacity=None),
            angel("F1", remaining=0.0),
            angel("F2", remaining=1.0),
            angel("F3"),
        )
    )

    assert (counts(view)["carriers"], counts(view)["funds"]) == (2, 2)
    assert (len(view.carriers), len(view.funds)) == (3, 3)


def test_lenders_are_listed_and_are_no_funds() -> None:
    view = node(stock(venture(), angel("F1", kind=FundKind.BANK), angel("F2", kind=FundKind.GUARANTEE)))

    assert [one.record.id for one in view.lenders] == ["F1", "F2"]
    assert not view.funds
    assert view.projects[0].unmet


def test_what_went_elsewhere_is_neither_open_nor_a_foundation_here() -> None:
    view = node(stock(result("A1"), taken={"A1": ["elsewhere"]}))

    assert not view.open_results
    assert view.state.state is ChainState.MISSING


def test_results_that_could_fill_a_gap_stand_best_first() -> None:
    """Talks last; then who could be taken; then readiness; then how plainly it says so; then the id."""
    known = stock(
        result("A1", trl=9),
        result("A2", trl=9),
        result("A3", trl=4),
        result("A4", trl=6),
        result("A5", trl=6, keywords=("苏氨酸",)),
        result("A6", trl=None),
        carrier(),
        talking={"A1": ["I1"]},
        kept_apart=[("A2", "I1")],
    )

    assert [one.record.id for one in node(known).fills] == ["A5", "A4", "A3", "A6", "A2", "A1"]


def test_a_strong_or_extendable_node_is_filled_by_nothing() -> None:
    view = node(stock(result("A1"), carrier()))

    assert view.fills
    for state in (ChainState.STRONG, ChainState.EXTENDABLE):
        assert not replace(view, state=replace(view.state, state=state)).fills


def test_a_result_taken_fills_nothing() -> None:
    assert not node(stock(result("A1"), carrier(), taken={"A1": ["I1"]})).fills


def test_a_link_names_what_stands_at_both_ends() -> None:
    view = chain(stock(result("A1", title="玉米淀粉发酵赖氨酸"), result("A2")))
    link = next(one for one in view.links if (one.first.id, one.second.id) == ("corn.starch", "corn.ferment"))

    assert link.shared == ("A1",)
    assert link.state.state is ChainState.MISSING


def test_a_gap_with_results_behind_an_existing_node_extends_the_chain() -> None:
    view = chain(stock(venture("P1", name="淀粉糖公司"), result("A1")))
    link = next(one for one in view.links if (one.first.id, one.second.id) == ("corn.starch", "corn.ferment"))

    assert link.state.state is ChainState.EXTENDABLE


def test_what_states_the_industry_and_stands_nowhere_is_counted_nowhere() -> None:
    view = chain(stock(result("A1", title="一种方法"), venture("P1", name="甲公司")))

    assert not any(counts(one) for one in view.nodes)


def test_an_empty_stock_is_missing_everywhere() -> None:
    view = chain(stock())

    assert {one.state.state for one in view.nodes} == {ChainState.MISSING}
    assert {one.state.state for one in view.links} == {ChainState.MISSING}
