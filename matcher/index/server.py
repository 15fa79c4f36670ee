"""The way to a Milvus server: its address as a setting, a connection while it is needed, and named failures."""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import unquote, urlsplit

from matcher.errors import ConfigurationError, UnservedError
from matcher.wording import Said

SECONDS = 60.0
"""How long one call may take, tries of the client included."""
SERVERS = {"milvus+http": "http", "milvus+https": "https"}
FILE = "milvus+file"
PORT = 19530
"""Where Milvus listens unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where vectors are kept: a server, or a file that milvus-lite serves within this process."""

    uri: str
    """`http://host:port`; empty for a file."""
    file: Path | None = None
    database: str = ""
    token: str = field(default="", repr=False)
    """`user:password` or an API key. It is part of no message."""

    @classmethod
    def parse(cls, setting: str) -> Self:
        """The address that MATCHER_VECTOR_STORE names. Raises ConfigurationError, which repeats no secret of it."""
        try:
            parts = urlsplit(setting)
            port = parts.port
        except ValueError:  # the text may be a password in the wrong place
            raise _unusable(Said("MATCHER_VECTOR_STORE 无法解析。", "MATCHER_VECTOR_STORE cannot be parsed.")) from None
        if parts.scheme == FILE and parts.path.endswith(".db") and not parts.netloc:
            return cls("", Path(unquote(parts.path)))
        if parts.scheme not in SERVERS or not parts.hostname:
            named = parts.scheme or ("" if "@" in setting else setting)
            raise _unusable(Said(f"未知或不完整的向量库 {named}。", f"Unknown or incomplete vector store {named}."))
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        port = port or (443 if parts.scheme == "milvus+https" else PORT)
        secret = ":".join(unquote(part) for part in (parts.username, parts.password) if part)
        return cls(f"{SERVERS[parts.scheme]}://{host}:{port}", None, parts.path.strip("/"), secret)

    @property
    def place(self) -> str:
        """Where it is, in words that may be shown."""
        return str(self.file) if self.file else self.uri.partition("://")[2]


def _unusable(message: Said) -> ConfigurationError:
    return ConfigurationError(
        message,
        Said(
            "请将 MATCHER_VECTOR_STORE 设为 faiss、milvus+http://用户:密码@主机:19530 或 milvus+file:///路径/vectors.db。",
            "Set MATCHER_VECTOR_STORE to faiss, milvus+http://user:password@host:19530 or "
            "milvus+file:///path/vectors.db.",
        ),
    )


@contextmanager
def connected(address: Address) -> Iterator[Any]:
    """A `pymilvus.MilvusClient` for the block; whatever it raises within becomes an `UnservedError`.

    A file has one user at a time: others, of this process or another, wait until the block is left.
    """
    client_of = _client()
    if address.file is None:
        with _translated(address):
            client = client_of(
                address.uri, token=address.token, db_name=address.database, timeout=SECONDS, dedicated=True
            )
            try:
                yield client
            finally:
                client.close()
    else:
        with _alone(address.file), _translated(address), _lite(address) as uri:
            client = client_of(uri, timeout=SECONDS, dedicated=True)
            try:
                yield client
            finally:
                client.close()


def _client() -> Any:
    try:
        from pymilvus import MilvusClient  # noqa: PLC0415  # two seconds to import, and an extra
    except ModuleNotFoundError:
        raise _missing("pymilvus", "milvus") from None
    # What it logs is raised as well, and is told by a named error; its own lines may hold what was sent.
    logging.getLogger("pymilvus").setLevel(logging.CRITICAL)
    return MilvusClient


def _missing(package: str, extra: str) -> ConfigurationError:
    return ConfigurationError(
        Said(f"缺少软件包 {package}。", f"The package {package} is not installed."),
        Said(
            f"请执行 pip install 'techtransfer-matcher[{extra}]'。",
            f"Run pip install 'techtransfer-matcher[{extra}]'.",
        ),
    )


@contextmanager
def _translated(address: Address) -> Iterator[None]:
    from grpc import RpcError  # noqa: PLC0415
    from pymilvus.exceptions import MilvusException  # noqa: PLC0415

    try:
        yield
    except (MilvusException, RpcError) as error:
        reason = " ".join(str(getattr(error, "message", error)).split())
        for secret in {address.token, *address.token.split(":")} - {""}:
            reason = reason.replace(secret, "***")
        raise UnservedError(
            Said(
                f"向量库不能用：{address.place}（{reason}）。",
                f"The vector store does not serve: {address.place} ({reason}).",
            ),
            Said(
                "请检查 Milvus 是否运行，以及 MATCHER_VECTOR_STORE 中的主机、用户和密码。",
                "Check that Milvus runs, and host, user and password in MATCHER_VECTOR_STORE.",
            ),
        ) from None


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Hold the file: milvus-lite itself would not wait for who else has it open, but fail."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.with_name(f"{file.name}.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


@contextmanager
def _lite(address: Address) -> Iterator[str]:
    try:
        from milvus_lite.server_manager import server_manager_instance  # noqa: PLC0415
    except ModuleNotFoundError:
        raise _missing("milvus-lite", "milvus-lite") from None
    logging.getLogger("milvus_lite").setLevel(logging.CRITICAL)  # a failed start is told below
    path = str(address.file)
    uri = server_manager_instance.start_and_get_uri(path)
    if uri is None:
        raise UnservedError(
            Said(f"无法打开向量文件 {path}。", f"The file of vectors {path} cannot be opened."),
            Said(
                "请检查写权限，以及是否有 milvus-lite server 正在使用它。",
                "Check the permission to write, and whether a `milvus-lite server` has it open.",
            ),
        )
    try:
        yield uri
    finally:
        server_manager_instance.release_server(path)
