"""Backup and restore: all tables of one moment and the files that cannot be derived from them, in one archive.

Indexes and caches are left out: they are made again from the database. What the settings say is not in it either.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from matcher import __version__
from matcher.appearing import appearing
from matcher.errors import BackupError
from matcher.services.archive import (
    BLOCK,
    FILES,
    FORMAT,
    Manifest,
    Reader,
    Writer,
    newer,
    opened,
    table_member,
)
from matcher.store import Database, dump, schema
from matcher.wording import Said

FOLDERS = ("models", "attachments", "uploads")
"""What is kept of the home folder beside the database."""

Progress = Callable[[str, int, int], None]


def backup(
    database: Database, home: Path, target: Path, *, now: datetime, progress: Progress | None = None
) -> Manifest:
    """Write all tables, as one moment knows them, and the files to an archive, and read it back before it is named.

    Others may write meanwhile. The files are read after the tables' moment began, so that none that a row names is
    missing. Raises OSError where the archive cannot be written.
    """
    with appearing(target) as file:
        with Writer(file) as writer, database.read() as connection:
            counts = _write_tables(writer, connection, progress)
            numbers = dump.numbers(connection)
            for path in _kept(home):
                _add(writer, home, path)
            told = Manifest(FORMAT, __version__, schema.latest(), now.isoformat(), counts, numbers, writer.members)
            writer.finish(told)
        with opened(file, target.name) as reader:
            return reader.manifest


def verify(source: Path) -> Manifest:
    """Read a whole archive. Raises DamagedBackupError or NewerBackupError."""
    with opened(source, source.name) as reader:
        _require_known(reader.manifest, source.name)
        return reader.manifest


def restore(
    database: Database, home: Path, source: Path, *, replace: bool = False, progress: Progress | None = None
) -> Manifest:
    """Make database and files what they were, all at once or not at all; an older schema is migrated.

    `state.identity` and the stamps of `revisions` come back as they were: files derived from a later state than the
    backup's carry stamps that this database no longer knows, and are made again.

    Raises:
        DamagedBackupError, NewerBackupError: the archive is of no use.
        BackupError: the database has rows, and nobody said that they may go.
        StoreError: the database cannot be reached, or a newer version wrote it.
    """
    with opened(source, source.name) as reader:
        _require_known(reader.manifest, source.name)
        _require_room(database, replace=replace)
        with schema.rebuilding(database, reader.manifest.schema) as connection:
            filler = dump.Filler(connection)
            if missing := filler.missing(reader.manifest.tables):
                raise newer(source.name, Said(f"未知的表 {'、'.join(missing)}", f"unknown tables {', '.join(missing)}"))
            for done, name in enumerate(reader.manifest.tables, 1):
                filler.fill(name, reader.rows(name))
                _tell(progress, done, len(reader.manifest.tables))
            filler.count_on(reader.manifest.numbers)
            _put(reader, home)
        _sweep(reader, home)
        return reader.manifest


def _write_tables(writer: Writer, moment: dump.Moment, progress: Progress | None) -> dict[str, int]:
    names = dump.tables()
    counts = dict.fromkeys(names, 0)
    for done, name in enumerate(names, 1):
        writer.add(table_member(name), _counted(dump.lines(moment, name), counts, name))
        _tell(progress, done, len(names))
    return counts


def _counted(lines: Iterator[str], counts: dict[str, int], name: str) -> Iterator[bytes]:
    for line in lines:
        counts[name] += 1
        yield line.encode() + b"\n"


def _kept(home: Path) -> list[Path]:
    return sorted(path for folder in FOLDERS for path in (home / folder).rglob("*") if path.is_file())


def _add(writer: Writer, home: Path, path: Path) -> None:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return  # its record was deleted since the folder was listed
    with file:
        writer.add(f"{FILES}/{path.relative_to(home).as_posix()}", iter(lambda: file.read(BLOCK), b""))


def _put(reader: Reader, home: Path) -> None:
    """Write the archive's files, each at once; those that are not in it stay until the tables are committed."""
    for name in reader.manifest.files:
        path = home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with appearing(path) as file:
            file.writelines(reader.chunks(name))


def _sweep(reader: Reader, home: Path) -> None:
    held = set(reader.manifest.files)
    for path in _kept(home):
        if path.relative_to(home).as_posix() not in held:
            path.unlink(missing_ok=True)


def _require_known(manifest: Manifest, name: str) -> None:
    strange = [each for each in manifest.files if Path(each).parts[0] not in FOLDERS]
    if strange or not schema.knows(manifest.schema):
        raise newer(name, Said(f"数据库版本 {manifest.schema}", f"its schema is {manifest.schema}"))


def _require_room(database: Database, *, replace: bool) -> None:
    schema.require_not_newer(database)
    with database.read() as connection:
        if replace or dump.is_empty(connection):
            return
    raise BackupError(
        Said(f"数据库 {database.place.name} 中已有数据。", f"The database {database.place.name} holds data."),
        Said(
            "若要以备份取代全部现有数据，请加 --replace（建议先另行备份）。",
            "Add --replace to put the backup in the place of all of it; make a backup of it first.",
        ),
    )


def _tell(progress: Progress | None, done: int, total: int) -> None:
    if progress:
        progress("tables", done, total)
