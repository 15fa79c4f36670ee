"""Files that appear whole and at once, or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from matcher.errors import UnservedError
from matcher.wording import Said

PRIVATE, SHARED = 0o600, 0o666
"""For the owner only; or for whomever the user's umask lets read what they write."""


@contextmanager
def appearing(path: Path, mode: int = PRIVATE) -> Iterator[IO[bytes]]:
    """A file that gets its name when the block ends well, and none when it does not or the process is killed."""
    fresh = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    nameless = _nameless(path.parent, mode)
    file = open(nameless if nameless is not None else _named(fresh, mode), "w+b")  # noqa: PTH123, SIM115  # a descriptor
    try:
        with file:
            yield file
            file.flush()
            os.fsync(file.fileno())
            if nameless is not None:
                # With `src_dir_fd` Python calls linkat, which can follow the link to a file without a name.
                os.link(f"/proc/self/fd/{nameless}", fresh, src_dir_fd=nameless)
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


@contextmanager
def writing(folder: Path, *failures: type[Exception]) -> Iterator[None]:
    """Turn what keeps the block from writing into a folder, as a full disk, into the named error of a service that
    cannot serve now. `failures`: what else than an OSError the writer raises."""
    unwritten: tuple[type[Exception], ...] = (OSError, *failures)
    try:
        yield
    except unwritten as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnservedError(
            Said(f"无法写入 {folder}（{reason}）。", f"{folder} cannot be written ({reason})."),
            Said("请检查写权限和磁盘空间。", "Check the permission to write and the space on the disk."),
        ) from error


def _nameless(folder: Path, mode: int) -> int | None:
    """A descriptor of a file without a name, which the system takes back by itself; None where there are none."""
    flag = getattr(os, "O_TMPFILE", None)
    if flag is not None:
        with suppress(OSError):  # the file system has none; whatever else is wrong shows when the named one is made
            return os.open(folder, flag | os.O_RDWR, mode)
    return None


def _named(path: Path, mode: int) -> int:
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode)
