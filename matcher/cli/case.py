"""`matcher case …`: cases from the command line, as an administrator of this installation."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from matcher.cli import case_json, show_case
from matcher.cli.session import DAYS, Json, Session
from matcher.domain.accounts import Account, Actor, Role
from matcher.domain.attachments import LARGEST
from matcher.domain.cases import Audience, Case
from matcher.domain.introductions import DAYS as ANSWER_DAYS
from matcher.domain.introductions import Introduction, Side
from matcher.domain.phases import Move, Phase
from matcher.domain.records import Refusal
from matcher.errors import UnreadableFileError
from matcher.services.cases.handling import Deal
from matcher.services.cases.introducing import Answering
from matcher.store import Wanted
from matcher.wording import Said

app = typer.Typer(
    help="对接案件：立案、环节、引荐、任务、附件。Cases: stages, introductions, tasks, attachments.",
    no_args_is_help=True,
)


def _refusal(text: str) -> Refusal:
    """A class of refusal by its value or its Chinese label."""
    found = next((one for one in Refusal if text in (one.value, one.label)), None)
    if found is None:
        raise typer.BadParameter(f"{text}: {', '.join(f'{one.value}（{one.label}）' for one in Refusal)}")
    return found


Id = Annotated[str, typer.Argument(metavar="CASE", help="案件编号。The case.")]
Version = Annotated[
    int | None,
    typer.Option("--version", help="所见版本；他人已改则不写入。The version you saw; default: the one there is."),
]
Shared = Annotated[bool, typer.Option("--shared", help="各方可见，默认仅内部。For both sides to read.")]
Reason = Annotated[str, typer.Option("--reason", help="原因。Why.")]
Class = Annotated[
    Refusal | None,
    typer.Option(
        "--refusal", parser=_refusal, metavar=f"[{'|'.join(Refusal)}]", help="未成的原因类别，中英文均可。Its class."
    ),
]
Message = Annotated[str, typer.Option("--message", help="给双方的话。Words for both sides.")]
Term = Annotated[int, typer.Option("--days", min=1, max=365, help="答复期限（天）。Days to answer.")]


class Desk(Session):
    """A session that acts on cases, at one moment."""

    def __init__(self) -> None:
        super().__init__()
        # In the zone of the machine: its day is the day of the decision.
        self.now = datetime.now(UTC).astimezone()
        self.actor = Actor(
            account=Account(id="local", email="", name="local", role=Role.ADMINISTRATOR, created_at=self.now)
        )

    def version(self, case_id: str, version: int | None) -> int:
        """The version somebody saw, or the one there is now."""
        if version is not None:
            return version
        return self.installation.case_reading.show(case_id, self.actor, self.now).case.version

    def changed(self, case: Case, *, json: bool) -> None:
        """Show a case after a change."""
        self.show(case.id, json=json)

    def show(self, case_id: str, *, json: bool) -> None:
        """Show a case."""
        folder = self.installation.case_reading.show(case_id, self.actor, self.now)
        if json:
            self.screen.json(case_json.folder_json(folder))
        else:
            show_case.show_folder(self.screen, folder, self.now.date())

    def introduced(self, introduction: Introduction, *, json: bool) -> None:
        """Show an introduction after it was proposed."""
        invited = self.installation.introducing.get(introduction.id, self.actor, self.now)
        self.screen.json(case_json.invitation_json(invited)) if json else show_case.show_invitation(
            self.screen, invited
        )


@app.command("open")
def open_(
    left_id: Annotated[str, typer.Argument(help="成果或项目编号。A result or project.")],
    right_id: Annotated[str, typer.Argument(help="载体或基金编号。A carrier or fund.")],
    *,
    json: Json = False,
) -> None:
    """为一对立案；一对只有一个未结案件。Open a case of a pair."""
    with Desk() as desk:
        case = desk.installation.case_handling.open(left_id, right_id, desk.actor, desk.now)
        desk.changed(case, json=json)


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
            desk.screen.json([case_json.line_json(one) for one in lines])
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
    version: Version = None,
    *,
    json: Json = False,
) -> None:
    """填写案件事实，离开环节时核对。Tell facts that leaving a stage asks for."""
    told = dict(fact.partition("=")[::2] for fact in facts)
    if any("=" not in fact for fact in facts):
        raise typer.BadParameter("须写成 名称=值。Write NAME=VALUE.")
    with Desk() as desk:
        seen = desk.version(case_id, version)
        desk.changed(desk.installation.case_handling.tell(case_id, seen, told, desk.actor, desk.now), json=json)


@app.command()
def move(
    case_id: Id,
    action: Annotated[Move, typer.Argument(help="advance、back、reopen。")],
    amount: Annotated[float | None, typer.Option("--amount", min=0, help="办结金额。Amount when it is closed.")] = None,
    currency: Annotated[str, typer.Option("--currency", help="币种，空为人民币。Currency; empty: yuan.")] = "",
    reason: Reason = "",
    version: Version = None,
    *,
    json: Json = False,
) -> None:
    """进入下一环节、退回或重新启动；缺什么会列出。Advance, go back, take up again; what is missing is told."""
    if action is Move.STOP:
        raise typer.BadParameter("终止请用 matcher case stop。Use `matcher case stop`.")
    with Desk() as desk:
        deal = Deal(amount, currency)
        handling, seen = desk.installation.case_handling, desk.version(case_id, version)
        desk.changed(handling.move(case_id, seen, action, desk.actor, desk.now, deal, reason), json=json)


@app.command()
def stop(
    case_id: Id,
    reason: Annotated[str, typer.Option("--reason", help="原因（必填）。Why.")],
    refusal: Class = None,
    version: Version = None,
    *,
    json: Json = False,
) -> None:
    """终止；给出 --refusal 则记为未成，供训练。Stop; with a class it becomes a rejected outcome."""
    with Desk() as desk:
        seen = desk.version(case_id, version)
        stopped = desk.installation.case_handling.stop(case_id, seen, refusal, reason, desk.actor, desk.now)
        desk.changed(stopped, json=json)


@app.command()
def undo(case_id: Id, version: Version = None, *, json: Json = False) -> None:
    """五分钟内撤销自己的最后一步。Take your last step back within five minutes."""
    with Desk() as desk:
        seen = desk.version(case_id, version)
        desk.changed(desk.installation.case_undoing.undo(case_id, seen, desk.actor, desk.now), json=json)


@app.command()
def note(
    case_id: Id,
    text: Annotated[str, typer.Argument(help="内容。The text.")],
    *,
    shared: Shared = False,
    json: Json = False,
) -> None:
    """写一条记录，默认仅内部可见。Write a note, internal unless shared."""
    with Desk() as desk, _kept(desk, case_id, json=json):
        desk.installation.case_papers.note(case_id, text, _audience(shared=shared), desk.actor, desk.now)


@app.command()
def task(
    case_id: Id,
    text: Annotated[str, typer.Argument(help="要做什么。What is to be done.")],
    due: Annotated[datetime, typer.Option("--due", formats=DAYS, help="截止日期。By which day.")],
    assignee: Annotated[str, typer.Option("--assignee", help="由谁办（账户编号）。By which account.")] = "",
    *,
    json: Json = False,
) -> None:
    """安排一项任务。Plan a task."""
    with Desk() as desk, _kept(desk, case_id, json=json):
        desk.installation.case_papers.plan(case_id, text, due.date(), desk.actor, desk.now, assignee)


@app.command()
def done(
    case_id: Id,
    task_id: Annotated[str, typer.Argument(metavar="TASK", help="任务编号。The task.")],
    *,
    json: Json = False,
) -> None:
    """任务已完成。A task is done."""
    with Desk() as desk, _kept(desk, case_id, json=json):
        desk.installation.case_papers.finish(case_id, task_id, desk.actor, desk.now)


@app.command()
def overdue(*, json: Json = False) -> None:
    """列出未结案件中逾期的任务。Tasks of open cases that are overdue."""
    with Desk() as desk:
        late = desk.installation.case_papers.overdue(desk.actor, desk.now)
        if json:
            desk.screen.json([case_json.late_json(seen, task) for seen, task in late])
        else:
            show_case.show_late(desk.screen, late)


@app.command()
def attach(
    case_id: Id,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="文件，不超过 20 MB。A file of 20 MB at most.")],
    *,
    shared: Shared = False,
    json: Json = False,
) -> None:
    """上传附件，默认仅内部可见。Attach a file, internal unless shared."""
    with Desk() as desk, _kept(desk, case_id, json=json):
        papers, content = desk.installation.case_papers, _content(path)
        papers.attach(case_id, path.name, content, _audience(shared=shared), desk.actor, desk.now)


@app.command()
def fetch(
    case_id: Id,
    attachment_id: Annotated[str, typer.Argument(metavar="ATTACHMENT", help="附件编号。The attachment.")],
    out: Annotated[Path, typer.Option("--out", help="写到哪里。Where to write it.")],
) -> None:
    """取出附件。Write an attachment to a file."""
    with Desk() as desk:
        attachment, content = desk.installation.case_papers.content(case_id, attachment_id, desk.actor)
        out.write_bytes(content)
        zh, en = f"已写出 {attachment.name}：{out}", f"{attachment.name} written: {out}"
        desk.screen.note(Said(zh, en))


@app.command()
def introduce(
    case_id: Id,
    message: Message = "",
    days: Term = ANSWER_DAYS,
    version: Version = None,
    *,
    json: Json = False,
) -> None:
    """提出引荐，等双方答复。Propose an introduction to both sides."""
    with Desk() as desk:
        seen = desk.version(case_id, version)
        told = desk.installation.introducing.propose(case_id, seen, desk.actor, desk.now, message, days)
        desk.introduced(told, json=json)


@app.command("next")
def next_(
    case_id: Id,
    message: Message = "",
    days: Term = ANSWER_DAYS,
    version: Version = None,
    *,
    json: Json = False,
) -> None:
    """被谢绝或过期后，为下一个合适的承接方立案并引荐。Go on with the next-best taker."""
    with Desk() as desk:
        seen = desk.version(case_id, version)
        with desk.busy():
            told = desk.installation.introducing.next(case_id, seen, desk.actor, desk.now, message, days)
        desk.introduced(told, json=json)


@app.command()
def answer(
    introduction_id: Annotated[str, typer.Argument(metavar="INTRODUCTION", help="引荐编号。The introduction.")],
    says: Annotated[str, typer.Argument(metavar="accept|decline", help="同意或谢绝。")],
    side: Annotated[Side, typer.Option("--side", help="代哪一方答复。For which side.")],
    refusal: Class = None,
    reason: Reason = "",
    contact: Annotated[str, typer.Option("--contact", help="双方同意后给对方的联系方式。Whom to call.")] = "",
    *,
    json: Json = False,
) -> None:
    """代一方答复引荐。Answer an introduction for a side."""
    if says not in ("accept", "decline"):
        raise typer.BadParameter("须为 accept 或 decline。It is accept or decline.")
    with Desk() as desk:
        answering = Answering(says == "accept", refusal, reason, contact, side)
        invited = desk.installation.introducing.answer(introduction_id, answering, desk.actor, desk.now)
        if json:
            desk.screen.json(case_json.invitation_json(invited))
        else:
            show_case.show_invitation(desk.screen, invited)


@app.command()
def sweep() -> None:
    """清理没有附件引用的文件内容。Delete contents that no attachment names."""
    with Desk() as desk:
        count = desk.installation.case_papers.sweep(desk.now)
        desk.screen.note(Said(f"已清理 {count} 个文件。", f"{count} file(s) deleted."))


@contextmanager
def _kept(desk: Desk, case_id: str, *, json: bool) -> Iterator[None]:
    """Do something to a case, then show it."""
    yield
    desk.show(case_id, json=json)


def _audience(*, shared: bool) -> Audience:
    return Audience.SHARED if shared else Audience.INTERNAL


def _content(path: Path) -> bytes:
    """The file's bytes, and not many more than may be attached."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise UnreadableFileError(
            Said(f"无法读取 {path}（{error.strerror}）。", f"Cannot read {path} ({error.strerror})."),
            Said("请检查路径和权限。", "Check the path and its permissions."),
        ) from error
