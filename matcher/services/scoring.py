"""Given pairs to scores, whichever pairing they belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from matcher.measure.scoring import score_table
from matcher.ranking.corpus import Corpus
from matcher.ranking.scorer import Scorer

if TYPE_CHECKING:
    import pandas as pd


def score_each(
    pairs: pd.DataFrame, pairings: Iterable[tuple[Corpus, Scorer]], standing: Mapping[str, str]
) -> pd.DataFrame:
    """left_id, right_id and score of each pair in the given order; NaN where no pairing knows both records.

    A record for which another one stands (`standing`) has the score of that one.
    """
    asked = pairs[["left_id", "right_id"]].reset_index(drop=True)
    table = asked.replace(dict(standing)).assign(score=np.nan) if standing else asked.assign(score=np.nan)
    for corpus, scorer in pairings:
        table["score"] = table["score"].fillna(score_table(table, corpus, scorer)["score"])
    return asked.assign(score=table["score"])
