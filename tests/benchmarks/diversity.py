"""What a diverse list costs in nDCG@10 and gains in variety, for caps and values of lambda.

`python -m tests.benchmarks.diversity FOLDER CUT [--pairing …]`: an ecosystem folder with outcomes before and after the
cut. The cap goes by institution (of a project: its carrier); where no record names one, by the technology field.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path

import numpy as np

from matcher.bootstrap import Installation
from matcher.domain.controls import PLAIN, Diversity
from matcher.domain.records import Achievement, PairKind, Record
from matcher.measure.metrics import CUTOFF, per_query
from matcher.measure.training import MIN_HISTORY, SEED, train
from matcher.measure.windows import Window, look
from matcher.policy.wishes import Wishes
from matcher.ranking.corpus import Matrix
from matcher.ranking.diversity import REACH, diversify
from matcher.ranking.ranker import Direction
from matcher.ranking.scorer import Trained, score_pairs
from matcher.services.folders import read_ecosystem
from matcher.settings import Settings

TRIED = [Diversity(cap, weight) for cap in (None, 3, 2) for weight in (1.0, 0.9, 0.8, 0.7, 0.5)]


def main() -> None:
    """Print a line of figures for each direction and each setting."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("cut", type=date.fromisoformat)
    arguments.add_argument("--pairing", type=PairKind)
    chosen = arguments.parse_args()
    if not (chosen.folder / "outcomes.csv").is_file():
        sys.exit(f"{chosen.folder} holds no outcomes.csv. Name an ecosystem folder and a cut, e.g. data/sample.")
    ecosystem = read_ecosystem(chosen.folder)
    builder = Installation(Settings(), tell=lambda _: None).builder
    corpus = ecosystem.corpus(chosen.pairing or ecosystem.main_pairing, builder, lambda *_: lambda _: None)
    window = look(corpus, chosen.cut.toordinal(), None, MIN_HISTORY)
    trained, _ = train(corpus, chosen.cut.toordinal(), min_history=MIN_HISTORY, seed=SEED)
    found = {direction.value: measure(window, trained[direction], direction) for direction in Direction}
    json.dump({"folder": chosen.folder.name, "cut": chosen.cut.isoformat(), **found}, sys.stdout, indent=2)
    sys.stdout.write("\n")


def measure(window: Window, trained: Trained, direction: Direction) -> list[dict[str, object]]:
    """nDCG@10, mean cosine within a list and groups in a list, the plain order first."""
    ranking, truth = score_pairs(window.evidence, trained.ranker, direction).ranking, window.truth
    known = window.known
    rows, vectors = window.candidates, known.right_meaning
    records: list[Record] = [known.right.records[row] for row in rows]
    if direction is Direction.SCREEN:
        ranking, truth, rows, vectors = ranking.T, truth.T, window.questions, known.meanings()
        records = [known.left.records[row] for row in rows]
    asked = truth.any(axis=1)
    groups = [group_of(record) for record in records]
    return [
        {
            "cap": wanted.cap,
            "lambda": wanted.relevance,
            **figures(np.asarray(ranking[asked]), truth[asked], groups, vectors[rows], wanted),
        }
        for wanted in TRIED
        if wanted.cap is None or any(groups)
    ]


def group_of(record: Record) -> str:
    """The institution, or the field where none is named."""
    return Wishes(PLAIN).institution(record) or (record.field if isinstance(record, Achievement) else "")


def figures(
    ranking: Matrix,
    truth: np.ndarray[tuple[int, int], np.dtype[np.bool_]],
    groups: list[str],
    vectors: Matrix,
    wanted: Diversity,
) -> dict[str, float]:
    """The means over all questions."""
    scores, alike, variety = np.zeros_like(ranking), [], []
    for row, values in enumerate(ranking):
        order = np.argsort(-values, kind="stable")[: REACH * CUTOFF]
        levels = [(0, not np.isfinite(values[at])) for at in order]
        places = diversify(
            levels, [float(values[at]) for at in order], [groups[at] for at in order], vectors[order], CUTOFF, wanted
        )
        listed = [int(order[place.before]) for place in places]
        scores[row, listed] = np.arange(len(listed), 0, -1)
        near = vectors[listed] @ vectors[listed].T
        alike.append(float(near[np.triu_indices(len(listed), 1)].mean()) if len(listed) > 1 else 0.0)
        variety.append(len({groups[at] for at in listed if groups[at]}))
    return {
        "ndcg@10": round(float(per_query(scores, truth)["ndcg@10"].mean()), 4),
        "likeness": round(float(np.mean(alike)), 4),
        "groups": round(float(np.mean(variety)), 2),
    }


if __name__ == "__main__":
    main()
