"""Model files: what is kept, when it fits, and when it should be made anew."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from matcher.domain.records import PairKind
from matcher.ranking.boosting import grow
from matcher.ranking.calibration import ASSUMED, Calibration
from matcher.ranking.ranker import Direction, Ranker, default_ranker
from matcher.ranking.scorer import Trained
from matcher.services.models import MANY_NEW, OLD_DAYS, ModelFolder
from matcher.services.training import TrainingReport

PAIRING = PairKind.PROJECT_FUND
NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAY = NOW.date()
ENCODER = "hashing@1"


def trained() -> dict[Direction, Trained]:
    """One direction with trees, the other with weights only."""
    values = np.random.default_rng(0).normal(size=(400, 2)).astype(np.float32)
    trees = grow(values, (values[:, 0] > 1).astype(float), ("recent", "popularity"), seed=0)
    return {
        Direction.RECOMMEND: Trained(Ranker("fitted", {"recent": 0.5}, trees), Calibration(0.8, -3.0, "outcomes")),
        Direction.SCREEN: Trained(Ranker("fitted", {"recent": 0.25}), ASSUMED),
    }


@pytest.fixture
def folder(tmp_path: Path) -> ModelFolder:
    """Trained on 1,000 outcomes."""
    kept = ModelFolder(tmp_path)
    report = TrainingReport(PAIRING, 1000, (), trained())
    kept.save(report, encoder=ENCODER, revision=7, decided=1000, now=NOW)
    return kept


def test_what_is_saved_is_loaded_equal(folder: ModelFolder) -> None:
    found, why = folder.load(PAIRING, ENCODER, DAY)

    assert why is None
    assert found == trained()
    assert found[Direction.SCREEN].calibration is ASSUMED


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"encoder": "other"}, "another"),
        ({"format": 1}, "version"),
        ({"evidence": ["recent"]}, "version"),
        ({"as_of": "2026-03-02"}, "earlier"),
        ({"directions": {"recommend": {}}}, "damaged"),
        ({"decided": None}, "damaged"),
    ],
)
def test_what_does_not_fit_is_said_and_the_mix_serves(
    folder: ModelFolder, tmp_path: Path, change: dict[str, object], said: str
) -> None:
    path = tmp_path / f"{PAIRING}.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | change), "utf-8")

    found, why = folder.load(PAIRING, ENCODER, DAY)

    assert found[Direction.RECOMMEND] == Trained(default_ranker(PAIRING), ASSUMED)
    assert why is not None
    assert said.casefold() in why.en.casefold()


@pytest.mark.parametrize(
    ("new", "days", "stale"),
    [
        (0, 0, False),
        (99, 0, False),
        (100, 0, True),
        (0, 10 * OLD_DAYS, False),
        (1, OLD_DAYS - 1, False),
        (1, OLD_DAYS, True),
    ],
)
def test_new_outcomes_or_age_make_a_model_stale(folder: ModelFolder, new: int, days: int, stale: bool) -> None:
    why = folder.stale(PAIRING, ENCODER, 1000 + new, DAY + timedelta(days=days))

    assert (why is not None) is stale


def test_a_few_new_outcomes_are_no_reason_however_large_their_share(tmp_path: Path) -> None:
    kept = ModelFolder(tmp_path)
    kept.save(TrainingReport(PAIRING, 10, (), trained()), encoder=ENCODER, revision=1, decided=10, now=NOW)

    assert kept.stale(PAIRING, ENCODER, 10 + MANY_NEW - 1, DAY) is None
    assert kept.stale(PAIRING, ENCODER, 10 + MANY_NEW, DAY) is not None


def test_what_was_never_trained_or_does_not_fit_is_stale(folder: ModelFolder) -> None:
    assert folder.exists(PAIRING)
    assert not folder.exists(PairKind.ACHIEVEMENT_INCUBATOR)
    assert folder.stale(PairKind.ACHIEVEMENT_INCUBATOR, ENCODER, 0, DAY) is not None
    assert folder.stale(PAIRING, "another", 1000, DAY) is not None


def test_the_file_is_plain_json_without_a_day_of_its_own(folder: ModelFolder, tmp_path: Path) -> None:
    content = json.loads((tmp_path / f"{PAIRING}.json").read_text("utf-8"))

    assert date.fromisoformat(content["as_of"]) == DAY
    assert content["directions"]["recommend"]["ranker"]["boosting"]["model"].startswith("tree")
