"""Write the figures of `make evaluate` into the documentation, from the JSON files it leaves."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tables import ROOT, filled

SETS = {
    "chinaxiv-institutions": "papers → organisations (stand-in)",
    "csldcp-fields": "abstracts → disciplines (stand-in)",
    "crunchbase-2013": "companies → investors",
    "raises-web3": "projects → investors",
}
MEASURES = ("hit@10", "recall@10", "ndcg@10", "mrr")


def summary(reports: dict[str, Any]) -> str:
    """One line a set and direction: the best simple method and ours."""
    lines = [
        "| set (cut) | direction | questions × candidates | best simple method, nDCG@10 | matcher, nDCG@10 [95 %] "
        "| hit@10 |",
        "|---|---|---|---|---|---|",
    ]
    for name, report in reports.items():
        for direction, found in report["directions"].items():
            methods = dict(found["methods"])
            ours = methods.pop("matcher")
            best = max(methods, key=lambda method: methods[method]["ndcg@10"])
            low, high = ours["ci95"]["ndcg@10"]
            lines.append(
                f"| {name} ({report['cut']}), {SETS[name]} | {direction} | {found['queries']} × {found['candidates']} "
                f"| {methods[best]['ndcg@10']:.3f} ({best}) | **{ours['ndcg@10']:.3f}** [{low:.3f}–{high:.3f}] "
                f"| {ours['hit@10']:.3f} |"
            )
    return "\n".join(lines)


def everything(reports: dict[str, Any]) -> str:
    """All methods, measures and intervals, and the calibration."""
    return "\n\n".join(_section(name, report) for name, report in reports.items())


def _section(name: str, report: dict[str, Any]) -> str:
    calibration = report["calibration"]
    parts = [
        f"## {name}, cut {report['cut']}",
        f"{SETS[name]}. Pairs shown (first ten of each question): ECE {calibration['ece']:.3f}, "
        f"Brier {calibration['brier']:.3f}, fitted on {calibration['basis']}.",
    ]
    for direction, found in report["directions"].items():
        compared = ", ".join(f"{k} {v:.3f}" for k, v in report["comparison"][direction]["ndcg@10"].items())
        parts.append(
            f"**{direction}**: {found['queries']} questions × {found['candidates']} candidates, "
            f"pair coverage {found['pair_coverage']:.3f}; on the judging window {compared}; "
            f"served: {report['rankers'][direction]}."
        )
        rows = ["| method | hit@10 | recall@10 | nDCG@10 [95 %] | MRR |", "|---|---|---|---|---|"]
        for method, figures in found["methods"].items():
            low, high = figures["ci95"]["ndcg@10"]
            hit, recall, ndcg, mrr = (figures[measure] for measure in MEASURES)
            rows.append(f"| {method} | {hit:.3f} | {recall:.3f} | {ndcg:.3f} [{low:.3f}–{high:.3f}] | {mrr:.3f} |")
        parts.append("\n".join(rows))
        ablation = ", ".join(f"{family} {value:.3f}" for family, value in found["ablation"].items())
        strata = ", ".join(f"{part} {one['ndcg@10']:.3f} ({one['queries']})" for part, one in found["strata"].items())
        parts.append(f"nDCG@10 without a family: {ablation}. Strata (questions): {strata}.")
    return "\n\n".join(parts)


def main() -> int:
    """Fill the documents; 1 when a report is missing."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / ".cache"
    paths = {name: folder / f"evaluation-{name}.json" for name in SETS}
    missing = [path.name for path in paths.values() if not path.is_file()]
    if missing:
        sys.stderr.write(f"missing: {', '.join(missing)}; run `make evaluate DATA=…` first\n")
        return 1
    reports = {name: json.loads(path.read_text(encoding="utf-8")) for name, path in paths.items()}
    for document, make in (("README.md", summary), ("README.zh.md", summary), ("docs/evaluation.md", everything)):
        path = ROOT / document
        table = make(reports)
        path.write_text(filled(path.read_text(encoding="utf-8"), {"evaluation": lambda table=table: table}), "utf-8")  # type: ignore[misc]
    return 0


if __name__ == "__main__":
    sys.exit(main())
