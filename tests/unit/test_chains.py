"""Paths result → carrier → fund over pasts in which the right path is known because the test made it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.controls import PLAIN, Aim, Control, Question, Wish
from matcher.domain.records import (
    Achievement,
    CarrierKind,
    Fund,
    FundKind,
    Incubator,
    Kind,
    Outcome,
    PairKind,
    Project,
    Result,
    Right,
    Stage,
    Visibility,
)
from matcher.domain.visibility import Viewer, visible
from matcher.ranking.chains import SHARE, ChainFinder
from matcher.ranking.hypothetical import STAGES, Carried, variants
from matcher.ranking.paths import Chain, Chains
from tests.builders import TODAY, achievement, fund, incubator, matcher, outcome, project, side, side_builder

CORN, WIND = "玉米淀粉发酵赖氨酸", "风电叶片储能电池"


def carrier(id: str, **changes: Any) -> Incubator:
    """A carrier whose name tells nothing."""
    return incubator(id, **({"name": f"{id}载体", "kind": CarrierKind.INCUBATOR} | changes))


def past() -> tuple[list[Achievement], list[Project], list[Outcome]]:
    """Corn went over I1 to F1, wind over I2 to F2, eight times each."""
    results, projects, outcomes = [], [], []
    for number in range(8):
        for text, right in ((CORN, 1), (WIND, 2)):
            left = f"{right}{number}"
            results.append(achievement(f"A{left}", title=f"{text}{number}", summary="", industry=()))
            projects.append(project(f"P{left}", name=f"{text}{number}", summary="", industry=(), stage=Stage.SEED))
            day = TODAY - timedelta(days=30 + number)
            outcomes.append(outcome(f"A{left}", f"I{right}", decided_on=day))
            outcomes.append(outcome(f"P{left}", f"F{right}", kind=PairKind.PROJECT_FUND, decided_on=day))
    return results, projects, outcomes


def finder(
    results: Sequence[Achievement] = (),
    carriers: Sequence[Incubator] = (),
    projects: Sequence[Project] = (),
    funds: Sequence[Fund] = (),
    outcomes: Sequence[Outcome] = (),
    viewer: Viewer = Viewer.ENTITLED,
    questions: tuple[Question, Question] = (PLAIN, PLAIN),
) -> ChainFinder:
    """A finder over the two pairings with the default mixes, without what the viewer may not see."""
    of = {
        kind: [one for one in outcomes if (one.kind is PairKind.PROJECT_FUND) == (kind is PairKind.PROJECT_FUND)]
        for kind in PairKind
    }
    first = matcher([one for one in results if visible(one, viewer)], carriers, of[PairKind.ACHIEVEMENT_INCUBATOR])
    kinds = {one.id: one.kind for one in carriers}
    seen = [one for one in projects if visible(one, viewer)]
    second = matcher(seen, funds, of[PairKind.PROJECT_FUND], carriers=kinds)
    return ChainFinder(first, second, side_builder().facets, questions)


def world(
    *extra: Achievement | Project | Outcome,
    carriers: Sequence[Incubator] | None = None,
    funds: Sequence[Fund] | None = None,
    viewer: Viewer = Viewer.ENTITLED,
    questions: tuple[Question, Question] = (PLAIN, PLAIN),
) -> ChainFinder:
    """The past of `past()` with some more records."""
    results, projects, outcomes = past()
    return finder(
        results + [one for one in extra if isinstance(one, Achievement)],
        [carrier("I1"), carrier("I2")] if carriers is None else carriers,
        projects + [one for one in extra if isinstance(one, Project)],
        [fund("F1", thesis="", industries=()), fund("F2", thesis="", industries=())] if funds is None else funds,
        outcomes + [one for one in extra if isinstance(one, Outcome)],
        viewer,
        questions,
    )


NEW = achievement("NEW", title=f"{CORN}新工艺", summary="", industry=())


def of_new(finder: ChainFinder, k: int = 5, viewer: Viewer = Viewer.ENTITLED, result: Achievement = NEW) -> Chains:
    return finder.of_result(side(result), k, viewer)


def ends(chains: Chains) -> list[tuple[str, str]]:
    return [(one.carrier.id, one.fund.id) for one in chains.paths]


# the path


def test_a_result_goes_the_way_similar_ones_went() -> None:
    assert ends(of_new(world(NEW)))[0] == ("I1", "F1")


def test_the_links_are_what_match_says_of_the_result_and_of_the_hypothetical_project() -> None:
    found = world(NEW)
    best = of_new(found).paths[0]
    alone = found._first.match(side(NEW), 1, Viewer.ENTITLED).matches[0]
    assert best.carrier == alone
    would_be = project(
        "new", name=NEW.title, summary="", industry=(), stage=best.stage, trl=NEW.trl, funding_sought=None
    )
    alone = found._second.match(side(would_be), 1, Viewer.ENTITLED).matches[0]
    assert best.fund.id == alone.id
    assert best.fund.probability == pytest.approx(alone.probability, abs=1e-6)


def test_nothing_on_either_side_is_an_empty_answer() -> None:
    for funds, carriers in (([], None), (None, []), ([], [])):
        found = of_new(world(NEW, funds=funds, carriers=carriers))
        assert found.paths == ()
    assert finder([NEW]).of_result(side(NEW), 5, Viewer.ENTITLED).paths == ()


def test_the_round_is_one_that_the_fund_takes() -> None:
    for stage in (Stage.SEED, Stage.ANGEL):
        [best] = of_new(world(NEW, funds=[fund("F1", stages=(stage,))], carriers=[carrier("I1")])).paths
        assert best.stage is stage


# rules


def test_an_ineligible_link_is_counted_with_its_rule_and_not_shown() -> None:
    full = carrier("I1", capacity=5, occupied=5)
    late = fund("F1", thesis="", industries=(), stages=(Stage.LATER,))
    found = of_new(world(NEW, carriers=[full, carrier("I2")], funds=[late, fund("F2")]))
    assert ends(found) == [("I2", "F2")]
    assert found.carriers_refused == {"capacity": 1}
    assert found.ends_refused == {"stage": 1}


def test_a_fund_that_one_of_the_rounds_reaches_is_not_counted_as_refused() -> None:
    found = of_new(world(NEW, funds=[fund("F1", stages=(Stage.ANGEL,))]))
    assert {one.fund.id for one in found.paths} == {"F1"}
    assert found.ends_refused == {}


def test_the_region_of_the_carrier_decides_whether_a_regional_fund_may_follow() -> None:
    here, there = carrier("I1", region="长春市"), carrier("I2", region="通辽市")
    found = of_new(world(NEW, carriers=[here, there], funds=[fund("F1", regions=("通辽市",))]))
    assert ends(found) == [("I2", "F1")]


def test_an_undertaken_project_has_the_priority_of_the_notice_with_a_city_angel_fund() -> None:
    city = fund("F9", thesis="", industries=(), kind=FundKind.ANGEL, city_owned=True)
    park = carrier("I3", kind=CarrierKind.PARK)
    found = of_new(world(NEW, carriers=[carrier("I1"), park], funds=[city, fund("F1", thesis="", industries=())]))
    assert found.paths[0].fund.id == "F9"
    assert found.paths[0].fund.tier == 2
    assert found.paths[0].probability < max(one.probability for one in found.paths)


def test_the_priority_leaves_room_for_more_probable_paths_without_it() -> None:
    city = [fund(f"C{n}", thesis="", industries=(), kind=FundKind.SEED, city_owned=True) for n in range(9)]
    carriers = [carrier(f"I{n}") for n in range(1, 9)]
    found = of_new(world(NEW, carriers=carriers, funds=[*city, fund("F1", thesis="", industries=())]))
    assert [one.fund.tier for one in found.paths] == [2, 2, 2, 0, 0]


# the list


def test_no_carrier_and_no_fund_fills_the_list() -> None:
    carriers = [carrier(f"I{n}") for n in range(1, 8)]
    funds = [fund(f"F{n}", thesis="", industries=()) for n in range(1, 8)]
    found = of_new(world(NEW, carriers=carriers, funds=funds), k=10)
    assert len(found.paths) == 10
    for side_of in range(2):
        assert max(Counter(pair[side_of] for pair in ends(found)).values()) <= 10 * SHARE
    assert found.held_back > 0


def test_a_link_that_came_about_stands_first_and_counts_as_certain() -> None:
    taken = outcome("NEW", "I2", decided_on=TODAY - timedelta(days=3))
    found = of_new(world(NEW, taken))
    first = found.paths[0]
    assert (first.carrier.id, first.taken) == ("I2", True)
    assert first.probability == first.fund.probability
    assert first.weakest is first.fund


def test_a_carrier_that_refused_is_counted_as_decided() -> None:
    found = of_new(world(NEW, outcome("NEW", "I1", result=Result.REJECTED)))
    assert {one.carrier.id for one in found.paths} == {"I2"}
    assert found.carriers_refused == {"already_decided": 1}


def test_a_project_that_came_from_the_result_is_shown_as_it_is() -> None:
    real = project("REAL", name="新工艺公司", summary=CORN, stage=Stage.SEED, incubator_id="I1", achievement_id="NEW")
    invested = outcome("REAL", "F2", kind=PairKind.PROJECT_FUND)
    found = of_new(world(NEW, real, invested))
    [undertaken] = found.undertaken
    assert undertaken.project is real
    assert undertaken.carrier is not None
    assert undertaken.carrier.id == "I1"
    assert [name for name, _ in undertaken.decided] == ["通辽新能源基金"]
    assert [match.id for match in undertaken.funds] == ["F1"]
    assert "I1" not in {one.carrier.id for one in found.paths}


# the weakest link


def test_the_weakest_link_is_the_less_probable_and_told_what_it_lacks() -> None:
    ticket = fund("F1", thesis="", industries=(), ticket_min=1e6, ticket_max=2e6, remaining=1e7)
    best = of_new(world(NEW, carriers=[carrier("I1")], funds=[ticket])).paths[0]
    assert best.weakest.probability == min(best.links)
    asked = " ".join(said.zh for said in Chain(best.result, best.carrier, best.fund, best.stage, True).strengthening)
    assert "融资需求未填" in asked


def test_without_a_missing_fact_the_lowest_evidence_is_named() -> None:
    region = ("通辽市",)
    funds = [
        fund("F1", thesis="", industries=("新能源",), regions=region, remaining=1e7),
        fund("F2", thesis="", industries=("玉米生物",), regions=region, remaining=1e7),
    ]
    result = achievement("NEW", title="无关", summary="", industry=("玉米生物",))
    paths = of_new(world(result, funds=funds, carriers=[carrier("I1")]), result=result).paths
    to_f1 = next(one for one in paths if one.fund.id == "F1")
    told = Chain(to_f1.result, to_f1.carrier, to_f1.fund, to_f1.stage, True).strengthening
    assert any("偏低" in said.zh for said in told)
    assert not any(said.zh.startswith("补充") for said in told)


# from the fund


def test_a_fund_finds_the_result_and_the_carrier_that_lead_to_it() -> None:
    other = achievement("OTHER", title=f"{WIND}新工艺", summary="", industry=())
    found = world(NEW, other).to_fund("F1", 3, Viewer.ENTITLED)
    assert found.paths[0].carrier.id == "I1"
    assert CORN in found.paths[0].result.title
    assert {one.fund.id for one in found.paths} == {"F1"}


def test_a_result_that_is_a_project_already_is_left_to_screening() -> None:
    real = project("REAL", achievement_id="NEW", incubator_id="I1")
    everything = world(NEW, real).to_fund("F1", 100, Viewer.ENTITLED)
    assert "NEW" not in {one.result.id for one in everything.paths}


def test_an_end_refused_by_a_fund_is_counted_by_result() -> None:
    found = world(NEW, funds=[fund("F1", ban_terms=("发酵",))]).to_fund("F1", 100, Viewer.ENTITLED)
    assert {one.result.title[:4] for one in found.paths} == {WIND[:4]}
    assert found.ends_refused == {"ban_terms": 9}


def test_wishes_of_each_side_bind_the_links_and_a_fund_may_name_one_carrier_of_a_place() -> None:
    def wish(asker_kind: Kind, asker: str, aim: Aim, target: str) -> Question:
        told = Control(
            wish=Wish.EXCLUDE, asker_kind=asker_kind, asker=asker, aim=aim, target=target, made_on=date(2026, 1, 1)
        )
        return Question(controls=(told,))

    own = wish(Kind.ACHIEVEMENTS, "NEW", Aim.RECORD, "I1")
    found = of_new(world(NEW, questions=(own, PLAIN)))
    assert {place for place, _ in ends(found)} == {"I2"}
    assert found.carriers_refused == {"excluded": 1}
    named = wish(Kind.FUNDS, "F1", Aim.INSTITUTION, "I1")
    assert set(ends(of_new(world(NEW)))) == {("I1", "F1"), ("I1", "F2"), ("I2", "F1"), ("I2", "F2")}
    assert set(ends(of_new(world(NEW, questions=(PLAIN, named))))) == {("I1", "F2"), ("I2", "F1"), ("I2", "F2")}


# who may see what


def test_the_public_gets_the_same_paths_as_if_the_secrets_did_not_exist() -> None:
    hidden = {"visibility": Visibility.RESTRICTED}
    secrets = (
        achievement("S", title=f"{CORN}秘密", summary="", industry=(), **hidden),
        outcome("S", "I2"),
        project("SP", name=f"{CORN}秘密", summary="", achievement_id="NEW", incubator_id="I1", **hidden),
        outcome("SP", "F2", kind=PairKind.PROJECT_FUND),
    )
    with_secrets = world(NEW, *secrets, viewer=Viewer.PUBLIC)
    without = world(NEW)
    assert of_new(with_secrets, viewer=Viewer.PUBLIC) == of_new(without, viewer=Viewer.PUBLIC)
    assert with_secrets.to_fund("F1", 5, Viewer.PUBLIC) == without.to_fund("F1", 5, Viewer.PUBLIC)
    entitled = of_new(world(NEW, *secrets))
    assert [one.project.id for one in entitled.undertaken] == ["SP"]


# invariants

KINDS = st.sampled_from([None, *CarrierKind])
PLACES = st.sampled_from(["", "通辽市", "通辽市科尔沁区", "长春市"])
CARRIER = st.builds(
    lambda kind, place, used: {"kind": kind, "region": place, "occupied": used}, KINDS, PLACES, st.integers(18, 21)
)
FUND = st.builds(
    lambda kind, city, stages, regions: {"kind": kind, "city_owned": city, "stages": stages, "regions": regions},
    st.sampled_from([None, *FundKind]),
    st.booleans(),
    st.sampled_from([(), (Stage.SEED,), (Stage.ANGEL,), (Stage.A,)]),
    st.sampled_from([(), ("通辽市",), ("吉林省",)]),
)


@settings(max_examples=15, deadline=None)
@given(st.lists(CARRIER, max_size=5), st.lists(FUND, max_size=6), st.integers(1, 8))
def test_paths_are_eligible_products_in_order_and_always_the_same(
    carriers: list[dict[str, Any]], funds: list[dict[str, Any]], k: int
) -> None:
    def ask() -> Chains:
        places = [carrier(f"I{n}", **one) for n, one in enumerate(carriers)]
        return of_new(world(NEW, carriers=places, funds=[fund(f"F{n}", **one) for n, one in enumerate(funds)]), k)

    found = ask()
    assert len(found.paths) <= k
    assert len(set(ends(found))) == len(found.paths)
    for one in found.paths:
        assert one.carrier.eligible
        assert one.fund.eligible
        assert one.probability == pytest.approx(np.prod(one.links))
        assert one.probability <= min(one.links) + 1e-12
        assert one.weakest.probability == min(one.links)
    order = [(one.fund.tier if one.fund.tier in (1, 2) else 3, -one.probability) for one in found.paths]
    assert all(
        earlier[0] < later[0] or (earlier[0] == later[0] and earlier[1] <= later[1] + 1e-6)
        for earlier, later in pairwise(order)
    )
    assert ask() == found


def test_carriers_of_one_place_ask_one_question() -> None:
    places_of: list[Right] = [carrier(f"I{n}", region="通辽市" if n < 20 else "长春市") for n in range(30)]
    carriers = side_builder().build(places_of)
    carried = [Carried(0, column, 0.5, False) for column in range(30)]
    projects, places = variants(side(NEW), carriers, carried, side_builder().facets)
    assert len(projects) == 2 * len(STAGES)
    assert places.shape == (30, len(STAGES))
    assert len({tuple(rows) for rows in places.tolist()}) == 2
