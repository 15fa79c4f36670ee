"""What a driver says when it fails → `UnservedError` with a next step, and never a secret."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import sqlalchemy as sa

from matcher.errors import UnservedError
from matcher.wording import Said


@dataclass(frozen=True, slots=True)
class Place:
    """Where a database is, in words that may be shown, and what may not be shown of its URL."""

    name: str
    secrets: tuple[str, ...] = ()

    @classmethod
    def of(cls, url: sa.URL) -> Place:
        """The place of a URL: a file, or host, port and database."""
        if url.get_backend_name() == "sqlite":
            return cls(str(url.database))
        host = url.host or url.query.get("host") or "localhost"
        hidden = (value for name, value in url.query.items() if "pass" in name.lower())
        secrets = [url.password, *hidden]
        return cls(
            f"{host}{f':{url.port}' if url.port else ''}/{url.database or ''}",
            tuple(str(secret) for secret in secrets if secret),
        )

    def without_secrets(self, text: str) -> str:
        """A driver's message in one line, without the URL's secrets."""
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return " ".join(text.split())


@contextmanager
def translated(place: Place) -> Iterator[None]:
    """Turn whatever the driver raises inside the block into an `UnservedError`."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        raise _refused(place, str(error.orig), error.connection_invalidated) from None
    except sa.exc.TimeoutError as error:
        raise _refused(place, str(error), False) from None


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause that is known by a part of the driver's message."""

    signs: tuple[str, ...]
    message: Said
    step: Said


CAUSES = (
    Cause(
        ("database is locked", "database is busy", "QueuePool limit", "lock timeout", "deadlock detected"),
        Said("数据库正忙，等待超时：{place}。", "The database was busy for too long: {place}."),
        Said("请等另一个导入结束后重试。", "Wait for the other import to end and try again."),
    ),
    Cause(
        ("no such table", "no such column", 'relation "', "UndefinedTable", "UndefinedColumn"),
        Said("数据库尚未建表或版本过旧：{place}。", "The database has no tables or old ones: {place}."),
        Said("请执行 matcher init。", "Run matcher init."),
    ),
    Cause(
        ("readonly database", "read-only", "disk is full", "disk I/O error", "No space left"),
        Said("数据库不可写：{place}（{reason}）。", "The database cannot be written: {place} ({reason})."),
        Said("请检查写权限和磁盘空间。", "Check the permission to write and the space on the disk."),
    ),
    Cause(
        ("unable to open database file", "file is not a database", "is malformed"),
        Said("无法打开数据库文件：{place}（{reason}）。", "The database file cannot be opened: {place} ({reason})."),
        Said(
            "请检查文件夹是否存在、文件是否为 SQLite 数据库，或修改 MATCHER_DATABASE_URL。",
            "Check that its folder exists and that it is a SQLite database, or change MATCHER_DATABASE_URL.",
        ),
    ),
    Cause(
        (
            "connection failed",
            "connection timeout",
            "connection is bad",
            "failed to resolve host",
            "server closed the connection",
            "terminating connection",
        ),
        Said(
            "无法连接数据库服务器：{place}（{reason}）。", "The database server cannot be reached: {place} ({reason})."
        ),
        Said(
            "请检查服务器是否运行，以及 MATCHER_DATABASE_URL 中的主机、数据库、用户和密码。",
            "Check that the server runs, and host, database, user and password in MATCHER_DATABASE_URL.",
        ),
    ),
)
"""The first whose sign occurs in the driver's message is told."""

OTHER = Cause(
    (),
    Said("数据库拒绝了操作：{place}（{reason}）。", "The database refused the operation: {place} ({reason})."),
    Said("请重试；若再次出现，请保留此消息并联系维护者。", "Try again; if it comes back, report this message."),
)


def _refused(place: Place, reason: str, disconnected: bool) -> UnservedError:
    reason = place.without_secrets(reason)
    cause = next((cause for cause in CAUSES if any(sign in reason for sign in cause.signs)), OTHER)
    if cause is OTHER and disconnected:
        cause = CAUSES[-1]
    # Not str.format: a driver's message may hold braces of its own.
    zh, en = (
        text.replace("{place}", place.name).replace("{reason}", reason) for text in (cause.message.zh, cause.message.en)
    )
    return UnservedError(Said(zh, en), cause.step)
