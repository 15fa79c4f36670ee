"""`matcher imports …`: what was imported, and taking an import back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from matcher.cli.console import Screen
from matcher.cli.session import Json, Session
from matcher.domain.records import TABLE_LABELS, Kind
from matcher.services.imports import Listed, Undone
from matcher.store import ImportState
from matcher.wording import Said

app = typer.Typer(help="导入记录与撤销。The journal of imports, and undoing one.", no_args_is_help=True)

MOST_NAMED = 20
UNDONE = Said("已撤销", "undone")
STATES = {
    ImportState.RUNNING: Said("未完成", "not finished"),
    ImportState.DONE: Said("已完成", "done"),
    ImportState.FAILED: Said("中断", "broken off"),
}


@app.command("list")
def list_(
    before: Annotated[int | None, typer.Option("--before", help="此编号之前的。Those before this number.")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="条数。How many.")] = 20,
    *,
    json: Json = False,
) -> None:
    """导入列表，新的在前。Imports, the latest first."""
    with Session() as session:
        found = session.installation.imports.page(before, k)
        screen = session.screen
        if json:
            screen.json([_json(one) for one in found])
            return
        if not found:
            screen.note(Said("还没有导入过。", "Nothing was imported yet."))
        for one in found:
            told = one.import_
            moment = told.started_at.astimezone().strftime("%Y-%m-%d %H:%M")
            state = (UNDONE if told.undone_at else STATES[told.state]).to(screen.language)
            left = screen.say(f"可撤销 {one.changes} 项更改", f"{one.changes} changes can be undone")
            left = left if one.changes else screen.say("没有可撤销的更改", "nothing can be undone")
            screen.print(f"{told.id:>6}  {moment}  {told.name}  ", (state, "bold"), f"  {left}")


@app.command()
def undo(
    number: Annotated[int, typer.Argument(help="导入编号，见 matcher imports list。The number of an import.")],
    *,
    json: Json = False,
) -> None:
    """撤销一次导入：新增的删除，修改的还原，此后又被改动的保留。Take an import back, but what was changed since."""
    with Session() as session:
        with session.busy():
            undone = session.installation.imports.undo(number, datetime.now(UTC))
        if json:
            session.screen.json(undone.to_json())
        else:
            _show(session.screen, undone)


def _json(one: Listed) -> dict[str, object]:
    told = asdict(one.import_) | {"changes": one.changes}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in told.items()}


def _show(screen: Screen, undone: Undone) -> None:
    for counts, zh, en in ((undone.deleted, "删除新增", "deleted"), (undone.restored, "还原修改", "restored")):
        for kind, count in counts.items():
            if count:
                screen.print(screen.say(f"{TABLE_LABELS[kind][0]}：{zh} {count} 条", f"{kind.value}: {count} {en}"))
    for one in undone.left[:MOST_NAMED]:
        screen.item(" ! ", screen.say(*_kept(one.kind, one.key, one.why.said)))
    if len(undone.left) > MOST_NAMED:
        more = len(undone.left) - MOST_NAMED
        screen.note(Said(f"另有 {more} 条保留，用 --json 查看。", f"{more} more stay; see them with --json."))
    screen.note(Said("请运行 matcher index 更新索引。", "Run `matcher index` to update the indexes."))


def _kept(kind: Kind, key: str, why: Said) -> tuple[str, str]:
    return f"{TABLE_LABELS[kind][0]} {key} 保留：{why.zh}", f"{kind.value} {key} stays: {why.en}"
