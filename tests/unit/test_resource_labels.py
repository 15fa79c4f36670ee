"""The labels by hand name what the sample has, and the mix stays good on them even with the hashing encoder.

`tests/benchmarks/resources.py` measures it with the real one.
"""

from __future__ import annotations

import csv

import numpy as np

from matcher.domain.records import Incubator
from matcher.intake import read
from matcher.ranking import offers
from matcher.resources import data_folder
from tests.benchmarks.resources import LABELS, labelled, measured
from tests.builders import side_builder

TOLD = labelled()


def test_every_label_names_a_need_once_and_resources_of_the_sample() -> None:
    with LABELS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    ids = {getattr(row, "id", "") for row in read(data_folder("sample"))}

    assert len({row["need"] for row in rows}) == len(rows) > 60
    assert {row["need"] for row in rows if row["need"].startswith("ex-")} <= ids
    assert {name for row in rows for name in f"{row['fits']};{row['helps']}".split(";") if name} <= ids
    assert not [row["need"] for row in rows if set(row["fits"].split(";")) & set(row["helps"].split(";")) - {""}]


def test_what_a_record_needs_is_mostly_among_its_first_three_resources() -> None:
    shown = side_builder().build([offers.offered(row) for row in TOLD.resources])
    asked = [need for need in TOLD.needs if need.id and not isinstance(need, Incubator)]
    rows = [TOLD.needs.index(need) for need in asked]
    scores = [offers.ranked(offers.evidence(side_builder().build([need]), shown))[0][0] for need in asked]
    found = {"bm25_bigrams": np.array(scores, np.float64)}
    report = measured(found, TOLD.grades[rows])

    assert report["questions"] == len(rows)
    assert report["bm25_bigrams"]["hit@3"] >= 0.85  # type: ignore[index]
