"""A service over the sample for each file of journeys, and how somebody comes to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from matcher.domain.accounts import Role
from tests.chromium import browsing, installed, serving
from tests.person import APART, Come, Person, Way, walking
from tests.service import Service, copied, over


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser, if there is one."""
    if not installed():
        pytest.skip("no Chromium: install Debian's `chromium`")
    with browsing() as browser:
        yield browser


@pytest.fixture(scope="module")
def service(browser: Browser, sample_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The sample with somebody of every role; whoever writes to it takes records that no other journey takes."""
    installation = copied(sample_home, tmp_path_factory.mktemp("journeys") / "home")
    yield over(installation)
    installation.close()


@pytest.fixture(scope="module")
def address(service: Service) -> Iterator[str]:
    """Where it is served."""
    with serving(service.installation) as address:
        yield address


@pytest.fixture(scope="module")
def seen() -> set[tuple[str, ...]]:
    """The sorts of pages that axe-core has looked at."""
    return set()


@pytest.fixture(params=APART, ids=str)
def way(request: pytest.FixtureRequest) -> Way:
    """Two ways that have nothing in common, unless a journey goes every way."""
    chosen: Way = request.param
    return chosen


@pytest.fixture
def come(browser: Browser, address: str, service: Service, way: Way, seen: set[tuple[str, ...]]) -> Come:
    """Somebody of a role comes, signed in, in a browser of their own."""

    def came(role: Role, **settings: Any) -> AbstractContextManager[Person]:
        token = service.installation.access.open(service.accounts[role], datetime.now(UTC)).token
        return walking(browser, address, token, way, seen, **settings)

    return came
