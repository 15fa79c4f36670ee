"""A service over the sample for each file of journeys, and how somebody comes to it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser

from matcher.domain.accounts import Role
from tests.person import APART, Come, Person, Way, walking
from tests.service import Service


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
