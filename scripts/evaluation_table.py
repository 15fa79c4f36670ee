"""Write the figures of `make evaluate` into the documentation, from the JSON files it leaves."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tables import ROOT, filled

SETS = {
    "chinaxiv-institutions": ("papers → organisations (stand-in)", "论文 → 完成单位（替代）"),
    "csldcp-fields": ("abstracts → disciplines (stand-in)", "摘要 → 学科（替代）"),
    "crunchbase-2013": ("companies → investors", "企业 → 投资机构"),
    "raises-web3": ("projects → investors", "项目 → 投资机构"),
}
DIRECTIONS = {"recommend": "推荐", "screen": "筛选"}
MEASURES = ("hit@10", "recall@10", "ndcg@10", "mrr")
OURS = ("matcher", "matcher_without_trees")
LEARNT = ("svm_tfidf", "svm_mix", "logistic", "lightgbm", "logistic_lightgbm")
"""References that are fitted to outcomes as `matcher` is; all others are simple methods."""
HEADS = (
    "| set (cut) | direction | questions × candidates | best simple method, nDCG@10 | best learnt reference "
    "| matcher [95 %] | hit@10 |",
    "| 数据集（切分日） | 方向 | 问题 × 候选 | 最好的简单方法 nDCG@10 | 最好的学习型参照 | 本系统 [95 %] | hit@10 |",
)
Reports = Mapping[str, Any]


class Rivals(NamedTuple):
    """The best of the simple methods and of the learnt references in one measure."""

    simple: str
    learnt: str


def rivals(methods: Mapping[str, Any], measure: str) -> Rivals:
    """Names of the best of both groups."""
    simple = [name for name in methods if name not in (*OURS, *LEARNT)]
    learnt = [name for name in methods if name in LEARNT]
    best, other = (max(group, key=lambda name: methods[name][measure]) for group in (simple, learnt))
    return Rivals(best, other)


def runs(reports: Reports) -> Iterator[tuple[str, Any, str, Any]]:
    """Set, report, direction and its part of the report."""
    for name, report in reports.items():
        for direction, found in report["directions"].items():
            yield name, report, direction, found


def summary(reports: Reports, language: int) -> str:
    """One line a set and direction: the best simple method, the best learnt reference and ours."""
    lines = [HEADS[language], "|---|---|---|---|---|---|---|"]
    for name, report, direction, found in runs(reports):
        methods, ours = found["methods"], found["methods"]["matcher"]
        low, high = ours["ci95"]["ndcg@10"]
        best = [f"{methods[rival]['ndcg@10']:.3f} ({rival})" for rival in rivals(methods, "ndcg@10")]
        lines.append(
            f"| {name} ({report['cut']}), {SETS[name][language]} | {(direction, DIRECTIONS[direction])[language]} "
            f"| {found['queries']} × {found['candidates']} | {best[0]} | {best[1]} "
            f"| **{ours['ndcg@10']:.3f}** [{low:.3f}–{high:.3f}] | {ours['hit@10']:.3f} |"
        )
    return "\n".join(lines)


def against(reports: Reports) -> str:
    """How far ours lies above the best of each group, in nDCG@10 and hit@10."""
    lines = [
        "| set | direction | nDCG@10 over the best simple method | over the best learnt reference "
        "| hit@10 over the best simple method | over the best learnt reference |",
        "|---|---|---|---|---|---|",
    ]
    for name, _, direction, found in runs(reports):
        methods = found["methods"]
        cells = [
            f"{methods['matcher'][measure] / methods[rival][measure] - 1:+.1%} ({rival})"
            for measure in ("ndcg@10", "hit@10")
            for rival in rivals(methods, measure)
        ]
        lines.append(f"| {name} | {direction} | {' | '.join(cells)} |")
    return "\n".join(lines)


def everything(reports: Reports) -> str:
    """All methods, measures and intervals, the calibration, what evidence and quotes are worth."""
    return "\n\n".join(part for name, report in reports.items() for part in _section(name, report))


def _section(name: str, report: Any) -> Iterator[str]:
    calibration, deletion = report["calibration"], report["deletion"]
    yield f"## {name}, cut {report['cut']}"
    table = ", ".join(f"{row['shown']:.2f} → {row['came_about']:.2f} ({row['pairs']})" for row in calibration["bins"])
    yield (
        f"{SETS[name][0]}. Pairs shown (first ten of each question): ECE {calibration['ece']:.3f}, "
        f"Brier {calibration['brier']:.3f}, fitted on {calibration['basis']}; shown → came about (pairs): {table}."
    )
    yield f"Deletion test: {_deleted(deletion)}."
    for direction, found in report["directions"].items():
        yield from _direction(direction, found, report)


def _deleted(deletion: Any) -> str:
    if not deletion["pairs"]:
        return "no best pair had both a sentence to quote and another one"
    return (
        f"{deletion['pairs']} pairs; without the quoted sentence the score fell in {deletion['fell']:.0%} of them, by "
        f"{deletion['mean_drop']:.2f} on average (without another sentence of the same record by "
        f"{deletion['control_drop']:.2f}); further than without the other one in {deletion['fell_further']:.0%}"
    )


def _direction(direction: str, found: Any, report: Any) -> Iterator[str]:
    compared = ", ".join(f"{k} {v:.3f}" for k, v in report["comparison"][direction]["ndcg@10"].items())
    yield (
        f"**{direction}**: {found['queries']} questions × {found['candidates']} candidates, "
        f"pair coverage {found['pair_coverage']:.3f}; on the judging window {compared}; "
        f"served: {report['rankers'][direction]}."
    )
    rows = ["| method | hit@10 | recall@10 | nDCG@10 [95 %] | MRR |", "|---|---|---|---|---|"]
    for method, figures in found["methods"].items():
        low, high = figures["ci95"]["ndcg@10"]
        hit, recall, ndcg, mrr = (figures[measure] for measure in MEASURES)
        rows.append(f"| {method} | {hit:.3f} | {recall:.3f} | {ndcg:.3f} [{low:.3f}–{high:.3f}] | {mrr:.3f} |")
    yield "\n".join(rows)
    ablation = ", ".join(f"{family} {value:.3f}" for family, value in found["ablation"].items())
    strata = ", ".join(f"{part} {one['ndcg@10']:.3f} ({one['queries']})" for part, one in found["strata"].items())
    yield f"nDCG@10 without a family: {ablation}. Strata (questions): {strata}."


DOCUMENTS: Mapping[str, Mapping[str, Callable[[Reports], str]]] = {
    "README.md": {"evaluation": lambda reports: summary(reports, 0)},
    "README.zh.md": {"evaluation": lambda reports: summary(reports, 1)},
    "docs/evaluation.md": {"against": against, "evaluation": everything},
}


def main() -> int:
    """Fill the documents; 1 when a report is missing."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".cache"
    paths = {name: folder / f"evaluation-{name}.json" for name in SETS}
    missing = [path.name for path in paths.values() if not path.is_file()]
    if missing:
        sys.stderr.write(f"missing: {', '.join(missing)}; run `make evaluate DATA=…` first\n")
        return 1
    reports = {name: json.loads(path.read_text(encoding="utf-8")) for name, path in paths.items()}
    for document, made in DOCUMENTS.items():
        path = ROOT / document
        tables = {name: lambda make=make: make(reports) for name, make in made.items()}  # type: ignore[misc]
        path.write_text(filled(path.read_text(encoding="utf-8"), tables), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
