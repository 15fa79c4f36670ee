"""The fitted rankers of one installation: a JSON file for each pairing, with what it was made from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from matcher.appearing import SHARED, appearing
from matcher.domain.records import PairKind
from matcher.ranking.boosting import Boosting
from matcher.ranking.calibration import ASSUMED, Calibration
from matcher.ranking.kinds import KINDS
from matcher.ranking.ranker import Direction, Ranker, default_ranker
from matcher.ranking.scorer import Trained
from matcher.services.training import TrainingReport
from matcher.wording import Said

FORMAT = 2
MANY_NEW, SHARE_NEW, OLD_DAYS = 20, 0.1, 183
"""A model is stale after so many new outcomes, if they are such a share of those it knew; or when it is half a year
old, one window of training, and anything was decided since."""

OTHER = Said("模型由另一编码器或版本训练", "the model was trained with another encoder or version")


@dataclass(frozen=True)
class Model:
    """What a file holds."""

    as_of: date
    decided: int
    """Outcomes that the database held when it was trained."""
    fits: bool
    """Whether it was made with this encoder, this format and this evidence."""
    trained: Mapping[Direction, Trained]


@dataclass(frozen=True, slots=True)
class Figures:
    """What was found for one direction: nDCG@10 of each ranker that was tried, and the one that serves."""

    chosen: str
    ndcg: Mapping[str, float]
    fitted_on: int
    """Accepted pairs it was fitted on."""
    assumed: bool
    """Whether the probabilities are only assumed."""


@dataclass(frozen=True, slots=True)
class Card:
    """What serves a pairing. Without a model that fits, the default mix does, and `why` says why."""

    pairing: PairKind
    trained_at: datetime | None
    known: int
    """Outcomes that the database held when it was trained."""
    directions: Mapping[Direction, Figures]
    why: Said | None
    stale: Said | None


class ModelFolder:
    """The model files of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, report: TrainingReport, *, encoder: str, revision: int, decided: int, now: datetime) -> None:
        """Write the rankers of a pairing in one step; `decided` counts the outcomes that the database holds of it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        content = {
            "format": FORMAT,
            "trained_at": now.isoformat(),
            "as_of": now.date().isoformat(),
            "encoder": encoder,
            "revision": revision,
            "decided": decided,
            "evidence": list(KINDS),
            "report": report.to_json(),
            "directions": {
                direction.value: {"ranker": asdict(one.ranker), "calibration": asdict(one.calibration)}
                for direction, one in report.trained.items()
            },
        }
        with appearing(self._path(report.pairing), SHARED) as file:
            file.write(json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True).encode())

    def load(self, pairing: PairKind, encoder: str, today: date) -> tuple[Mapping[Direction, Trained], Said | None]:
        """The rankers of a pairing; the default mix, and why, when there are none or they do not fit.

        A question about an earlier day is not answered with what was learnt from later outcomes.
        """
        model = self._read(pairing, encoder)
        if model is None:
            return _defaults(pairing), None
        if isinstance(model, Said) or not model.fits:
            why = OTHER if isinstance(model, Model) else model
            return _defaults(pairing), Said(
                f"{why.zh}，暂用默认权重；运行 matcher train 更新。",
                f"{why.en[0].upper()}{why.en[1:]}; the default mix serves until `matcher train` is run.",
            )
        if model.as_of > today:
            return _defaults(pairing), Said(
                f"模型学到 {model.as_of} 为止，问的是更早的 {today}，故用默认权重。",
                f"The model learnt until {model.as_of}; for the earlier {today} the default mix serves.",
            )
        return model.trained, None

    def exists(self, pairing: PairKind) -> bool:
        """Whether a pairing was ever trained."""
        return self._path(pairing).is_file()

    def stale(self, pairing: PairKind, encoder: str, decided: int, today: date) -> Said | None:
        """Why a pairing should be trained again, or None. `decided`: the outcomes that the database holds of it now."""
        model = self._read(pairing, encoder)
        if model is None:
            return Said("尚未训练", "it was never trained")
        if isinstance(model, Said):
            return model
        if not model.fits:
            return OTHER
        new, age = decided - model.decided, (today - model.as_of).days
        if new >= max(MANY_NEW, SHARE_NEW * model.decided):
            return Said(f"训练之后新增 {new} 条对接结果", f"{new} outcomes have come in since")
        if new > 0 and age >= OLD_DAYS:
            return Said(f"模型已有 {age} 天", f"the model is {age} days old")
        return None

    def card(self, pairing: PairKind, encoder: str, decided: int, today: date) -> Card:
        """What serves a pairing, with the figures it was chosen by."""
        model, stale = self._read(pairing, encoder), self.stale(pairing, encoder, decided, today)
        if not isinstance(model, Model):
            return Card(pairing, None, 0, {}, model or stale, stale)
        content = json.loads(self._path(pairing).read_text(encoding="utf-8"))
        told = content["report"]["directions"]
        figures = {
            Direction(name): Figures(
                one["chosen"],
                one["ndcg@10"],
                one["fitted_on_pairs"],
                one["calibration"]["basis"] == ASSUMED.basis,
            )
            for name, one in told.items()
        }
        trained_at = datetime.fromisoformat(content["trained_at"])
        return Card(pairing, trained_at, model.decided, figures, None if model.fits else OTHER, stale)

    def _read(self, pairing: PairKind, encoder: str) -> Model | Said | None:
        """The model; None where there is none, what is wrong with its file where it cannot be read."""
        path = self._path(pairing)
        if not path.is_file():
            return None
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            if content["format"] != FORMAT:
                return OTHER
            return Model(
                date.fromisoformat(content["as_of"]),
                int(content["decided"]),
                content["encoder"] == encoder and content["evidence"] == list(KINDS),
                {Direction(name): _trained(one) for name, one in content["directions"].items()},
            )
        except (OSError, ValueError, KeyError, TypeError):
            return Said(f"模型文件 {path.name} 已损坏", f"the model file {path.name} is damaged")

    def _path(self, pairing: PairKind) -> Path:
        return self._folder / f"{pairing}.json"


def _trained(stored: Mapping[str, Any]) -> Trained:
    calibration = Calibration(**stored["calibration"])
    ranker = dict(stored["ranker"])
    boosting = ranker.pop("boosting")
    trees = Boosting(tuple(boosting["kinds"]), boosting["model"]) if boosting else None
    return Trained(Ranker(**ranker, boosting=trees), ASSUMED if calibration == ASSUMED else calibration)


def _defaults(pairing: PairKind) -> dict[Direction, Trained]:
    return {direction: Trained(default_ranker(pairing), ASSUMED) for direction in Direction}
