"""Fixtures that several kinds of tests share."""

from __future__ import annotations

import os
from pathlib import Path

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
