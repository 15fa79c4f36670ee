"""`matcher case …`: cases from the command line, as an administrator of this installation."""

from __future__ import annotations

from typing import Annotated

import typer

from matcher.cli import case_papers, introductions, show_case
from matcher.cli.desk import Class, Desk, Id, Reason, Version
from matcher.cli.session import Json
from matcher.domain.phases import Move, Phase
from matcher.plain import cases
from matcher.services.cases.handling import Deal
from matcher.store import Wanted
from matcher.store.versions import ANY

app = typer.Typer(
    help="对接案件：立案、环节、引荐、任务、附件。Cases: stages, introductions, tasks, attachments.",
    no_args_is_help=True,
)


@app.command("open")
def open_(
    left_id: Annotated[str, typer.Argument(help="成果或项目编号。A result or project.")],
    right_id: Annotated[str, typer.Argument(help="载体或基金编号。A carrier or fund.")],
    *,
    reason: Annotated[
        str, typer.Option("--reason", help="已对接成功的一对仍要立案的原因。Why, though it succeeded.")
    ] = "",
    json: Json = False,
) -> None:
    """为一对立案；一对只有一个未结案件。Open a case of a pair."""
    with Desk() as desk:
        case = desk.installation.case_handling.open(left_id, right_id, desk.actor, desk.now, reason)
        desk.show(case.id, json=json)


@app.command("list")
def list_(
    phase: Annotated[list[Phase] | None, typer.Option("--phase", help="只看某环节，可多次。Only of a stage.")] = None,
    record: Annotated[str, typer.Option("--record", help="只看某记录的。Only of a record.")] = "",
    after: Annotated[str, typer.Option("--after", help="上一页最后的案件编号。The last case of the page before.")] = "",
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="条数。How many.")] = 100,
    *,
    json: Json = False,
) -> None:
    """列出案件，最新的在前。List cases, the newest first."""
    with Desk() as desk:
        wanted = Wanted(frozenset(phase or ()), record, after, k)
        lines = desk.installation.case_reading.listed(desk.actor, wanted)
        if json:
            desk.screen.json([cases.line_json(one) for one in lines])
        else:
            show_case.show_lines(desk.screen, lines)


@app.command()
def show(case_id: Id, *, json: Json = False) -> None:
    """查看一个案件：环节、还缺什么、引荐、任务、附件、历史。One case with all that lies in its folder."""
    with Desk() as desk:
        desk.show(case_id, json=json)


@app.command()
def tell(
    case_id: Id,
    facts: Annotated[list[str], typer.Argument(metavar="名称=值…", help="如 case_trl=5；空值为删除。NAME=VALUE …")],
    version: Version = ANY,
    *,
    json: Json = False,
) -> None:
    """填写案件事实，离开环节时核对。Tell facts that leaving a stage asks for."""
    told = dict(fact.partition("=")[::2] for fact in facts)
    if any("=" not in fact for fact in facts):
        raise typer.BadParameter("须写成 名称=值。Write NAME=VALUE.")
    with Desk() as desk, desk.changing(case_id, json=json):
        desk.installation.case_handling.tell(case_id, version, told, desk.actor, desk.now)


@app.command()
def move(
    case_id: Id,
    action: Annotated[Move, typer.Argument(help="advance、back、reopen。")],
    amount: Annotated[float | None, typer.Option("--amount", min=0, help="办结金额。Amount when it is closed.")] = None,
    currency: Annotated[str, typer.Option("--currency", help="币种，空为人民币。Currency; empty: yuan.")] = "",
    reason: Reason = "",
    version: Version = ANY,
    *,
    json: Json = False,
) -> None:
    """进入下一环节、退回或重新启动；缺什么会列出。Advance, go back, take up again; what is missing is told."""
    if action is Move.STOP:
        raise typer.BadParameter("终止请用 matcher case stop。Use `matcher case stop`.")
    with Desk() as desk, desk.changing(case_id, json=json):
        deal = Deal(amount, currency)
        desk.installation.case_handling.move(case_id, version, action, desk.actor, desk.now, deal, reason)


@app.command()
def stop(
    case_id: Id,
    reason: Annotated[str, typer.Option("--reason", help="原因（必填）。Why.")],
    refusal: Class = None,
    version: Version = ANY,
    *,
    json: Json = False,
) -> None:
    """终止；给出 --refusal 则记为未成，供训练。Stop; with a class it becomes a rejected outcome."""
    with Desk() as desk, desk.changing(case_id, json=json):
        desk.installation.case_handling.stop(case_id, version, refusal, reason, desk.actor, desk.now)


@app.command()
def undo(case_id: Id, version: Version = ANY, *, json: Json = False) -> None:
    """五分钟内撤销自己的最后一步。Take your last step back within five minutes."""
    with Desk() as desk, desk.changing(case_id, json=json):
        desk.installation.case_undoing.undo(case_id, version, desk.actor, desk.now)


@app.command("hand-over")
def hand_over(
    case_id: Id,
    account: Annotated[str, typer.Argument(metavar="ACCOUNT", help="账户编号或邮箱。An account's id or address.")],
    version: Version = ANY,
    *,
    json: Json = False,
) -> None:
    """移交给另一经办人，其未完成的任务一并移交。Give a case, with its owner's open tasks, to another owner."""
    with Desk() as desk, desk.changing(case_id, json=json):
        desk.installation.case_handover.hand_over(case_id, version, account, desk.actor, desk.now)


for command in case_papers.COMMANDS:
    app.command()(command)
app.command()(introductions.introduce)
app.command("next")(introductions.next_)
app.command()(introductions.answer)
