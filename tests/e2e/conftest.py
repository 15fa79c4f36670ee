"""The sample ecosystem, imported and indexed once; whoever only reads may share it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from matcher.bootstrap import Installation
from matcher.services.importing import Files, import_files
from matcher.settings import Settings
from tests.commandline import SAMPLE, CommandLine


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the sample, indexed by the hashing encoder. Nobody may change it."""
    home = tmp_path_factory.mktemp("sample") / "home"
    settings = Settings(home=home, cache_dir=home / "cache", database_url="", encoder="hashing")
    installation = Installation(settings, tell=lambda _: None)
    import_files(installation.database, Files([SAMPLE]), now=datetime.now(UTC))
    installation.indexer.refresh()
    installation.database.close()
    return home


@pytest.fixture
def sample(sample_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line over the sample; for reading only."""
    return CommandLine(sample_home, monkeypatch, capsys)
