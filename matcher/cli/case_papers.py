"""What lies in a case's folder, from the command line: notes, tasks, attachments."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from matcher.cli import show_case
from matcher.cli.desk import Desk, Id, Shared
from matcher.cli.session import DAYS, Json
from matcher.domain.attachments import LARGEST
from matcher.domain.cases import Audience
from matcher.errors import UnreadableFileError
from matcher.plain import cases
from matcher.wording import Said


def note(
    case_id: Id,
    text: Annotated[str, typer.Argument(help="内容。The text.")],
    *,
    shared: Shared = False,
    json: Json = False,
) -> None:
    """写一条记录，默认仅内部可见。Write a note, internal unless shared."""
    with Desk() as desk, desk.changing(case_id, json=json):
        desk.installation.case_papers.note(case_id, text, _audience(shared=shared), desk.actor, desk.now)


def task(
    case_id: Id,
    text: Annotated[str, typer.Argument(help="要做什么。What is to be done.")],
    due: Annotated[datetime, typer.Option("--due", formats=DAYS, help="截止日期。By which day.")],
    assignee: Annotated[str, typer.Option("--assignee", help="由谁办（账户编号）。By which account.")] = "",
    *,
    json: Json = False,
) -> None:
    """安排一项任务。Plan a task."""
    with Desk() as desk, desk.changing(case_id, json=json):
        desk.installation.case_papers.plan(case_id, text, due.date(), desk.actor, desk.now, assignee)


def done(
    case_id: Id,
    task_id: Annotated[str, typer.Argument(metavar="TASK", help="任务编号。The task.")],
    *,
    json: Json = False,
) -> None:
    """任务已完成。A task is done."""
    with Desk() as desk, desk.changing(case_id, json=json):
        desk.installation.case_papers.finish(case_id, task_id, desk.actor, desk.now)


def overdue(
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="条数。How many.")] = 100,
    *,
    json: Json = False,
) -> None:
    """列出未结案件中逾期的任务，最早的在前。Tasks of open cases that are overdue, the oldest first."""
    with Desk() as desk:
        late = desk.installation.case_papers.overdue(desk.actor, desk.now, limit=k)
        if json:
            desk.screen.json([cases.late_json(seen, task) for seen, task in late])
        else:
            show_case.show_late(desk.screen, late)


def attach(
    case_id: Id,
    path: Annotated[Path, typer.Argument(metavar="FILE", help="文件，不超过 20 MB。A file of 20 MB at most.")],
    *,
    shared: Shared = False,
    json: Json = False,
) -> None:
    """上传附件，默认仅内部可见。Attach a file, internal unless shared."""
    with Desk() as desk, desk.changing(case_id, json=json):
        papers, content = desk.installation.case_papers, _content(path)
        papers.attach(case_id, path.name, content, _audience(shared=shared), desk.actor, desk.now)


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


def sweep() -> None:
    """清理没有附件引用的文件内容。Delete contents that no attachment names."""
    with Desk() as desk:
        count = desk.installation.case_papers.sweep(desk.now)
        desk.screen.note(Said(f"已清理 {count} 个文件。", f"{count} file(s) deleted."))


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


COMMANDS = (note, task, done, overdue, attach, fetch, sweep)
