"""The file of a backup: a zip of tables and files with a manifest that holds the SHA-256 of each member.

It appears under its name when it is whole and verified, readable by its owner only; whoever is killed before leaves
nothing behind.
"""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, Any, Self

from matcher.errors import BackupError, DamagedBackupError, NewerBackupError
from matcher.wording import Said

FORMAT = 1
MANIFEST = "manifest.json"
TABLES, FILES = "tables", "files"
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """What the manifest says of one member."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds."""

    format: int
    product: str
    """Version of the product that made it."""
    schema: str
    """The database's schema: the number of its last migration."""
    made_at: str
    """ISO 8601, UTC."""
    tables: Mapping[str, int]
    """Rows of each table."""
    numbers: Mapping[str, int]
    """The last number that each numbered table has given."""
    members: Mapping[str, Member] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(self.tables.values())

    @property
    def files(self) -> tuple[str, ...]:
        """The files beside the tables, as paths below the home folder."""
        lead = f"{FILES}/"
        return tuple(name.removeprefix(lead) for name in self.members if name.startswith(lead))


class Writer:
    """Fills an archive and notes what it holds. Leaving its block closes the archive."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w")
        self.members: dict[str, Member] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._zip.close()

    def add(self, name: str, chunks: Iterable[bytes]) -> None:
        """Write one member from its parts."""
        digest, size = sha256(), 0
        with self._zip.open(_packed(name), "w", force_zip64=True) as member:
            for chunk in chunks:
                digest.update(chunk)
                size += member.write(chunk)
        self.members[name] = Member(size, digest.hexdigest())

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest, which comes last."""
        self._zip.writestr(_packed(MANIFEST), json.dumps(asdict(manifest), ensure_ascii=False, indent=1))


class Reader:
    """A verified archive. Leaving its block closes it."""

    def __init__(self, file: zipfile.ZipFile, manifest: Manifest) -> None:
        self._zip = file
        self.manifest = manifest

    def rows(self, table: str) -> Iterator[bytes]:
        """The lines of a table."""
        with self._zip.open(table_member(table)) as member:
            yield from member

    def chunks(self, file: str) -> Iterator[bytes]:
        """The content of a file in parts."""
        with self._zip.open(f"{FILES}/{file}") as member:
            while chunk := member.read(BLOCK):
                yield chunk


@contextmanager
def opened(path: Path | IO[bytes], name: str) -> Iterator[Reader]:
    """Open an archive and verify every byte of it.

    Raises:
        DamagedBackupError: it is no backup, cut short, or changed.
        NewerBackupError: its format is one this version does not know.
        OSError: the file cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as file:
            manifest = _manifest(file, name)
            _verify(file, manifest, name)
            yield Reader(file, manifest)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise _damaged(name, Said("压缩包不完整", "the archive is not whole")) from error


def _packed(name: str) -> zipfile.ZipInfo:
    # Made by hand, a member's entry carries neither the machine's clock nor its file modes.
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def table_member(table: str) -> str:
    """The name of a table's member."""
    return f"{TABLES}/{table}.jsonl"


def _manifest(file: zipfile.ZipFile, name: str) -> Manifest:
    try:
        told: dict[str, Any] = json.loads(file.read(MANIFEST))
        version = int(told["format"])
    except (KeyError, ValueError, TypeError) as error:
        raise _damaged(name, Said("没有清单", "it has no manifest")) from error
    if version > FORMAT:
        raise newer(name, Said(f"格式 {version}", f"its format is {version}"))
    try:
        members = {each: Member(**mark) for each, mark in told.pop("members").items()}
        return Manifest(**told, members=members)
    except (KeyError, TypeError, AttributeError) as error:
        raise _damaged(name, Said("清单不完整", "its manifest is not whole")) from error


def _verify(file: zipfile.ZipFile, manifest: Manifest, name: str) -> None:
    there = [each for each in file.namelist() if each != MANIFEST]
    if sorted(there) != sorted(manifest.members) or not all(map(_may_be, there)):
        raise _damaged(name, Said("成员与清单不符", "its members are not those of its manifest"))
    if not {table_member(table) for table in manifest.tables} <= set(there):
        raise _damaged(name, Said("缺少数据表", "a table is missing"))
    for each, mark in manifest.members.items():
        digest, size, rows = sha256(), 0, 0
        with file.open(each) as member:
            while chunk := member.read(BLOCK):
                digest.update(chunk)
                size += len(chunk)
                rows += chunk.count(b"\n")
        if (size, digest.hexdigest()) != (mark.bytes, mark.sha256):
            raise _damaged(name, Said(f"{each} 的校验值不符", f"{each} is not what the manifest says"))
        table = PurePosixPath(each).stem
        if each == table_member(table) and rows != manifest.tables.get(table):
            raise _damaged(name, Said(f"{each} 的行数不符", f"{each} does not have the rows the manifest says"))


def _may_be(name: str) -> bool:
    """Whether a member's name is one we write: nothing may be unpacked to another place."""
    path = PurePosixPath(name)
    inside = path.parts[:1] in ((TABLES,), (FILES,)) and len(path.parts) > 1
    return inside and ".." not in path.parts and "\\" not in name and str(path) == name


def newer(name: str, why: Said) -> BackupError:
    """The archive is from a newer version."""
    return NewerBackupError(
        Said(f"备份 {name} 由更新的版本制作（{why.zh}）。", f"A newer version made the backup {name} ({why.en})."),
        Said("请先升级 techtransfer-matcher，再恢复。", "Upgrade techtransfer-matcher, then restore."),
    )


def _damaged(name: str, why: Said) -> BackupError:
    return DamagedBackupError(
        Said(f"备份 {name} 不能使用：{why.zh}。", f"The backup {name} cannot be used: {why.en}."),
        Said("请换一份备份；数据库未作改动。", "Take another backup; the database was not touched."),
    )
