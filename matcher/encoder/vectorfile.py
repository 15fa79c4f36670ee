"""One SQLite file of vectors. Whatever happens to it, it only ever costs the time to encode again."""

from __future__ import annotations

import contextlib
import json
import logging
import re
import sqlite3
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from matcher.wording import Said

_FORMAT = 1
_LOOKUP = 4_096
_WAIT_SECONDS = 30.0
_SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    key TEXT PRIMARY KEY, vector BLOB NOT NULL, crc INTEGER NOT NULL
) WITHOUT ROWID
"""
_T = TypeVar("_T")
_log = logging.getLogger(__name__)


class VectorFile:
    """Half-precision vectors by key. Every call opens the file anew: threads and forked processes share nothing."""

    def __init__(self, path: Path, dimension: int) -> None:
        self.path = path
        self._bytes = 2 * dimension

    @classmethod
    def of(cls, folder: Path, encoder_id: str, dimension: int) -> VectorFile:
        """The file of one encoder in a folder of such files."""
        return cls(folder / (re.sub(r"[^A-Za-z0-9.@_-]+", "--", encoder_id) + ".db"), dimension)

    def read(self, keys: Sequence[str]) -> dict[str, bytes]:
        """The vectors that are there and sound, looked up thousands at a time."""

        def look(connection: sqlite3.Connection) -> dict[str, bytes]:
            found: dict[str, bytes] = {}
            for start in range(0, len(keys), _LOOKUP):
                rows = connection.execute(
                    "SELECT key, vector, crc FROM vectors WHERE key IN (SELECT value FROM json_each(?))",
                    (json.dumps(keys[start : start + _LOOKUP]),),
                )
                found |= {key: vector for key, vector, crc in rows if self._sound(key, vector, crc)}
            return found

        return self._with_file(look, {}) if keys and self.path.exists() else {}

    def write(self, vectors: Mapping[str, bytes]) -> None:
        """Add vectors in one transaction; what another process wrote meanwhile stays."""
        rows = [(key, vector, _crc(key, vector)) for key, vector in vectors.items()]

        def add(connection: sqlite3.Connection) -> None:
            with connection:
                connection.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)

        self._with_file(add, None)

    def _sound(self, key: str, vector: bytes, crc: int) -> bool:
        """SQLite does not see a changed byte within a value; the checksum does."""
        return len(vector) == self._bytes and _crc(key, vector) == crc

    def _with_file(self, use: Callable[[sqlite3.Connection], _T], otherwise: _T) -> _T:
        """Use the open file; a damaged one is set aside and used anew, one that cannot be used is done without."""
        for last in (False, True):
            try:
                with contextlib.closing(self._open()) as connection:
                    return use(connection)
            except (sqlite3.OperationalError, OSError) as error:
                return self._do_without(error, otherwise)
            except sqlite3.DatabaseError as error:
                if last or not self._set_aside(error):
                    return self._do_without(error, otherwise)
        return otherwise

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self.path, timeout=_WAIT_SECONDS)
        try:
            self._prepare(connection)
            connection.execute("PRAGMA synchronous = NORMAL")  # a lost commit is only encoded again
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version == _FORMAT:
            return
        if version != 0:
            raise sqlite3.DatabaseError(f"format {version}")
        with contextlib.suppress(sqlite3.OperationalError):  # refused while another process does the same
            connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(_SCHEMA)
        connection.execute(f"PRAGMA user_version = {_FORMAT}")

    def _set_aside(self, error: sqlite3.Error) -> bool:
        """Move the file to the first free `.damaged-N`. Its journals go first: they must not meet a new file."""
        aside = next(name for name in map(self._aside, range(1, 1_000_000)) if not name.exists())
        _log.warning(
            "%s",
            Said(
                f"向量缓存 {self.path} 已损坏（{error}），移至 {aside.name} 并重建。",
                f"The vector cache {self.path} is damaged ({error}); it is moved to {aside.name} and rebuilt.",
            ),
        )
        try:
            for suffix in ("-wal", "-shm"):
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
            with contextlib.suppress(FileNotFoundError):  # another process set it aside first
                self.path.rename(aside)
        except OSError:
            return False
        return True

    def _aside(self, number: int) -> Path:
        return self.path.with_name(f"{self.path.name}.damaged-{number}")

    def _do_without(self, error: Exception, otherwise: _T) -> _T:
        _log.warning(
            "%s",
            Said(
                f"向量缓存 {self.path} 暂不可用（{error}），本次直接计算。",
                f"The vector cache {self.path} cannot be used ({error}); going on without it.",
            ),
        )
        return otherwise


def _crc(key: str, vector: bytes) -> int:
    return zlib.crc32(vector, zlib.crc32(key.encode()))
