"""`matcher jobs …`: what runs outside the requests, and a process that does it."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event
from typing import Annotated

import typer

from matcher.cli.console import Screen
from matcher.cli.session import Json, Session
from matcher.domain.jobs import Job, JobState
from matcher.services.job_kinds import KINDS
from matcher.wording import Said

app = typer.Typer(
    help="后台任务：导入、索引、训练。Jobs: imports, indexing and training outside the requests.", no_args_is_help=True
)

One = Annotated[str, typer.Argument(metavar="ID", help="任务编号。A job's id.")]


@app.command("list")
def list_(
    state: Annotated[JobState | None, typer.Option("--state", help="只看这一状态。Only in this state.")] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="import, index, train")] = None,
    cursor: Annotated[str, typer.Option("--after", metavar="ID", help="从此任务之后列起。Those after this one.")] = "",
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="条数。How many.")] = 20,
    *,
    json: Json = False,
) -> None:
    """任务列表，新的在前。Jobs, the newest first."""
    with Session() as session:
        page = session.installation.jobs.page(None, limit=k, cursor=cursor, state=state, kind=kind)
        screen = session.screen
        if json:
            screen.json([_listed(job) for job in page.jobs])
            return
        if not page.jobs:
            screen.note(Said("没有任务。", "There are no jobs."))
        for job in page.jobs:
            made = job.created_at.astimezone().strftime("%m-%d %H:%M")
            screen.print(f"{job.id}  {made}  {_kind(screen, job)}  ", (_state(screen, job), "bold"), _progress(job))
        if page.cursor:
            screen.note(Said(f"更多：--after {page.cursor}", f"More: --after {page.cursor}"))


@app.command()
def show(job_id: One, *, json: Json = False) -> None:
    """一个任务的进度与结果。One job: how far it is and what came of it."""
    with Session() as session:
        _show(session.screen, session.installation.jobs.get(job_id, None), json=json)


@app.command()
def cancel(job_id: One, *, json: Json = False) -> None:
    """取消任务；进行中的在下一步停下。Cancel a job; a running one stops at its next step."""
    with Session() as session:
        _show(session.screen, session.installation.jobs.cancel(job_id, None, datetime.now(UTC)), json=json)


@app.command()
def resume(job_id: One, *, json: Json = False) -> None:
    """继续失败或已取消的任务。Take up a failed or cancelled job again: it does what is still to do."""
    with Session() as session:
        _show(session.screen, session.installation.jobs.resume(job_id, None, datetime.now(UTC)), json=json)


@app.command()
def work(
    *,
    once: Annotated[bool, typer.Option("--once", help="只做一个任务。Do one job and end.")] = False,
    json: Json = False,
) -> None:
    """执行任务，直到收到停止信号。Work through the jobs until told to stop."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    stop = Event()
    with Session() as session, _stopped_by_signals(stop):
        worker = session.installation.worker(stop)
        if not once:
            session.screen.note(Said("等待任务；Ctrl-C 停止。", "Waiting for jobs; Ctrl-C stops."))
            worker.run()
            return
        job = worker.once()
        if job is not None:
            _show(session.screen, job, json=json)
        elif json:
            session.screen.json(None)
        else:
            session.screen.note(Said("没有待办的任务。", "There is no job to do."))


@contextmanager
def _stopped_by_signals(stop: Event) -> Iterator[None]:
    """SIGTERM and Ctrl-C let the running job put itself back; a second one ends the process at once."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def told(number: int, _frame: object) -> None:
        stop.set()
        signal.signal(number, before[signal.Signals(number)])

    for number in before:
        signal.signal(number, told)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _listed(job: Job) -> dict[str, object]:
    return {name: value for name, value in job.to_json().items() if name != "result"}


def _show(screen: Screen, job: Job, *, json: bool) -> None:
    if json:
        screen.json(job.to_json())
        return
    screen.print(f"{job.id}  {_kind(screen, job)}  ", (_state(screen, job), "bold"), _progress(job))
    if job.cancel_asked and job.unfinished:
        screen.note(Said("已请求取消。", "Its cancellation was asked for."))
    if job.error:
        screen.item("  ✗ ", job.error.message.to(screen.language))
        screen.item("  → ", job.error.step.to(screen.language))
    if job.result is not None:
        command = f"matcher jobs show {job.id} --json"
        screen.note(Said(f"结果：{command}", f"Result: {command}"))


def _kind(screen: Screen, job: Job) -> str:
    return KINDS[job.kind].said.to(screen.language) if job.kind in KINDS else job.kind


def _state(screen: Screen, job: Job) -> str:
    return job.state.said.to(screen.language)


def _progress(job: Job) -> str:
    total = "" if job.total is None else f"/{job.total}"
    return f"  {job.step} {job.done}{total}" if job.step else ""
