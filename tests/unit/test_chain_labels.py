"""The placement of sample records against labels by hand; `scripts/chain_placement.py` prints the figures."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import pytest

from matcher.domain.records import RECORD_KINDS, Kind, Record
from matcher.intake import read
from matcher.measure.placement import Found, coverage, judge, placements, read_labels
from matcher.policy.chain_file import load_chains
from matcher.policy.chain_places import Placer
from matcher.resources import data_folder
from tests.builders import fields, industries, rulebook

LABELS = read_labels(Path(__file__).parent.parent / "chain_labels.csv")
CHAINS = load_chains(data_folder("taxonomy") / "chains.yaml", industries(), fields())


@cache
def found() -> Found:
    """The sample, placed."""
    records = (row for row in read(data_folder("sample"), kinds=RECORD_KINDS) if isinstance(row, Record))
    return placements(records, Placer(CHAINS, industries(), fields(), rulebook(), date.max))


def test_the_labels_name_records_of_the_sample_and_nodes_that_exist() -> None:
    assert set(LABELS) <= set(found())
    assert frozenset().union(*LABELS.values()) <= set(CHAINS.nodes)
    assert len([name for name in LABELS if found()[name][0].table in (Kind.ACHIEVEMENTS, Kind.PROJECTS)]) >= 60


@pytest.mark.parametrize("kind", RECORD_KINDS)
def test_placements_stay_as_good_as_they_were(kind: Kind) -> None:
    judged = judge(found(), LABELS)[kind]

    assert judged.precision >= 0.8
    assert judged.recall >= 0.9


def test_what_is_wrong_and_what_is_lacking_shows() -> None:
    judged = judge(found(), {"ex-a018": frozenset({"tcm.food", "tcm.process"})})[Kind.ACHIEVEMENTS]

    assert set(found()["ex-a018"][1].places) == {"tcm.herb"}
    assert (judged.right, judged.made, judged.wanted, judged.exact) == (0, 1, 2, 0)
    assert (judged.precision, judged.recall) == (0.0, 0.0)


def test_coverage_counts_each_record_once() -> None:
    assert {kind: count["all"] for kind, count in coverage(found()).items()} == {
        Kind.ACHIEVEMENTS: 105, Kind.INCUBATORS: 28, Kind.PROJECTS: 89, Kind.FUNDS: 20,
    }  # fmt: skip
