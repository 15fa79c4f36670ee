"""Looking back: nothing that was decided after the day is known, and what came true is counted for both ways."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from matcher.digest.offers import Offer, Reader
from matcher.digest.selection import Material
from matcher.digest.terms import Terms
from matcher.domain.digests import News, Topic
from matcher.domain.records import Kind, PairKind
from matcher.domain.weeks import Week
from tests.benchmarks.hindsight import came_true, hindsight

PROJECTS = """id,name,founded_on
old,甲,2010-01-01
new,乙,2022-05-01
undated,丙,
unborn,丁,2023-06-01
"""
OUTCOMES = """kind,left_id,right_id,result,decided_on
project_fund,old,F1,accepted,2022-01-01
project_fund,old,F1,accepted,2023-03-01
project_fund,old,F2,accepted,2023-03-01
project_fund,new,F1,accepted,2023-01-01
project_fund,new,F2,rejected,2023-02-01
"""
OFFER = Offer(
    reader="u1",
    topic=Topic.PROJECTS,
    kind=PairKind.PROJECT_FUND,
    left_id="p0",
    right_id="F1",
    about=Kind.PROJECTS,
    probability=0.5,
    news=News.NEW,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, told in (("projects", PROJECTS), ("funds", "id,name\nF1,甲基金\nF2,乙基金\n"), ("outcomes", OUTCOMES)):
        (tmp_path / f"{name}.csv").write_text(told, "utf-8")
    return tmp_path


def test_before_a_day_nothing_is_known_of_what_came_after_it(folder: Path) -> None:
    known = hindsight(folder, date(2023, 1, 1))
    assert known.week == "2023-W01"
    assert [one.decided_on for one in known.outcomes] == [date(2022, 1, 1)]
    assert sorted(one.id for one in known.old) == ["F1", "F2", "old"]
    assert sorted(one.id for one in known.new) == ["new", "undated"]
    assert {(left, right) for _, left, right in known.truth} == {("old", "F2"), ("new", "F1")}
    assert known.experienced == frozenset()


def test_what_came_true_is_counted_together_and_alone() -> None:
    offers = [replace(OFFER, left_id=f"p{n}", probability=0.9 - n / 10) for n in range(4)]
    offers += [replace(one, reader="u2", right_id="F2") for one in offers]
    material = Material(
        week=Week("2023-W01"),
        seed=0,
        terms=Terms(),
        readers={name: Reader(account_id=name, size=1) for name in ("u1", "u2")},
        offers=offers,
    )
    truth = frozenset({(PairKind.PROJECT_FUND, "p0", "F1"), (PairKind.PROJECT_FUND, "p1", "F2")})
    found = came_true(material, [0, 5], truth, 0)
    assert (found["together"]["came_true"], found["together"]["true"]) == (2, 1.0)
    assert (found["alone"]["came_true"], found["alone"]["true"]) == (1, 0.5)
    assert (found["true_pairs_offered"], found["offers"]) == (2, 8)
    assert found["together"]["coverage"] > found["alone"]["coverage"]
    less = found["together_less_alone"]
    assert (less["share"], less["low"], less["high"]) == (0.5, 0.0, 1.0)
