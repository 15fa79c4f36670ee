from __future__ import annotations

import json
import math
from datetime import date, timedelta
from functools import cache
from typing import Any

import numpy as np
import pytest

from matcher.domain.records import Outcome, Result
from matcher.errors import EvaluationError
from matcher.measure.evaluate import evaluate, plain_cosine
from matcher.measure.windows import look
from matcher.ranking.corpus import Corpus
from matcher.ranking.kinds import KINDS, Family
from tests.builders import (
    TODAY,
    achievement,
    corpus,
    incubator,
    outcome,
    planted_corpus,
    planted_outcomes,
    with_outcomes,
)

CUT = date(2026, 1, 1)
FIGURES = {"hit@10", "recall@10", "ndcg@10", "mrr"}


def when(days: int, left: str, right: str, result: Result = Result.ACCEPTED) -> Outcome:
    """An outcome some days after the cut."""
    return outcome(left, right, decided_on=CUT + timedelta(days=days), result=result)


BEFORE = [when(-10 - n, f"A{n}", "I1") for n in range(3)] + [when(-20 - n, f"A{n}", "I2") for n in range(4)]
BEFORE += [when(-5, "A0", "I3")]
AFTER = [
    when(0, "N1", "I1"),
    when(1, "N2", "I3"),  # I3 and I4 are no candidates
    when(1, "N2", "I4"),
    when(2, "N3", "I1"),
    when(3, "N3", "I3"),
    when(4, "N4", "I1", Result.REJECTED),
]


def small(outcomes: list[Outcome]) -> Corpus:
    """I1 took three before the cut, I2 four, I3 one, I4 none."""
    lefts = [achievement(name) for name in ("A0", "A1", "A2", "A3", "N1", "N2", "N3", "N4")]
    return corpus(lefts, [incubator(name) for name in ("I1", "I2", "I3", "I4")], outcomes)


def test_the_report_has_the_keys_of_the_contract() -> None:
    report = evaluate(small([*BEFORE, *AFTER]), "folder", CUT, min_history=3)

    assert report.keys() >= {"folder", "cut", "min_history", "directions", "calibration", "ranker"}
    assert (report["folder"], report["cut"], report["min_history"]) == ("folder", "2026-01-01", 3)
    assert report["directions"].keys() == {"recommend", "screen"}
    assert report["calibration"].keys() >= {"ece", "brier", "bins"}
    assert report["ranker"] == "default mix"
    for direction in report["directions"].values():
        assert direction.keys() >= {"queries", "candidates", "pair_coverage", "methods"}
        assert direction["methods"].keys() >= {"popularity", "recent", "bm25", "dense", "dense_knn", "matcher"}
        for figures in direction["methods"].values():
            assert figures.keys() >= FIGURES
            assert all(0 <= figures[name] <= 1 for name in FIGURES)
            assert figures["ci95"].keys() == FIGURES


def test_the_report_can_be_written_as_json() -> None:
    report = evaluate(small([*BEFORE, *AFTER]), "folder", CUT, min_history=3)

    assert json.loads(json.dumps(report, allow_nan=False)) == report


def test_queries_and_candidates_are_counted_and_those_without_a_candidate_are_not_hidden() -> None:
    report = evaluate(small([*BEFORE, *AFTER]), "folder", CUT, min_history=3)

    recommend, screen = report["directions"]["recommend"], report["directions"]["screen"]
    assert (recommend["queries"], recommend["candidates"]) == (2, 2), "N1 and N3; I1 and I2"
    assert recommend["queries_without_candidate"] == 2, "N2 went elsewhere, N4 nowhere"
    assert recommend["pair_coverage"] == screen["pair_coverage"] == 2 / 5
    assert (screen["queries"], screen["candidates"]) == (1, 4), "I1; all new results"


def test_the_figures_of_popularity_equal_those_found_by_hand() -> None:
    report = evaluate(small([*BEFORE, *AFTER]), "folder", CUT, min_history=3)

    recommend = report["directions"]["recommend"]["methods"]["popularity"]
    assert recommend["mrr"] == 0.5, "I2 took more than I1, who was right both times"
    assert recommend["ndcg@10"] == pytest.approx(1 / math.log2(3), abs=1e-6)
    screen = report["directions"]["screen"]["methods"]["popularity"]
    ideal = 1 + 1 / math.log2(3)
    assert screen["mrr"] == 1, "all tied, so by id: N1 is right, N2 is not, N3 is"
    assert screen["ndcg@10"] == pytest.approx((1 + 1 / math.log2(4)) / ideal, abs=1e-6)


