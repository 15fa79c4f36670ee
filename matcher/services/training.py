"""Fit rankers to the outcomes of a pairing, and say what was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from matcher.domain.records import PairKind
from matcher.measure.training import MIN_HISTORY, SEED, Comparison, train
from matcher.ranking.corpus import Corpus
from matcher.ranking.ranker import Direction
from matcher.ranking.scorer import Trained


@dataclass(frozen=True)
class TrainingReport:
    """What `matcher train` found for one pairing."""

    pairing: PairKind
    outcomes: int
    comparisons: tuple[Comparison, ...]
    trained: Mapping[Direction, Trained]

    def to_json(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return {
            "pairing": self.pairing.value,
            "outcomes": self.outcomes,
            "directions": {
                row.direction.value: {
                    "chosen": row.chosen,
                    "ndcg@10": dict(row.ndcg),
                    "fitted_on_pairs": row.fitted_on,
                    "calibration": asdict(self.trained[row.direction].calibration),
                }
                for row in self.comparisons
            },
        }


def fit(corpus: Corpus, as_of: int) -> TrainingReport:
    """Fit, compare and calibrate both directions of a pairing on what was decided before day `as_of`."""
    trained, comparisons = train(corpus, as_of, min_history=MIN_HISTORY, seed=SEED)
    return TrainingReport(corpus.pairing, len(corpus.past.day), tuple(comparisons), trained)
