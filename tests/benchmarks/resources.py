"""How well shared resources are matched: hit@3 and nDCG@5 on labels by hand, the product's mix beside its own inputs.

`python -m tests.benchmarks.resources`: the sample's resources against `tests/resource_labels.csv` (needs by id or in
words; `fits`: just what it needs, `helps`: of use). Both directions, with 95 % bootstrap intervals of the difference
from plain BM25 over pairs of characters. The labels are ours, made before the mix was weighed.
"""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from matcher.bootstrap import Installation
from matcher.domain.matches import State
from matcher.domain.records import Achievement, Incubator, Project, Record
from matcher.domain.registers import Resource
from matcher.encoder.model import Role
from matcher.intake import read
from matcher.policy.openness import step
from matcher.ranking import offers
from matcher.ranking.corpus import Side
from matcher.resources import data_folder
from matcher.services.resource_search import texts_of
from matcher.settings import Settings

LABELS = Path(__file__).parent.parent / "resource_labels.csv"
DAY = date(2026, 10, 31)
BASELINE = "bm25_bigrams"
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Labelled:
    """Needs, resources, and how well each pair goes together: 2 just what it needs, 1 of use, 0 not."""

    needs: list[Record]
    resources: list[Resource]
    grades: Array


def main() -> None:
    """Print the measures of both directions as JSON."""
    installation = Installation(Settings(), tell=lambda _: None)
    told = labelled()
    shown = installation.builder.build([offers.offered(row) for row in told.resources])
    records = [row for row, need in enumerate(told.needs) if need.id]
    words = [row for row, need in enumerate(told.needs) if not need.id]
    found = _evidence(installation, told, shown)
    whose = [row for row in records if not isinstance(told.needs[row], Incubator)]
    users = _evidence_of_users(installation, told, shown, whose)
    report = {
        "for: a record's resources": measured(_each(found, records), told.grades[records]),
        "search: a question in words": measured(_each(found, words, search=True), told.grades[words]),
        "users: a resource's results and projects": measured(users, told.grades[whose].T),
    }
    json.dump(report, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def labelled() -> Labelled:
    """The labels with the records of the sample; a need without a record is a question in words."""
    rows = list(read(data_folder("sample")))
    resources = sorted((row for row in rows if isinstance(row, Resource)), key=lambda row: row.id)
    records = {row.id: row for row in rows if isinstance(row, Achievement | Project | Incubator)}
    with LABELS.open(encoding="utf-8", newline="") as file:
        labels = list(csv.DictReader(file))
    columns = {row.id: column for column, row in enumerate(resources)}
    grades = np.zeros((len(labels), len(resources)))
    for row, label in enumerate(labels):
        for name, grade in (("fits", 2), ("helps", 1)):
            for resource in filter(None, label[name].split(";")):
                grades[row, columns[resource]] = grade
    needs: list[Record] = [records.get(one["need"], Achievement(id="", summary=one["need"])) for one in labels]
    return Labelled(needs, resources, grades)


def measured(scores: dict[str, Array], grades: Array) -> dict[str, object]:
    """hit@3 and nDCG@5 of each method over the questions with a fitting answer, and the gain on the baseline."""
    asked = (grades == 2).any(axis=1)
    values = {name: (_hit(one[asked], grades[asked]), _ndcg(one[asked], grades[asked])) for name, one in scores.items()}
    base = values[BASELINE][1]
    report: dict[str, object] = {"questions": int(asked.sum()), "candidates": grades.shape[1]}
    for name, (hit, ndcg) in values.items():
        report[name] = {"hit@3": round(float(hit.mean()), 3), "ndcg@5": round(float(ndcg.mean()), 3)}
        if name != BASELINE:
            report[name] |= {"gain": round(float((ndcg - base).mean()), 3), "ci95": _interval(ndcg - base)}  # type: ignore[operator]
    return report


def _each(found: dict[str, Array], rows: list[int], *, search: bool = False) -> dict[str, Array]:
    """Every piece of evidence of some questions as a method, beside what the product does with such questions."""
    chosen = {name: values[rows] for name, values in found.items()}
    searched = chosen.pop("search")
    return _alone(chosen) | ({"search": searched} if search else _mixed(chosen))


def _alone(found: dict[str, Array]) -> dict[str, Array]:
    return {name: np.nan_to_num(values) for name, values in found.items()}


def _mixed(found: dict[str, Array]) -> dict[str, Array]:
    """The product's mix, and the same without the encoder."""
    narrow = {name: np.asarray(values, np.float32) for name, values in found.items()}
    without = {name: values for name, values in narrow.items() if name != "dense"}
    return {
        "matcher": np.asarray(offers.ranked(narrow)[0], np.float64),
        "matcher_without_encoder": np.asarray(offers.ranked(without)[0], np.float64),
    }


def _evidence(installation: Installation, told: Labelled, shown: Side[Achievement]) -> dict[str, Array]:
    """Every piece of evidence of every need over all resources, (needs, resources) each."""
    rows = []
    for need in told.needs:
        asked = installation.builder.build([need], Role.PASSAGE if need.id else Role.QUERY)
        found = offers.evidence(asked, cast("Side[Record]", shown))
        rows.append(
            {name: values[0] for name, values in found.items()} | {offers.STEP: _steps(installation, need, told)}
        )
    texts = texts_of(told.resources)
    searched = [offers.lexical(getattr(need, "summary", ""), texts, installation.builder.words) for need in told.needs]
    return {name: np.array([row[name] for row in rows], np.float64) for name in rows[0]} | {
        "search": np.array(searched, np.float64)
    }


def _evidence_of_users(
    installation: Installation, told: Labelled, shown: Side[Achievement], whose: list[int]
) -> dict[str, Array]:
    """Every piece of evidence of every resource over the labelled results and projects, and the mix."""
    order = sorted(whose, key=lambda row: told.needs[row].id)
    needs = installation.builder.build([told.needs[row] for row in order])
    found = {name: np.asarray(one, np.float64) for name, one in offers.evidence(shown, needs).items()}
    found[offers.STEP] = np.array([_steps(installation, told.needs[row], told) for row in order]).T
    place = [order.index(row) for row in whose]
    return {name: values[:, place] for name, values in (_alone(found) | _mixed(found)).items()}


def _steps(installation: Installation, need: Record, told: Labelled) -> Array:
    trl = getattr(need, "trl", None)
    verdicts = [step(resource, trl, installation.rulebook, DAY) for resource in told.resources]
    values = {State.PASS: 1.0, State.FAIL: 0.0}
    return np.array([values.get(one.state, np.nan) if one else np.nan for one in verdicts])


def _order(scores: Array, grades: Array) -> Array:
    return np.take_along_axis(grades, np.argsort(-scores, axis=1, kind="stable"), axis=1)


def _hit(scores: Array, grades: Array) -> Array:
    return np.asarray((_order(scores, grades)[:, :3] == 2).any(axis=1), np.float64)


def _ndcg(scores: Array, grades: Array) -> Array:
    discounts = 1 / np.log2(np.arange(2, 7))
    gains, best = ((2**one - 1)[:, :5] @ discounts for one in (_order(scores, grades), -np.sort(-grades, axis=1)))
    return np.asarray(gains / best, np.float64)


def _interval(values: Array) -> list[float]:
    picks = np.random.default_rng(0).integers(0, len(values), (1000, len(values)))
    return [round(float(edge), 3) for edge in np.percentile(values[picks].mean(axis=1), [2.5, 97.5])]


if __name__ == "__main__":
    main()
