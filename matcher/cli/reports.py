"""What an import, an index run, a training and an evaluation have to say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from matcher.cli.console import Screen
from matcher.domain.records import TABLE_LABELS, Kind, PairKind
from matcher.encoder.cache import CacheCounts
from matcher.intake import RowIssue, Severity
from matcher.ranking.ranker import Direction
from matcher.services.importing import ImportReport
from matcher.services.indexing import IndexReport
from matcher.services.training import TrainingReport
from matcher.wording import Language, Said

MOST_ISSUES = 50

MARKS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.INFO: "·"}

COUNTS = {
    "new": Said("新增", "new"),
    "updated": Said("更新", "updated"),
    "unchanged": Said("未变", "unchanged"),
    "deleted": Said("撤回", "withdrawn"),
}

DIRECTIONS = {Direction.RECOMMEND: Said("推荐", "recommend"), Direction.SCREEN: Said("筛选", "screen")}

PAIRINGS = {
    PairKind.ACHIEVEMENT_INCUBATOR: Said("成果 → 载体", "results → carriers"),
    PairKind.PROJECT_FUND: Said("项目 → 基金", "projects → funds"),
}


def show_import(screen: Screen, report: ImportReport) -> None:
    """Counts of each table, then the issues."""
    if report.dry_run:
        screen.note(Said("试运行：没有写入任何数据。", "Dry run: nothing was written."))
    rows = [[_table(screen, kind), *(str(counts[name]) for name in COUNTS)] for kind, counts in report.tables.items()]
    if rows:
        titles = [name.to(screen.language) for name in COUNTS.values()]
        screen.show(screen.table([screen.say("表", "table"), *titles], rows))
    else:
        screen.note(Said("没有可导入的记录。", "There was no record to import."))
    for name in dict.fromkeys(report.interrupted_before):
        screen.note(
            Said(f"{name} 上次导入曾中断，这次已补全。", f"An earlier import of {name} was interrupted; finished now.")
        )
    show_issues(screen, report.issues)
    if report.numbers and any(report.totals()[name] for name in ("new", "updated")):
        undo = " ".join(f"matcher imports undo {number};" for number in report.numbers).rstrip(";")
        screen.note(Said(f"如需撤销：{undo}", f"To undo it: {undo}"))


def show_issues(screen: Screen, issues: Sequence[RowIssue]) -> None:
    """One issue a line, errors first, the first fifty."""
    if not issues:
        return
    refused = len({(issue.file, issue.row) for issue in issues if issue.refuses})
    screen.print(
        screen.say(f"{len(issues)} 条提示，{refused} 行未导入：", f"{len(issues)} issues, {refused} rows refused:")
    )
    lines = issue_lines(issues, screen.language)
    for mark, line in lines[:MOST_ISSUES]:
        screen.item(f" {mark} ", line)
    if len(lines) > MOST_ISSUES:
        more = len(lines) - MOST_ISSUES
        screen.note(Said(f"另有 {more} 条，用 --json 查看全部。", f"{more} more; see all with --json."))


def issue_lines(issues: Iterable[RowIssue], language: Language) -> list[tuple[str, str]]:
    """A mark and a line for each issue, errors first; what only tells the same of many rows is one line."""
    order = list(Severity)
    ranked = sorted(issues, key=lambda issue: order.index(issue.severity))
    return [(MARKS[issue.severity], _issue(issue, rows).to(language)) for issue, rows in _together(ranked)]


def _together(issues: Iterable[RowIssue]) -> list[tuple[RowIssue, list[int]]]:
    """Each issue once with its rows: what only tells the same of many rows, as the empty lines of a form, is one."""
    found: dict[object, tuple[RowIssue, list[int]]] = {}
    for number, issue in enumerate(issues):
        alike = (issue.file, issue.field, issue.code, issue.value, issue.message)
        key: object = alike if issue.severity is Severity.INFO else number
        found.setdefault(key, (issue, []))[1].append(issue.row)
    return list(found.values())


def index_json(report: IndexReport, counts: CacheCounts) -> dict[str, object]:
    """What an index run did, as plain JSON values."""
    return {**report.to_json(), "texts_encoded": counts.misses, "texts_from_cache": counts.hits}


def show_index(screen: Screen, report: IndexReport, counts: CacheCounts) -> None:
    """What an index run did."""
    if report.rebuilt:
        screen.note(Said(f"重建：{report.rebuilt.zh}", f"Rebuilt: {report.rebuilt.en}"))
    if not (report.indexed or report.removed):
        screen.print(screen.say("索引已是最新。", "The indexes are up to date."))
        return
    screen.print(
        screen.say(
            f"索引 {report.indexed} 条，移除 {report.removed} 条；新编码 {counts.misses} 段，缓存 {counts.hits} 段。",
            f"{report.indexed} indexed, {report.removed} removed; {counts.misses} texts encoded, {counts.hits} cached.",
        )
    )


def show_duplicates(screen: Screen, counts: Mapping[Kind, int]) -> None:
    """How many of the records just indexed may have been there already."""
    for kind, count in counts.items():
        command = f"matcher identity duplicates {kind}"
        name = TABLE_LABELS[kind][0]
        zh, en = f"{name}：{count} 对近似重复待核 → {command}", f"{kind}: {count} near-duplicate(s) → {command}"
        screen.note(Said(zh, en))


def show_evaluation(screen: Screen, report: Mapping[str, Any]) -> None:
    """Both directions as tables with the 95 % interval of nDCG@10."""
    pairing = PAIRINGS[PairKind(report["pairing"])].to(screen.language)
    for name, result in report["directions"].items():
        direction = DIRECTIONS[Direction(name)].to(screen.language)
        counts = (result["queries"], result["candidates"], result["pair_coverage"])
        told = Said(
            "切分 {} · 查询 {} × 候选 {} · 结果覆盖率 {:.3f}".format(report["cut"], *counts),
            "cut {} · {} queries × {} candidates · pair coverage {:.3f}".format(report["cut"], *counts),
        )
        rows = [
            [
                method,
                *(f"{figures[measure]:.3f}" for measure in ("hit@10", "recall@10", "ndcg@10", "mrr")),
                "{:.3f}–{:.3f}".format(*figures["ci95"]["ndcg@10"]),
            ]
            for method, figures in result["methods"].items()
        ]
        columns = [screen.say("方法", "method"), "hit@10", "recall@10", "ndcg@10", "mrr", "ndcg@10 95 %"]
        screen.item("", f"{report['folder']} · {pairing} · {direction} · {told.to(screen.language)}")
        screen.show(screen.table(columns, rows))
    calibration = report["calibration"]
    rankers = ", ".join(f"{name} {ranker}" for name, ranker in report["rankers"].items())
    screen.item(
        "",
        screen.say(f"排序器：{rankers} · 概率校准", f"rankers: {rankers} · calibration")
        + f" ({calibration['basis']}): ECE {calibration['ece']:.3f}, Brier {calibration['brier']:.3f}",
    )
    _show_trials(screen, report)


def _show_trials(screen: Screen, report: Mapping[str, Any]) -> None:
    """What became of the ranking without a family of evidence, and without the quoted sentence."""
    for name, result in report["directions"].items():
        if "ablation" in result:
            told = ", ".join(f"{family} {value:.3f}" for family, value in result["ablation"].items())
            direction = DIRECTIONS[Direction(name)].to(screen.language)
            left_out = screen.say("去掉一族证据后的 ndcg@10：", "ndcg@10 without a family: ")
            screen.item("", f"{direction} · {left_out}{told}")
    if (found := report.get("deletion")) and found["pairs"]:
        zh = "删去引文：{pairs} 对中 {fell:.0%} 得分下降，平均降 {mean_drop:.2f}（删去另一句：{control_drop:.2f}）"
        en = "without the quote {fell:.0%} of {pairs} pairs fall, by {mean_drop:.2f} (another one: {control_drop:.2f})"
        screen.item("", screen.say(zh.format(**found), en.format(**found)))


def show_training(screen: Screen, report: TrainingReport) -> None:
    """What was compared and what serves now."""
    rows = [
        [
            DIRECTIONS[row.direction].to(screen.language),
            ", ".join(f"{name} {value:.3f}" for name, value in row.ndcg.items()) or "—",
            str(row.fitted_on),
            row.chosen,
            report.trained[row.direction].calibration.basis,
        ]
        for row in report.comparisons
    ]
    titles = screen.say("方向,nDCG@10,拟合对数,启用,概率依据", "direction,nDCG@10,pairs fitted on,serves,calibration")
    pairing = PAIRINGS[report.pairing].to(screen.language)
    screen.print(screen.say(f"{pairing}（{report.outcomes} 条结果）", f"{pairing} ({report.outcomes} outcomes)"))
    screen.show(screen.table(titles.split(","), rows))


def _table(screen: Screen, kind: Kind) -> str:
    return screen.say(f"{TABLE_LABELS[kind][0]} {kind.value}", kind.value)


def _issue(issue: RowIssue, rows: Sequence[int]) -> Said:
    """Place, value, what is wrong, what to do, and the code to search for."""
    listed = _ranges(rows)
    zh, en = (f"{issue.file} 第 {listed} 行", f"{issue.file} row {listed}") if issue.row else (issue.file,) * 2
    label = issue.label or Said(issue.field, issue.field)
    field, field_en = (f" · {name}" if name else "" for name in (label.zh, label.en))
    value = f" “{issue.value}”" if issue.value and issue.value not in issue.message.zh + issue.file else ""
    return Said(
        f"{zh}{field}{value}：{issue.message.zh} → {issue.step.zh} [{issue.code}]",
        f"{en}{field_en}{value}: {issue.message.en} → {issue.step.en} [{issue.code}]",
    )


def _ranges(rows: Sequence[int]) -> str:
    """Row numbers, in order, with those that follow each other as one: 6–9, 12."""
    starts = [row for row in rows if row - 1 not in rows]
    ends = [row for row in rows if row + 1 not in rows]
    return ", ".join(f"{a}–{b}" if a < b else f"{a}" for a, b in zip(starts, ends, strict=True))
