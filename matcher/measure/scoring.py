"""Pairs in a table to scores, so that anybody's graded pairs can be judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from matcher.errors import IntakeError
from matcher.ranking.corpus import Corpus
from matcher.ranking.scorer import Scorer
from matcher.wording import Said

if TYPE_CHECKING:
    import pandas as pd

CHUNK = 256


def check_pairs(pairs: pd.DataFrame, name: str) -> None:
    """Raise IntakeError unless the table has the columns left_id and right_id."""
    missing = [column for column in ("left_id", "right_id") if column not in pairs.columns]
    if missing:
        raise IntakeError(
            Said(f"{name} 缺少列 {'、'.join(missing)}。", f"{name} lacks the column(s) {', '.join(missing)}."),
            Said("文件须有 left_id 和 right_id 两列。", "The file needs the columns left_id and right_id."),
        )


def score_table(pairs: pd.DataFrame, corpus: Corpus, scorer: Scorer) -> pd.DataFrame:
    """left_id, right_id and score of each pair in the given order; NaN where a record is unknown.

    The score is the probability that the pair comes about, among all right records of the corpus.
    """
    table = pairs[["left_id", "right_id"]].reset_index(drop=True).assign(score=np.nan)
    known = table[table["left_id"].isin(corpus.left.rows) & table["right_id"].isin(corpus.right.rows)]
    lefts = sorted(set(known["left_id"]))
    for start in range(0, len(lefts), CHUNK):
        chunk = lefts[start : start + CHUNK]
        scores = scorer.probabilities(corpus.left.take([corpus.left.rows[name] for name in chunk]))
        part = known[known["left_id"].isin(chunk)]
        place = {name: row for row, name in enumerate(chunk)}
        rows = part["left_id"].map(place).to_numpy()
        columns = part["right_id"].map(corpus.right.rows).to_numpy()
        table.loc[part.index, "score"] = scores[rows, columns].astype(np.float64)
    return table
