from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from matcher.errors import IntakeError
from matcher.measure.scoring import CHUNK, check_pairs, score_table
from matcher.ranking.calibration import ASSUMED
from matcher.ranking.knowledge import Knowledge
from matcher.ranking.ranker import Direction, default_ranker
from matcher.ranking.scorer import Scorer, Trained
from tests.builders import TODAY, planted_corpus


def scorer() -> Scorer:
    trained = {direction: Trained(default_ranker(planted_corpus().pairing), ASSUMED) for direction in Direction}
    return Scorer(Knowledge(planted_corpus(), TODAY.toordinal()), trained)


def test_each_pair_gets_its_probability_in_the_given_order() -> None:
    pairs = pd.DataFrame(
        [("B007", "I-7"), ("A001", "I-3"), ("B007", "I-2"), ("B007", "I-7")], columns=["left_id", "right_id"]
    )
    whole, serving = planted_corpus(), scorer()

    table = score_table(pairs, whole, serving)

    assert list(table.columns) == ["left_id", "right_id", "score"]
    assert table[["left_id", "right_id"]].to_numpy().tolist() == pairs.to_numpy().tolist()
    for left, right, score in table.itertuples(index=False):
        expected = serving.probabilities(whole.left.take([whole.left.rows[left]]))[0, whole.right.rows[right]]
        assert score == pytest.approx(expected, abs=1e-5)
    assert table["score"][0] == table["score"][3] > table["score"][2]


def test_pairs_of_unknown_records_have_no_score() -> None:
    pairs = pd.DataFrame(
        [("nobody", "I-1"), ("A001", "nobody"), ("A001", "I-1")], columns=["left_id", "right_id"], index=[5, 5, 9]
    )

    assert score_table(pairs, planted_corpus(), scorer())["score"].isna().tolist() == [True, True, False]


def test_a_table_longer_than_a_chunk_is_scored_whole() -> None:
    ids = planted_corpus().left.ids[: CHUNK + 20][::-1]
    pairs = pd.DataFrame({"left_id": ids, "right_id": "I-4", "grade": 1})

    table = score_table(pairs, planted_corpus(), scorer())

    assert list(table.columns) == ["left_id", "right_id", "score"]
    assert np.isfinite(table["score"]).all()
    assert score_table(pairs.iloc[[-1]], planted_corpus(), scorer())["score"][0] == pytest.approx(
        table["score"].iloc[-1], abs=1e-5
    )


def test_no_pairs_give_no_scores() -> None:
    empty = pd.DataFrame({"left_id": [], "right_id": []}, dtype=str)

    assert len(score_table(empty, planted_corpus(), scorer())) == 0


@pytest.mark.parametrize(("columns", "missing"), [(["left_id"], "right_id"), (["a", "b"], "left_id, right_id")])
def test_a_table_without_its_columns_is_refused_with_their_names(columns: list[str], missing: str) -> None:
    with pytest.raises(IntakeError) as raised:
        check_pairs(pd.DataFrame(columns=columns), "pairs.csv")

    assert missing in raised.value.message.en
    assert "pairs.csv" in raised.value.message.zh


def test_a_table_with_its_columns_passes() -> None:
    check_pairs(pd.DataFrame(columns=["right_id", "grade", "left_id"]), "pairs.csv")
