"""`matcher subject export | erase`: what is kept about a person, and taking it out."""

from __future__ import annotations

import json as jsons
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from matcher.appearing import appearing
from matcher.cli.console import Screen
from matcher.cli.session import Json, Session
from matcher.domain.subjects import Mention
from matcher.services.subjects import Erasure
from matcher.wording import Said

app = typer.Typer(
    help="个人信息：查询和删除。Personal data: what is kept about somebody, and taking it out.", no_args_is_help=True
)

Who = Annotated[str, typer.Argument(metavar="NAME_OR_EMAIL", help="姓名或邮箱。A name or an e-mail address.")]


@app.command()
def export(
    who: Who,
    out: Annotated[Path | None, typer.Option("--out", help="写入 JSON 文件。Write a JSON file.")] = None,
    *,
    json: Json = False,
) -> None:
    """列出提到此人的全部位置。List every place that names the person."""
    with Session() as session:
        found = session.installation.subjects.export(who)
        session.note("export_subject")  # of whom is told nowhere that keeps everything
        content = {
            "subject": who,
            "made_at": datetime.now(UTC).isoformat(),
            "mentions": [_json(each) for each in found],
        }
        if out:
            with appearing(out) as file:
                file.write(jsons.dumps(content, ensure_ascii=False, indent=2).encode())
        if json:
            session.screen.json(content)
        else:
            _show(session.screen, found)


@app.command()
def erase(
    who: Who,
    also: Annotated[
        list[str] | None, typer.Option("--also", help="一并删除的存疑位置，可多次。A doubtful place too, repeatable.")
    ] = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="确认删除；不加则只列出。Do it; else only list.")] = False,
    json: Json = False,
) -> None:
    """删除此人的信息；先列出，确认后执行。Take the person out; lists first, acts with --yes."""
    with Session() as session:
        rights, now = session.installation.subjects, datetime.now(UTC)
        with session.noted("erase_subject") if yes else nullcontext():
            done = rights.erase(who, also or (), now, dry_run=not yes)
        if not yes:
            session.note("export_subject")
        if json:
            mentions = {name: [_json(each) for each in getattr(done, name)] for name in ("erased", "left")}
            session.screen.json({"subject": who, "dry_run": not yes, **mentions, "origins": done.origins})
        else:
            _show_erasure(session.screen, done, yes=yes)


def _show_erasure(screen: Screen, done: Erasure, *, yes: bool) -> None:
    _show(screen, done.erased)
    count = len(done.erased)
    if yes:
        screen.print(screen.say(f"已从 {count} 处删除。", f"Taken out of {count} places."))
    else:
        screen.print(
            screen.say(f"将从以上 {count} 处删除；确认请加 --yes。", f"Add --yes to take it out of {count} places.")
        )
    if done.left:
        screen.print(screen.say("存疑，未列入（加 --also 位置）：", "Doubtful, left alone (add --also PLACE):"))
        _show(screen, done.left)
    if done.origins:
        files = ", ".join(done.origins)
        zh = f"来源文件也须改正，否则再次导入会恢复：{files}"
        screen.note(Said(zh, f"Correct the source files too, or the next import brings it back: {files}"))
    screen.note(
        Said(
            "已有的备份和已寄出的信件不受影响；索引在下次查询时更新。",
            "Earlier backups and letters keep it; the indexes follow with the next question.",
        )
    )


def _show(screen: Screen, mentions: Sequence[Mention]) -> None:
    if not mentions:
        screen.print(screen.say("没有提到此人。", "Nothing names this person."))
        return
    columns = [
        screen.say(*said) for said in (("位置", "place"), ("确定", "certain"), ("内容", "text"), ("来源", "source"))
    ]
    sure = {True: screen.say("是", "yes"), False: screen.say("待核", "look")}
    rows = [(each.id, sure[each.certain], each.text, each.origin) for each in mentions]
    screen.show(screen.table(columns, rows))


def _json(mention: Mention) -> dict[str, Any]:
    return {"id": mention.id, **asdict(mention)}
