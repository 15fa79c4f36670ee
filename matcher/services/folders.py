"""An ecosystem folder in memory, for evaluation: no database is touched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from matcher.domain.records import Achievement, Fund, Incubator, Outcome, PairKind, Project
from matcher.errors import EvaluationError
from matcher.intake import RowIssue, Withdrawal, read
from matcher.measure.evaluate import evaluate
from matcher.measure.scoring import score_table
from matcher.measure.training import train
from matcher.ranking.corpus import Corpus, gather_past
from matcher.ranking.knowledge import Knowledge
from matcher.ranking.matcher import Scorer
from matcher.ranking.sides import SideBuilder
from matcher.wording import Said

Counter = Callable[[str, int], Callable[[int], None]]
"""Given a step's name and its size, something to be told how many more are done."""

MIN_HISTORY, SEED = 3, 0


@dataclass
class Ecosystem:
    """Everything a folder holds, and what was wrong with it."""

    lefts: dict[PairKind, list[Achievement | Project]] = field(default_factory=dict)
    rights: dict[PairKind, list[Incubator | Fund]] = field(default_factory=dict)
    outcomes: dict[PairKind, list[Outcome]] = field(default_factory=dict)
    issues: list[RowIssue] = field(default_factory=list)

    @property
    def main_pairing(self) -> PairKind:
        """The pairing with the most outcomes."""
        return max(PairKind, key=lambda pairing: len(self.outcomes.get(pairing, ())))

    def corpus(self, pairing: PairKind, builder: SideBuilder, progress: Counter) -> Corpus:
        """One pairing as arrays."""
        lefts, rights = self.lefts.get(pairing, []), self.rights.get(pairing, [])
        left = builder.build(lefts, progress=progress(pairing.left.value, len(lefts)))
        right = builder.build(rights, progress=progress(pairing.right.value, len(rights)))
        return Corpus(pairing, left, right, gather_past(self.outcomes.get(pairing, []), left, right))


def read_ecosystem(folder: Path) -> Ecosystem:
    """Read a folder. Raises EvaluationError when it is none or holds no outcomes."""
    if not folder.is_dir():
        raise EvaluationError(
            Said(f"找不到文件夹 {folder}。", f"There is no folder {folder}."),
            Said("请给出含 outcomes 表的生态文件夹。", "Name an ecosystem folder that holds an outcomes table."),
        )
    found = Ecosystem()
    for item in read(folder):
        match item:
            case RowIssue():
                found.issues.append(item)
            case Outcome():
                found.outcomes.setdefault(item.kind, []).append(item)
            case Achievement() | Project():
                found.lefts.setdefault(PairKind.of(item.table), []).append(item)
            case Incubator() | Fund():
                found.rights.setdefault(PairKind.of(item.table), []).append(item)
            case Withdrawal():
                pass  # A folder in memory has nothing to withdraw from.
    if not found.outcomes:
        raise EvaluationError(
            Said(f"{folder.name} 中没有对接结果。", f"{folder.name} holds no outcomes."),
            Said("评估需要 outcomes 表。", "An evaluation needs an outcomes table."),
        )
    return found


def evaluate_folder(
    folder: Path,
    builder: SideBuilder,
    cut: date,
    *,
    min_history: int,
    pairing: PairKind | None,
    progress: Counter,
) -> dict[str, Any]:
    """The evaluation report of one pairing of a folder."""
    ecosystem = read_ecosystem(folder)
    corpus = ecosystem.corpus(pairing or ecosystem.main_pairing, builder, progress)
    return evaluate(corpus, folder.name, cut, min_history=min_history, seed=SEED)


def score_in_folder(
    pairs: pd.DataFrame, folder: Path, builder: SideBuilder, cut: date, progress: Counter
) -> pd.DataFrame:
    """The pairs scored with what the folder tells until the cut."""
    ecosystem = read_ecosystem(folder)
    corpus = ecosystem.corpus(ecosystem.main_pairing, builder, progress)
    trained, _ = train(corpus, cut.toordinal(), min_history=MIN_HISTORY, seed=SEED)
    return score_table(pairs, corpus, Scorer(Knowledge(corpus, cut.toordinal()), trained))
