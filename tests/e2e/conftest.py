"""The sample ecosystem, imported and indexed once; whoever only reads may share it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commandline import SAMPLE, CommandLine, run


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the sample, indexed by the hashing encoder. Nobody may change it."""
    home = tmp_path_factory.mktemp("sample") / "home"
    for words in (("import", SAMPLE), ("index",)):
        assert run(home, *words).code == 0
    return home


@pytest.fixture
def sample(sample_home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command line over the sample; for reading only."""
    return CommandLine(sample_home, monkeypatch, capsys)
