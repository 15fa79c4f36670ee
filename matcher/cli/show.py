"""Matches, issues and figures as tables and as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matcher.cli.console import Screen
from matcher.domain.matches import Answer, Match, State
from matcher.intake import RowIssue, Severity
from matcher.ranking.evidence import KINDS
from matcher.services.importing import ImportReport
from matcher.services.training import TrainingReport
from matcher.wording import Said

MOST_ISSUES = 50

RULE_NAMES = {
    "already_decided": Said("已有结果", "already decided"),
    "own_institution": Said("本单位成果", "own result"),
    "capacity": Said("载体已满", "carrier full"),
    "trl_window": Said("就绪度不符", "readiness"),
    "stage": Said("阶段不符", "stage"),
    "ticket": Said("金额不符", "ticket"),
    "money_left": Said("资金不足", "no money left"),
    "region": Said("地区不符", "region"),
    "ban_terms": Said("含排除词", "banned term"),
    "must_terms": Said("缺必含词", "must term"),
}


def match_json(match: Match) -> dict[str, Any]:
    """One match as the contract has it, with verdicts and missing facts beside."""
    return {
        "id": match.id,
        "name": match.name,
        "score": match.score,
        "probability": match.probability,
        "tier": match.tier,
        "eligible": match.eligible,
        "components": [
            {"name": part.name, "value": part.value, "contribution": part.contribution} for part in match.components
        ],
        "reasons": [
            {"zh": reason.said.zh, "en": reason.said.en, "evidence": reason.evidence} for reason in match.reasons
        ],
        "retrievers": list(match.retrievers),
        "verdicts": [
            {
                "rule": verdict.rule,
                "state": verdict.state.value,
                "zh": verdict.said.zh,
                "en": verdict.said.en,
                "change": {"zh": verdict.change.zh, "en": verdict.change.en} if verdict.change else None,
                "value": verdict.value,
                "threshold": verdict.threshold,
                "margin": verdict.margin,
            }
            for verdict in match.verdicts
        ],
        "missing": [{"zh": said.zh, "en": said.en} for said in match.missing],
    }


def show_answer(screen: Screen, answer: Answer, *, why: bool) -> None:
    """The matches as a list, and why others are not on it."""
    for number, match in enumerate(answer.matches, 1):
        tier = screen.say(f" · 优先 {match.tier}", f" · tier {match.tier}") if match.tier else ""
        screen.print(f"{number:>2}  [bold]{_plain(match.name)}[/]  {match.id}   {match.probability:.0%}{tier}")
        for reason in match.reasons if why else match.reasons[:2]:
            screen.print(f"      · {_plain(reason.said.to(screen.language))}")
        for missing in match.missing if why else ():
            screen.print(f"      ? {_plain(missing.to(screen.language))}")
        if why:
            _show_components(screen, match)
    _show_excluded(screen, answer)


def show_why(screen: Screen, match: Match) -> None:
    """One pair in full: rules, reasons, evidence."""
    verdict = screen.say("可对接", "eligible") if match.eligible else screen.say("不符合条件", "not eligible")
    screen.print(f"[bold]{_plain(match.name)}[/]  {match.id}   {match.probability:.0%}   {verdict}")
    marks = {State.PASS: "✓", State.FAIL: "✗", State.UNKNOWN: "?"}
    for one in match.verdicts:
        change = f" → {one.change.to(screen.language)}" if one.change else ""
        screen.print(f"   {marks[one.state]} {_plain(one.said.to(screen.language) + change)}")
    for reason in match.reasons:
        screen.print(f"   · {_plain(reason.said.to(screen.language))}")
    if not match.retrievers:
        screen.print(f"   · {screen.say('没有检索器把它列入候选', 'no retriever names it as a candidate')}")
    _show_components(screen, match)


def show_import(screen: Screen, report: ImportReport) -> None:
    """Counts of each table, then the issues."""
    words = {
        "new": Said("新增", "new"),
        "updated": Said("更新", "updated"),
        "unchanged": Said("未变", "unchanged"),
        "deleted": Said("撤回", "withdrawn"),
        "readable": Said("可导入", "readable"),
    }
    shown = [name for name in words if any(name in counts for counts in report.tables.values())]
    rows = [[kind.value, *(str(counts[name]) for name in shown)] for kind, counts in report.tables.items()]
    if report.dry_run:
        screen.note(Said("试运行：没有写入任何数据。", "Dry run: nothing was written."))
    screen.print(screen.table([screen.say("表", "table"), *(words[name].to(screen.language) for name in shown)], rows))
    for name in dict.fromkeys(report.interrupted_before):
        screen.note(
            Said(f"{name} 上次导入曾中断，这次已补全。", f"An earlier import of {name} was interrupted; finished now.")
        )
    show_issues(screen, report.issues)


def show_issues(screen: Screen, issues: Sequence[RowIssue]) -> None:
    """Issues as a table, errors first, the first fifty."""
    if not issues:
        return
    order = list(Severity)
    ranked = sorted(issues, key=lambda issue: order.index(issue.severity))
    refused = len({(issue.file, issue.row) for issue in issues if issue.refuses})
    title = screen.say(f"{len(issues)} 条提示，{refused} 行未导入", f"{len(issues)} issues, {refused} rows refused")
    columns = screen.say("文件,行,字段,代码,值,问题,怎么办", "file,row,field,code,value,message,what to do").split(",")
    rows = [
        [
            issue.file,
            str(issue.row or ""),
            issue.field,
            issue.code,
            issue.value[:24],
            issue.message.to(screen.language),
            issue.step.to(screen.language),
        ]
        for issue in ranked[:MOST_ISSUES]
    ]
    screen.print(screen.table(columns, rows, title=title))
    if len(ranked) > MOST_ISSUES:
        more = len(ranked) - MOST_ISSUES
        screen.note(Said(f"另有 {more} 条，用 --json 查看全部。", f"{more} more; see all with --json."))


def show_evaluation(screen: Screen, report: Mapping[str, Any]) -> None:
    """Both directions as tables with the 95 % interval of nDCG@10."""
    for direction, result in report["directions"].items():
        title = (
            f"{report['folder']} · {direction} · cut {report['cut']} · {result['queries']} queries × "
            f"{result['candidates']} candidates · pair coverage {result['pair_coverage']:.3f}"
        )
        rows = [
            [
                name,
                *(f"{figures[measure]:.3f}" for measure in ("hit@10", "recall@10", "ndcg@10", "mrr")),
                "{:.3f}–{:.3f}".format(*figures["ci95"]["ndcg@10"]),
            ]
            for name, figures in result["methods"].items()
        ]
        columns = ["method", "hit@10", "recall@10", "ndcg@10", "mrr", "ndcg@10 95 %"]
        screen.print(screen.table(columns, rows, title=title))
    calibration = report["calibration"]
    screen.print(
        f"ranker: {report['rankers']} · calibration ({calibration['basis']}): "
        f"ECE {calibration['ece']:.3f}, Brier {calibration['brier']:.3f}"
    )


def show_training(screen: Screen, report: TrainingReport) -> None:
    """What was compared and what serves now."""
    rows = [
        [
            row.direction.value,
            ", ".join(f"{name} {value:.3f}" for name, value in row.ndcg.items()),
            str(row.fitted_on),
            row.chosen,
            report.trained[row.direction].calibration.basis,
        ]
        for row in report.comparisons
    ]
    columns = ["direction", "nDCG@10 on the judging window", "pairs fitted on", "serves", "calibration"]
    screen.print(screen.table(columns, rows, title=f"{report.pairing.value} ({report.outcomes} outcomes)"))


def _show_components(screen: Screen, match: Match) -> None:
    told = sorted((part for part in match.components if part.contribution), key=lambda part: -abs(part.contribution))
    rows = [
        [KINDS[part.name].said.to(screen.language), part.name, _value(part.value), f"{part.contribution:+.3f}"]
        for part in told
    ]
    columns = screen.say("证据,名称,数值,贡献", "evidence,name,value,contribution").split(",")
    screen.print(screen.table([f"      {columns[0]}", *columns[1:]], [[f"      {row[0]}", *row[1:]] for row in rows]))


def _show_excluded(screen: Screen, answer: Answer) -> None:
    if not answer.matches and not answer.ranked:
        screen.note(Said("没有候选：先导入另一侧的记录。", "No candidates: import records of the other side first."))
    if answer.excluded:
        parts = [
            f"{RULE_NAMES[rule].to(screen.language)} {count}"
            for rule, count in sorted(answer.excluded.items(), key=lambda item: -item[1])
        ]
        told = "，".join(parts) if screen.say("zh", "en") == "zh" else ", ".join(parts)
        screen.note(Said(f"排名靠前但不符合条件：{told}", f"better ranked but not eligible: {told}"))


def _value(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"


def _plain(text: str) -> str:
    return text.replace("[", "\\[")
