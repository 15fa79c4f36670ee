"""The commands of the contract. Exit code 0: fine; 1: a named error; 2: wrong usage."""

from __future__ import annotations

import io
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from matcher import __version__
from matcher.bootstrap import told_encoding
from matcher.cli import (
    account,
    backup,
    benching,
    broker,
    carrier,
    case,
    chaining,
    checking,
    control,
    delivering,
    digest,
    drifting,
    encoding,
    evaluating,
    identity,
    imports,
    jobs,
    measuring,
    policy,
    reporting,
    reports,
    resource,
    show,
    subject,
)
from matcher.cli.console import Screen
from matcher.cli.failures import reported
from matcher.cli.session import (
    Ban,
    Cap,
    Diverse,
    Json,
    Must,
    Number,
    Session,
    Today,
    View,
    Weight,
    Why,
    day_of,
    question_of,
)
from matcher.domain.matches import Answer
from matcher.domain.records import Kind, Visibility
from matcher.domain.visibility import Viewer
from matcher.intake import load_mapping
from matcher.plain.matches import match_json
from matcher.services.importing import Files, delete_records, import_files
from matcher.wording import Said

app = typer.Typer(
    name="matcher",
    help="技术转移撮合：成果 → 孵化载体，项目 → 基金。Matchmaking for technology transfer.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def run() -> None:
    """Run the command line and turn named errors into messages."""
    for stream in (sys.stdout, sys.stderr):
        # A console of another code page shows what it can; it must not end the run.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    with reported():
        app()


@app.callback(invoke_without_command=True)
def root(*, version: Annotated[bool, typer.Option("--version", help="版本号。Print the version.")] = False) -> None:
    """技术转移撮合：成果 → 孵化载体，项目 → 基金。Matchmaking for technology transfer."""
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command()
def init() -> None:
    """创建或升级数据库，构建编码器。Create or migrate the database and build the encoder."""
    with Session() as session:
        session.installation.initialise()
        home = session.installation.home
        if encoding := told_encoding(session.installation.settings):
            session.screen.note(encoding)
        session.screen.note(Said(f"已就绪：{home}", f"Ready: {home}"))


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(help="生态文件夹或文件。Ecosystem folders or files.")],
    kind: Annotated[Kind | None, typer.Option("--kind", help="单个文件属于哪张表。The table of a single file.")] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="表头对照文件（JSON 或 TOML）。A file that maps headers to fields.")
    ] = None,
    visibility: Annotated[
        Visibility | None,
        typer.Option("--visibility", help="未写明可见范围的行谁能看到。Who sees rows that do not say so."),
    ] = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查，不写入。Check only, write nothing.")] = False,
    json: Json = False,
) -> None:
    """导入记录；同一文件再次导入不会重复。Import records; importing a file again changes nothing."""
    with Session() as session:
        columns = {str(table): names for table, names in load_mapping(mapping, kind=kind).items()} if mapping else None
        with session.busy():
            report = import_files(
                session.installation.database,
                Files(paths, kind, columns, visibility=visibility),
                now=datetime.now(UTC),
                dry_run=dry_run,
                progress=session.reading,
            )
        if json:
            session.screen.json(report.to_json())
        else:
            reports.show_import(session.screen, report)


@app.command()
def delete(
    ids: Annotated[list[str], typer.Argument(help="要撤回的记录或台账行的编号。Ids of records or register rows.")],
    *,
    json: Json = False,
) -> None:
    """删除撤回的记录及其对接结果和台账。Delete withdrawn records and the facts about them."""
    with Session() as session:
        deleted = delete_records(session.installation.database, ids)
        if json:
            session.screen.json(asdict(deleted))
            return
        session.screen.print(
            session.screen.say(
                f"已删除 {deleted.records} 条记录、{deleted.outcomes} 条对接结果、{deleted.registers} 条台账记录。",
                f"Deleted {deleted.records} records, {deleted.outcomes} outcomes, {deleted.registers} register rows.",
            )
        )


@app.command()
def index(
    *,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="全部重建。Build everything anew.")] = False,
    json: Json = False,
) -> None:
    """使索引与数据库一致。Bring the indexes up to the database."""
    with Session() as session:
        with session.busy():
            found = session.installation
            _, report = found.indexer.refresh(found.progress, rebuild=rebuild, verify=True, compact=True)
        counts = session.installation.encoder.counts
        if json:
            session.screen.json(reports.index_json(report, counts))
        else:
            reports.show_index(session.screen, report, counts)
            reports.show_duplicates(session.screen, session.installation.duplicates.count_among(report.ids))


