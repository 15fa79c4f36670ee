"""The sample ecosystem, imported and indexed once; whoever only reads may share it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from matcher.bootstrap import Installation
from matcher.services.importing import Files, import_files
from matcher.settings import Settings
from tests.chromium import browsing, installed, serving
from tests.commandline import SAMPLE, CommandLine
from tests.service import Service, copied, over


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser, if there is one."""
    if not installed():
        pytest.skip("no Chromium: install Debian's `chromium`")
    with browsing() as browser:
        yield browser


@pytest.fixture(scope="module")
def service(sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The sample with somebody of every role, for one file; whoever writes to it takes records no other test takes."""
    installation = copied(sample_home, tmp_path_factory.mktemp("service") / "home")
    yield over(installation)
    installation.close()


@pytest.fixture(scope="module")
def address(service: Service) -> Iterator[str]:
    """Where it is served."""
    with serving(service.installation) as address:
        yield address
