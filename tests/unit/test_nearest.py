"""The nearest records in meaning: by the index they are kept in, among those of a side alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matcher.domain.records import Achievement
from matcher.encoder.model import Role
from matcher.index.vectors import FaissIndex
from matcher.ranking.corpus import Side
from matcher.services.finding import _others
from tests.builders import side_builder

BUILDER = side_builder()
THINGS = ("玉米淀粉", "抗性糊精", "蒙药散剂", "褐煤提质", "绒山羊")


@pytest.fixture(scope="module")
def side() -> Side[Achievement]:
    texts = [f"第{number}号{THINGS[number % 5]}制备与检测{'技术' * (number % 7)}" for number in range(60)]
    return BUILDER.build([Achievement(id=f"A{n:02d}", title=text, summary="") for n, text in enumerate(texts)])


def test_an_index_of_more_records_names_those_of_the_side_alone_as_a_comparison_with_all_does(
    side: Side[Achievement],
) -> None:
    index = FaissIndex(side.vectors.shape[1])
    index.upsert(side.ids, side.vectors)
    part = side.take([row for row in range(60) if row % 3])
    question = BUILDER.encoder.encode(["玉米淀粉的检测"], Role.QUERY)[0]
    rows, cosines = part.nearest(question, 10)
    by_index, same = replace(part, index=index).nearest(question, 10)
    assert by_index.tolist() == rows.tolist()
    assert np.allclose(same, cosines, atol=1e-6)


def test_how_cosines_with_the_others_lie_is_told_without_comparing_with_each(side: Side[Achievement]) -> None:
    cosines = np.delete(side.vectors.astype(np.float64) @ side.vectors[7], 7)
    mean, deviation = _others(side, side.vectors[7])
    assert mean == pytest.approx(cosines.mean(), abs=1e-9)
    assert deviation == pytest.approx(cosines.std(), abs=1e-9)