@app.command()
def match(
    record_id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="成果或项目编号。A result or project.")
    ] = None,
    text: Annotated[str | None, typer.Option("--text", help="一段描述，代替编号。A description instead.")] = None,
    to: Annotated[Kind | None, typer.Option("--to", help="incubators 或 funds。")] = None,
    k: Number = 10,
    viewer: View = Viewer.BROKERS,
    today: Today = None,
    must: Must = None,
    ban: Ban = None,
    cap: Cap = None,
    weight: Weight = None,
    *,
    diverse: Diverse = False,
    why: Why = False,
    json: Json = False,
) -> None:
    """为成果推荐载体，为项目推荐基金。Recommend carriers for a result, funds for a project."""
    if (record_id is None) == (not text or not text.strip()):
        raise typer.BadParameter("请给出编号或 --text 之一。Give an id or --text, one of the two.")
    if to not in (None, Kind.INCUBATORS, Kind.FUNDS) or (record_id is None and to is None):
        raise typer.BadParameter("--to 须为 incubators 或 funds。--to is incubators or funds.")
    day, question = day_of(today), question_of(must, ban, cap, weight, diverse=diverse)
    with Session() as session:
        with session.busy():
            matching = session.installation.matching
            if record_id is not None:
                answer = matching.match(record_id, k, viewer, day, to, question)
            else:
                answer = matching.match_text(str(text).strip(), to or Kind.INCUBATORS, k, viewer, day, question)
        _print_answer(session.screen, answer, json=json, why=why)


@app.command()
def screen(
    record_id: Annotated[str, typer.Argument(metavar="ID", help="载体或基金编号。A carrier or fund.")],
    k: Number = 20,
    viewer: View = Viewer.BROKERS,
    today: Today = None,
    must: Must = None,
    ban: Ban = None,
    cap: Cap = None,
    weight: Weight = None,
    *,
    diverse: Diverse = False,
    why: Why = False,
    json: Json = False,
) -> None:
    """为载体筛选成果，为基金筛选项目。Screen results for a carrier, projects for a fund."""
    day, question = day_of(today), question_of(must, ban, cap, weight, diverse=diverse)
    with Session() as session:
        with session.busy():
            answer = session.installation.matching.screen(record_id, k, viewer, day, question)
        _print_answer(session.screen, answer, json=json, why=why)


@app.command()
def why(
    left_id: Annotated[str, typer.Argument(help="成果或项目编号。A result or project.")],
    right_id: Annotated[str, typer.Argument(help="载体或基金编号。A carrier or fund.")],
    viewer: View = Viewer.BROKERS,
    today: Today = None,
    *,
    json: Json = False,
) -> None:
    """解释任意一对：是否可对接，差在哪里。Explain any pair: eligible or not, and what would change it."""
    with Session() as session:
        with session.busy():
            found = session.installation.matching.why(left_id, right_id, viewer, day_of(today))
        if json:
            session.screen.json(match_json(found, full=True))
        else:
            show.show_why(session.screen, found)


app.add_typer(account.app, name="account")
app.add_typer(control.app, name="control")
app.add_typer(case.app, name="case")
for command in (evaluating.evaluate, reporting.template, reporting.submissions, reporting.report):
    policy.app.command()(command)
app.add_typer(policy.app)
delivering.add_to(digest.app)
app.add_typer(digest.app, name="digest")
policy.app.command()(broker.stages)
policy.app.command()(broker.contract)
policy.app.command()(broker.contracts)
policy.app.command()(carrier.arrangements)
app.add_typer(carrier.app, name="carrier")
app.add_typer(resource.app, name="resource")
app.command()(chaining.chain)
app.command()(drifting.drift)
app.command()(encoding.encode)
app.command()(measuring.train)
app.command()(measuring.score)
app.command()(measuring.evaluate)
app.command("bench")(benching.command)
app.add_typer(identity.app, name="identity")
app.add_typer(imports.app, name="imports")
app.add_typer(jobs.app, name="jobs")
app.add_typer(subject.app, name="subject")
app.command()(checking.check)
app.command()(backup.backup)
app.command()(backup.restore)


def _print_answer(screen: Screen, answer: Answer, *, json: bool, why: bool) -> None:
    if json:
        screen.json([match_json(one, full=why) for one in answer.matches])
        show.show_excluded(screen, answer)
    else:
        show.show_answer(screen, answer, why=why)
