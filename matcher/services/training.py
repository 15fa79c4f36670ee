"""Fit rankers to the outcomes in the database, and keep them as JSON with what they were made from."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from matcher.domain.records import PairKind
from matcher.measure.training import MIN_HISTORY, SEED, Comparison, train
from matcher.ranking.calibration import ASSUMED, Calibration
from matcher.ranking.corpus import Corpus
from matcher.ranking.kinds import KINDS
from matcher.ranking.matcher import Trained
from matcher.ranking.ranker import Direction, Ranker, default_ranker
from matcher.wording import Said

FORMAT = 1


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


class ModelFolder:
    """The fitted rankers of one installation, a JSON file for each pairing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, report: TrainingReport, *, encoder: str, revision: int, now: datetime) -> None:
        """Write the rankers of a pairing in one step."""
        self._folder.mkdir(parents=True, exist_ok=True)
        content = {
            "format": FORMAT,
            "trained_at": now.isoformat(),
            "as_of": now.date().isoformat(),
            "encoder": encoder,
            "revision": revision,
            "evidence": list(KINDS),
            "report": report.to_json(),
            "directions": {
                direction.value: {"ranker": asdict(one.ranker), "calibration": asdict(one.calibration)}
                for direction, one in report.trained.items()
            },
        }
        fresh = self._folder / f"{report.pairing}.{os.urandom(4).hex()}"
        fresh.write_text(json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True), encoding="utf-8")
        fresh.replace(self._path(report.pairing))

    def load(self, pairing: PairKind, encoder: str, today: date) -> tuple[dict[Direction, Trained], Said | None]:
        """The rankers of a pairing; the default mix, and why, when there are none or they do not fit.

        A question about an earlier day is not answered with what was learnt from later outcomes.
        """
        path = self._path(pairing)
        if not path.is_file():
            return _defaults(pairing), None
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            fits = content["format"] == FORMAT and content["encoder"] == encoder and content["evidence"] == list(KINDS)
            later = date.fromisoformat(content["as_of"]) > today
            trained = {Direction(name): _trained(one) for name, one in content["directions"].items()}
        except (OSError, ValueError, KeyError, TypeError):
            return _defaults(pairing), Said(
                f"模型文件 {path.name} 已损坏，暂用默认权重；运行 matcher train 重建。",
                f"The model file {path.name} is damaged; the default mix serves until `matcher train` is run.",
            )
        if later:
            return _defaults(pairing), Said(
                f"模型学到 {content['as_of']} 为止，问的是更早的 {today}，故用默认权重。",
                f"The model learnt until {content['as_of']}; for the earlier {today} the default mix serves.",
            )
        if not fits:
            return _defaults(pairing), Said(
                "模型由另一编码器或版本训练，暂用默认权重；运行 matcher train 更新。",
                "The model was trained with another encoder or version; the default mix serves until `matcher train`.",
            )
        return trained, None

    def _path(self, pairing: PairKind) -> Path:
        return self._folder / f"{pairing}.json"


def fit(corpus: Corpus, as_of: int) -> TrainingReport:
    """Fit, compare and calibrate both directions of a pairing on what was decided before day `as_of`."""
    trained, comparisons = train(corpus, as_of, min_history=MIN_HISTORY, seed=SEED)
    return TrainingReport(corpus.pairing, len(corpus.past.day), tuple(comparisons), trained)


def _trained(stored: Mapping[str, Any]) -> Trained:
    calibration = Calibration(**stored["calibration"])
    return Trained(Ranker(**stored["ranker"]), ASSUMED if calibration == ASSUMED else calibration)


def _defaults(pairing: PairKind) -> dict[Direction, Trained]:
    return {direction: Trained(default_ranker(pairing), ASSUMED) for direction in Direction}
