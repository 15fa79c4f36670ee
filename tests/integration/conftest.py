"""The HTTP service over the sample, for tests that only read and for those that write."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service import SAMPLE_TIME, Service, copied, over, sample_installation


@pytest.fixture(scope="session")
def served_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the sample, indexed."""
    home = tmp_path_factory.mktemp("served") / "home"
    sample_installation(home, SAMPLE_TIME).close()
    return home


@pytest.fixture(scope="session")
def reading(served_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service for tests that change nothing but the audit."""
    installation = copied(served_home, tmp_path_factory.mktemp("reading") / "home")
    yield over(installation)
    installation.close()


@pytest.fixture
def service(served_home: Path, tmp_path: Path) -> Iterator[Service]:
    """The service for tests that write."""
    installation = copied(served_home, tmp_path / "home")
    yield over(installation)
    installation.close()
