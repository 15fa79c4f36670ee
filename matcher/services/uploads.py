"""Files that were handed in for a job: checked, kept under safe names until the job is done, and swept afterwards."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from matcher.appearing import writing
from matcher.domain.filenames import safe_name
from matcher.errors import IntakeError, LimitExceededError, UnreadableFileError
from matcher.intake.limits import MIB, SPLIT, Limits, exceeded
from matcher.intake.tables import READABLE, check_type, unsupported
from matcher.wording import Said

MOST_FILES = 20
MOST_BYTES = 400 * MIB
"""All files of one job together."""
KEPT = timedelta(days=1)
"""How long the files of a job that is not done with them are kept: one that failed, was a trial, has rows to mend."""
CHUNK = MIB


@dataclass(frozen=True)
class Upload:
    """A file as it is handed in: the name the user gave it, and its bytes."""

    name: str
    content: BinaryIO


class Uploads:
    """The folder of uploads: a folder in it for each job."""

    def __init__(self, folder: Path, limits: Limits | None = None) -> None:
        self._root = folder
        self.limits = limits or Limits()

    def folder(self, job_id: str) -> Path:
        """Where the files of a job are."""
        return self._root / job_id

    def keep(self, job_id: str, uploads: Sequence[Upload]) -> list[str]:
        """Write the files of a job to disk and return the names they are kept under. All or none.

        Raises:
            IntakeError: a file is too large, of another type than can be imported, or not what it says.
            UnservedError: the folder cannot be written.
        """
        names = _names(uploads)
        folder = self.folder(job_id)
        try:
            with writing(self._root):
                folder.mkdir(parents=True, mode=0o700)
                written = 0
                for upload, name in zip(uploads, names, strict=True):
                    written += self._write(folder / name, upload.content, written)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return names

    def share(self, job_id: str, names: Sequence[str], other_id: str) -> None:
        """Let another job have the files as well. Raises UnreadableFileError when they are gone, else as `keep`."""
        self.path(job_id, names)
        folder = self.folder(other_id)
        with writing(self._root):
            folder.mkdir(parents=True, mode=0o700)
            for name in names:
                (folder / name).hardlink_to(self.folder(job_id) / name)

    def path(self, job_id: str, names: Sequence[str]) -> Path:
        """What to import: the one file, or the folder of several. Raises UnreadableFileError when it is gone."""
        folder = self.folder(job_id)
        if not all((folder / name).is_file() for name in names):
            raise UnreadableFileError(
                Said("上传的文件已不在。", "The uploaded files are no longer there."),
                Said("请重新上传。", "Upload them again."),
            )
        return folder / names[0] if len(names) == 1 else folder

    def scratch(self, job_id: str) -> Path:
        """A folder for what a job needs while it runs."""
        return self._root / f"{job_id}-scratch"

    def discard(self, job_id: str) -> None:
        """Delete the files of a job."""
        shutil.rmtree(self.folder(job_id), ignore_errors=True)

    def sweep(self, unfinished: Collection[str], now: datetime) -> int:
        """Delete what belongs to no unfinished job and is older than a day; how many folders that were.

        Younger ones may belong to a request that has not been committed yet, or to a job that is going to be resumed.
        """
        swept = 0
        for entry in self._root.iterdir() if self._root.is_dir() else ():
            with suppress(FileNotFoundError):  # another process sweeps as well
                made = datetime.fromtimestamp(entry.stat().st_mtime, UTC)
                if entry.name not in unfinished and made < now - KEPT:
                    shutil.rmtree(entry, ignore_errors=True)
                    swept += 1
        return swept

    def _write(self, path: Path, content: BinaryIO, before: int) -> int:
        """Write one file, never more than is allowed, and return its size."""
        size = 0
        with path.open("xb") as file:
            while chunk := content.read(CHUNK):
                size += len(chunk)
                if size > self.limits.max_bytes:
                    raise exceeded(path.name, ("大小（字节）", "size in bytes"), size, self.limits.max_bytes, SPLIT)
                if before + size > MOST_BYTES:
                    raise _too_much()
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())  # the job that names it is about to be committed
        check_type(path, self.limits)
        return size


def _names(uploads: Sequence[Upload]) -> list[str]:
    if not uploads:
        raise IntakeError(Said("没有上传文件。", "No file was uploaded."), Said("请选择文件。", "Choose a file."))
    if len(uploads) > MOST_FILES:
        raise LimitExceededError(
            Said(
                f"一次上传了 {len(uploads)} 个文件，上限 {MOST_FILES}。",
                f"{len(uploads)} files, more than {MOST_FILES}.",
            ),
            Said("请分几次上传。", "Upload them in several goes."),
        )
    names = [safe_name(upload.name) for upload in uploads]
    for name in names:
        if Path(name).suffix.lower() not in READABLE:
            raise unsupported(Path(name))
    twice = [name for name in names if [each.casefold() for each in names].count(name.casefold()) > 1]
    if twice:
        raise IntakeError(
            Said(f"有两个文件都叫“{twice[0]}”。", f"Two files are called '{twice[0]}'."),
            Said("请改名后重试。", "Rename one and try again."),
        )
    return names


def _too_much() -> LimitExceededError:
    return LimitExceededError(
        Said(
            f"上传的文件共超过 {MOST_BYTES // MIB} MiB。",
            f"The files together are larger than {MOST_BYTES // MIB} MiB.",
        ),
        Said("请分几次上传。", "Upload them in several goes."),
    )
