"""Somebody at a browser without scripts: signed in, reading pages, sending their forms."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from starlette.testclient import TestClient

from api.app import create_app
from api.guard import COOKIE
from matcher.domain.accounts import Role
from tests.service import Service

FIELD = re.compile(r'<input type="hidden" name="(csrf|once)" value="([^"]+)"')


def visitor(service: Service, role: Role) -> TestClient:
    """A browser in which somebody of this role has signed in."""
    browser = TestClient(create_app(service.installation), headers={"Accept": "text/html"})
    opened = service.installation.access.open(service.accounts[role], datetime.now(UTC))
    browser.cookies.set(COOKIE, opened.token)
    return browser


def hidden(browser: TestClient, path: str = "/why?left=ex-a003&right=ex-i02") -> dict[str, str]:
    """The hidden fields of the first form of a page."""
    found = dict(FIELD.findall(browser.get(path).text))
    assert found.keys() == {"csrf", "once"}, path
    return found
