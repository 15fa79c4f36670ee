"""`matcher drift`: what a carrier or fund states against what it took, for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from matcher.cli.console import Screen
from matcher.cli.session import Json, Session, Today, View, day_of
from matcher.domain.records import name_of
from matcher.domain.visibility import Viewer
from matcher.intake.writing import write_record
from matcher.plain.drift import drift_json
from matcher.ranking.drift import FEWEST, Dimension, Share, State
from matcher.ranking.revealed import Drift
from matcher.wording import Said

STATES = {
    State.UNSTATED: Said("未填", "not stated"),
    State.FEW: Said(f"不足 {FEWEST} 笔，无从判断", f"fewer than {FEWEST}: too few to tell"),
    State.STEADY: Said("与自述一致", "as stated"),
    State.DRIFT: Said("偏离自述", "drifted"),
}
SHOWN = 6
"""Categories of one statement, and decisions behind one edit, that are shown to people."""
WINDOWS = ("ticket_min", "trl_min")
"""Statements that are a pair of limits."""


def drift(
    record_id: Annotated[str | None, typer.Argument(metavar="[ID]", help="载体或基金编号。A carrier or fund.")] = None,
    years: Annotated[int, typer.Option("--years", min=1, max=50, help="回看几年。How many years back.")] = 2,
    edit_file: Annotated[
        Path | None,
        typer.Option("--edit-file", help="把建议写成可导入的 .csv 或 .jsonl。Write the proposal as a file to import."),
    ] = None,
    viewer: View = Viewer.BROKERS,
    today: Today = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="全部载体和基金。Every carrier and fund.")] = False,
    json: Json = False,
) -> None:
    """自述方向与实际决定的偏离，附修改建议和证据。Stated focus against decisions, with a proposed edit."""
    if (record_id is None) != every:
        raise typer.BadParameter("请给出编号或 --all 之一。Give an id or --all, one of the two.")
    if every and edit_file:
        raise typer.BadParameter("--edit-file 只用于一个编号。--edit-file goes with one id.")
    with Session() as session:
        with session.busy():
            drifting, day = session.installation.drifting, day_of(today)
            found = drifting.of_all(years, viewer, day) if every else [drifting.of(str(record_id), years, viewer, day)]
        if json:
            session.screen.json([drift_json(one) for one in found] if every else drift_json(found[0]))
        elif every:
            _show_all(session.screen, found)
        else:
            _show(session.screen, found[0])
        if edit_file:
            _write(session.screen, found[0], edit_file)


def _show(screen: Screen, found: Drift) -> None:
    period = f"{found.since} – {found.until}"
    taken, refused = len(found.accepted), len(found.rejected)
    counts = screen.say(f"接受 {taken} · 未成 {refused}", f"accepted {taken} · refused {refused}")
    screen.print((found.right.name, "bold"), f"  {found.right.id}   {period} · {counts}")
    for one in found.review.dimensions:
        _show_dimension(screen, one)
    _show_focus(screen, found)
    if found.refusals:
        reasons = [f"{reason or screen.say('未说明', 'not told')} {count}" for reason, count in found.refusals]
        screen.item("   ", screen.say("未成原因：", "refused for: ") + "，".join(reasons))
    if not found.review.edits:
        screen.print(screen.say("没有修改建议", "No edit is proposed"))
        return
    screen.print((screen.say("建议（不会自动修改）", "Proposed (nothing is changed by itself)"), "bold"))
    for edit in found.review.edits:
        screen.item("   → ", edit.said.to(screen.language))
        for decision in edit.support[:SHOWN]:
            reason = f"  {decision.outcome.reason}" if decision.outcome.reason else ""
            day = decision.outcome.decided_on
            screen.item("      · ", f"{name_of(decision.left)}  {decision.left.id}  {day}{reason}")
        if (further := len(edit.support) - SHOWN) > 0:
            screen.item("      · ", screen.say(f"另 {further} 笔（--json 全部列出）", f"{further} more (see --json)"))


def _show_dimension(screen: Screen, one: Dimension) -> None:
    colon, mark = screen.say("：", ": "), screen.say("（* 自述未列）", " (* not stated)")
    said, state = one.said.to(screen.language), STATES[one.state].to(screen.language)
    stated = f"{'、'.join(one.stated)} — {state}" if one.stated else state
    screen.item("   ", f"{said}{colon}{stated}")
    if not one.outside.total:
        return
    listed = [_category(share, one) for share in one.shares[:SHOWN]]
    parts = "，".join(listed) + (mark if any(part.endswith("*") for part in listed) else "")
    low, high = one.outside.interval
    outside = f"{one.outside.count}/{one.outside.total}"
    tail = screen.say(f"；自述之外 {outside}（{low:.0%}–{high:.0%}）", f"; outside {outside} ({low:.0%}–{high:.0%})")
    screen.item("      ", parts + (tail if one.stated else ""))


def _category(share: Share, of: Dimension) -> str:
    """A category with its count; of a window, the range that holds all."""
    if of.field in WINDOWS:
        return share.label
    return f"{share.label} {share.count}{'*' if of.stated and not share.stated else ''}"


def _show_focus(screen: Screen, found: Drift) -> None:
    close, terms = found.focus.close, found.focus.terms
    if close:
        low, high = close.interval
        share = f"{close.count}/{close.total} [{low:.0%}–{high:.0%}]"
        screen.item(
            "   ",
            screen.say(
                f"所接中属于最贴近自述文字的四分之一：{share}", f"among the quarter closest to its stated text: {share}"
            ),
        )
    if terms:
        listed = "、".join(f"{use.term} {use.taken.count}/{use.taken.total}" for use in terms)
        screen.item(
            "   ", screen.say(f"所接常见而自述未提：{listed}", f"common in what it took, not in its text: {listed}")
        )


def _show_all(screen: Screen, found: Sequence[Drift]) -> None:
    """Those with a proposal in full sentences; of the others only how many."""
    for one in found:
        if one.review.edits:
            screen.print((one.right.name, "bold"), f"  {one.right.id}")
            for edit in one.review.edits:
                screen.item("   → ", edit.said.to(screen.language))
    few = sum(all(part.state in (State.FEW, State.UNSTATED) for part in one.review.dimensions) for one in found)
    moved = sum(bool(one.review.edits) for one in found)
    steady = len(found) - moved - few
    screen.print(
        screen.say(
            f"有建议 {moved} 家，与自述一致 {steady} 家，决定太少、无从判断 {few} 家",
            f"{moved} with a proposal, {steady} as stated, {few} with too few decisions to tell",
        )
    )


def _write(screen: Screen, found: Drift, path: Path) -> None:
    if not found.review.edits:
        screen.note(Said("没有修改建议，未写文件。", "No edit is proposed, so no file was written."))
        return
    write_record(path, found.review.edited)
    command = f"matcher import {path} --kind {found.right.table}"
    screen.note(Said(f"已写入 {path}；确认后运行 {command}。", f"Wrote {path}; once you agree, run `{command}`."))
