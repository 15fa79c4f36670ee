"""`matcher backup FILE`, `matcher restore FILE`."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from matcher.cli.console import Screen
from matcher.cli.session import Json, Session
from matcher.services import backup as backups
from matcher.services.archive import Manifest
from matcher.store import open_database
from matcher.wording import Said

Archive = Annotated[Path, typer.Argument(metavar="FILE", help="备份文件（zip）。The archive (zip).")]


def backup(
    file: Archive,
    *,
    verify: Annotated[
        bool, typer.Option("--verify", help="只核验已有的备份。Only verify an existing archive.")
    ] = False,
    json: Json = False,
) -> None:
    """备份全部数据（服务可照常运行）。Back up everything; the service may run meanwhile."""
    with Session() as session, session.busy():
        place = session.installation
        if verify:
            manifest, done = backups.verify(file), Said(f"已核验 {file}", f"Verified {file}")
        else:
            now, progress = datetime.now(UTC), place.progress
            manifest = backups.backup(place.database, place.home, file, now=now, progress=progress)
            done = Said(f"已备份并核验 {file}", f"Made and verified {file}")
        _show(session.screen, manifest, done, json)


def restore(
    file: Archive,
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="取代现有的全部数据。Put it in the place of all there is.")
    ] = False,
    json: Json = False,
) -> None:
    """从备份恢复（请先停止服务）。Restore from a backup; stop the service first."""
    with Session() as session, session.busy():
        place = session.installation
        # Not `place.database`, which would migrate a database that is about to be replaced, or refuse an empty one.
        home = place.home
        with closing(open_database(place.settings.url)) as database:
            manifest = backups.restore(database, home, file, replace=replace, progress=place.progress)
        done = Said(f"已从 {file} 恢复；运行 matcher index 更新索引", f"Restored {file}; run `matcher index` next")
        _show(session.screen, manifest, done, json)


def _show(screen: Screen, manifest: Manifest, done: Said, json: bool) -> None:
    if json:
        screen.json(_json(manifest))
        return
    tables, rows, files = len(manifest.tables), manifest.rows, len(manifest.files)
    zh = f"{manifest.made_at} 的 {tables} 张表共 {rows} 行、{files} 个文件，数据库版本 {manifest.schema}。"
    en = f"{tables} tables with {rows} rows and {files} files as of {manifest.made_at}, schema {manifest.schema}."
    screen.print(screen.say(f"{done.zh}：{zh}", f"{done.en}: {en}"))


def _json(manifest: Manifest) -> dict[str, Any]:
    return {
        "made_at": manifest.made_at,
        "product": manifest.product,
        "schema": manifest.schema,
        "tables": dict(manifest.tables),
        "files": list(manifest.files),
    }
