"""Stated focus against decisions whose drift, or the lack of it, the test made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from matcher.domain.records import Fund, Incubator, Outcome, PairKind, Project, Result, Right, Stage
from matcher.ranking.drift import FEWEST, LEVEL, Change, Edit, Review, State, review
from matcher.ranking.mandate import Decision, Mandates
from matcher.ranking.revealed import Drift, Observer
from tests.builders import (
    TODAY,
    achievement,
    fund,
    gazetteer,
    incubator,
    industries,
    knowledge,
    outcome,
    project,
    word_cutter,
)

MANDATES = Mandates(gazetteer(), industries())
SECTORS = ("玉米生物", "文化旅游", "生物医药", "新能源", "电子信息", "现代物流", "节能环保")


def decided(number: int, sector: str, **changes: Any) -> Decision:
    """A project of a sector that somebody took; amount and currency belong to the outcome."""
    amount, currency = changes.pop("amount", None), changes.pop("currency", "")
    left = project(f"P{number}", **({"industry": (sector,), "stage": Stage.ANGEL} | changes))
    kind, day = PairKind.PROJECT_FUND, TODAY - timedelta(days=number + 1)
    return Decision(left, outcome(left.id, "F1", kind=kind, decided_on=day, amount=amount, currency=currency))


def market(*sectors: str, each: int = 20) -> list[Project]:
    """As many projects of each sector on offer."""
    return [
        project(f"M-{sector}-{n}", industry=(sector,), stage=Stage.ANGEL) for sector in sectors for n in range(each)
    ]


def reviewed(right: Right, accepted: Sequence[Decision], offer: Sequence[Project] = ()) -> Review:
    return review(right, accepted, [*offer, *(one.left for one in accepted)], MANDATES)


def said(found: Review) -> set[tuple[str, Change, object]]:
    return {(edit.field, edit.change, edit.value) for edit in found.edits}


def state_of(found: Review, field: str) -> State:
    return next(one.state for one in found.dimensions if one.field == field)


# lists


def test_a_sector_taken_often_but_not_stated_is_proposed_with_its_decisions() -> None:
    accepted = [decided(n, "生物医药" if n < 9 else "玉米生物") for n in range(14)]
    found = reviewed(fund("F1", industries=("玉米生物",)), accepted)
    [edit] = found.edits
    assert (edit.field, edit.change, edit.value) == ("industries", Change.ADD, "生物医药")
    assert "投资行业增加 生物医药（9/14" in edit.said.zh
    assert [one.left.id for one in edit.support] == [f"P{n}" for n in range(9)]
    assert state_of(found, "industries") is State.DRIFT
    assert isinstance(found.edited, Fund)
    assert found.edited.industries == ("玉米生物", "生物医药")


def test_a_stated_sector_that_was_on_offer_and_never_taken_is_proposed_to_go() -> None:
    right = fund("F1", industries=("玉米生物", "文化旅游"))
    accepted = [decided(n, "玉米生物") for n in range(14)]
    found = reviewed(right, accepted, market("玉米生物", "文化旅游"))
    assert said(found) == {("industries", Change.DROP, "文化旅游")}
    assert "0/14" in found.edits[0].said.zh


def test_a_stated_sector_that_was_not_on_offer_stays() -> None:
    right = fund("F1", industries=("玉米生物", "文化旅游"))
    accepted = [decided(n, "玉米生物") for n in range(14)]
    assert reviewed(right, accepted, market("玉米生物")).edits == ()


def test_the_only_stated_sector_never_goes_without_another_in_its_place() -> None:
    right = fund("F1", industries=("文化旅游",))
    scattered = [decided(n, SECTORS[2 + n % 5]) for n in range(40)]
    found = reviewed(right, scattered, market("文化旅游"))
    assert isinstance(found.edited, Fund)
    assert found.edited.industries
    moved = reviewed(right, [decided(n, "生物医药") for n in range(20)], market("文化旅游"))
    assert said(moved) == {("industries", Change.ADD, "生物医药"), ("industries", Change.DROP, "文化旅游")}


def test_a_narrower_word_and_another_spelling_are_inside_the_stated_sector() -> None:
    accepted = [decided(n, "蒙药" if n % 2 else "中药材") for n in range(20)]
    found = reviewed(fund("F1", industries=("现代中医药(蒙医药)",)), accepted)
    assert found.edits == ()
    assert found.dimensions[0].outside.count == 0


def test_stage_and_region_drift_too() -> None:
    right = fund("F1", industries=(), stages=(Stage.SEED,), regions=("内蒙古自治区/通辽市",))
    accepted = [decided(n, "新能源", stage=Stage.A, region="吉林省/长春市/南关区") for n in range(12)]
    found = reviewed(right, accepted)
    assert ("stages", Change.ADD, Stage.A) in said(found)
    assert ("regions", Change.ADD, "吉林省/长春市") in said(found)
    assert isinstance(found.edited, Fund)
    assert all(isinstance(one, Stage) for one in found.edited.stages)


# limits


def test_tickets_beyond_the_stated_limit_move_it() -> None:
    right = fund("F1", ticket_min=1e6, ticket_max=5e6)
    accepted = [decided(n, "新能源", amount=2e6 if n < 6 else 1e7 + n * 1e5) for n in range(14)]
    [edit] = reviewed(right, accepted).edits
    assert (edit.field, edit.change) == ("ticket_max", Change.SET)
    assert 1.1e7 <= float(edit.value) <= 1.13e7
    assert "500万" in edit.said.zh
    assert len(edit.support) == 8


def test_an_amount_in_another_currency_is_not_compared() -> None:
    accepted = [decided(n, "新能源", amount=9e7, currency="USD") for n in range(20)]
    found = reviewed(fund("F1", ticket_max=5e6), accepted)
    assert found.edits == ()
    assert state_of(found, "ticket_min") is State.FEW


def test_a_carrier_that_takes_riper_results_is_told_so() -> None:
    right = incubator("I1", industries=("玉米生物",), trl_min=3, trl_max=5)
    accepted = [Decision(achievement(f"A{n}", trl=8 if n < 9 else 4), outcome(f"A{n}", "I1")) for n in range(14)]
    found = review(right, accepted, [one.left for one in accepted], MANDATES)
    [edit] = found.edits
    assert (edit.field, edit.value) == ("trl_max", 8)
    assert isinstance(found.edited, Incubator)
    assert isinstance(found.edited.trl_max, int)


# nothing to tell


@pytest.mark.parametrize("count", [0, 1, 3, FEWEST - 1])
def test_too_few_decisions_tell_nothing(count: int) -> None:
    right = fund("F1", industries=("玉米生物",), ticket_max=1.0)
    found = reviewed(right, [decided(n, "生物医药", amount=5e6) for n in range(count)], market("玉米生物"))
    assert found.edits == ()
    assert state_of(found, "industries") is State.FEW
    assert found.edited == right


def test_what_is_not_stated_cannot_be_left() -> None:
    found = reviewed(fund("F1", industries=()), [decided(n, "生物医药") for n in range(20)])
    assert found.edits == ()
    assert state_of(found, "industries") is State.UNSTATED


def test_unknown_facts_count_on_neither_side() -> None:
    accepted = [decided(n, "", industry=()) for n in range(20)]
    assert state_of(reviewed(fund("F1"), accepted), "industries") is State.FEW


def test_without_drift_an_edit_is_proposed_in_at_most_five_of_a_hundred_cases() -> None:
    random = np.random.default_rng(7)
    stated, stages = SECTORS[:3], (Stage.SEED, Stage.ANGEL)
    right = fund(
        "F1", industries=stated, stages=stages, regions=("内蒙古自治区/通辽市",), ticket_min=1e6, ticket_max=5e6
    )
    offer = market(*SECTORS)
    alarms, runs = 0, 400

    def strays() -> bool:
        return bool(random.random() < 0.1)

    for _ in range(runs):
        accepted = [
            decided(
                n,
                str(random.choice(SECTORS[3:] if strays() else stated)),
                stage=Stage.A if strays() else stages[int(random.integers(2))],
                region="吉林省/长春市" if strays() else "通辽市",
                amount=1e7 if strays() else 2e6,
            )
            for n in range(int(random.integers(FEWEST, 40)))
        ]
        alarms += bool(reviewed(right, accepted, offer).edits)
    assert alarms / runs <= LEVEL


def test_a_shift_of_half_the_decisions_is_found_in_most_cases() -> None:
    random = np.random.default_rng(8)
    right = fund("F1", industries=SECTORS[:2])
    found = 0
    for _ in range(100):
        accepted = [
            decided(n, "新能源" if random.random() < 0.5 else str(random.choice(SECTORS[:2]))) for n in range(20)
        ]
        found += ("industries", Change.ADD, "新能源") in said(reviewed(right, accepted, market(*SECTORS)))
    assert found >= 90


# decisions


def observed(
    right: Right, lefts: Sequence[Project], outcomes: Sequence[Outcome], since: date = date(2024, 7, 1)
) -> Drift:
    known = knowledge(lefts, [right], outcomes)
    return Observer(known, outcomes, since, MANDATES, word_cutter().words).drift(right.id)


def test_only_the_last_decision_of_a_pair_within_the_period_counts() -> None:
    def day(left: str, decided_on: date, result: Result, reason: str = "") -> Outcome:
        kind = PairKind.PROJECT_FUND
        return outcome(left, "F1", kind=kind, decided_on=decided_on, result=result, reason=reason)

    outcomes = [
        day("OLD", date(2024, 7, 1), Result.ACCEPTED),
        day("NEW", date(2024, 7, 2), Result.ACCEPTED),
        day("TURNED", date(2025, 1, 1), Result.ACCEPTED),
        day("TURNED", date(2025, 2, 1), Result.REJECTED, "过早期：没有样机"),
        day("TALKS", date(2025, 2, 1), Result.IN_TALKS),
        day("LATER", TODAY, Result.ACCEPTED),
        day("HIDDEN", date(2025, 2, 1), Result.ACCEPTED),
    ]
    lefts = [project(name) for name in ("OLD", "NEW", "TURNED", "TALKS", "LATER")]
    found = observed(fund("F1"), lefts, outcomes)
    assert [one.left.id for one in found.accepted] == ["NEW"]
    assert [one.left.id for one in found.rejected] == ["TURNED"]
    assert found.refusals == (("过早期", 1),)


def test_words_of_what_was_taken_are_told_unless_stated_or_everybodys() -> None:
    taken = [project(f"T{n}", name=f"蒙药微丸项目{n}", summary="通用工艺改进。") for n in range(8)]
    others = [project(f"O{n}", name=f"风电叶片项目{n}", summary="通用工艺改进。") for n in range(30)]
    kind = PairKind.PROJECT_FUND
    outcomes = [outcome(one.id, "F1", kind=kind) for one in taken]
    outcomes += [outcome(one.id, "F2", kind=kind) for one in others]
    known = knowledge([*taken, *others], [fund("F1", thesis="投资微丸。"), fund("F2")], outcomes)
    found = Observer(known, outcomes, date(2024, 7, 1), MANDATES, word_cutter().words).drift("F1").focus
    told = {use.term for use in found.terms}
    assert "蒙药" in told
    assert not told & {"微丸", "工艺", "通用", "项目", "风电"}
    assert found.close is not None
    assert found.close.total == 8


def test_a_record_without_text_or_decisions_has_no_focus_to_compare() -> None:
    found = observed(fund("F1", name="", thesis="", industries=()), [project("P1")], [])
    assert found.focus.close is None
    assert found.focus.terms == ()
    assert found.review.edits == ()


def test_an_edit_changes_nothing_but_its_fields() -> None:
    right = fund("F1", industries=("玉米生物",), extra={"备注": "原样"})
    found = reviewed(right, [decided(n, "生物医药") for n in range(14)])
    assert isinstance(found.edited, Fund)
    assert replace(found.edited, industries=right.industries) == right
    assert all(isinstance(edit, Edit) for edit in found.edits)
