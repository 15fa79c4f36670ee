"""An ecosystem folder in memory, for evaluation: no database is touched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matcher.domain.identity import Decision, Identities, Pooled
from matcher.domain.records import (
    RECORD_KINDS,
    Achievement,
    Fund,
    Incubator,
    Kind,
    Left,
    Outcome,
    PairKind,
    Project,
    Right,
)
from matcher.errors import EvaluationError
from matcher.intake import RowIssue, Withdrawal, read
from matcher.intake.aliases import FILE as ALIASES
from matcher.intake.aliases import read_aliases
from matcher.measure.deletion import Reading
from matcher.measure.evaluate import evaluate
from matcher.measure.training import MIN_HISTORY, SEED, train
from matcher.ranking.corpus import Corpus, gather_past
from matcher.ranking.knowledge import Knowledge
from matcher.ranking.scorer import Scorer
from matcher.ranking.sides import SideBuilder
from matcher.services.scoring import score_each
from matcher.wording import Said

if TYPE_CHECKING:
    import pandas as pd

Counter = Callable[[str, int], Callable[[int], None]]
"""Given a step's name and its size, something to be told how many more are done."""


@dataclass
class Ecosystem:
    """Everything a folder holds, and what was wrong with it."""

    lefts: dict[PairKind, list[Achievement | Project]] = field(default_factory=dict)
    rights: dict[PairKind, list[Incubator | Fund]] = field(default_factory=dict)
    outcomes: dict[PairKind, list[Outcome]] = field(default_factory=dict)
    decisions: list[Decision] = field(default_factory=list)
    """What the folder's `aliases.csv` says."""
    issues: list[RowIssue] = field(default_factory=list)

    @property
    def main_pairing(self) -> PairKind:
        """The pairing with the most outcomes."""
        return max(PairKind, key=lambda pairing: len(self.outcomes.get(pairing, ())))

    def remarks(self, name: str) -> list[Said]:
        """What of the folder is not used, and how to see why."""
        refused = len({(issue.file, issue.row) for issue in self.issues if issue.refuses})
        lost = sum(not self._known(fact) for facts in self.outcomes.values() for fact in facts)
        told = []
        if refused:
            told.append(Said(f"{name}：{refused} 行有误，未采用", f"{name}: {refused} row(s) refused"))
        if lost:
            zh, en = f"{name}：{lost} 条结果的编号未知，未采用", f"{name}: {lost} outcome(s) of unknown ids left out"
            told.append(Said(zh, en))
        step = Said("；用 matcher import --dry-run 查看。", "; see matcher import --dry-run.")
        return [Said(said.zh + step.zh, said.en + step.en) for said in told]

    def _known(self, fact: Outcome) -> bool:
        return fact.left_id in self._ids[fact.kind.left] and fact.right_id in self._ids[fact.kind.right]

    @cached_property
    def _ids(self) -> dict[Kind, set[str]]:
        sides = [(pairing.left, self.lefts.get(pairing, [])) for pairing in PairKind]
        return {kind: {record.id for record in records} for kind, records in sides} | {
            pairing.right: {record.id for record in self.rights.get(pairing, [])} for pairing in PairKind
        }

    def corpus(self, pairing: PairKind, builder: SideBuilder, progress: Counter) -> Corpus:
        """One pairing as arrays; records that the folder calls one are one."""
        pooled = self.pooled(pairing)
        lefts, rights = pooled.lefts, pooled.rights
        left = builder.build(lefts, progress=progress(pairing.left.value, len(lefts)))
        right = builder.build(rights, progress=progress(pairing.right.value, len(rights)))
        return Corpus(pairing, left, right, gather_past(pooled.outcomes, left, right))

    def pooled(self, pairing: PairKind) -> Pooled[Left, Right]:
        """The records and outcomes of one pairing, each record under the one that stands for it."""
        lefts, rights = self.lefts.get(pairing, []), self.rights.get(pairing, [])
        return Identities(self.decisions).pool(lefts, rights, self.outcomes.get(pairing, []))


def read_ecosystem(folder: Path) -> Ecosystem:
    """Read a folder. Raises EvaluationError when it is none or holds no outcomes."""
    if not folder.is_dir():
        raise EvaluationError(
            Said(f"找不到文件夹 {folder}。", f"There is no folder {folder}."),
            Said("请给出含 outcomes 表的生态文件夹。", "Name an ecosystem folder that holds an outcomes table."),
        )
    found = Ecosystem()
    # The registers tell nothing of who takes what.
    for item in read(folder, kinds=(*RECORD_KINDS, Kind.OUTCOMES)):
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
    if (folder / ALIASES).is_file():
        rows = list(read_aliases(folder / ALIASES))
        found.issues += [row for row in rows if isinstance(row, RowIssue)]
        found.decisions += [row for row in rows if isinstance(row, Decision)]
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
    pairings: Sequence[PairKind] | None,
    ablation: bool,
    deletion: int,
    progress: Counter,
    tell: Callable[[Said], None],
) -> list[dict[str, Any]]:
    """The evaluation report of each pairing named; of the one with the most outcomes when none is.

    `deletion`: for how many questions the quoted sentence is taken away and the score looked at again.
    Of several pairings, those without a single outcome in the folder are left out.
    """
    ecosystem = read_ecosystem(folder)
    for remark in ecosystem.remarks(folder.name):
        tell(remark)
    asked = pairings or [ecosystem.main_pairing]
    if len(asked) > 1:
        asked = [pairing for pairing in asked if ecosystem.outcomes.get(pairing)]
    reports = []
    for pairing in asked:
        corpus = ecosystem.corpus(pairing, builder, progress)
        found = evaluate(
            corpus,
            folder.resolve().name,
            cut,
            min_history=min_history,
            seed=SEED,
            ablation=ablation,
            reading=Reading(builder.build, builder.sentences, builder.telling, deletion) if deletion else None,
        )
        reports.append({"folder": found["folder"], "pairing": pairing.value, **found})
    return reports


def score_in_folder(
    pairs: pd.DataFrame,
    folder: Path,
    builder: SideBuilder,
    today: date,
    *,
    progress: Counter,
    tell: Callable[[Said], None],
) -> pd.DataFrame:
    """The pairs scored with what the folder tells of the days until today, today included."""
    ecosystem = read_ecosystem(folder)
    for remark in ecosystem.remarks(folder.name):
        tell(remark)
    as_of = today.toordinal() + 1
    asked = set(pairs["left_id"])
    serving, standing = [], dict[str, str]()
    for pairing in PairKind:
        if any(record.id in asked for record in ecosystem.lefts.get(pairing, ())):
            corpus = ecosystem.corpus(pairing, builder, progress)
            standing |= ecosystem.pooled(pairing).standing
            trained, _ = train(corpus, as_of, min_history=MIN_HISTORY, seed=SEED)
            serving.append((corpus, Scorer(Knowledge(corpus, as_of), trained)))
    return score_each(pairs, serving, standing)