def test_the_plain_cosine_is_that_with_the_mean_of_own_and_taken_vectors() -> None:
    whole = small([*BEFORE, *AFTER])
    random = np.random.default_rng(0)
    whole.left.vectors[:] = random.standard_normal(whole.left.vectors.shape)
    whole.right.vectors[:] = random.standard_normal(whole.right.vectors.shape)
    taken = {"I1": ["A0", "A1", "A2"], "I2": ["A0", "A1", "A2", "A3"]}

    found = plain_cosine(look(whole, CUT.toordinal(), None, 3))

    for row, left in enumerate(["N1", "N2", "N3", "N4"]):
        for column, (right, lefts) in enumerate(taken.items()):
            profile = whole.right.vectors[whole.right.rows[right]].astype(float)
            profile = profile + sum(whole.left.vectors[whole.left.rows[name]] for name in lefts)
            query = whole.left.vectors[whole.left.rows[left]]
            assert found[row, column] == pytest.approx(query @ profile / np.linalg.norm(profile), rel=1e-4)


@pytest.mark.parametrize(
    ("outcomes", "cut", "min_history"),
    [
        ([], CUT, 3),
        (BEFORE, CUT, 3),
        ([*BEFORE, *AFTER], CUT, 5),
        ([*BEFORE, *AFTER], date(2030, 1, 1), 3),
        ([*BEFORE, *AFTER], date(2000, 1, 1), 3),
        ([*BEFORE, when(3, "N1", "I1", Result.REJECTED)], CUT, 3),
    ],
)
def test_nothing_to_judge_is_a_named_error(outcomes: list[Outcome], cut: date, min_history: int) -> None:
    with pytest.raises(EvaluationError) as raised:
        evaluate(small(outcomes), "my-folder", cut, min_history=min_history)

    assert "my-folder" in raised.value.message.zh
    assert str(cut) in raised.value.message.en
    assert "--cut" in raised.value.step.en


PLANTED_CUT = TODAY - timedelta(days=100)


@cache
def planted_report() -> dict[str, Any]:
    """What is reported of the planted past."""
    return evaluate(planted_corpus(), "planted", PLANTED_CUT, min_history=3)


def test_the_same_folder_gives_the_same_report() -> None:
    again = evaluate(planted_corpus(), "planted", PLANTED_CUT, min_history=3)

    assert json.dumps(again) == json.dumps(planted_report())


def test_the_matcher_finds_the_planted_rule_and_beats_every_simple_method() -> None:
    report = planted_report()

    assert report["ranker"] == "fitted"
    assert report["directions"]["recommend"]["queries"] == 50
    for direction in report["directions"].values():
        figures = {name: method["ndcg@10"] for name, method in direction["methods"].items()}
        matcher = figures.pop("matcher")
        assert matcher > 0.95
        regional = [figures.pop(name) for name in ("activity_mix", "logistic", "lightgbm", "logistic_lightgbm")]
        assert matcher > max(figures.values())
        assert matcher >= max(regional)  # which read the region too
    assert report["calibration"]["basis"] == "outcomes"
    assert report["calibration"]["ece"] < 0.1


def test_what_came_after_the_cut_is_judged_but_not_learnt_from() -> None:
    """The future goes by the opposite rule: the ranker is the same, and it fails."""
    past = [one for one in planted_outcomes() if one.decided_on < PLANTED_CUT]
    future = [one for one in planted_outcomes() if one.decided_on >= PLANTED_CUT]
    turned = [outcome(one.left_id, f"I-{9 - int(one.right_id[2:])}", decided_on=one.decided_on) for one in future]

    honest = planted_report()
    report = evaluate(with_outcomes(planted_corpus(), [*past, *turned]), "planted", PLANTED_CUT, min_history=3)

    assert report["comparison"] == honest["comparison"]
    assert report["rankers"] == honest["rankers"]
    assert report["directions"]["recommend"]["methods"]["matcher"]["mrr"] < 0.5


def test_without_what_tells_the_rule_the_ranker_falls_and_strata_cover_all_questions() -> None:
    """The planted rule is the region, which activity, habits and fit tell of; words tell nothing."""
    day = TODAY - timedelta(days=182)
    report = evaluate(planted_corpus(), "planted", day, min_history=3, ablation=True)
    found = report["directions"]["recommend"]

    ours = found["methods"]["matcher"]["ndcg@10"]
    assert found["ablation"].keys() == set(Family)
    assert max(found["ablation"].values()) <= ours + 0.02
    assert found["inputs"].keys() == dict(KINDS).keys()
    parts = [found["strata"][name]["queries"] for name in ("short text", "not short text") if name in found["strata"]]
    assert sum(parts) == found["queries"]


def test_trials_that_take_time_are_made_on_demand() -> None:
    assert "deletion" not in planted_report()
    assert all("ablation" not in direction for direction in planted_report()["directions"].values())
